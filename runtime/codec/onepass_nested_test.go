package codec

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Types that hold themselves with no struct between.
type (
	bush  []bush
	hedge map[string]hedge
	grove []glade // and with each other
	glade map[string]grove
	ivy   []orNull[ivy]
	moor  struct { // has some in each way
		B    bush
		H    maybe[hedge]
		N    orNull[ivy]
		V    any // a bush or a glade
		R    *heath
		More map[string]hedge
	}
	heath struct {
		G    grove
		M    *moor
		Rest []bush
	}
	bushOrGlade struct{ V any }
)

var (
	bushTable  = Single{Of: (*bush)(nil), Text: "value list"}
	hedgeTable = Single{Of: (*hedge)(nil), Text: "value map"}
	groveTable = Single{Of: (*grove)(nil), Text: "value map list"}
	gladeTable = Single{Of: (*glade)(nil), Text: "value list map"}
	ivyTable   = Single{Of: (*ivy)(nil), Text: "value nullable list"}
	moorTable  = Struct{Of: (*moor)(nil), Sums: []Value{(*bushOrGlade)(nil)}, Text: `
		"b" value list some
		"h" value map optional
		"n" value nullable list nullable some
		"v" sum some
		"r" struct pointer some
		extra value map map`}
	heathTable = Struct{Of: (*heath)(nil), Text: `
		value map list
		struct pointer some
		rest value list list`}
	bushOrGladeSum = Sum{
		Of: (*bushOrGlade)(nil), Branches: []any{(*bush)(nil), (*glade)(nil)}, Kinds: "value list\nvalue list map",
		Text: `{"kinds":{"array":0,"object":1}}`,
	}
)

func (v *bush) CodeJSON(j *JSON)  { j.Single(unsafe.Pointer(v), &bushTable) }
func (v *hedge) CodeJSON(j *JSON) { j.Single(unsafe.Pointer(v), &hedgeTable) }
func (v *grove) CodeJSON(j *JSON) { j.Single(unsafe.Pointer(v), &groveTable) }
func (v *glade) CodeJSON(j *JSON) { j.Single(unsafe.Pointer(v), &gladeTable) }
func (v *ivy) CodeJSON(j *JSON)   { j.Single(unsafe.Pointer(v), &ivyTable) }
func (v *moor) CodeJSON(j *JSON)  { j.Struct(unsafe.Pointer(v), &moorTable) }
func (v *heath) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &heathTable) }

func (v *bushOrGlade) CodeJSON(j *JSON) {
	if j.Sum(unsafe.Pointer(v), &bushOrGladeSum) {
		return
	}
	switch v := v.V.(type) {
	case bush:
		v.CodeJSON(j)
	case glade:
		v.CodeJSON(j)
	}
}

// nestedRules judge them.
func nestedRules() *check.Rules {
	return check.ReadRules(`{
"bush": {"type": "array", "items": {"$ref": "bush"}, "maxItems": 3},
"hedge": {"type": "object", "additionalProperties": {"$ref": "hedge"}, "propertyNames": {"maxLength": 2}},
"grove": {"type": "array", "items": {"$ref": "glade"}},
"glade": {"type": "object", "patternProperties": {"^x": {"$ref": "short"}, "y$": {"$ref": "grove"}}, "additionalProperties": {"$ref": "grove"}},
"short": {"type": "array", "items": {"$ref": "glade"}, "maxItems": 1},
"ivy": {"type": "array", "items": {"anyOf": [{"type": "null"}, {"$ref": "ivy"}]}, "uniqueItems": true},
"judged": {"items": {"$ref": "judged"}, "not": {"minItems": 2, "contains": {"minItems": 2}}, "type": "array"},
"moor": {"type": "object", "properties": {
	"b": {"$ref": "bush"}, "h": {"$ref": "hedge"}, "n": {"oneOf": [{"$ref": "ivy"}, {"type": "null"}]}, "v": {"oneOf": [{"$ref": "bush"}, {"$ref": "glade"}]}, "r": {"$ref": "heath"}
}, "additionalProperties": {"$ref": "hedge"}},
"heath": {"type": "array", "prefixItems": [{"$ref": "grove"}, {"$ref": "moor"}], "items": {"$ref": "bush"}, "minItems": 1}
}`)
}

