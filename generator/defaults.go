package generator

import (
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

// markDefaults finds the structs that have defaults, themselves or within.
func markDefaults(decls []ir.TypeDecl) {
	for again := true; again; {
		again = false
		for _, d := range decls {
			if s, ok := d.(*ir.Struct); ok && !s.Defaults && hasDefaults(s) {
				s.Defaults, again = true, true
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
