package lint

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

var schemaPattern = &Rule{
	Code:     "schema-pattern",
	Severity: diag.Warning,
	Title:    "a pattern is no regular expression",
	Doc: `A "pattern" and the keys of "patternProperties" should be regular expressions of ECMA-262 (JSON
Schema draft-07 validation 6.3.3): no validator can obey another one, so generated code and the contract tester refuse
the schema.`,
	Bad: `
type: string
pattern: '^[a-z'`,
	Good: `
type: string
pattern: '^[a-z]+$'`,
	Check: checkSchemaPattern,
}

func checkSchemaPattern(p *Pass) {
	for _, s := range p.Schemas() {
		if s.Pattern != nil {
			p.checkPattern(*s.Pattern)
		}
		for _, property := range s.PatternProperties {
			p.checkPattern(property.Pattern)
		}
	}
}

// checkPattern reports what the compiler of schemas says of a pattern that it
// cannot read. One that it reads and cannot obey is no fault of the document.
func (p *Pass) checkPattern(pattern schema.Pattern) {
	_, found := validate.Compile(&schema.Schema{Pattern: &pattern}, nil)
	for _, d := range found {
		if d.Code == validate.CodePattern {
			p.Reportf(pattern.At, "%s", d.Message)
		}
	}
}
