package generator_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
)

// branches has sums that say what no alternative evaluates.
const branches = `asyncapi: 3.0.0
info: {title: Branches, version: '1'}
components:
  schemas:
    One:
      schemaFormat: application/schema+json;version=draft-2020-12
      schema: {type: object, properties: {a: {type: integer}}, oneOf: [{title: pea, properties: {k: {const: p}, p: {type: string}}, required: [k]}, {title: bee, properties: {k: {const: b}, b: {type: string}}, required: [k]}], unevaluatedProperties: false}
    Any:
      schemaFormat: application/schema+json;version=draft-2020-12
      schema: {type: object, properties: {a: {type: integer}}, anyOf: [{title: pea, properties: {p: {type: string}}, required: [p]}, {title: bee, properties: {b: {type: string}}, required: [b]}], unevaluatedProperties: {type: integer}}
    All:
      schemaFormat: application/schema+json;version=draft-2020-12
      schema: {allOf: [{oneOf: [{title: pea, type: object, properties: {k: {const: p}}, required: [k]}, {title: bee, type: object, properties: {k: {const: b}}, required: [k]}]}, {type: object, properties: {a: {type: integer}}}], unevaluatedProperties: false}
`

// TestBranchesAlone: the type of an alternative by itself refuses what the sum does not
// evaluate, and takes what another alternative evaluates.
func TestBranchesAlone(t *testing.T) {
	p, _ := generator.Plan(readText(t, "branches.yaml", branches), generator.Config{})
	var rules *check.Rules
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ir.Rules); ok {
				rules = check.NewRules(d.Set)
			}
		}
	}
	for _, tt := range []struct {
		name, text string
		valid      bool
	}{
		{"OnePea", `{"k":"p","p":"x","a":1}`, true},
		{"OnePea", `{"k":"p","b":"x"}`, false},
		{"OnePea", `{"k":"b"}`, false},
		{"OnePea", `{"k":"p","a":1e30}`, false},
		{"AnyPea", `{"p":"x","b":"x","more":1}`, true},
		{"AnyPea", `{"p":"x","more":"x"}`, false},
		{"AnyPea", `{"b":"x"}`, false},
		{"AllPea", `{"k":"p","a":1}`, true},
		{"AllPea", `{"k":"p","b":1}`, false},
	} {
		if got := rules.Of(tt.name).Valid([]byte(tt.text)); got != tt.valid {
			t.Errorf("%s takes %s: %v", tt.name, tt.text, got)
		}
	}
}
