package check

import "testing"

// TestTellingWords: what a member that tells alternatives apart is, and could be, is
// said where no alternative knows its value; where it is something else, that is.
func TestTellingWords(t *testing.T) {
	kind := func(values ...string) Schema {
		return Schema{Object, Required{"kind"}, Properties{{"kind", Schema{Enum(values)}}, {"n", Schema{Integer}}}}
	}
	rules := NewRules(Set{
		{"shape", Schema{OneOf{kind(`"circle"`), kind(`"square"`, `"box"`), {String}}}},
		{"parts", Schema{AnyOf{{AllOf{kind(`1`), {MinProperties(1)}}}, {AllOf{kind(`2`)}}}}},
		{"slash", Schema{OneOf{{Properties{{"a/b~", Schema{Const(`"x"`)}}}}, {Properties{{"a/b~", Schema{Const(`"y"`)}}}}}}},
		{"within", Schema{OneOf{kind(`"circle"`), {OneOf{{String}, {AllOf{{Number}}}}}, kind(`"square"`)}}},
		{"value", Schema{OneOf{{OneOf{{String, MaxLength(3)}, {String, MinLength(5)}}}, {Number, Minimum("5")}}}},
		{"two", Schema{OneOf{kind(`"circle"`), {Object, Properties{{"type", Schema{Const(`"a"`)}}}, Required{"type"}}}}},
	})
	for _, tt := range []struct{ name, text, want string }{
		{"shape", `{"kind":"oval"}`, `matches none of the 3 alternatives: "kind" is "oval", known are "box", "circle", "square"`},
		{"shape", `{"n":1,"kind":null}`, `matches none of the 3 alternatives: "kind" is null, known are "box", "circle", "square"`},
		{"shape", `{"kind":"circle","n":"x"}`, `matches none of the 3 alternatives; nearest is #1, but at /n it must be an integer, is a string`},
		{"shape", `{}`, `matches none of the 3 alternatives; nearest is #1, but it lacks the required property "kind"`},
		{"shape", `7`, `matches none of the 3 alternatives; nearest is #1, but it must be an object, is an integer`},
		{"parts", `{"kind":3}`, `matches none of the 2 alternatives: "kind" is 3, known are 1, 2`},
		{"slash", `{"a/b~":"z"}`, `matches none of the 2 alternatives: "a/b~" is "z", known are "x", "y"`},
		{"within", `{"kind":"oval"}`, `matches none of the 3 alternatives: "kind" is "oval", known are "circle", "square"`},
		{"within", `{"kind":"circle","n":"x"}`, `matches none of the 3 alternatives; nearest is #1, but at /n it must be an integer, is a string`},
		{"value", `4`, `matches none of the 2 alternatives; nearest is #2, but it must be at least 5, is 4`},
		{"two", `{"kind":"oval"}`, `matches none of the 2 alternatives; nearest is #2, but it lacks the required property "type"`},
	} {
		err := rules.Of(tt.name).Check([]byte(tt.text))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %s: %v, want %s", tt.name, tt.text, err, tt.want)
		}
	}
}
