package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// coverage lists how many texts touched each fact.
func coverage(v *validate.Validator, r *validate.Recorder) string {
	var b strings.Builder
	for i, n := range r.Counts() {
		f := v.Facts()[i]
		fmt.Fprintf(&b, "%d %v %s %s required=%v\n", n, f.Kind, f.Pointer, f.Name, f.Required)
	}
	return b.String()
}

// TestRecorder counts what valid texts touch, and nothing of branches that do
// not hold or of texts that are not valid.
func TestRecorder(t *testing.T) {
	v := mustCompile(t, `{
		"required":["kind","id"],
		"properties":{
			"kind":{"enum":["a","b",1,null,[1],"c/d"]},
			"next":{"$ref":"#"},
			"n":{"type":"integer","minimum":0,"exclusiveMaximum":9},
			"by":{"oneOf":[{"$ref":"#/definitions/Card"},{"title":"cash","properties":{"sum":{"type":"integer"}},"required":["sum"],"additionalProperties":false}]},
			"any":{"anyOf":[{"type":"string"},{"minLength":2},{"type":"null"}]}
		},
		"dependencies":{"dep":["n"]},
		"not":{"properties":{"kind":{"enum":["never"]}},"required":["kind"]},
		"if":{"required":["n"]},"then":{"required":["next"]},"else":true,
		"definitions":{"Card":{"properties":{"sum":{"type":"string"},"last4":{"maxLength":4}},"required":["last4"]}}
	}`)
	one, two := v.NewRecorder(), v.NewRecorder()
	for _, data := range []string{
		`{"kind":"a","id":1,"by":{"sum":1},"any":"xyz"}`,
		`{"kind":1,"id":1,"next":{"kind":"a","id":2,"any":"x"},"n":3}`,
	} {
		if !one.Valid([]byte(data)) {
			t.Fatal(v.Validate([]byte(data)))
		}
	}
	if one.Valid([]byte(`{"kind":"c/d","by":1}`)) {
		t.Error("valid without an id")
	}
	if !two.Valid([]byte(`{"kind":[1.0],"id":1,"by":{"sum":"1","last4":"1234"},"any":null}`)) {
		t.Error("not valid")
	}
	two.Merge(one)
	if two.Texts() != 3 || one.Texts() != 2 {
		t.Errorf("%d and %d texts", one.Texts(), two.Texts())
	}
	const want = `3 field /properties/kind kind required=true
1 field /properties/next next required=false
1 field /properties/n n required=false
2 field /properties/by by required=false
3 field /properties/any any required=false
3 field /required/id id required=true
1 branch /then then required=false
3 branch /else else required=false
2 enum value /properties/kind/enum/0 "a" required=false
0 enum value /properties/kind/enum/1 "b" required=false
1 enum value /properties/kind/enum/2 1 required=false
0 enum value /properties/kind/enum/3 null required=false
1 enum value /properties/kind/enum/4 [1] required=false
0 enum value /properties/kind/enum/5 "c/d" required=false
0 bound /properties/n/minimum minimum 0 required=false
0 bound /properties/n/exclusiveMaximum exclusiveMaximum 9 required=false
1 branch /properties/by/oneOf/0 oneOf #1 "Card" required=false
1 branch /properties/by/oneOf/1 oneOf #2 "cash" required=false
2 branch /properties/any/anyOf/0 anyOf #1 required=false
2 branch /properties/any/anyOf/1 anyOf #2 required=false
1 branch /properties/any/anyOf/2 anyOf #3 required=false
`
	got := coverage(v, two)
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	for _, line := range []string{
		"0 enum value /not/properties/kind/enum/0 \"never\"", "1 field /definitions/Card/properties/last4 last4 required=true",
		"1 field /properties/by/oneOf/1/properties/sum sum required=true", "1 field /definitions/Card/properties/sum sum",
		"0 bound /definitions/Card/properties/last4/maxLength maxLength 4",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("lacks %s in\n%s", line, got)
		}
	}
}

// TestRecorderAgrees gives the verdicts of the validator itself.
func TestRecorderAgrees(t *testing.T) {
	for _, name := range benchPayloads {
		v, data := benchValidator(t, name), benchFile(t, name+".json")
		r := v.NewRecorder()
		for i := 0; i < len(data); i += 1 + len(data)/1_000 {
			changed := append([]byte(nil), data...)
			changed[i] ^= 1
			if got, want := r.Valid(changed), v.Valid(changed); got != want {
				t.Fatalf("%s with byte %d changed: %v, want %v", name, i, got, want)
			}
		}
		if n := testing.AllocsPerRun(100, func() { r.Valid(data) }); n > 0.1 && !underRace {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// BenchmarkRecorder compares judging with and without recording, in turns.
func BenchmarkRecorder(b *testing.B) {
	for _, name := range benchPayloads {
		b.Run(name, func(b *testing.B) {
			v, data := benchValidator(b, name), benchFile(b, name+".json")
			r := v.NewRecorder()
			_, ratios := turns(b, func() {
				for range 8 {
					v.Valid(data)
				}
			}, func() {
				for range 8 {
					r.Valid(data)
				}
			})
			b.ReportMetric(ratios[1], "x-unrecorded")
		})
	}
}
