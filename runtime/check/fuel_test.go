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

// twice leads back to itself in both parts of an allOf, so that there are two ways
// to what lies one level deeper, and four to the next.
var twice = NewRules(Set{
	{"all", Schema{AllOf{{Properties{{"in", Schema{Ref("all")}}}}, {Properties{{"in", Schema{Ref("all")}}}}}}},
	{"items", Schema{AllOf{{Items{Ref("items")}}, {Items{Ref("items")}}, {Not{Const(`"no"`)}}}}},
	{"any", Schema{Types(Object | Number), AllOf{{Properties{{"in", Schema{AnyOf{{String}, {Ref("any")}}}}}}, {Properties{{"in", Schema{OneOf{{Ref("any")}, {Array}}}}}}}}},
	{"patterns", Schema{Properties{{"in", Schema{Ref("patterns")}}}, PatternProperties{{"^in", Schema{Ref("patterns")}}}}},
	{"dependent", Schema{Properties{{"in", Schema{Ref("dependent")}}}, DependentSchemas{{Name: "in", Schema: Schema{Properties{{"in", Schema{Ref("dependent")}}}}}}}},
	{"left", Schema{AllOf{{Properties{{"in", Schema{Ref("left")}}}}}, UnevaluatedProperties{Ref("left")}}},
	{"formats", Schema{Format("email"), Minimum("-1e9"), AllOf{{AdditionalProperties{Ref("formats")}}, {AdditionalProperties{Ref("formats")}}}}},
})

// fills are what is in the way of who walks a text many times.
var fills = map[string]func(n int) string{
	"white space": func(n int) string { return strings.Repeat(" \n", n/2) + "1" },
	"digits":      func(n int) string { return strings.Repeat("7", n) },
	"fraction":    func(n int) string { return "0." + strings.Repeat("7", n) },
	"letters":     func(n int) string { return `"` + strings.Repeat("x", n) + `"` },
	"escapes":     func(n int) string { return `"` + strings.Repeat(`\u00e9`, n/6) + `"` },
	"accents":     func(n int) string { return `"` + strings.Repeat("é", n/2) + `"` },
	"values":      func(n int) string { return "[" + strings.Repeat("1,", n/2) + "1]" },
	"names":       func(n int) string { return `{"` + strings.Repeat("k", n) + `":1}` },
	"levels":      func(n int) string { return strings.Repeat("[", 100) + strings.Repeat("]", 100) },
}

// nest puts a text into so many objects, or lists for schemas of those.
func nest(name, text string, levels int) []byte {
	begin, end := `{"in":`, "}"
	if name == "items" {
		begin, end = "[", "]"
	}
	return []byte(strings.Repeat(begin, levels) + text + strings.Repeat(end, levels))
}

// TestWork: what leads to a value on many ways takes no more work than a few times
// the size of the text, or is refused for that, wherever the size comes from.
func TestWork(t *testing.T) {
	for _, rules := range twice.set {
		v := twice.Of(rules.Name)
		for name, fill := range fills {
			for _, levels := range []int{3, 12, 400} {
				data := nest(rules.Name, fill(1<<13), levels)
				w := v.walker(data)
				ok := w.document()
				spent := w.full - w.fuel
				if w.costly {
					t.Errorf("%s: %d levels of %s take more than %d steps", rules.Name, levels, name, spent)
				}
				if err := v.Check(data); (err == nil) != ok {
					t.Errorf("%s: %d levels of %s: %v, and then %v", rules.Name, levels, name, ok, err)
				}
				if levels == 12 && ok && spent < len(data)/64 {
					t.Errorf("%s: %s: %d steps for %d bytes", rules.Name, name, spent, len(data))
				}
			}
		}
	}
}

// FuzzWork gives texts of all shapes to schemas that lead to values on many ways:
// both ways to judge come to an end, and say the same.
func FuzzWork(f *testing.F) {
	for name := range fills {
		for i := range twice.set {
			f.Add(uint8(i), uint16(30), fills[name](100), uint16(10))
		}
	}
	f.Fuzz(func(t *testing.T, schema uint8, levels uint16, text string, times uint16) {
		name := twice.set[int(schema)%len(twice.set)].Name
		if len(text)*int(times) > 1<<16 {
			return
		}
		v, data := twice.Of(name), nest(name, strings.Repeat(text, int(times)), int(levels)%500)
		if valid, err := v.Valid(data), v.Check(data); valid != (err == nil) {
			t.Errorf("%s: %v, and %v", name, valid, err)
		}
	})
}
