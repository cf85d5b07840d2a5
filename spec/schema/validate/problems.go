package validate

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// problem makes a finding of what check cannot use in a schema.
func (n *normalizer) problem(p check.Problem) {
	i, err := strconv.Atoi(p.Schema)
	if err != nil {
		i = 0
	}
	s := n.schemas[i]
	switch p.Kind {
	case check.Endless:
		n.endless(s)
	case check.BadPattern:
		n.found.Errorf(patternAt(s, p), CodePattern, "%s is not a regular expression of ECMA-262: %s", clip(p.Text), p.Detail)
	case check.UnsupportedPattern:
		n.found.Errorf(patternAt(s, p), codeRegexp, "the pattern %s cannot be checked: %s is not supported", clip(p.Text), p.Detail)
	case check.VagueNumber:
		n.found.Errorf(numberAt(s, p), codeNumber, "the exponent of this number is too large to compare with")
	case check.LongDivisor:
		n.found.Errorf(numberAt(s, p), codeNumber, "this number is too long to divide by")
	default:
		n.found.Errorf(s.KeyAt(p.Keyword), codeValue, "this value cannot be compared with: %s", p.Error())
	}
}

func patternAt(s *schema.Schema, p check.Problem) source.Span {
	if p.Keyword == "pattern" && s.Pattern != nil {
		return s.Pattern.At
	}
	for _, of := range s.PatternProperties {
		if of.Pattern.Text == p.Text {
			return of.Pattern.At
		}
	}
	return s.KeyAt(p.Keyword)
}

func numberAt(s *schema.Schema, p check.Problem) source.Span {
	switch literals := map[string]*schema.Literal{
		"minimum": s.Minimum, "exclusiveMinimum": s.ExclusiveMinimum, "maximum": s.Maximum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf,
	}; {
	case literals[p.Keyword] != nil:
		return literals[p.Keyword].At
	case p.Keyword == "enum" && p.Index < len(s.Enum):
		return s.Enum[p.Index].At
	case p.Keyword == "const" && s.Const != nil:
		return s.Const.At
	}
	return s.KeyAt(p.Keyword)
}

// clip keeps a text of the schema short, and free of what could confuse a
// terminal.
func clip(text string) string {
	short := text
	if len(text) > 200 {
		short = strings.ToValidUTF8(text[:200], "")
	}
	short = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, short)
	if len(text) > 200 {
		short += "…"
	}
	return short
}
