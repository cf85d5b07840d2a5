package codec

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// maybe is what an Optional of the runtime is.
type maybe[T any] struct {
	value T
	there bool
}

// anything is a value that no plan knows.
type anything struct{ text string }

func (a *anything) CodeJSON(j *JSON) { a.text = string(j.Reader().Raw()) }

// all has a member of each kind.
type all struct {
	Name   string
	Kind   string
	Count  int32
	Large  int64
	Ratio  float64
	Money  float64
	On     bool
	At     time.Time
	Tags   []string
	Part   part
	Next   *all
	Parts  []part
	Many   []all
	Note   maybe[string]
	Weight maybe[float64]
	Small  maybe[int32]
	Long   maybe[int64]
	Flag   maybe[bool]
	When   maybe[time.Time]
	Free   anything
	Tiny   uint8
	Mixed  string
	Rest   struct{ text string }
}

// part is closed: it knows no other members.
type part struct {
	ID    string
	Count maybe[int32]
	Rest  struct{ text string }
}

var allTable = Struct{
	Of: (*all)(nil),
	Text: `
"name" string
"kind" string some
"count" int32
"large" int64
"ratio" float64
"money" float64
"on" bool
"at" time
"tags" string list some
"part" struct
"next" struct pointer some
"parts" struct list some
"many" struct list some
"a note, with ä" string optional
"weight" float64 optional
"small" int32 optional
"long" int64 optional
"flag" bool optional
"when" time optional
"free" value
"tiny" uint8
"mixed" string
unknown`,
}

var partTable = Struct{
	Of: (*part)(nil),
	Text: `
"id" string
"count" int32 optional
unknown`,
}

func (v *all) CodeJSON(j *JSON)  { j.Struct(unsafe.Pointer(v), &allTable) }
func (v *part) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &partTable) }

// allRules have rules of each kind for members, and for whole objects those that a plan
// is for, and those that none is for.
var allRules = check.ReadRules(`{
"open": {"type": "object", "required": ["name"], "properties": {` + allProperties + `,
	"next": {"$ref": "open"}, "many": {"type": "array", "items": {"$ref": "open"}}
}},
"closed": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "open"}, "many": {"type": "array", "items": {"$ref": "closed"}, "maxItems": 2}
}, "additionalProperties": false},
"ruled": {"type": ["object", "null"], "required": ["name", "count"], "properties": {` + allProperties + `,
	"next": {"$ref": "counted"}, "many": {"type": "array", "items": {"$ref": "ruled"}}
}, "additionalProperties": {"type": "integer"}},
"counted": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "open"}, "many": {"type": "array", "items": {"$ref": "counted"}, "uniqueItems": true}
}, "minProperties": 2},
"odd": {"type": "object", "properties": {` + strings.NewReplacer(`"name": {"type": "string"`, `"name": {"type": "integer"`, `"count": {"type": "integer"`, `"count": {"type": "string"`,
	`"weight": {`, `"weight": {"not": {"const": 3}, `, `"parts": {`, `"parts": {"not": {"minItems": 3}, `).Replace(allProperties) + `,
	"next": {"$ref": "open"}, "many": {"items": {"type": ["object", "string"], "properties": {"name": {}}}}
}},
"without": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "open"}, "many": {"type": "array", "items": {"$ref": "open"}}
}, "not": {"required": ["kind"]}},
"more": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "open"}, "many": {"type": "array", "items": {"$ref": "open"}}, "extra": {"type": "integer"}
}},
"both": {"allOf": [{"$ref": "open"}, {"maxProperties": 15}]},
"needs": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "both"}, "many": {"type": "array", "items": {"$ref": "merged"}}
}, "dependentRequired": {"kind": ["count", "on"], "x": ["name"]}, "dependentSchemas": {"tiny": {"required": ["large"], "properties": {"note": {}}}}, "minProperties": 1},
"merged": {"allOf": [
	{"type": "object", "required": ["name"], "properties": {` + allProperties + `, "name": {}, "next": {"allOf": [{"$ref": "open"}, {"maxProperties": 14}]}}},
	{"allOf": [{"required": ["count"]}, {"properties": {"name": {"type": ["string", "null"], "maxLength": 40}, "kind": {"type": "string"}, "count": {"maximum": 100}, "parts": {"maxItems": 2}, "part": {"maxProperties": 2}, "next": {"properties": {"kind": {"maxLength": 10}}}, "many": {"type": "array", "items": {"$ref": "needs"}}}}]},
	{"maxProperties": 18, "patternProperties": {"^x": {"type": "integer"}, "e$": {"not": {"const": "c"}}}, "additionalProperties": {"type": ["string", "number", "boolean", "array", "object"]}}
]},
"patterned": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "patterned"}, "many": {"type": "array", "items": {"$ref": "judged"}}
}, "patternProperties": {"^n": {"type": ["string", "object"]}, "x$": {"minimum": 2}}, "propertyNames": {"maxLength": 16, "not": {"const": "y"}}, "additionalProperties": false},
"judged": {"type": "object", "properties": {` + allProperties + `,
	"next": {"$ref": "judged"}, "many": {"type": "array", "items": {"$ref": "patterned"}}
}, "if": {"required": ["kind"]}, "then": {"required": ["count"]}, "else": {"properties": {"name": {"maxLength": 30}}},
	"oneOf": [{"required": ["on"]}, {"properties": {"on": {"not": {}}}}], "anyOf": [{"required": ["name"]}, {"minProperties": 3}], "unevaluatedProperties": {"type": "integer"}},
"closings": {"allOf": [{"$ref": "open"}, {"properties": {"name": {}, "kind": {}, "count": {}}, "additionalProperties": {"not": {"const": 7}}}, {"properties": {"x": {}}, "additionalProperties": {"not": {"const": false}}}]},
"part": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "count": {"type": "integer"}}, "additionalProperties": false},
"loose": {"properties": {"name": {}, "kind": {}, "count": {}, "large": {"type": "number"}, "ratio": {}, "money": {}, "on": {}, "at": {},
	"tags": {}, "part": {}, "next": {"$ref": "loose"}, "parts": {"items": {"type": "object", "properties": {"id": {}, "count": {}}}},
	"many": {"type": "array", "items": {"$ref": "loose"}}, "a note, with \u00e4": {}, "weight": {"type": "number"}, "small": {}, "long": {}, "flag": {}, "when": {},
	"free": {}, "tiny": {}, "mixed": {}
}}
}`)

