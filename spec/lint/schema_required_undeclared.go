package lint

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

var schemaRequiredUndeclared = &Rule{
	Code:     "schema-required-undeclared",
	Severity: diag.Warning,
	Title:    "a required property is not declared",
	Doc: `"required" names a property that the schema does not describe: mostly a slip, or a
property that has been renamed in one of the two places. Schemas whose properties may be declared elsewhere (in an
allOf, by a pattern, by additionalProperties) are let be.`,
	Bad: `
type: object
required: [orderID]
properties:
  orderId:
    type: string`,
	Good: `
type: object
required: [orderId]
properties:
  orderId:
    type: string`,
	Check: checkSchemaRequiredUndeclared,
}

func checkSchemaRequiredUndeclared(p *Pass) {
	parts := combined(p.Schemas())
	for _, s := range p.Schemas() {
		if len(s.Required) == 0 || parts[s] || !declaresAll(s) {
			continue
		}
		p.checkRequired(s)
	}
}

// checkRequired reports what a schema requires and does not declare.
func (p *Pass) checkRequired(s *schema.Schema) {
	names := propertyNames(s)
	declared := make(map[string]bool, len(names))
	for _, name := range names {
		declared[name] = true
	}
	for _, name := range s.Required {
		if declared[name.Text] {
			continue
		}
		d := p.Reportf(name.At, "the required property %q is not declared", name.Text)
		if near := p.hints.Nearest(name.Text, names); near != "" {
			d.WithHelp("did you mean %q?", near)
		}
	}
}

func propertyNames(s *schema.Schema) []string {
	names := make([]string, len(s.Properties))
	for i, property := range s.Properties {
		names[i] = property.Name.Text
	}
	return names
}

// declaresAll tells whether a schema says itself which properties there are.
func declaresAll(s *schema.Schema) bool {
	elsewhere := len(s.PatternProperties) + len(s.AllOf) + len(s.AnyOf) + len(s.OneOf) + len(s.Dependencies)
	open := s.AdditionalProperties != nil && (s.AdditionalProperties.Bool == nil || *s.AdditionalProperties.Bool)
	return len(s.Properties) > 0 && elsewhere == 0 && !open && s.If == nil && s.Not == nil
}

// combined are the schemas that are parts of others, which may declare what the
// parts require.
func combined(schemas []*schema.Schema) map[*schema.Schema]bool {
	out := map[*schema.Schema]bool{}
	var parts []*schema.Schema
	for _, s := range schemas {
		parts = append(parts[:0], s.If, s.Then, s.Else, s.Not)
		parts = append(parts, s.AllOf...)
		parts = append(parts, s.AnyOf...)
		parts = append(parts, s.OneOf...)
		for _, d := range s.Dependencies {
			parts = append(parts, d.Schema)
		}
		for _, part := range parts {
			if part != nil {
				out[part.Deref()] = true
			}
		}
	}
	return out
}