// nestedRoots are the types by the schemas that judge them.
func nestedRoots() map[string]randomRoot {
	roots := map[string]randomRoot{
		"judged": {used: `[[[]]]`, table: &bushTable, read: func(j *JSON, p unsafe.Pointer) { j.Single(p, &bushTable) }, value: func() any { return new(bush) }},
		"hedge":  {used: `{"a":{"b":{}}}`, table: &hedgeTable, read: func(j *JSON, p unsafe.Pointer) { j.Single(p, &hedgeTable) }, value: func() any { return new(hedge) }},
		"grove":  {used: `[{"a":[{}]}]`, table: &groveTable, read: func(j *JSON, p unsafe.Pointer) { j.Single(p, &groveTable) }, value: func() any { return new(grove) }},
		"glade":  {used: `{"a":[{}]}`, table: &gladeTable, read: func(j *JSON, p unsafe.Pointer) { j.Single(p, &gladeTable) }, value: func() any { return new(glade) }},
		"ivy":    {used: `[null,[null]]`, table: &ivyTable, read: func(j *JSON, p unsafe.Pointer) { j.Single(p, &ivyTable) }, value: func() any { return new(ivy) }},
		"moor":   {used: `{"b":[[]],"h":{"a":{}},"n":[null],"v":{"a":[]},"r":[[{}],{"b":[]},[[]]],"q":{}}`, table: &moorTable, read: func(j *JSON, p unsafe.Pointer) { j.Struct(p, &moorTable) }, value: func() any { return new(moor) }},
	}
	roots["bush"] = roots["judged"]
	return roots
}

// nestedTexts are valid by a schema, and then such that are not.
var nestedTexts = map[string][2][]string{
	"bush":   {{`[]`, `[[]]`, `[[],[[],[]],[]]`, ` [ [ ] , [ [ ] ] ] `}, {`{}`, `[1]`, `[[],[[],[{}]]]`, `[[],[],[],[]]`, `[[[[],[],[],[]]]]`, `null`, `[[`, `[[]`, `[[],]`, `[null]`, `[[]]]`}},
	"judged": {{`[]`, `[[[],[]]]`, `[[[]],[]]`}, {`[[[],[]],[]]`, `[[[[],[]],[]]]`, `[1]`, `{}`}},
	"hedge":  {{`{}`, `{"a":{},"b":{"c":{}}}`, ` { "\u0061" : { } } `}, {`[]`, `{"a":[]}`, `{"a":{"b":1}}`, `{"abc":{}}`, `{"a":{"b":{"abc":{}}}}`, `{"a":{},"a":{}}`, `{"q":{"a":{},"\u0061":{}}}`, `{"a":null}`, `{"a":{}`}},
	"grove":  {{`[]`, `[{}]`, `[{"a":[{},{}],"x":[{}]}]`, `[{"xy":[]}]`, `[{"a":[{"b":[{"x":[{"y":[{}]}]}]}]}]`}, {`{}`, `[[]]`, `[{"a":{}}]`, `[{"x":[{},{}]}]`, `[{"a":[{"xy":[{},{}]}]}]`, `[{"a":[1]}]`}},
	"glade":  {{`{}`, `{"a":[{"x":[]}],"xy":[{}]}`}, {`{"xy":[{},{}]}`, `{"a":[{"x":[{},{}]}]}`, `{"a":1}`, `[]`}},
	"ivy":    {{`[]`, `[null]`, `[null,[],[null],[[],[null]]]`}, {`[null,null]`, `[[[],[]]]`, `[1]`, `[[null,{}]]`, `null`}},
	"moor": {{`{}`, `{"b":[[]],"h":{"a":{}},"n":null,"v":[[]],"r":[[{"a":[]}],{"r":[[]],"b":[]},[[]],[]],"q":{"a":{}}}`, `{"n":[null],"v":{"a":[{}]}}`},
		{`{"b":[1]}`, `{"h":[]}`, `{"n":[null,null]}`, `{"n":[[1]]}`, `{"v":[[],[],[],[]]}`, `{"v":{"x":[{},{}]}}`, `{"r":[]}`, `{"r":[[],{"b":{}}]}`, `{"r":[[],{},[1]]}`, `{"q":{"abc":{}}}`, `{"q":1}`}},
}