const allProperties = `
	"name": {"type": "string", "minLength": 1, "maxLength": 70},
	"kind": {"type": "string", "enum": ["one", "two", "a third of the values"]},
	"count": {"type": "integer", "minimum": -5, "format": "int32"},
	"large": {"type": "integer", "format": "int64"},
	"ratio": {"type": "number", "minimum": -1, "maximum": 1000000, "format": "double"},
	"money": {"type": "number", "multipleOf": 0.01, "fits": "double"},
	"on": {"type": "boolean"},
	"at": {"type": "string", "format": "date-time", "fits": "date-time of Go"},
	"tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z\u00e4]*$"}, "uniqueItems": true},
	"part": {"$ref": "part"},
	"parts": {"type": "array", "items": {"$ref": "part"}, "minItems": 1},
	"a note, with \u00e4": {"type": "string", "maxLength": 60},
	"weight": {"type": "number"},
	"small": {"type": "integer"},
	"long": {"type": "integer", "enum": [1, 20, -3]},
	"flag": {"type": "boolean", "const": true},
	"when": {"type": "string"},
	"free": {"anyOf": [{"type": "array"}, {"type": "object", "required": ["x"]}, {"type": "string"}]},
	"tiny": {"type": "integer", "format": "uint8"},
	"mixed": {"type": ["string", "null"]}`

// schemas are those of allRules.
var schemas = []string{"open", "closed", "ruled", "counted", "both", "loose", "odd", "without", "more", "needs", "merged", "patterned", "judged", "closings"}

// outcome is what reading a text has come to.
type outcome struct {
	v   all
	err error
}

func (o outcome) String() string { return fmt.Sprintf("%+v, %v", o.v, o.err) }

// twoPasses judges first, and reads then.
func twoPasses(data []byte, by *check.Validator) (o outcome) {
	if o.err = by.Check(data); o.err == nil {
		r := Begin(data)
		r.Fresh()
		o.v.CodeJSON(r.JSON())
		o.err = r.End()
	}
	return o
}

