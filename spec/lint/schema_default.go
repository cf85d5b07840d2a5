package lint

import "github.com/asyncwire/asyncwire/spec/diag"

var schemaDefault = &Rule{
	Code:     "schema-default",
	Severity: diag.Warning,
	Title:    "a default contradicts its schema",
	Doc: `A default must be of the type that its schema defines (AsyncAPI 3.1 "Schema Object",
default), and keep its other rules: it is what a reader assumes where the value is absent.`,
	Bad: `
type: integer
default: none`,
	Good: `
type: integer
default: 0`,
	Check: checkSchemaDefault,
}

func checkSchemaDefault(p *Pass) {
	for _, s := range p.Schemas() {
		if s.Default == nil {
			continue
		}
		for _, b := range p.judge.judge(s, s.Default, s.KeyAt("default")) {
			b.note(p.Reportf(b.at, "the default breaks its schema: %s", b.words))
		}
	}
}
