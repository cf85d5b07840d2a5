package codec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// choiceCase is what a schema says of a member of a tree, with texts of it.
type choiceCase struct {
	member, schema string
	judged         bool // it is judged before it is read
	valid, invalid string
}

var choiceCases = []choiceCase{
	{"s", `{"oneOf": [{"enum": ["a", "b"]}]}`, false, `"a" "\u0062"`, `"c" 1`},
	{"s", `{"anyOf": [{"type": "string", "maxLength": 1}, {"type": "null"}]}`, false, `"a" ""`, `"ab" 1`},
	{"s", `{"oneOf": [{"oneOf": [{"type": "integer"}, {"maxLength": 1, "type": "string"}]}, {"type": "boolean"}]}`, false, `"a"`, `"ab" null`},
	{"s", `{"oneOf": [{"oneOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}, {"type": "string", "maxLength": 1}]}`, true, `"" "ab"`, `"a" "\u0061" true`},
	{"s", `{"oneOf": [{"maxLength": 1}, {"minLength": 1}]}`, true, `"" "ab" "\u0061b"`, `"a" "\u0061"`},
	{"s", `{"enum": ["a", "b"], "allOf": [{"type": "string", "enum": ["b", "c"]}]}`, true, `"b"`, `"a" "c"`},
	{"s", `{"type": "string", "not": {"const": "a"}}`, true, `"b" ""`, `"a" "\u0061" 2`},
	{"i", `{"type": ["integer", "string"], "minimum": 2, "maxLength": 1}`, false, `2 30`, `1 null`},
	{"i", `{"allOf": [{"type": "number", "minimum": 1}, {"type": "integer"}]}`, true, `1 2.0`, `0 1.5`},
	{"f", `{"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]}`, true, `1 5.5 -0`, `5 1.5`},
	{"t", `{"anyOf": [{"const": "2026-01-02T03:04:05Z"}, {"type": "string", "format": "date-time", "maxLength": 20}]}`, true, `"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.5Z"`},
	{"n", `{"oneOf": [{"type": "string", "maxLength": 1}, {"type": "null"}]}`, false, `null "a"`, `"ab" 1`},
	{"n", `{"oneOf": [{"type": "string", "maxLength": 1}, {"type": "null"}, {"minLength": 3, "type": "string"}]}`, true, `null "a" "abc"`, `"ab" 1`},
	{"ls", `{"type": "array"}`, false, `[] ["a"]`, `{} null`},
	{"ls", `{"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "object"}]}`, false, `[] ["a","b"]`, `[1] "a"`},
	{"ls", `{"type": "array", "items": {"oneOf": [{"const": "a"}, {"const": "b"}]}}`, true, `["a"] ["b","a"]`, `["c"] [1]`},
	{"ls", `{"type": "array", "items": {"type": "string"}, "contains": {"const": "a"}}`, true, `["a"] ["b","a"]`, `["b"] []`},
	{"ls", `{"enum": [["a"], []]}`, true, `["a"] ["\u0061"] []`, `["b"] ["a","a"]`},
	{"m", `{"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": false, "type": "object"}`, false, `{} {"a":1} {"\u0061b":2}`, `{"b":1} {"a":"1"} {"a":1,"a":2}`},
	{"m", `{"patternProperties": {"^a": {"type": "integer"}, "b$": {"minimum": 2}}, "additionalProperties": {"maximum": 0}, "type": "object"}`, false, `{"ab":2,"a":1,"b":3,"x":0}`, `{"ab":1} {"b":1} {"x":1} {"ab":"2"}`},
	{"m", `{"type": "object", "propertyNames": {"maxLength": 1}, "properties": {"a": {"minimum": 2}, "b": {}}, "required": ["a"], "dependentRequired": {"b": ["c"]}, "additionalProperties": {"maximum": 3}, "maxProperties": 3}`, false, `{"a":2} {"\u0061":3,"b":9,"c":1}`, `{} {"a":1} {"a":2,"xy":1} {"a":2,"b":1} {"a":2,"c":4} {"a":2,"\u0061":2} {"a":2,"c":1,"d":1,"e":1}`},
	{"m", `{"type": "object", "properties": {"a": {"minimum": 2}}, "patternProperties": {"^a": {"oneOf": [{"minimum": 1}, {"minimum": 3}]}}, "dependentSchemas": {"a": {"minProperties": 2}}}`, true, `{"b":0} {"a":2,"b":1} {"ab":1}`, `{"a":2} {"a":1,"b":1} {"a":3,"b":1} {"ab":0} {"ab":3}`},
	{"m", `{"enum": [{"a": 1}, {}]}`, true, `{} {"a":1} {"a":1.0}`, `{"a":2}`},
	{"p", `{"oneOf": [{"type": "object", "properties": {"s": {"const": "a"}}}, {"type": "null"}]}`, false, `{} {"s":"a"}`, `{"s":"b"} 1`},
	{"p", `{"enum": [{"s": "a"}, 1]}`, false, `{"s":"a"}`, `{} {"s":"b"}`},
	{"p", `{"type": "object", "additionalProperties": false, "required": ["s"], "properties": {"f": {"type": "number"}}}`, false, ``, `{"f":1} {"s":"a"} {}`},
	{"g", `{"oneOf": [{"type": "object", "required": ["i"]}, {"oneOf": [{"type": "string", "maxLength": 1}, {"type": "number"}]}]}`, false, `{"i":1} "a" 2.5`, `"ab" {} null`},
	{"g", `{"type": ["object", "string", "number"], "maxLength": 1, "minimum": 2, "required": ["i"]}`, false, `{"i":1} "a" 2.5`, `"ab" {} 1 null`},
	{"g", `{"allOf": [{"type": ["object", "string"]}, {"anyOf": [{"type": "object", "required": ["i"]}, {"type": "string", "maxLength": 1}, {"type": "number"}]}]}`, false, `{"i":1} "a"`, `"ab" {} 1`},
	{"g", `{"type": ["object", "string"], "not": {"const": "b"}}`, true, `{"i":1} {} "a"`, `"b" "\u0062" 1`},
	{"gs", `{"type": "array", "items": {"type": ["string", "number"], "maxLength": 1, "minimum": 2}}`, false, `[] ["a",2]`, `["ab"] [1]`},
}

