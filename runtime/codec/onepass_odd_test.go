package codec

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// narrowed has a member of which several schemas say something.
type narrowed struct{ X []byte }

var narrowedTable = Struct{Of: (*narrowed)(nil), Text: `"x" raw some`}

func (v *narrowed) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &narrowedTable) }

// TestOnePassNarrowed: a member may be of fewer types than its schema says, which asks what others
// leave unevaluated.
func TestOnePassNarrowed(t *testing.T) {
	by := check.ReadRules(`{
"open": {"properties": {"a": {"type": "integer"}}, "unevaluatedProperties": false},
"narrowed": {"allOf": [{"type": "object", "properties": {"x": {"$ref": "open"}}}, {"properties": {"x": {"type": "object"}}}]}
}`).Of("narrowed")
	if narrowedTable.plan(by) == nil {
		t.Fatal("there is no plan")
	}
	for text, valid := range map[string]bool{`{"x":{"a":1}}`: true, `{"x":{"b":1}}`: false, `{"x":1}`: false, `{}`: true} {
		err := Unmarshal([]byte(text), by, new(narrowed))
		if want := by.Check([]byte(text)); fmt.Sprint(err) != fmt.Sprint(want) || (err == nil) != valid {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

// Two branches are told apart by a member that may be far, and each of their values is one of
// the third as well.
type (
	farLeft  struct{ Kind, Side, Fill string }
	farRight struct{ Kind, Side, Fill string }
	farOther struct{ Fill string }
	farValue struct{ V any }
)

var (
	farLeftTable  = Struct{Of: (*farLeft)(nil), Text: "\"kind\" string\n\"side\" string\n\"fill\" string some"}
	farRightTable = Struct{Of: (*farRight)(nil), Text: farLeftTable.Text}
	farOtherTable = Struct{Of: (*farOther)(nil), Text: `"fill" string some`}
	sumFar        = Sum{
		Of: (*farValue)(nil), Branches: []any{(*farLeft)(nil), (*farRight)(nil), (*farOther)(nil)}, Kinds: "struct\nstruct\nstruct",
		Text: `{"member": "kind", "texts": {"a": {"member": "side", "texts": {"left": 0, "right": 1}}}, "else": 2}`,
	}
)

func (v *farLeft) CodeJSON(j *JSON)  { j.Struct(unsafe.Pointer(v), &farLeftTable) }
func (v *farRight) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &farRightTable) }
func (v *farOther) CodeJSON(j *JSON) { j.Struct(unsafe.Pointer(v), &farOtherTable) }
func (v *farValue) CodeJSON(j *JSON) { j.Sum(unsafe.Pointer(v), &sumFar) }

// TestOnePassFar: what is not told nearby is not taken for what is left where nothing is told.
func TestOnePassFar(t *testing.T) {
	side := func(text string) string {
		return `{"type": "object", "required": ["kind", "side"], "properties": {"kind": {"const": "a"}, "side": {"const": "` + text + `"}, "fill": {"type": "string"}}}`
	}
	by := check.ReadRules("{\n" + `"far": {"anyOf": [` + side("left") + `, ` + side("right") + `, {"type": "object", "properties": {"fill": {"type": "string"}}}]}` + "\n}").Of("far")
	if sumFar.plan(by) == nil {
		t.Fatal("there is no plan")
	}
	for _, length := range []int{1, 5_000} {
		for text, want := range map[string]string{`"a","fill":"%s","side":"left"`: "farLeft", `"a","fill":"%s","side":"right"`: "farRight", `"a","fill":"%s"`: "farOther", `"b","fill":"%s"`: "farOther"} {
			var v farValue
			if err := Unmarshal([]byte(`{"kind":`+fmt.Sprintf(text, strings.Repeat("x", length))+"}"), by, &v); err != nil || fmt.Sprintf("%T", v.V) != "codec."+want {
				t.Errorf("%s of %d is %T, %v; want %s", text, length, v.V, err, want)
			}
		}
	}
}

// TestOnePassTwice: no value is of one alternative alone that a schema has twice.
func TestOnePassTwice(t *testing.T) {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		by := check.ReadRules("{\n" + `"some": {"type": "object", "properties": {"fill": {"type": "string"}}},` + "\n" + `"twice": {"` + keyword + `": [{"$ref": "some"}, {"$ref": "some"}]}` + "\n}").Of("twice")
		sumFar.plan(by)
		text := []byte(`{"fill":"a"}`)
		if err, want := Unmarshal(text, by, new(farValue)), by.Check(text); fmt.Sprint(err) != fmt.Sprint(want) || (err == nil) != (keyword == "anyOf") {
			t.Errorf("%s: %v, want %v", keyword, err, want)
		}
	}
}
