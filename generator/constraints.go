package generator

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// longest is how long a pattern or default may be to be quoted in a comment.
const longest = 60

// constraints sums up in one short sentence what a schema demands beyond its Go
// type: "At least 0, at most 100." It is empty where there is nothing to say. What
// SetDefaults sets is said too; nil is nothing.
func constraints(s *schema.Schema, byDefault *syntax.Node) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	bounds(s, add)
	counts(add, s.MinLength, s.MaxLength, "character")
	if s.Pattern != nil && len(s.Pattern.Text) <= longest {
		add("matching %s", s.Pattern.Text)
	}
	if _, typed := formats[schema.TypeString][s.Format]; s.Format != "" && s.Types.Has(schema.TypeString) && !typed {
		add("in the format %s", s.Format)
	}
	counts(add, s.MinItems, s.MaxItems, "element")
	if s.UniqueItems {
		add("all different")
	}
	counts(add, s.MinProperties, s.MaxProperties, "member")
	if text, ok := shown(byDefault); ok {
		add("%s by default", text)
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, ", ") + "."
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

func bounds(s *schema.Schema, add func(string, ...any)) {
	for _, b := range []struct {
		literal *schema.Literal
		words   string
	}{
		{s.Minimum, "at least"}, {s.ExclusiveMinimum, "more than"}, {s.Maximum, "at most"}, {s.ExclusiveMaximum, "less than"},
		{s.MultipleOf, "a multiple of"},
	} {
		if b.literal != nil {
			add("%s %s", b.words, b.literal.Text)
		}
	}
}

// counts says how many there are: "1 to 20 characters".
func counts(add func(string, ...any), least, most *schema.Count, noun string) {
	plural := func(n uint64) string {
		if n == 1 {
			return noun
		}
		return noun + "s"
	}
	switch {
	case least != nil && most != nil && least.N == most.N:
		add("%d %s", least.N, plural(least.N))
	case least != nil && most != nil:
		add("%d to %d %s", least.N, most.N, plural(most.N))
	case least != nil && least.N > 0:
		add("at least %d %s", least.N, plural(least.N))
	case most != nil:
		add("at most %d %s", most.N, plural(most.N))
	}
}

// shown is a scalar as it is quoted in a comment.
func shown(n *syntax.Node) (string, bool) {
	if n == nil || len(n.Text) > longest {
		return "", false
	}
	switch n.Kind {
	case syntax.String:
		return fmt.Sprintf("%q", n.Text), true
	case syntax.Number, syntax.Bool:
		return n.Text, true
	}
	return "", false
}
