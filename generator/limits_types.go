package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// anyShape is the type of any JSON value.
var anyShape = &shape{}

// typeOf is the type of the values of a schema. Nil is any value.
func (p *planner) typeOf(s *schema.Schema) *shape {
	if s == nil {
		return anyShape
	}
	return p.use(s).shape
}

// unwrapped is the type of what a type of its own is made of.
func unwrapped(sh *shape) *shape {
	for sh.kind == kindWrap {
		sh = sh.inner.shape
	}
	return sh
}

// isScalar tells whether values have no parts.
func isScalar(sh *shape) bool { return sh.kind == kindScalar || sh.kind == kindEnum }

// isAnything tells whether a type holds JSON, or is left to another package.
func isAnything(sh *shape) bool {
	return sh.kind == kindRaw || sh.kind == kindExternal || sh.kind == kindEnum && sh.basic == ir.Raw
}

// memberType is the type that a member of objects is read into, nil for types that no
// objects are read into.
func (p *planner) memberType(sh *shape, name string) *shape {
	if i, ok := sh.index[name]; ok && sh.kind == kindObject {
		return p.typeOf(sh.members[i].schema)
	}
	return p.moreType(sh)
}

// moreType is the type of the members that have no field, nil where there are none.
func (p *planner) moreType(sh *shape) *shape {
	switch {
	case isAnything(sh), sh.kind != kindObject && sh.kind != kindMap && sh.loose:
		return anyShape
	case sh.kind == kindMap:
		return p.typeOf(sh.elem)
	case sh.kind == kindObject && (sh.extra != nil || !sh.closed):
		return p.typeOf(sh.extra)
	}
	return nil
}

// memberTypes are the types of the members with certain names, and of those without a
// field.
func (p *planner) memberTypes(sh *shape, named func(string) bool) []*shape {
	out := only(p.moreType(sh))
	if sh.kind == kindObject {
		for _, m := range sh.members {
			if named(m.name) {
				out = append(out, p.typeOf(m.schema))
			}
		}
	}
	return out
}

// itemType is the type that an element is read into, nil for types that no lists are
// read into.
func (p *planner) itemType(sh *shape, i int) *shape {
	switch {
	case isAnything(sh), sh.kind != kindList && sh.kind != kindTuple && sh.loose:
		return anyShape
	case sh.kind == kindList:
		return p.typeOf(sh.elem)
	case sh.kind == kindTuple && i < len(sh.members):
		return p.typeOf(sh.members[i].schema)
	case sh.kind == kindTuple:
		return p.typeOf(sh.extra)
	}
	return nil
}

// itemTypes are the types of the elements from one on.
func (p *planner) itemTypes(sh *shape, from int) []*shape {
	var out []*shape
	for i := from; i < len(sh.members) && sh.kind == kindTuple; i++ {
		out = append(out, p.itemType(sh, i))
	}
	return append(out, only(p.itemType(sh, max(from, len(sh.members))))...)
}

// within are the types that a type is made of.
func (p *planner) within(sh *shape) []*shape {
	var out []*shape
	switch sh.kind {
	case kindWrap:
		return only(sh.inner.shape)
	case kindSum:
		for _, b := range sh.sum.branches {
			out = append(out, b.shape)
		}
	case kindObject, kindTuple:
		for _, m := range sh.members {
			out = append(out, p.typeOf(m.schema))
		}
		out = append(out, p.typeOf(sh.extra))
	case kindList, kindMap:
		out = append(out, p.typeOf(sh.elem))
	}
	return out
}

// limited tells whether there are values that a type, or one within it, does not hold.
func (p *planner) limited(sh *shape) bool {
	seen := map[*shape]bool{}
	found := p.findLimit(sh, seen)
	if found {
		p.limitless[sh] = false
		return true
	}
	for one := range seen {
		p.limitless[one] = true
	}
	return false
}

func (p *planner) findLimit(sh *shape, seen map[*shape]bool) bool {
	if limitless, known := p.limitless[sh]; known {
		return !limitless
	}
	if seen[sh] {
		return false
	}
	seen[sh] = true
	if isScalar(sh) {
		return limitsOf(sh.basic) != nil
	}
	return slices.ContainsFunc(p.within(sh), func(one *shape) bool { return p.findLimit(one, seen) })
}