// TestOnePassNested: types that hold themselves are judged and read at once, to what two passes
// come to.
func TestOnePassNested(t *testing.T) {
	rules := nestedRules()
	for name, root := range nestedRoots() {
		by := rules.Of(name)
		plan := root.table.plan(by)
		if plan == nil || len(plan.Others()) > 0 {
			t.Fatalf("%s: there is no plan for all of it", name)
		}
		for i, texts := range nestedTexts[name] {
			for _, text := range texts {
				if valid, read, fault := root.agree([]byte(text), by, plan); fault != "" || valid != (i == 0) || read != valid {
					t.Errorf("%s: %s: valid: %v; read at once: %v; %s", name, text, valid, read, fault)
				}
			}
		}
	}
}

// TestOnePassNestedDeep: as deep as messages may be, and no deeper.
func TestOnePassNestedDeep(t *testing.T) {
	rules, roots := nestedRules(), nestedRoots()
	for name, ends := range map[string][2]string{"bush": {"[", "]"}, "judged": {"[", "]"}, "hedge": {`{"a":`, "}"}, "ivy": {"[", "]"}} {
		root, by := roots[name], rules.Of(name)
		plan := root.table.plan(by)
		for _, depth := range []int{check.DefaultMaxDepth, check.DefaultMaxDepth + 1, 5 * MaxDepth} {
			text := strings.Repeat(ends[0], depth-1) + ends[0][:1] + ends[1] + strings.Repeat(ends[1], depth-1)
			if valid, read, fault := root.agree([]byte(text), by, plan); fault != "" || valid != (depth == check.DefaultMaxDepth) || read != valid {
				t.Errorf("%s: %d deep: valid: %v; read at once: %v; %.200s", name, depth, valid, read, fault)
			}
		}
	}
}

// TestNestedWritten: what holds itself is written as it is read, and a value that contains itself
// is refused.
func TestNestedWritten(t *testing.T) {
	for name, root := range nestedRoots() {
		for _, text := range nestedTexts[name][0] {
			v := root.value().(Value)
			if err := root.into(v, Begin([]byte(text))); err != nil {
				t.Fatal(err)
			}
			written, err := Marshal(v)
			again := root.value()
			if err == nil {
				err = root.into(again, Begin(written))
			}
			if err != nil || !reflect.DeepEqual(again, v) {
				t.Errorf("%s: %s is written as %s, %v", name, text, written, err)
			}
		}
	}
	ring := bush{nil}
	ring[0] = ring
	round := hedge{}
	round["a"], round["b"] = round, round
	for _, v := range []Value{&ring, &round} {
		if text, err := Marshal(v); err == nil {
			t.Errorf("it is written as %.20s", text)
		}
	}
}

// FuzzOnePassNested reads any text in both ways.
func FuzzOnePassNested(f *testing.F) {
	for name, texts := range nestedTexts {
		for _, text := range append(texts[0], texts[1]...) {
			f.Add(name, []byte(text))
		}
	}
	rules, roots := nestedRules(), nestedRoots()
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if root, ok := roots[name]; ok {
			by := rules.Of(name)
			if _, _, fault := root.agree(text, by, root.table.plan(by)); fault != "" {
				t.Error(fault)
			}
		}
	})
}
