package generator

import (
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// limitsIn is a schema of the limits of a type and of those within it, and of nothing
// else. It is nil where there are none.
func (p *planner) limitsIn(sh *shape) *schema.Schema {
	if !p.limited(sh) {
		return nil
	}
	s, known := p.limitSets[sh]
	if known {
		return s
	}
	s = p.limit()
	p.limitSets[sh] = s
	types := targets(sh)
	if !p.areApart(types) {
		p.limitBranches(s, sh.sum)
		return s
	}
	for _, t := range types {
		p.limitOne(s, t.shape)
	}
	return s
}

// limit is a schema for limits alone.
func (p *planner) limit() *schema.Schema {
	s := p.make(&schema.Schema{Dialect: schema.Draft202012})
	p.limiting[s], p.fits[s] = true, validate.Fit{}
	return s
}

// areApart tells whether the JSON type of a value says which of some types it is of.
func (p *planner) areApart(types []target) bool {
	if len(types) == 1 {
		return true
	}
	var all schema.Types
	for _, t := range types {
		of := p.holdsUse(use{shape: t.shape})
		if of&all != 0 {
			return false
		}
		all |= of
	}
	return true
}

// limitBranches adds the limits of the branches of a sum: the ones of a branch that the
// value is of. Null need not be of any.
func (p *planner) limitBranches(s *schema.Schema, sum *sum) {
	bare := map[*schema.Schema]bool{}
	s.AnyOf = []*schema.Schema{p.make(&schema.Schema{Dialect: schema.Draft202012, Types: schema.Types(schema.TypeNull)})}
	for _, b := range sum.branches {
		bare[b.schema] = true
		if in := p.limitsIn(b.shape); in != nil {
			both := p.limit()
			both.AllOf = []*schema.Schema{b.schema, in}
			p.fits[both] = validate.Fit{Apart: bare}
			s.AnyOf = append(s.AnyOf, both)
			continue
		}
		s.AnyOf = append(s.AnyOf, b.schema)
	}
	p.fits[s] = validate.Fit{Apart: bare}
}

// limitOne adds the limits of what is no sum.
func (p *planner) limitOne(s *schema.Schema, sh *shape) {
	switch sh.kind {
	case kindScalar, kindEnum:
		p.fits[s] = validate.Fit{Limits: append(p.fits[s].Limits, limitsOf(sh.basic)...)}
	case kindObject:
		s.AdditionalProperties = p.limitsIn(p.typeOf(sh.extra))
		for _, m := range sh.members {
			if of := p.typeOf(m.schema); s.AdditionalProperties != nil || p.limited(of) {
				s.Properties = append(s.Properties, schema.Property{Name: schema.Name{Text: m.name}, Schema: p.limitOrAny(of)})
			}
		}
	case kindMap:
		s.AdditionalProperties = p.limitsIn(p.typeOf(sh.elem))
	case kindList:
		s.Items = p.limitsIn(p.typeOf(sh.elem))
	case kindTuple:
		for _, m := range sh.members {
			s.TupleItems = append(s.TupleItems, p.limitOrAny(p.typeOf(m.schema)))
		}
		if s.AdditionalItems = p.limitsIn(p.typeOf(sh.extra)); len(sh.members) == 0 {
			s.Items, s.AdditionalItems = s.AdditionalItems, nil
		}
	}
}

// limitOrAny is limitsIn, or any value.
func (p *planner) limitOrAny(sh *shape) *schema.Schema {
	if s := p.limitsIn(sh); s != nil {
		return s
	}
	return anything()
}
