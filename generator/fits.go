package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Partial tells whether a schema is what another one says beside allOf, oneOf or
// anyOf.
func (p *planner) Partial(s *schema.Schema) bool { return p.partial[s] != nil }

// everyType are all types of JSON.
const everyType = schema.Types(schema.TypeObject)<<1 - 1

// holds are the types of JSON that the Go type of a schema holds.
func (p *planner) holds(s *schema.Schema) schema.Types {
	if isNull(s) {
		return schema.Types(schema.TypeNull)
	}
	return p.holdsUse(p.use(s))
}

// speaksOf are the types that the Go type of a schema has more for than to keep
// them.
func (p *planner) speaksOf(s *schema.Schema) schema.Types {
	u := p.use(s)
	if isNull(s) || !u.loose {
		return p.holds(s)
	}
	switch u.kind {
	case kindTuple:
		return schema.Types(schema.TypeArray)
	}
	return schema.Types(schema.TypeObject)
}

// holdsUse is holds for what a schema is.
func (p *planner) holdsUse(u use) schema.Types {
	holds := schema.Types(p.jsonTypes(u))
	if holds == 0 {
		return everyType
	}
	if u.nullable {
		holds |= schema.Types(schema.TypeNull)
	}
	return holds
}

// jsonTypes are the types of JSON of what is not null; none where all are.
func (p *planner) jsonTypes(u use) check.Types {
	switch u.kind {
	case kindObject, kindMap, kindList, kindTuple:
		if u.loose {
			return 0
		}
	}
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

// basicTypes is jsonTypes for values without parts, and for constants.
func (p *planner) basicTypes(u use) check.Types {
	if u.basic == ir.Raw {
		var all schema.Types
		for _, v := range u.values {
			all |= typesOfKind[u.kindOf(v)]
		}
		return check.Types(all)
	}
	switch basicKind(u.basic) {
	case ir.KindBoolean:
		return check.Boolean
	case ir.KindString:
		return check.String
	}
	return check.Integer | check.Number
}

// typesOf are the JSON types that a schema leaves to its values, as far as the
// keyword type and constants say so; integers are numbers too.
func (p *planner) typesOf(s *schema.Schema) schema.Types {
	types, known := p.said[s]
	if !known {
		types = p.findTypesOf(s)
		p.said[s] = types
	}
	return types
}

func (p *planner) findTypesOf(s *schema.Schema) schema.Types {
	types := everyType
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		target := one.schema.Deref()
		if target.Types != 0 {
			types &= withNumbers(target.Types)
		}
		if values := constantsOf(target); values != nil {
			var of schema.Types
			for _, v := range values {
				of |= schema.Types(schema.TypeOf(v))
			}
			types &= withNumbers(of)
		}
	}
	return types
}

// constantsOf are the values of enum or const.
func constantsOf(s *schema.Schema) []*syntax.Node {
	if s.Const != nil {
		return []*syntax.Node{s.Const}
	}
	return s.Enum
}

func withNumbers(t schema.Types) schema.Types {
	if numbers := schema.Types(schema.TypeInteger | schema.TypeNumber); t&numbers != 0 {
		t |= numbers
	}
	return t
}