// inOnePass does both at once, if there is a plan.
func inOnePass(data []byte, by *check.Validator, lasting int) (o outcome) {
	r := BeginBy(data, by)
	r.Lasting(lasting)
	o.v.CodeJSON(r.JSON())
	o.err = r.End()
	return o
}

// same tells whether outcomes are the same: an invalid text leaves a value alone.
func (o outcome) same(p outcome) bool {
	if fmt.Sprint(o.err) != fmt.Sprint(p.err) {
		return false
	}
	return o.err != nil || reflect.DeepEqual(o.v, p.v) && math.Signbit(o.v.Ratio) == math.Signbit(p.v.Ratio) && math.Signbit(o.v.Weight.value) == math.Signbit(p.v.Weight.value)
}

// agree holds all ways to read a text by a schema to each other. What can be read is read
// by the plan, if there is one.
func agree(t *testing.T, data []byte, by *check.Validator) (valid bool) {
	t.Helper()
	before := bytes.Clone(data)
	want := twoPasses(data, by)
	if got := inOnePass(data, by, len(data)%100); !got.same(want) {
		t.Fatalf("%s\nis read as\n%v\nin one pass, else as\n%v", data, got, want)
	}
	for _, v := range []*all{{}, {Name: "used", Parts: []part{{ID: "used"}}}} {
		was := *v
		if err := Unmarshal(data, by, v); !(outcome{*v, err}).same(want) {
			t.Fatalf("%s\nis unmarshaled as\n%v\nnot as\n%v", data, outcome{*v, err}, want)
		} else if by.Check(data) != nil && !reflect.DeepEqual(*v, was) {
			t.Fatalf("%s\nis not valid, and was read: %+v", data, *v)
		}
	}
	if plan := allTable.plan(by); plan != nil {
		r := Begin(data)
		r.Fresh()
		v := new(all)
		if read := plan.Read(data, unsafe.Pointer(v), 0, (*others)(r)); read != (want.err == nil) {
			t.Fatalf("%s\nis read in one pass: %v; else as %v", data, read, want)
		}
	}
	if !bytes.Equal(data, before) {
		t.Fatalf("%s\nhas become\n%s", before, data)
	}
	return want.err == nil
}

// bind makes the plans, which the first value of each schema does.
func bind(t testing.TB) {
	for _, schema := range schemas {
		by := allRules.Of(schema)
		allTable.plan(by)
		if !by.Reads(nil) {
			t.Fatalf("%s has no plan", schema)
		}
	}
}

// TestOnePass reads random texts in both ways.
func TestOnePass(t *testing.T) {
	bind(t)
	r, valid, count := texts{rand.New(rand.NewPCG(1, 2))}, map[string]int{}, 14_000
	if testing.Short() {
		count /= 4
	}
	for i := range count {
		text := []byte(r.space() + r.object(0) + r.space())
		if i%4 == 0 {
			text = r.mutant(text)
		}
		if schema := schemas[i%len(schemas)]; agree(t, text, allRules.Of(schema)) {
			valid[schema]++
		}
	}
	for _, schema := range schemas {
		if t.Logf("%s: %d texts are valid", schema, valid[schema]); valid[schema] < count/len(schemas)/40 && schema != "odd" || valid[schema] > count/len(schemas)*9/10 {
			t.Errorf("there is little to be learnt from %s", schema)
		}
	}
}

