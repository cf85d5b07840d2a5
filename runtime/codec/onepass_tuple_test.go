package codec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// point has the elements of an array, and what is none.
type point struct {
	Kind  string
	X     int64
	Label maybe[string]
	In    *point
	On    orNull[bool]
	Tags  []string
	Rest  []int64
	Other json.RawMessage
}

var (
	pointTable = Struct{Of: (*point)(nil), Text: `
		string = "point"
		int64
		string optional
		struct pointer some
		bool nullable some
		string list some
		rest int64 list
		other`}
	plainTable = Struct{Of: (*plainPoint)(nil), Text: "string\nstruct list some"}
)

// plainPoint keeps nothing that it has no field for.
type plainPoint struct {
	Kind string
	All  []plainPoint
}

func (v *point) CodeJSON(j *JSON)      { j.Struct(unsafe.Pointer(v), &pointTable) }
func (v *plainPoint) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &plainTable) }

var (
	pointRoot = randomRoot{
		used: `["point",1,"used",["in",2],null,["a"],1,2]`, table: &pointTable,
		read: func(j *JSON, p unsafe.Pointer) { j.Struct(p, &pointTable) }, value: func() any { return new(point) },
	}
	plainRoot = randomRoot{
		used: `["used",[["in"]]]`, table: &plainTable,
		read: func(j *JSON, p unsafe.Pointer) { j.Struct(p, &plainTable) }, value: func() any { return new(plainPoint) },
	}
)

// pointRules judge both: a point by more than it has places for.
var pointRules = check.ReadRules(`{
"point": {"prefixItems": [{"const": "point"}, {"type": "integer"}, {"type": "string"}, {"$ref": "point"}, {"type": ["boolean", "null"]}, {"items": {"type": "string"}, "type": "array"}, {"minimum": 5, "type": "integer"}],
	"items": {"type": "integer", "maximum": 9}, "minItems": 2, "maxItems": 10, "not": {"const": "no"}},
"loose": {"allOf": [{"prefixItems": [{"const": "point"}, {"type": "integer"}, {"type": "string"}, {"$ref": "loose"}, {"type": ["boolean", "null"]}, {"items": {"type": "string"}, "type": "array"}, {"minimum": 5, "type": "integer"}],
	"items": {"type": "integer", "maximum": 9}, "minItems": 2, "maxItems": 10}]},
"plain": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "array", "items": {"$ref": "plain"}}], "items": false, "minItems": 1, "uniqueItems": true},
"open": {"type": "array", "prefixItems": [{"type": "string"}], "contains": {"const": "a"}}
}`)

// pointTexts are texts with whether they are valid, and are read at once.
var pointTexts = map[string]bool{
	`["point",1]`: true,
	` [ "point" , 1 , "a" , [ "point" , 2 ] , true , [ "b" ] , 5 , 9 ] `: true,
	`["p\u006fint",1,"",["point",2],null,[],7,1,-1,0]`:                   true,
	`["point",1,"a",["point",2],null,[],7,1,-1,0,0]`:                     false,
	`["point",1,"a",["point",2],null,[],4]`:                              false,
	`["point",1,"a",["point",2],null,[],5,10]`:                           false,
	`["point",1,"a",["point"]]`:                                          false,
	`["point",1,"a","aside"]`:                                            true,
	`["point",1,"a",{"a":[1]},false]`:                                    true,
	`["point",1,"a",{"a":1,"a":2}]`:                                      false,
	`["point",1,null]`:                                                   false,
	`["point",1.5]`:                                                      false,
	`["point",1.0]`:                                                      true,
	`["point",99999999999999999999]`:                                     false, // no field holds it
	`["point"]`:                                                          false,
	`["other",1]`:                                                        false,
	`[]`:                                                                 false,
	`["point",1,]`:                                                       false,
	`["point",1`:                                                         false,
	`["point" 1]`:                                                        false,
	`[,"point",1]`:                                                       false,
	`{"a": 1}`:                                                           true,
	` null`:                                                              true,
	`7`:                                                                  true,
	`{"a":1`:                                                             false,
	``:                                                                   false,
}

