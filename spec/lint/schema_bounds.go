package lint

import (
	"math/big"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

var schemaBounds = &Rule{
	Code:     "schema-bounds",
	Severity: diag.Error,
	Title:    "a lower bound lies above the upper one",
	Doc: `No value keeps both bounds, so no message could ever be valid. Mostly the two have
been swapped.`,
	Bad: `
type: string
minLength: 10
maxLength: 5`,
	Good: `
type: string
minLength: 5
maxLength: 10`,
	Check: checkSchemaBounds,
}

func checkSchemaBounds(p *Pass) {
	for _, s := range p.Schemas() {
		p.compareCounts(s, "minLength", s.MinLength, "maxLength", s.MaxLength)
		p.compareCounts(s, "minItems", s.MinItems, "maxItems", s.MaxItems)
		p.compareCounts(s, "minProperties", s.MinProperties, "maxProperties", s.MaxProperties)
		p.compareLiterals(s, "minimum", s.Minimum, "maximum", s.Maximum, true)
		p.compareLiterals(s, "minimum", s.Minimum, "exclusiveMaximum", s.ExclusiveMaximum, false)
		p.compareLiterals(s, "exclusiveMinimum", s.ExclusiveMinimum, "maximum", s.Maximum, false)
		p.compareLiterals(s, "exclusiveMinimum", s.ExclusiveMinimum, "exclusiveMaximum", s.ExclusiveMaximum, false)
	}
}

func (p *Pass) compareCounts(s *schema.Schema, lower string, low *schema.Count, upper string, high *schema.Count) {
	if low != nil && high != nil && low.N > high.N {
		p.reportBounds(s, lower, upper, low.At.Text(), high.At.Text())
	}
}

// compareLiterals compares bounds that may touch when both belong to the range.
func (p *Pass) compareLiterals(s *schema.Schema, lower string, low *schema.Literal, upper string, high *schema.Literal, mayTouch bool) {
	if low == nil || high == nil {
		return
	}
	l, okLow := number(low.Text)
	h, okHigh := number(high.Text)
	if !okLow || !okHigh {
		return
	}
	if c := l.Cmp(h); c > 0 || c == 0 && !mayTouch {
		p.reportBounds(s, lower, upper, low.Text, high.Text)
	}
}

func (p *Pass) reportBounds(s *schema.Schema, lower, upper, low, high string) {
	p.Reportf(s.KeyAt(lower), "no value keeps both %q %s and %q %s", lower, low, upper, high).
		Note(s.KeyAt(upper), "the upper bound").
		WithHelp("swap them, or leave one out")
}

// number reads a literal with more digits than bounds have. Very large
// exponents are out of reach and are not compared.
func number(literal string) (*big.Float, bool) {
	f, _, err := big.ParseFloat(literal, 10, 256, big.ToNearestEven)
	return f, err == nil && !f.IsInf()
}
