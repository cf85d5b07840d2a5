package lint

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var schemaEnumType = &Rule{
	Code:     "schema-enum-type",
	Severity: diag.Warning,
	Title:    "an enum value is not of the schema's type",
	Doc: `A value of an enum, or a const, that is not of the type beside it can never occur: mostly a
quote is missing or superfluous.`,
	Bad: `
type: string
enum: ['1', 2]`,
	Good: `
type: string
enum: ['1', '2']`,
	Check: checkSchemaEnumType,
}

func checkSchemaEnumType(p *Pass) {
	for _, s := range p.Schemas() {
		if s.Types == 0 {
			continue
		}
		for _, value := range s.Enum {
			p.checkValueType(s, value, "enum")
		}
		if s.Const != nil {
			p.checkValueType(s, s.Const, "const")
		}
	}
}

func (p *Pass) checkValueType(s *schema.Schema, value *syntax.Node, keyword string) {
	if isOfType(value, s.Types) {
		return
	}
	at := place{value: value, key: s.KeyAt(keyword)}
	if keyword == "enum" {
		at = place{value: value}
	}
	d := p.Reportf(at.span(keyword), "this value of %q is %s, the type is %s", keyword, value.Kind.Phrase(), s.Types).
		Note(s.KeyAt("type"), "the type")
	if value.Kind == syntax.Number && s.Types.Has(schema.TypeString) {
		d.WithHelp("quote it: %q", value.Text)
	}
}

// isOfType tells whether a value is of one of some types. Which numbers are
// integers is not told where they are written with an exponent.
func isOfType(n *syntax.Node, types schema.Types) bool {
	if n.Kind != syntax.Number || types.Has(schema.TypeNumber) {
		return types.Has(schema.TypeOf(n))
	}
	_, fraction, _ := strings.Cut(n.Text, ".")
	return types.Has(schema.TypeInteger) && (strings.Trim(fraction, "0") == "" || strings.ContainsAny(n.Text, "eE"))
}
