package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// place is where an inline schema stands, for its name and its words. The zero
// place is the root: what stands there is known by a name of its own.
type place struct {
	owner *naming.Claim // the type or message whose name comes first
	stem  func() string // that name
	// path is what follows the owner's name, with the symbols of property
	// names left out and spelled.
	path, spelled string
	// part is the word for an element, where the name has no singular.
	part string
	// fixed is a name without an owner.
	fixed string
	// what says in words where the place is; %s stands for the owner's name.
	what string
	// element tells that a nil there would be written as null and that no
	// struct can replace it.
	element bool
	// member tells that a member of an object stands here, which x-go-name names.
	member bool
}

func (at place) isRoot() bool { return at.owner == nil && at.fixed == "" }

// isWithin tells whether the place is within a type, and not that of a whole
// payload or one that is known by a name of its own.
func (at place) isWithin() bool {
	return at.owner != nil && (at.member || at.part != "" || at.owner.Rank != rankMessage)
}

// name is the identifier for what stands here.
func (at place) name(path string) string {
	name := at.fixed
	if at.owner != nil {
		name = naming.Join(at.stem(), path)
	}
	if at.part == "" {
		return name
	}
	if one, ok := naming.Singular(name); ok {
		return one
	}
	return naming.Join(name, at.part)
}

// within is the place of an entity itself, which its parts are in.
func within(e *entity) place { return place{owner: e.Claim, stem: e.Name, what: "%s"} }

// property is the place of a member.
func (at place) property(name string) place {
	return place{
		owner: at.owner, stem: at.stem, what: "member " + name + " of " + at.what, member: true,
		path: at.path + naming.Exported(name), spelled: at.spelled + naming.Spelled(name),
	}
}

// called is the place of a member that the document names for Go.
func (at place) called(name string) place {
	if name != "" {
		at.path, at.spelled = name, name
	}
	return at
}

// elementOf is the place of the elements of a list or map.
func (at place) elementOf(part string) place {
	at.part, at.element, at.member, at.what = part, true, false, "one element of "+at.what
	return at
}

// rest is the place of the elements of a list that have no field of their own: of
// all, where none has one.
func (at place) rest(sh *shape) place {
	if len(sh.members) == 0 {
		return at.elementOf("Item")
	}
	return at.property("rest")
}

// visit finds the shapes that need a name, beginning at s. What a reference
// leads to waits until all that is written in place has been seen.
func (p *planner) visit(s *schema.Schema, at place) {
	if s == nil {
		return
	}
	u := p.use(s)
	u.shape.element = u.shape.element || at.element
	if u.via != nil && !at.isRoot() {
		p.pending = append(p.pending, u.via)
		return
	}
	p.visitShape(u.shape, at)
}

// visitPending visits what references lead to.
func (p *planner) visitPending() {
	for len(p.pending) > 0 {
		s := p.pending[0]
		p.pending = p.pending[1:]
		p.visit(s, place{})
	}
}

// visitLeftOver names what the shapes of references do not lead to: of several
// schemas for one member, each struct may have taken another, and branches and
// elements may be merged from what stands behind a reference.
func (p *planner) visitLeftOver() {
	seen := map[*shape]bool{}
	for i := 0; i < len(p.entities); i++ {
		p.visitParts(p.entities[i].shape, within(p.entities[i]), seen)
	}
}

// visitParts sees to it that all parts of a shape have names that need them.
func (p *planner) visitParts(sh *shape, at place, seen map[*shape]bool) {
	if seen[sh] {
		return
	}
	seen[sh] = true
	for _, m := range sh.members {
		p.visitPart(p.use(m.schema).shape, at.property(m.name), seen)
	}
	switch sh.kind {
	case kindObject:
		p.visitPart(p.use(sh.extra).shape, at.property("additionalProperty"), seen)
	case kindTuple:
		p.visitPart(p.use(sh.extra).shape, at.rest(sh), seen)
	case kindList:
		p.visitPart(p.use(sh.elem).shape, at.elementOf("Item"), seen)
	case kindMap:
		p.visitPart(p.use(sh.elem).shape, at.elementOf("Value"), seen)
	case kindSum:
		for _, b := range sh.sum.branches {
			p.visitPart(b.shape, at.alternative(b.label), seen)
		}
	}
}

// visitPart is visitParts for one part, which is named where it stands unless it
// has a name already.
func (p *planner) visitPart(sh *shape, at place, seen map[*shape]bool) {
	if sh.entity != nil {
		return
	}
	sh.element = sh.element || at.element
	p.visitShape(sh, at)
	p.visitPending()
	if sh.entity == nil {
		p.visitParts(sh, at, seen)
	}
}

// visitShape gives a shape a name where it needs one and goes on to its parts.
func (p *planner) visitShape(sh *shape, at place) {
	if sh.entity != nil {
		return
	}
	if sh.declared(at) {
		sh.entity = &entity{shape: sh, at: at}
		sh.entity.Claim = &naming.Claim{Key: p.keyAt(sh.schema, at)}
		p.entities = append(p.entities, sh.entity)
		at = within(sh.entity)
	}
	switch sh.kind {
	case kindSum:
		p.visitSum(sh.sum, at)
	case kindTuple:
		for _, m := range sh.members {
			p.visit(m.schema, at.property(m.name).called(p.goName(m.schema)))
		}
		p.visit(sh.extra, at.rest(sh))
	case kindObject:
		for _, m := range sh.members {
			if m.via != nil {
				p.pending = append(p.pending, m.via)
				continue
			}
			p.visit(m.schema, at.property(m.name).called(p.goName(m.schema)))
		}
		p.visit(sh.extra, at.property("additionalProperty"))
	case kindList:
		p.visit(sh.elem, at.elementOf("Item"))
	case kindMap:
		p.visit(sh.elem, at.elementOf("Value"))
	}
}

// declared tells whether a shape has a name in Go: structs and enums always,
// lists and maps where others refer to them, where they could contain
// themselves, and where their nil would be written as null.
func (sh *shape) declared(at place) bool {
	switch sh.kind {
	case kindObject, kindEnum, kindTuple, kindSum, kindWrap:
		return true
	case kindList, kindMap:
		return sh.referenced || sh.element || at.isRoot()
	case kindScalar:
		return sh.basic == ir.Bytes && sh.element
	}
	return false
}