// FuzzOnePass reads any text in both ways.
func FuzzOnePass(f *testing.F) {
	bind(f)
	r := texts{rand.New(rand.NewPCG(3, 4))}
	for i := range 60 {
		f.Add([]byte(r.object(i%3)), uint8(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, schema uint8) {
		agree(t, text, allRules.Of(schemas[int(schema)%len(schemas)]))
	})
}

// TestOnePassHostile reads texts in both ways that are long, deep or full of members.
func TestOnePassHostile(t *testing.T) {
	bind(t)
	nested := func(depth int, open, inner, end string) string {
		return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
	}
	var many strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&many, `,"m%d":%d`, i, i)
	}
	valid := 0
	for _, text := range []string{
		"", "{", `{"`, `{"name`, `{"name"`, `{"name":`, `{"name":"`, `{"name":"a`, `{"name":"a"`, `{"name":"a",`, `{"name":"a"}`, `{"name":"a"} `, `{"name":"a"}x`, `{"name":"a"},`,
		"\xEF\xBB\xBF{\"name\":\"a\"}", "null", " null ", "[]", `"name"`, "{}", " { } ", `{"name":"a",}`, `{,"name":"a"}`, `{"name" "a"}`, `{"name":"a" "kind":"one"}`,
		`{"name":"a"]`, `{"name":"a";`, `{"name":"a":`, `{"name":"a" ]`, `{"name":"a","count":1]`, `{"name":"a","x":1]`, `{"name":"a","tags":["a"}}`, `{"name":"a","parts":[{"id":"a"}}]}`, `{"name":"a","parts":[{"id":"a"};]}`,
		`{"name":"a","\u006eame":"b"}`, `{"\u006eame":"b","name":"a"}`, `{"name":"a","x":1,"\u0078":1}`, `{"name":"a","x":1,"\u0079":1}`,
		nested(511, `{"name":"a","next":`, `{"name":"a"}`, "}"), nested(512, `{"name":"a","next":`, `{"name":"a"}`, "}"), nested(20_000, `{"name":"a","next":`, `{"name":"a"}`, "}"),
		nested(255, `{"name":"a","many":[`, `{"name":"a"}`, "]}"), nested(256, `{"name":"a","many":[`, `{"name":"a"}`, "]}"), `{"name":"a","x":` + nested(511, "[", "", "]") + "}", `{"name":"a","x":` + nested(512, "[", "", "]") + "}",
		`{"name":"a"` + many.String() + "}", `{"name":"a"` + many.String() + `,"m17":0}`, `{"name":"a"` + many.String() + `,"\u006d17":0}`,
		`{"name":"a","ratio":0.` + strings.Repeat("1", 5_000) + "}", `{"name":"a","large":` + strings.Repeat("9", 5_000) + "}", `{"name":"a","weight":1e` + strings.Repeat("9", 500) + "}",
		`{"name":"a","mixed":"` + strings.Repeat("long ", 50_000) + `"}`, `{"name":"a","mixed":"` + strings.Repeat("\u00e4\\n", 50_000) + `"}`, strings.Repeat(" ", 100_000) + `{"name":"a"}` + strings.Repeat("\n", 100_000),
		`{"name":"a","many":[` + strings.TrimSuffix(strings.Repeat(`{"name":"b","tags":[]},`, 2_000), ",") + "]}",
		`{"name":"a","many":[]}`, `{"name":"a","tags":[]}`, `{"count":1}`, `{"mixed":null}`, `{"count":"1"}`, `{"name":1}`, `{"extra":1}`, `{"extra":""}`, `{"name":"a","many":[],"extra":3,"tags":[]}`, `{"weight":3}`, `{"weight":4}`, `{"parts":[{"id":"a"},{"id":"a"},{"id":"a"}]}`, `{"kind":"one"}`, `{"many":["a"]}`, `{"parts":[{"id":"a"}]}`, `{"parts":["a"]}`,
		`{"name":"a","parts":[` + strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 10_000), ",") + "]}", `{"name":"a","tags":[` + strings.TrimSuffix(strings.Repeat(`"x",`, 10_000), ",") + "]}",
	} {
		for _, schema := range schemas {
			if agree(t, []byte(text), allRules.Of(schema)) {
				valid++
			}
		}
	}
	if t.Logf("%d are valid", valid); valid < 30 {
		t.Error("there is little to be learnt from that")
	}
}

// onStack reads a value that lies on the stack, so deep that the stack is moved meanwhile,
// and compares it with one on the heap.
func onStack(data []byte, by *check.Validator, want *all) bool {
	var v all
	r := BeginBy(data, by)
	v.CodeJSON(r.JSON())
	if r.End() != nil {
		return false
	}
	is, wanted := &v, want
	for wanted.Next != nil {
		if is.Name != wanted.Name || is.Next == nil || len(is.Parts) != len(wanted.Parts) || is.Parts[5] != wanted.Parts[5] || is.Rest != wanted.Rest {
			return false
		}
		is, wanted = is.Next, wanted.Next
	}
	return is.Next == nil
}

