package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// findTyped notes the schemas of which Go types are: those of types, members,
// elements and payloads, and not those that only decide whether a value is valid,
// as under not and if. An alternative is none: to narrow one of oneOf could make
// values valid that are two at once.
func (p *planner) findTyped() {
	p.typed = map[*schema.Schema]bool{}
	var alternatives []*schema.Schema
	for _, e := range p.entities {
		p.addTyped(e.shape, e.shape.schema)
		if e.shape.kind == kindSum {
			for _, b := range e.shape.sum.branches {
				alternatives = append(alternatives, b.schema)
			}
		}
	}
	for _, m := range p.messages {
		if m.payload.shape != nil && m.spec.Payload != nil && m.spec.Payload.Schema != nil {
			p.addTyped(m.payload.shape, m.spec.Payload.Schema)
		}
	}
	for _, s := range alternatives {
		delete(p.typed, s.Deref())
	}
}

// addTyped notes a schema and those of its parts.
func (p *planner) addTyped(sh *shape, s *schema.Schema) {
	if s = s.Deref(); s == nil || p.typed[s] {
		return
	}
	p.typed[s] = true
	for _, m := range sh.members {
		p.addPartTyped(m.schema)
	}
	p.addPartTyped(sh.extra)
	p.addPartTyped(sh.elem)
}

func (p *planner) addPartTyped(s *schema.Schema) {
	if s != nil {
		p.addTyped(p.use(s).shape, s)
	}
}

// fittingTypes are the types of JSON that a Go type holds, where the schema does
// not say it: one that speaks of members and not of a type lets everything pass
// that is no object.
func (p *planner) fittingTypes(s *schema.Schema, u use) check.Types {
	if !p.typed[s.Deref()] || u.kind == kindEnum || s.Enum != nil || s.Const != nil {
		return 0 // constants say what they are
	}
	holds := p.jsonTypes(u)
	if holds != 0 && u.nullable {
		holds |= check.Null
	}
	if says := p.saidTypes(s, 4); holds == 0 || schema.Types(holds)&says == says {
		return 0
	}
	return holds
}

// saidTypes are the types that a schema leaves to its values, as far as type says
// so, there and in alternatives within alternatives, that many deep.
func (p *planner) saidTypes(s *schema.Schema, depth int) schema.Types {
	says := p.typesOf(s)
	list, _ := alternatives(s.Deref())
	if u := p.use(s); list == nil && u.kind == kindSum {
		for _, b := range u.sum.branches {
			list = append(list, b.schema)
		}
	}
	if list == nil || depth == 0 {
		return says
	}
	var all schema.Types
	for _, one := range list {
		if isNull(one) {
			all |= schema.Types(schema.TypeNull)
			continue
		}
		all |= p.saidTypes(one, depth-1)
	}
	return says & all
}

// jsonTypes are the types of JSON of what is not null; none where all are.
func (p *planner) jsonTypes(u use) check.Types {
	switch u.kind {
	case kindObject, kindMap:
		return check.Object
	case kindList, kindTuple:
		return check.Array
	case kindWrap:
		return p.jsonTypes(u.inner)
	case kindSum:
		var all check.Types
		for _, b := range u.sum.branches {
			one := p.jsonTypes(b.use)
			if one == 0 {
				return 0
			}
			all |= one
		}
		return all
	case kindScalar, kindEnum:
		return p.basicTypes(u)
	}
	return 0
}

// basicTypes is jsonTypes for values without parts. What constants are they say
// themselves.
func (p *planner) basicTypes(u use) check.Types {
	if u.basic == ir.Raw {
		return 0
	}
	switch basicKind(u.basic) {
	case ir.KindBoolean:
		return check.Boolean
	case ir.KindString:
		return check.String
	}
	return check.Integer | check.Number
}