// TestOnePassChoices reads members by rules that leave a choice: at once where one alternative is
// left for what a place holds, and else when they were judged.
func TestOnePassChoices(t *testing.T) {
	for _, c := range choiceCases {
		rules := check.ReadRules("{\n\"root\": {\"type\": \"object\", \"properties\": {\"" + c.member + "\": " + c.schema + "}}\n}")
		tablesNow = newTables(`{"kinds":{"object":{"present":"i","then":0,"else":1},"string":2,"number":3,"array":4}}`, &rules)
		root, by := randomRoots()[0], rules.Of("root")
		plan := root.table.plan(by)
		if plan == nil || len(plan.Judged()) > 0 != c.judged {
			t.Errorf("%s: %s: there is a plan: %v, which has judged before: %v", c.member, c.schema, plan != nil, plan.Judged())
			continue
		}
		for i, values := range []string{c.valid, c.invalid} {
			for _, value := range strings.Fields(values) {
				text := []byte(`{"` + c.member + `":` + value + "}")
				want := root.inTwoPasses(text, by)
				read, fault := root.planned(text, plan, want)
				if fault += root.fresh(text, by, want) + root.reused(text, by, want); fault != "" || (i == 0) != read || (i == 0) != (want.judged == nil) {
					t.Errorf("%s by %s: it is read: %v, and judged: %v %s", text, c.schema, read, want.judged, fault)
				}
			}
		}
	}
}

// TestOnePassTried: of values that only a trial tells, beside whose alternatives there are other
// rules, each is of the first branch whose rules it keeps.
func TestOnePassTried(t *testing.T) {
	rules := check.ReadRules(`{
"d1": {"required": ["s"], "properties": {"s": {"const": "a"}, "f": {"type": "number", "fits": "double"}}},
"d2": {"type": "object"},
"root": {"type": ["object", "string"], "maxProperties": 3, "maxLength": 1, "anyOf": [{"$ref": "d1"}, {"required": ["g"], "properties": {"g": {"$ref": "root"}}}, {"type": "string"}]}
}`)
	tablesNow = newTables(randomPicks[0], &rules)
	roots, by := randomRoots(), rules.Of("root")
	root := roots[slices.IndexFunc(roots, func(r randomRoot) bool { return r.table == planned(tablesNow.oneOfAll) })]
	plan := root.table.plan(by)
	for text, want := range map[string]string{
		`{"s":"a"}`: "tree", `{"s":"a","g":"b"}`: "tree", `{"s":"b","g":"b"}`: "twig", `{"g":{"s":"a"}}`: "twig", `"a"`: "bud",
		`{"s":"a","f":1e400,"g":"b"}`: "twig",
		`{"s":"b"}`:                   "", `{"s":"a","g":1,"x":2,"y":3}`: "", `{"g":{"g":1}}`: "", `"ab"`: "", `1`: "",
	} {
		v, of := root.value().(*oneOfAll), root.inTwoPasses([]byte(text), by)
		read, fault := root.planned([]byte(text), plan, of)
		err := root.into(v, BeginBy([]byte(text), by))
		if is := strings.TrimPrefix(fmt.Sprintf("%T", v.V), "codec."); read != (want != "") || fault != "" || (err == nil) != read || read && is != want || !reflect.DeepEqual(v.V, of.v.(*oneOfAll).V) && read {
			t.Errorf("%s is %s, %v, read by the plan: %v; want %q %s", text, is, err, read, want, fault)
		}
	}
}

