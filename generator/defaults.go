package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// defaultOf is the default of a member as JSON: that of where it is used, else
// of the schema itself. It is empty where there is none, and where the schema
// forbids its own default.
func defaultOf(s *schema.Schema) string {
	if s == nil {
		return ""
	}
	n := s.Default
	if n == nil {
		n = s.Deref().Default
	}
	if n == nil {
		return ""
	}
	text, err := schema.AppendJSON(nil, n)
	if err != nil {
		return ""
	}
	v, found := validate.Compile(s, nil)
	if found.HasErrors() || !v.Valid(text) {
		return ""
	}
	return string(text)
}

// fitsObject tells whether a default is valid under all that the schemas of an
// object say of a member of that name: one of allOf may say what the others'
// additional members are.
func (p *planner) fitsObject(object *schema.Schema, name, text string) bool {
	var all []*schema.Schema
	for _, one := range p.flatten(part{schema: object}, map[*schema.Schema]bool{}) {
		s := one.schema.Deref()
		alone := schema.Schema{Origin: s.Origin, Dialect: s.Dialect, PatternProperties: s.PatternProperties, AdditionalProperties: s.AdditionalProperties}
		for _, prop := range s.Properties {
			if prop.Name.Text == name {
				alone.Properties = append(alone.Properties, prop)
			}
		}
		all = append(all, &alone)
		if rest := s.UnevaluatedProperties; rest != nil && !speaksOf(p.whole(s), name, map[*schema.Schema]bool{}) {
			alone.AdditionalProperties = rest
		}
	}
	if len(all) == 1 && len(all[0].PatternProperties) == 0 {
		return true // only its own schema is about it
	}
	v, found := validate.Compile(&schema.Schema{Origin: object.Origin, Dialect: object.Dialect, AllOf: all}, nil)
	return !found.HasErrors() && v.Valid([]byte("{"+jsonString(name)+":"+text+"}"))
}

// speaksOf tells whether a schema may say what a member is, itself or in one that judges
// the same object.
func speaksOf(s *schema.Schema, name string, seen map[*schema.Schema]bool) bool {
	s = s.Deref()
	if s == nil || seen[s] {
		return false
	}
	seen[s] = true
	if s.Property(name) != nil || s.AdditionalProperties != nil || len(s.PatternProperties) > 0 {
		return true
	}
	all := slices.Concat(s.AllOf, s.OneOf, s.AnyOf, []*schema.Schema{s.If, s.Then, s.Else})
	for _, d := range s.Dependencies {
		all = append(all, d.Schema)
	}
	return slices.ContainsFunc(all, func(one *schema.Schema) bool { return one != nil && speaksOf(one, name, seen) })
}

// markDefaults finds the types that have defaults, themselves or within.
func markDefaults(decls []ir.TypeDecl) {
	for again := true; again; {
		again = false
		mark := func(has *bool, found bool) {
			again = again || found && !*has
			*has = *has || found
		}
		for _, d := range decls {
			switch d := d.(type) {
			case *ir.Struct:
				mark(&d.Defaults, hasDefaults(d))
			case *ir.Tuple:
				within := slices.ContainsFunc(d.Fields, func(f *ir.Field) bool { return ir.Defaults(f.Type) })
				mark(&d.Defaults, within || d.Rest != nil && ir.Defaults(d.Rest.Elem))
			case *ir.Defined:
				mark(&d.Defaults, ir.Defaults(d.Type))
			}
		}
	}
}

func hasDefaults(s *ir.Struct) bool {
	for _, f := range s.Fields {
		if f.Default != "" || ir.Defaults(f.Type) {
			return true
		}
	}
	return s.Extra != nil && ir.Defaults(s.Extra.Elem)
}
