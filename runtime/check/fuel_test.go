package check

import (
	"strings"
	"testing"
)

// TestFuel ends a walk at whatever point its fuel runs out, with one violation
// that says so and none that a shorter walk would make up.
func TestFuel(t *testing.T) {
	v := NewRules(Set{{"", Schema{
		Items{Not{AnyOf{{Const("2")}, {AllOf{{String}, {MinLength(9)}}}}}},
		Contains{OneOf{{Const("1")}, {String}}},
	}}}).Of("")
	data := []byte("[" + strings.Repeat(`"a", 3, `, 20) + "1]")
	if !v.Valid(data) {
		t.Fatal(v.Check(data))
	}
	enough := 0
	for fuel := range 1_000 {
		w := v.walker(data)
		w.fuel = fuel
		if w.document() {
			enough++
			continue
		}
		if enough > 0 {
			t.Fatalf("fails with %d, but not with less", fuel)
		}
		w = v.walker(data)
		w.fuel, w.report = fuel, &report{}
		w.document()
		if found := w.report.finish(w); len(found) != 1 || found[0].Keyword != "too-costly" {
			t.Fatalf("with %d: %v", fuel, found)
		}
	}
	if enough == 0 {
		t.Error("a thousand is not enough")
	}
}

// TestLargePatterns: a large pattern is not held against a large text, whatever
// package regexp would find out in the end; either of them alone is.
func TestLargePatterns(t *testing.T) {
	const few, many = 100, 20_000
	for _, tt := range []struct {
		pattern, text int
		costly        bool
	}{{few, many, false}, {many, few, false}, {many, many, true}} {
		pattern, text := strings.Repeat("(?:x|yy)", tt.pattern), strings.Repeat("x", tt.text)
		v := NewRules(Set{{"", Schema{Pattern(pattern)}}}).Of("")
		err := v.Check([]byte(`"` + text + `"`))
		if got := err != nil && strings.Contains(err.Error(), "takes more steps"); got != tt.costly {
			t.Errorf("%d in the pattern, %d in the text: %.300v", tt.pattern, tt.text, err)
		}
	}
}