// TestOnePassElsewhere: what is known of a value where a member is missing is not known of one
// that comes there since nothing else is for it.
func TestOnePassElsewhere(t *testing.T) {
	rules := check.ReadRules(`{
"root": {"oneOf": [{"type": "object", "required": ["i"]}, {"type": "object", "required": ["s"], "properties": {"s": {"type": "string"}}}]}
}`)
	tablesNow = newTables(`{"present":"i","then":{"kinds":{"string":2}},"else":1}`, &rules)
	roots, by := randomRoots(), rules.Of("root")
	root := roots[slices.IndexFunc(roots, func(r randomRoot) bool { return r.table == planned(tablesNow.oneOfAll) })]
	for _, text := range []string{`{"s":"a"}`, `{"i":1}`, `{"i":1,"s":"a"}`, `{}`} {
		want := root.inTwoPasses([]byte(text), by)
		read, fault := root.planned([]byte(text), root.table.plan(by), want)
		if fault += root.fresh([]byte(text), by, want); fault != "" {
			t.Errorf("%s is read: %v: %s", text, read, fault)
		}
	}
}

// TestOnePassUnnamed: a discriminator that does not know a name leads to no alternative, not even
// to one that takes all values.
func TestOnePassUnnamed(t *testing.T) {
	rules := check.ReadRules(`{
"root": {"anyOf": [{}, {"required": ["s"]}], "discriminator": {"propertyName": "k", "mapping": {"a": 0, "c": 1}}}
}`)
	tablesNow = newTables(`{"member":"k","texts":{"a":0,"b":1,"c":0}}`, &rules)
	roots, by := randomRoots(), rules.Of("root")
	root := roots[slices.IndexFunc(roots, func(r randomRoot) bool { return r.table == planned(tablesNow.oneOfAll) })]
	plan := root.table.plan(by)
	for text, valid := range map[string]bool{`{"k":"a"}`: true, `{"k":"b"}`: false, `{"k":"b","s":"a"}`: false, `{"k":"c","s":"a"}`: true, `{"k":"c"}`: false} {
		want := root.inTwoPasses([]byte(text), by)
		read, fault := root.planned([]byte(text), plan, want)
		if fault += root.fresh([]byte(text), by, want); fault != "" || read != valid || (want.judged == nil) != valid {
			t.Errorf("%s is read: %v, and judged: %v, want %v: %s", text, read, want.judged, valid, fault)
		}
	}
}

// TestOnePassChoicesInMaps: what is judged before it is read is put into a map as what it is.
func TestOnePassChoicesInMaps(t *testing.T) {
	by := check.ReadRules("{\n" + `"root": {"type": "object", "additionalProperties": {"anyOf": [{"const": "a"}, {"type": "string", "minLength": 10}]}}` + "\n}").Of("root")
	for _, root := range []randomRoot{singleRoot[map[string]string]("root", "string map", "{}"), singleRoot[map[string]time.Time]("root", "time map", "{}")} {
		for _, value := range []string{`"a"`, `"2026-01-02T03:04:05Z"`, `"b"`} {
			text := []byte(`{"x":` + value + `,"y":` + value + `}`)
			want := root.inTwoPasses(text, by)
			read, fault := root.planned(text, root.table.plan(by), want)
			if fault += root.fresh(text, by, want); fault != "" || read != (want.err == nil) {
				t.Errorf("%s as %T is read: %v, want %v: %s", text, root.value(), read, want.err, fault)
			}
		}
	}
}