// TestOnePassTuple: the elements of an array are judged and read in one pass, to what two passes come to.
func TestOnePassTuple(t *testing.T) {
	by := pointRules.Of("loose")
	plan := pointTable.plan(by)
	for text, want := range pointTexts {
		if valid, read, fault := pointRoot.agree([]byte(text), by, plan); fault != "" || valid != want || read != want {
			t.Errorf("%s: valid: %v; read at once: %v; %s", text, valid, read, fault)
		}
	}
	for _, depth := range []int{check.DefaultMaxDepth, check.DefaultMaxDepth + 1} {
		text := strings.Repeat(`["point",1,"",`, depth) + "{}" + strings.Repeat("]", depth)
		if valid, read, fault := pointRoot.agree([]byte(text), by, plan); fault != "" || valid != (depth < check.DefaultMaxDepth) || read != valid {
			t.Errorf("%d deep: valid: %v; read at once: %v; %s", depth, valid, read, fault)
		}
	}
	plain := pointRules.Of("plain")
	for text, want := range map[string]bool{`["a"]`: true, `["a",[]]`: true, `["a",[["b",[]],["c"]]]`: true, `["a",[],1]`: false, `"a"`: false, `{}`: false, `["a",[["b"],["b"]]]`: true, `["a",[["b",1]]]`: false, `[]`: false} {
		if valid, read, fault := plainRoot.agree([]byte(text), plain, plainTable.plan(plain)); fault != "" || valid != want || read != want {
			t.Errorf("%s: valid: %v; read at once: %v; %s", text, valid, read, fault)
		}
	}
	var many strings.Builder
	for i := range check.DefaultMaxDepth + 1 { // beside each other
		fmt.Fprintf(&many, `,["%d"]`, i)
	}
	text := `["a",[` + many.String()[1:] + "]]"
	if valid, read, fault := plainRoot.agree([]byte(text), plain, plainTable.plan(plain)); fault != "" || !valid || !read {
		t.Errorf("many: valid: %v; read at once: %v; %s", valid, read, fault)
	}
	if open := pointRules.Of("open"); plainTable.plan(open) != nil || pointTable.plan(pointRules.Of("point")) != nil {
		t.Error("there is a plan for what counts its elements, or is judged as a whole")
	}
}

// FuzzOnePassTuple reads any text in both ways.
func FuzzOnePassTuple(f *testing.F) {
	for text := range pointTexts {
		f.Add([]byte(text))
	}
	by, plain := pointRules.Of("loose"), pointRules.Of("plain")
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, fault := pointRoot.agree(text, by, pointTable.plan(by)); fault != "" {
			t.Error(fault)
		}
		if _, _, fault := plainRoot.agree(text, plain, plainTable.plan(plain)); fault != "" {
			t.Error(fault)
		}
	})
}

// TestTupleWritten: elements are written in their order, absent ones from the end on not at all.
func TestTupleWritten(t *testing.T) {
	label, null := maybe[string]{"l", true}, orNull[bool]{state: isNull}
	full := point{Kind: "k", X: 1, Label: label, In: &point{}, On: null, Tags: []string{}, Rest: []int64{2, 3}}
	for want, v := range map[string]Value{
		`["point",0]`:                         &point{},
		`["k",1,"l",["point",0],null,[],2,3]`: &full,
		`["point",0,"l",{"a": 1}]`:            &point{Label: label, In: &point{Other: json.RawMessage(`{"a": 1}`)}},
		`"a"`:                                 &point{X: 1, Other: json.RawMessage(`"a" `)},
		`["",[["a"],["b",[]],["c"]]]`:         &plainPoint{All: []plainPoint{{Kind: "a"}, {Kind: "b", All: []plainPoint{}}, {Kind: "c"}}},
	} {
		text, err := Marshal(v)
		if err != nil || string(text) != want {
			t.Errorf("%+v is written as %s, %v; want %s", v, text, err, want)
		}
	}
	for want, v := range map[string]*point{
		"Label is absent, but not what is behind it": {In: &point{}},
		"On is absent, but not what is behind it":    {Label: label, In: &point{}, Tags: []string{}},
		"Tags is absent, but not what is behind it":  {Label: label, In: &point{}, On: null, Rest: []int64{1}},
	} {
		if text, err := Marshal(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v is written as %s, %v; want: %s", v, text, err, want)
		}
	}
	deep := &point{Label: label}
	for range MaxDepth {
		deep = &point{Label: label, In: deep}
	}
	if text, err := Marshal(deep); err == nil {
		t.Errorf("what lies too deep is written as %d bytes", len(text))
	}
}
