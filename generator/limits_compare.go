package generator

import (
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// spares tells whether the limits of one type refuse nothing that another one holds.
func (p *planner) spares(a, b *shape) bool {
	c := comparison{p, map[[2]*shape]bool{}}
	ok := c.spares(a, b)
	if !ok {
		p.spared[[2]*shape{a, b}] = false
		return false
	}
	for pair := range c.met {
		p.spared[pair] = true
	}
	return true
}

// comparison is one of two types, with those within them that have been met.
type comparison struct {
	*planner
	met map[[2]*shape]bool
}

func (c comparison) spares(a, b *shape) bool {
	a, b = unwrapped(a), unwrapped(b)
	pair := [2]*shape{a, b}
	if known, ok := c.spared[pair]; ok {
		return known
	}
	if a == b || c.met[pair] || !c.limited(a) {
		return true
	}
	c.met[pair] = true
	switch {
	case a.kind == kindSum:
		return !slices.ContainsFunc(a.sum.branches, func(one *branch) bool { return !c.spares(one.shape, b) })
	case b.kind == kindSum:
		return !slices.ContainsFunc(b.sum.branches, func(one *branch) bool { return !c.spares(a, one.shape) })
	case isAnything(b):
		return false
	case isScalar(a):
		return !b.loose && (!isScalar(b) || sparesBasic(a.basic, b.basic))
	case a.kind == kindList, a.kind == kindTuple:
		return c.sparesItems(a, b)
	}
	return c.sparesMembers(a, b)
}

// sparesBasic is spares for types of values without parts.
func sparesBasic(a, b ir.Basic) bool {
	switch {
	case a == b, basicKind(a) != basicKind(b):
		return true
	case a == ir.Int64:
		return isInt(b) && b != ir.Uint64
	case a == ir.Float32:
		return isInt(b)
	}
	return a == ir.Float64 && (isInt(b) || b == ir.Float32)
}

func (c comparison) sparesItems(a, b *shape) bool {
	for i := range max(len(a.members), len(b.members)) + 1 {
		of := c.itemType(b, i)
		if of == nil {
			return true
		}
		if !c.spares(c.itemType(a, i), of) {
			return false
		}
	}
	return true
}

func (c comparison) sparesMembers(a, b *shape) bool {
	for _, m := range a.members {
		if of := c.memberType(b, m.name); of != nil && !c.spares(c.typeOf(m.schema), of) {
			return false
		}
	}
	more := c.moreType(a)
	if more == nil || !c.limited(more) {
		return true
	}
	rest := func(name string) bool {
		_, named := a.index[name]
		return !named || a.kind != kindObject
	}
	return !slices.ContainsFunc(c.memberTypes(b, rest), func(of *shape) bool { return !c.spares(more, of) })
}

// enforced tells whether values that are held to the limits of some types, of each list to
// those of one at least, meet all limits of another.
func (p *planner) enforced(of *shape, held [][]*shape) bool {
	return coverage{p, map[string]bool{}}.all(of, held)
}

// coverage is what enforced finds out, with the questions that have been met.
type coverage struct {
	*planner
	met map[string]bool
}

func (c coverage) all(of *shape, held [][]*shape) bool {
	of = unwrapped(of)
	if !c.limited(of) || slices.ContainsFunc(held, func(list []*shape) bool {
		return !slices.ContainsFunc(list, func(sh *shape) bool { return !c.spares(of, sh) })
	}) {
		return true
	}
	if len(held) == 0 {
		return false
	}
	key := fmt.Sprintf("%p%v", of, held)
	if c.met[key] {
		return true
	}
	c.met[key] = true
	switch of.kind {
	case kindObject, kindMap:
		return c.members(of, held)
	case kindList, kindTuple:
		return c.items(of, held)
	}
	return false
}

func (c coverage) members(of *shape, held [][]*shape) bool {
	for _, m := range of.members {
		if !c.all(c.typeOf(m.schema), partsOf(held, func(sh *shape) *shape { return c.memberType(sh, m.name) })) {
			return false
		}
	}
	more := c.moreType(of)
	return more == nil || c.all(more, partsOf(held, c.moreType))
}

func (c coverage) items(of *shape, held [][]*shape) bool {
	for i := range len(of.members) + 1 {
		rest := i == len(of.members)
		if !c.all(c.itemType(of, i), partsOf(held, func(sh *shape) *shape { return c.itemHeld(sh, i, rest) })) {
			return false
		}
	}
	return true
}

// itemHeld is the type whose limits an element is held to, or all from there on.
func (p *planner) itemHeld(sh *shape, i int, rest bool) *shape {
	if of := p.itemType(sh, i); of == nil || !rest || sh.kind != kindTuple || len(sh.members) <= i {
		return of
	}
	return anyShape
}

// partsOf are the types of parts of values, of those types that have them.
func partsOf(held [][]*shape, part func(*shape) *shape) [][]*shape {
	var out [][]*shape
	for _, list := range held {
		var parts []*shape
		for _, sh := range list {
			for _, t := range targets(sh) {
				parts = append(parts, only(part(t.shape))...)
			}
		}
		if parts != nil {
			out = append(out, parts)
		}
	}
	return out
}
