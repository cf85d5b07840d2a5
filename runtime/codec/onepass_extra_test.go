package codec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// sack has a map for the members that no field is for, and keeps what is no object.
type sack struct {
	ID    string
	In    *sack
	All   []sack
	More  map[string]int64
	Other json.RawMessage
}

var sackTable = Struct{Of: (*sack)(nil), Text: `
	"id" string some
	"in" struct pointer some
	"all" struct list some
	extra int64 map
	other`}

func (v *sack) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &sackTable) }

// sackRoot reads them.
var sackRoot = randomRoot{
	used: `{"id":"used","in":[1],"all":[{"b":2}],"c":3}`, table: &sackTable,
	read: func(j *JSON, p unsafe.Pointer) { j.Struct(p, &sackTable) }, value: func() any { return new(sack) },
}

// sackRules judge them: members whose names begin with x by a pattern or two, others by
// additionalProperties, and one that has no field by its name.
func sackRules(more string) *check.Validator {
	return check.ReadRules(`{
"sack": {` + more + `"required": ["must"], "properties": {"id": {"type": "string"}, "must": {"minimum": 0}, "in": {"$ref": "inner"}, "all": {"type": "array", "items": {"$ref": "inner"}}},
	"patternProperties": {"^x": {"type": "integer", "maximum": 9}, "y$": {"minimum": 5}}, "additionalProperties": {"type": "integer", "maximum": 99}},
"inner": {"not": {"const": "no"}, "additionalProperties": {"type": ["integer", "object", "array", "string"]}}
}`).Of("sack")
}

// sackTexts are texts with whether they are valid, and are read at once.
var sackTexts = map[string]bool{
	`{"must":1}`: true,
	`{"must":1,"id":"a","x":9,"y":5,"xy":7,"z":99,"":0}`: true,
	` { "must" : 1 , "x" : 9 , "z" : 10 } `:              true,
	`{"must":-1}`:                                        false,
	`{"\u006dust":1,"\u0078":9}`:                         true,
	`{"must":1,"\u0078":10}`:                             false,
	`{"must":1,"x":10}`:                                  false,
	`{"must":1,"y":4}`:                                   false,
	`{"must":1,"xy":4}`:                                  false,
	`{"must":1,"xy":10}`:                                 false,
	`{"must":1,"z":100}`:                                 false,
	`{"must":1,"z":"a"}`:                                 false,
	`{"z":1}`:                                            false,
	`{"must":1,"must":1}`:                                false,
	`{"must":1,"\u006dust":1}`:                           false,
	`{"must":1,"z":1,"z":1}`:                             false,
	`{"must":1,"z":1,"\u007a":1}`:                        false,
	`{"must":1,"x":1,"\u0078":1}`:                        false,
	`{"must":1,"id":"a","\u0069d":"a"}`:                  false,
	`{"must":1,"z":1.0,"xy":7e0}`:                        true,
	`{"must":0.5}`:                                       false, // no field holds it
	`{"must":1,"y":"a"}`:                                 false, // nor that
	`{"must":1,"in":{"a":1}}`:                            true,
	`{"must":1,"in":[1, 2]}`:                             true,
	`{"must":1,"in":"yes","all":["a",{}]}`:               true,
	`{"must":1,"in":"no"}`:                               false,
	`{"must":1,"all":["no"]}`:                            false,
	`{"must":1,"all":[null,7,[],{"a":1}]}`:               true,
	`{"must":1,"all":[{"a":1},{"a":"b"}]}`:               false,
	`{"must":1,"z":1`:                                    false,
	`{"must":1,"z":}`:                                    false,
	`{"must":1,"z" 1}`:                                   false,
	`{"must":1,z:1}`:                                     false,
	`[1, 2]`:                                             true,
	` "a" `:                                              true,
	`null`:                                               true,
	`[1,2`:                                               false,
	`nul`:                                                false,
	``:                                                   false,
}