// TestOnePassOnStack: a value may lie on a stack that grows, and so moves, while it is read,
// and what it leads to is known to the collector.
func TestOnePassOnStack(t *testing.T) {
	bind(t)
	const depth = 200
	parts := strings.TrimSuffix(strings.Repeat(`{"id":"of the list"},`, 20), ",")
	text := []byte(strings.Repeat(`{"name":"some","parts":[`+parts+`],"x":[1,2],"next":`, depth) + `{"name":"last"}` + strings.Repeat(`}`, depth))
	by, want := allRules.Of("open"), new(all)
	if err := Unmarshal(text, by, want); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { // with a stack of its own, which is small
			if !onStack(text, by, want) {
				t.Error("the value on the stack is another")
			}
		})
	}
	for range 10 {
		runtime.GC()
	}
	wg.Wait()
}

// ways are how somebody may read by hand what there is a plan for.
var ways = map[string]func(j *JSON){
	"nothing": func(*JSON) {},
	"raw":     func(j *JSON) { j.Reader().Raw() },
	"members": func(j *JSON) {
		for r := j.Reader(); r.Peek() == Object; {
			for r.Object(); r.Member(); {
				r.Skip()
			}
		}
	},
	"a member as a struct": func(j *JSON) {
		for r, v := j.Reader(), new(part); r.Peek() == Object; {
			for r.Object(); r.Member(); {
				v.CodeJSON(j)
			}
		}
	},
	"null or a struct": func(j *JSON) {
		if !j.Reader().Null() {
			new(all).CodeJSON(j)
		}
	},
	"raw, and a struct": func(j *JSON) {
		j.Reader().Raw()
		new(all).CodeJSON(j)
	},
}

// TestOnePassByHand: who reads by hand what there is a plan for is told at the end that the
// text is not valid.
func TestOnePassByHand(t *testing.T) {
	bind(t)
	by := allRules.Of("open")
	for text, valid := range map[string]bool{`{"name":"a"}`: true, `{"name":""}`: false, `{"name":"a"`: false, `{"name":"a","name":"b"}`: false, "": false, `null`: false} {
		if by.Check([]byte(text)) == nil != valid {
			t.Fatal(text)
		}
		for way, read := range ways {
			r := BeginBy([]byte(text), by)
			read(r.JSON())
			err := r.End()
			if err == nil && (!valid || way == "nothing" || way == "a member as a struct" || way == "raw, and a struct") {
				t.Errorf("%s: %s is read", way, text)
			}
			if err != nil && valid && (way == "raw" || way == "members" || way == "members of the JSON" || way == "null or a struct") {
				t.Errorf("%s: %s is not read: %v", way, text, err)
			}
		}
	}
}

// TestOnePassKeepsLimits: texts are no larger and no deeper than rules with limits of their
// own let them be, and where texts may break laws there is no plan.
func TestOnePassKeepsLimits(t *testing.T) {
	const rules = `{
"leaf": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "next": {"$ref": "leaf"}, "list": {"type": "array", "items": {"$ref": "leaf"}}}}
}`
	for _, limits := range []check.Limits{{}, {MaxSize: 30}, {MaxDepth: 2}, {MaxDepth: 3}, {Allow: check.AllowDuplicateKeys}, {Allow: check.AllowTrailingBytes}} {
		by := check.ReadRules(rules).WithLimits(limits).Of("leaf")
		read := func(text string) error { return Unmarshal([]byte(text), by, new(limited)) }
		if err := read(`{"id":"a"}`); err != nil || by.Reads(reflect.TypeFor[*limited]()) != (limits.Allow == 0) {
			t.Fatalf("%+v: there is a plan: %v; %v", limits, by.Reads(nil), err)
		}
		for _, text := range []string{
			`{"id":"a","next":{"id":"b"}}`, `{"id":"abc","next":{"id":"b"}}`, `{"id":"abcd","next":{"id":"b"}}`, `{"id":"a"}` + strings.Repeat(" ", 21),
			`{"id":"","next":{"id":"","next":{"id":""}}}`, `{"id":"","list":[{"id":""}]}`, `{"id":"","list":[]}`, `{"id":"","x":[[]]}`, `{"id":"","id":""}`, `{"id":""} x`,
		} {
			want := by.Check([]byte(text))
			if got := read(text); limits.Allow == 0 && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%+v: %s: %v, want %v", limits, text, got, want)
			}
		}
	}
}

type limited struct {
	ID   string
	Next *limited
	List []limited
}

var limitedTable = Struct{Of: (*limited)(nil), Text: `
"id" string
"next" struct pointer some
"list" struct list some`}

func (v *limited) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &limitedTable) }
