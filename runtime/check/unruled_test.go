package check

import (
	"reflect"
	"strings"
	"testing"
)

// nestedRules are schemas several of which judge each value of a nestedText, but
// one of which alone knows what lies within.
func nestedRules() map[string]Schema {
	kind := func(name string, in Properties) Schema {
		return Schema{Object, Required{"kind"}, append(in, Property{Name: "kind", Schema: Schema{Const(`"` + name + `"`)}})}
	}
	in := func() Properties { return Properties{{Name: "in", Schema: Schema{Ref("T")}}} }
	known := append(in(), Property{Name: "kind"}, Property{Name: "pad"})
	return map[string]Schema{
		"oneOf":           {OneOf{kind("a", in()), kind("b", nil), kind("c", nil)}},
		"anyOf":           {AnyOf{kind("b", nil), kind("c", nil), kind("a", in())}},
		"allOf":           {AllOf{kind("a", in()), {Object, Required{"pad"}}, {MinProperties(1)}}},
		"if":              {Object, If{If: kind("b", nil), Else: kind("a", in())}},
		"not":             {Object, in(), Not(kind("b", nil))},
		"pattern":         {Object, in(), PatternProperties{{"^i", Schema{Object}}}},
		"dependent":       {Object, in(), DependentSchemas{{"in", nil, Schema{Object}}}},
		"unevaluated":     {Object, known, UnevaluatedProperties{String}},
		"two unevaluated": {Object, known, DependentSchemas{{"kind", nil, Schema{Object}}}, UnevaluatedProperties{String}},
		"discriminator":   {OneOf{kind("a", in()), kind("b", nil)}, Discriminator{"kind", []Alternative{{"a", 0}, {"b", 1}}}},
	}
}

// nestedText has a member of its own at each level.
func nestedText(depth int, inner, pad string) []byte {
	return []byte(strings.Repeat(`{"in":`, depth) + inner + strings.Repeat(`,"pad":`+pad+`,"kind":"a"}`, depth))
}

// TestPassingOverTakesLinearWork: what several schemas pass over at each level
// takes work in line with the text, however deep it is.
func TestPassingOverTakesLinearWork(t *testing.T) {
	pad := `[` + strings.Repeat(`1,`, large/2) + `1]`
	for name, schema := range nestedRules() {
		v := NewRules(Set{{"T", schema}}).Of("T")
		work := func(depth int) int {
			w := v.walker(nestedText(depth, `{"kind":"a","pad":0}`, pad))
			if !w.document() {
				t.Errorf("%s: %d levels are not valid", name, depth)
			}
			return w.full - w.fuel
		}
		small, deep := work(50), work(200)
		if deep > 5*small {
			t.Errorf("%s: 200 levels take %d, 50 levels %d", name, deep, small)
		}
	}
}

// TestPassingOverIsJudging: what is remembered of a text changes neither verdict
// nor report, be the text valid or broken wherever that is.
func TestPassingOverIsJudging(t *testing.T) {
	long := `["` + strings.Repeat("x", large) + `"]`
	for name, schema := range nestedRules() {
		v := NewRules(Set{{"T", schema}}).Of("T")
		for _, inner := range []string{
			`{"kind":"a","pad":0}`, `{"kind":"b","pad":0}`, `1`, `{]`, `{"z":[[`, `{"kind":"a","z":{"u":1,"u":2}}`,
			"{\"kind\":\"a\",\"z\":[\"\xFF\"]}", `{"kind":"a","z":[["\uD800"]]}`, strings.Repeat("[", DefaultMaxDepth),
			strings.Repeat("[", DefaultMaxDepth) + strings.Repeat("]", DefaultMaxDepth),
		} {
			data := nestedText(8, inner, long)
			valid, found := outcome(v, data, 0)
			if again, same := outcome(v, data, memoAfter); again != valid || !reflect.DeepEqual(same, found) {
				t.Errorf("%s, %.40q: %v and %v\nwith nothing remembered: %v and %v", name, inner, again, same, valid, found)
			}
		}
	}
}

// TestPassingOverCutShort: wherever the fuel runs out, that alone is told.
func TestPassingOverCutShort(t *testing.T) {
	data := nestedText(3, `{"kind":"a","pad":0}`, `[{},["x"]]`)
	for name, schema := range nestedRules() {
		v := NewRules(Set{{"T", schema}}).Of("T")
		enough := 0
		for fuel := 0; fuel < 500 && enough < 10; fuel++ {
			w := v.walker(data)
			w.fuel = fuel
			if w.document() {
				enough++
				continue
			}
			w = v.walker(data)
			w.fuel, w.report = fuel, &report{}
			w.document()
			if found := w.report.finish(w); enough > 0 || len(found) != 1 || found[0].Keyword != "too-costly" {
				t.Fatalf("%s with %d, of which %d were enough: %v", name, fuel, enough, found)
			}
		}
		if enough == 0 {
			t.Errorf("%s: five hundred is not enough", name)
		}
	}
}

// outcome is a verdict and a report of walkers that have done some work before.
func outcome(v *Validator, data []byte, done int) (bool, []Violation) {
	w := v.walker(data)
	w.full += done
	valid := w.document()
	w = v.walker(data)
	w.full += done
	w.report = &report{}
	w.document()
	return valid, w.report.finish(w)
}
