package generator

import "github.com/asyncwire/asyncwire/spec/schema"

// extraOf is the schema of the members that a schema does not name but speaks
// of: by patterns of their names, and by additionalProperties for those that no
// pattern matches. It is nil where there are none or nothing is said of them,
// and any value where they do not all have one Go type.
func (p *planner) extraOf(s *schema.Schema) *schema.Schema {
	var all []*schema.Schema
	for _, one := range s.PatternProperties {
		if !isFalse(one.Schema) {
			all = append(all, one.Schema)
		}
	}
	switch more := s.AdditionalProperties; {
	case more == nil && len(s.PatternProperties) > 0:
		return anything()
	case more != nil && !isFalse(more):
		all = append(all, more)
	}
	if len(all) == 0 {
		return nil
	}
	for _, one := range all[1:] {
		if !p.sameType(all[0], one) {
			return anything()
		}
	}
	return all[0]
}

// sameType tells whether two schemas are one type in Go.
func (p *planner) sameType(a, b *schema.Schema) bool {
	if sameSchema(a, b) {
		return true
	}
	x, y := p.use(a), p.use(b)
	return x.nullable == y.nullable && (x.shape == y.shape ||
		x.kind == y.kind && (x.kind == kindScalar && x.basic == y.basic || x.kind == kindRaw || x.kind == kindExternal && x.external == y.external))
}

// anything is the schema true.
func anything() *schema.Schema {
	yes := true
	return &schema.Schema{Bool: &yes}
}
