package lint

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

var schemaDiscriminator = &Rule{
	Code:     "schema-discriminator",
	Severity: diag.Error,
	Title:    "a discriminator names no required property",
	Doc: `The property that a discriminator names must be defined at its schema and be in the list of
required properties (AsyncAPI 3.1 "Schema Object", discriminator): without it nobody can tell the alternatives apart.
What a part of an allOf, or every alternative of a oneOf or anyOf, defines and requires counts too.`,
	Bad: `
type: object
discriminator: kind
properties:
  kind:
    type: string`,
	Good: `
type: object
discriminator: kind
required: [kind]
properties:
  kind:
    type: string`,
	Check: checkSchemaDiscriminator,
}

func checkSchemaDiscriminator(p *Pass) {
	for _, s := range p.Schemas() {
		name := s.Discriminator
		if name == "" {
			continue
		}
		defines := func(s *schema.Schema) bool { return s.Property(name) != nil }
		requires := func(s *schema.Schema) bool { return s.IsRequired(name) }
		at := s.KeyAt("discriminator")
		switch {
		case !holds(s, defines, 0):
			d := p.Reportf(at, "the discriminator %q is no property of the schema", name)
			if near := p.hints.Nearest(name, propertyNames(s)); near != "" {
				d.WithHelp("did you mean %q?", near)
			}
		case !holds(s, requires, 0):
			p.Reportf(at, "the discriminator %q is not required", name).
				WithHelp("add it to the schema's \"required\"")
		}
	}
}

// deepest bounds how deep combinations of schemas are looked into.
const deepest = 8

// holds tells whether a schema, one of its parts or each of its alternatives
// does.
func holds(s *schema.Schema, does func(*schema.Schema) bool, depth int) bool {
	s = s.Deref()
	if s == nil || s.Broken || depth > deepest {
		return true // not to be judged
	}
	inner := func(s *schema.Schema) bool { return holds(s, does, depth+1) }
	all := func(alternatives []*schema.Schema) bool {
		return len(alternatives) > 0 && !slices.ContainsFunc(alternatives, func(s *schema.Schema) bool { return !inner(s) })
	}
	return does(s) || slices.ContainsFunc(s.AllOf, inner) || all(s.OneOf) || all(s.AnyOf)
}
