package lint

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var schemaExamples = &Rule{
	Code:     "schema-examples",
	Severity: diag.Warning,
	Title:    "an example contradicts its schema",
	Doc: `The examples of a schema should be valid by it (JSON Schema draft-07 validation 10.4). The
single "example" that documents borrow from OpenAPI is held to the same.`,
	Bad: `
type: string
maxLength: 3
examples: [EURO]`,
	Good: `
type: string
maxLength: 3
examples: [EUR]`,
	Check: checkSchemaExamples,
}

func checkSchemaExamples(p *Pass) {
	for _, s := range p.Schemas() {
		for _, example := range s.Examples {
			p.compareSchemaExample(s, place{value: example})
		}
		for _, m := range s.Unknown {
			if m.Key.Text == "example" {
				p.compareSchemaExample(s, place{m.Value, m.Key.At})
			}
		}
	}
}

func (p *Pass) compareSchemaExample(s *schema.Schema, example place) {
	if example.value.Kind == syntax.Null && example.value.At.Start == example.value.At.End {
		return // left empty
	}
	for _, b := range p.judge.judge(s, example.value, example.key) {
		b.note(p.Reportf(b.at, "the example breaks its schema: %s", b.words))
	}
}