// TestOnePassExtra: what no field is for is judged by its own rules and read in one pass, to what two
// passes come to.
func TestOnePassExtra(t *testing.T) {
	by := sackRules("")
	plan := sackTable.plan(by)
	for text, want := range sackTexts {
		if valid, read, fault := sackRoot.agree([]byte(text), by, plan); fault != "" || valid != want || read != want {
			t.Errorf("%s: valid: %v; read at once: %v; %s", text, valid, read, fault)
		}
	}
	var many strings.Builder
	for i := range 40 { // more than are compared with each other
		fmt.Fprintf(&many, `"a%d":%d,`, i, i)
	}
	for text, want := range map[string]bool{`"must":1`: true, `"must":1,"a7":1`: false, `"must":1,"\u0061b":1,"ab":1`: false} {
		if valid, read, fault := sackRoot.agree([]byte("{"+many.String()+text+"}"), by, plan); fault != "" || valid != want || read != want {
			t.Errorf("many and %s: valid: %v; read at once: %v; %s", text, valid, read, fault)
		}
	}
	for _, depth := range []int{check.DefaultMaxDepth, check.DefaultMaxDepth + 1} {
		text := `{"must":1,"in":` + strings.Repeat(`{"in":`, depth-2) + "[]" + strings.Repeat("}", depth-1)
		if valid, read, fault := sackRoot.agree([]byte(text), by, plan); fault != "" || valid != (depth == check.DefaultMaxDepth) || read != valid {
			t.Errorf("%d deep: valid: %v; read at once: %v; %s", depth, valid, read, fault)
		}
	}
	typed := sackRules(`"type": "object", "propertyNames": {"maxLength": 4}, "maxProperties": 2, `)
	for text, want := range map[string]bool{`{"must":1,"z":1}`: true, `{"must":1,"zzzzz":1}`: false, `{"must":1,"z":1,"a":1}`: false, `null`: false, `"a"`: false} {
		if valid, read, fault := sackRoot.agree([]byte(text), typed, sackTable.plan(typed)); fault != "" || valid != want || read != want {
			t.Errorf("%s: valid: %v; read at once: %v; %s", text, valid, read, fault)
		}
	}
}

// FuzzOnePassExtra reads any text in both ways.
func FuzzOnePassExtra(f *testing.F) {
	for text := range sackTexts {
		f.Add([]byte(text))
	}
	by := sackRules("")
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, fault := sackRoot.agree(text, by, sackTable.plan(by)); fault != "" {
			t.Error(fault)
		}
	})
}

// TestExtraWritten: the members of a map stand behind the fields by their names, without those
// that fields are for; a value that is no object stands alone.
func TestExtraWritten(t *testing.T) {
	more := map[string]int64{"b": 2, "a": 1, "\"": 3, "id": 4, "in": 5, "all": 6}
	deep := &sack{Other: json.RawMessage("1")}
	for range MaxDepth - 1 {
		deep = &sack{In: deep}
	}
	for want, v := range map[string]*sack{
		`{}`:                                {},
		`{"\"":3,"a":1,"b":2}`:              {More: more},
		`{"id":"i","\"":3,"a":1,"b":2}`:     {ID: "i", More: more},
		`[1, 2]`:                            {ID: "i", More: more, Other: json.RawMessage(" [1, 2]\n")},
		`{"in":null,"all":["a",{"a":1},2]}`: {In: &sack{Other: json.RawMessage("null")}, All: []sack{{Other: json.RawMessage(`"a"`)}, {More: map[string]int64{"a": 1}}, {Other: json.RawMessage("2")}}},
		strings.Repeat(`{"in":`, MaxDepth-1) + "1" + strings.Repeat("}", MaxDepth-1): deep,
	} {
		if text, err := Marshal(v); err != nil || string(text) != want {
			t.Errorf("%+v is written as %s, %v; want %s", v, text, err, want)
		}
	}
	for _, v := range []*sack{{Other: json.RawMessage("nul")}, {More: map[string]int64{"\xff": 1}}, {In: deep, All: []sack{{In: &sack{In: deep}}}}} {
		if text, err := Marshal(v); err == nil {
			t.Errorf("%+v is written as %s", v, text)
		}
	}
}
