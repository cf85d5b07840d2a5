package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// classifyUnion looks for alternatives that Go can tell: one of them and null,
// constants of one type, the same scalar throughout.
func (p *planner) classifyUnion(s *schema.Schema, keyword string, branches []*schema.Schema) use {
	if len(s.Properties) > 0 {
		return p.untyped(s, s.KeyAt(keyword), "members that depend on "+keyword)
	}
	var rest []*schema.Schema
	nullable := s.Types.Has(schema.TypeNull)
	for _, b := range branches {
		if b.Deref().Types == schema.Types(schema.TypeNull) {
			nullable = true
		} else {
			rest = append(rest, b)
		}
	}
	if len(rest) == 0 {
		return raw(s)
	}
	u, ok := p.common(s, rest)
	if !ok {
		return p.untyped(s, s.KeyAt(keyword), "alternatives ("+keyword+")")
	}
	u.nullable = u.nullable || nullable
	return u
}

// common returns the one shape that fits all alternatives.
func (p *planner) common(s *schema.Schema, branches []*schema.Schema) (use, bool) {
	first := p.use(branches[0])
	if len(branches) == 1 {
		return first, true
	}
	out := use{shape: &shape{kind: first.kind, basic: first.basic, schema: s}}
	for _, b := range branches {
		u := p.use(b)
		switch {
		case u.kind != first.kind, u.basic != first.basic, u.kind != kindScalar && u.kind != kindEnum:
			return use{}, false
		case u.kind == kindEnum && b.Ref != nil:
			return use{}, false // a type of its own, with a name
		}
		out.nullable = out.nullable || u.nullable
		for _, v := range u.values {
			if !slices.Contains(out.values, v) {
				out.values = append(out.values, v)
			}
		}
	}
	return out, true
}
