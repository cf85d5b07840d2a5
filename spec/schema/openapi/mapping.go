package openapi

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// idleMappings reports the values of a discriminator that name a schema which
// is none of the alternatives: no object with such a value is valid.
func idleMappings(s *schema.Schema) diag.List {
	var found diag.List
	for _, list := range []struct {
		key  string
		list []*schema.Schema
	}{{"oneOf", s.OneOf}, {"anyOf", s.AnyOf}} {
		for _, m := range s.Mapping {
			if len(list.list) == 0 || m.Schema == nil || m.Schema.Broken || among(m.Schema, list.list) {
				continue
			}
			found.Warningf(m.Target.At, codeMapping, "%q names a schema that is not under %q: no such object is valid", m.Value.Text, list.key).
				Note(s.KeyAt(list.key), "the schemas that are").
				WithHelp("add a reference to it there")
		}
	}
	return found
}

func among(s *schema.Schema, list []*schema.Schema) bool {
	for _, one := range list {
		if one.Deref() == s.Deref() {
			return true
		}
	}
	return false
}
