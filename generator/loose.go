package generator

import "github.com/asyncwire/asyncwire/spec/schema"

// loosen lets the struct of a schema keep values that it has no fields for: a
// schema that speaks of members and names no type takes every value that is no
// object, and one that speaks of elements every value that is no list. A map or list
// becomes a struct for that.
func (p *planner) loosen(s *schema.Schema, u use) use {
	switch u.kind {
	case kindObject, kindMap, kindList, kindTuple:
	default:
		return u
	}
	if u.loose || p.leftTypes(s, maxAlternatives)&^p.holdsUse(u) == 0 {
		return u
	}
	if u.owner != nil && u.owner != s {
		u.shape = u.shape.again()
	}
	u.shape.loosen()
	return u
}

// loosen is that for one shape.
func (sh *shape) loosen() {
	sh.loose = true
	switch sh.kind {
	case kindMap:
		sh.kind, sh.extra, sh.elem = kindObject, sh.elem, nil
		sh.open = sh.extra == nil
	case kindList:
		sh.kind, sh.extra, sh.elem = kindTuple, sh.elem, nil
		sh.open = sh.extra == nil
	}
}

// isListed tells whether values are lists of equal elements.
func isListed(u use) bool {
	return u.kind == kindList || u.kind == kindTuple && u.loose && len(u.members) == 0
}

// maxAlternatives is how deep alternatives within alternatives are looked at.
const maxAlternatives = 4

// leftTypes are the types that a schema leaves to its values, as far as the keyword
// type and constants say so, there and in alternatives within alternatives, that
// many deep.
func (p *planner) leftTypes(s *schema.Schema, depth int) schema.Types {
	left := p.typesOf(s)
	if depth == 0 {
		return left
	}
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		target := one.schema.Deref()
		for _, list := range [][]*schema.Schema{target.OneOf, target.AnyOf} {
			var all schema.Types
			for _, alternative := range list {
				all |= p.leftTypes(alternative, depth-1)
			}
			if len(list) > 0 {
				left &= all
			}
		}
	}
	return left
}
