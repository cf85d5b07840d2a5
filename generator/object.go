package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// classifyObject decides between a struct and a map.
func (p *planner) classifyObject(s *schema.Schema) use {
	o := &shape{schema: s, open: true}
	p.addPart(o, part{schema: s})
	return use{shape: o.structOrMap()}
}

// addPart adds what a schema says about objects to o.
func (p *planner) addPart(o *shape, from part) {
	s := from.schema.Deref()
	o.open = o.open && p.isOpen(s)
	o.closed = o.closed || isClosed(s)
	p.addMembers(o, from)
	if more := p.extraOf(s); more != nil && o.extra == nil {
		o.extra = more
	} else if more != nil {
		o.extra = p.narrower(o.extra, more)
	}
}

// isOpen tells whether objects may have members that a schema says nothing of, or
// speaks of where it changes no types.
func (p *planner) isOpen(s *schema.Schema) bool {
	switch {
	case s.AdditionalProperties != nil:
		return false
	case s.UnevaluatedProperties != nil && isFalse(s.UnevaluatedProperties):
		return p.speaksElsewhere(p.whole(s), map[*schema.Schema]bool{})
	}
	return true
}

// speaksElsewhere tells whether a schema may speak of members where it gives the Go type
// of its values none: under a condition, in an alternative that holds beside the first,
// where it takes what no other part of it speaks of, or by a reference that leads to
// several.
func (p *planner) speaksElsewhere(s *schema.Schema, seen map[*schema.Schema]bool) bool {
	if p.moves(s) {
		return true
	}
	s = s.Deref()
	if seen[s] {
		return false
	}
	seen[s] = true
	return s.If != nil || len(s.Dependencies) > 0 || len(s.AnyOf) > 0 ||
		s.UnevaluatedProperties != nil && !isFalse(s.UnevaluatedProperties) ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.OneOf), func(one *schema.Schema) bool { return p.speaksElsewhere(one, seen) })
}

// isClosed tells whether objects have no members but those that a schema names.
func isClosed(s *schema.Schema) bool {
	return s.AdditionalProperties != nil && isFalse(s.AdditionalProperties) && len(s.PatternProperties) == 0
}

// structOrMap makes a map of an object that names no members, unless it may
// have none at all.
func (sh *shape) structOrMap() *shape {
	if sh.closed {
		sh.extra = nil
	}
	sh.kind = kindObject
	if len(sh.members) == 0 && !sh.closed {
		sh.kind, sh.elem, sh.extra = kindMap, sh.extra, nil
	}
	return sh
}

// addMembers adds the properties of a schema to o, in their order, and those
// that are required without being described.
func (p *planner) addMembers(o *shape, from part) {
	s := from.schema.Deref()
	required, described := map[string]bool{}, map[string]bool{}
	for _, r := range s.Required {
		required[r.Text] = true
	}
	for _, prop := range s.Properties {
		name := prop.Name.Text
		described[name] = true
		if !isFalse(prop.Schema) {
			p.addMember(o, member{name: name, schema: prop.Schema, required: required[name], via: from.via})
		}
	}
	for _, r := range s.Required {
		if !described[r.Text] {
			p.addMember(o, member{name: r.Text, required: true})
		}
	}
}

func (p *planner) addMember(o *shape, m member) {
	i, known := o.index[m.name]
	if !known {
		if o.index == nil {
			o.index = map[string]int{}
		}
		o.index[m.name] = len(o.members)
		o.members = append(o.members, m)
		return
	}
	have := &o.members[i]
	have.required = have.required || m.required
	merged := p.narrower(have.schema, m.schema)
	switch merged {
	case have.schema:
	case m.schema:
		have.via = m.via
	default:
		have.via = nil
	}
	have.schema = merged
}

// isObjectPart tells whether a schema can be merged into a struct: it is an
// object and nothing but its members decides its Go type.
func isObjectPart(s *schema.Schema) bool {
	t, ok := s.Types.Only()
	return s.Enum == nil && s.Const == nil && allNeutral(s.OneOf) && allNeutral(s.AnyOf) &&
		(ok && t == schema.TypeObject || s.Types == 0 && isObject(s))
}

// isListPart tells whether a schema can be merged into a list.
func isListPart(s *schema.Schema) bool {
	t, ok := s.Types.Only()
	return s.Enum == nil && s.Const == nil && allNeutral(s.OneOf) && allNeutral(s.AnyOf) && s.TupleItems == nil &&
		(ok && t == schema.TypeArray || s.Types == 0 && s.Items != nil && !isObject(s))
}

// isNeutral tells whether a schema says nothing about the Go type of a value.
func isNeutral(s *schema.Schema) bool {
	s = s.Deref()
	return !s.Broken && !isFalse(s) && !saysSomething(s) && allNeutral(s.AllOf) && allNeutral(s.OneOf) && allNeutral(s.AnyOf)
}

// saysSomething is about a schema's own keywords, combinators aside.
func saysSomething(s *schema.Schema) bool {
	return s.Types != 0 || s.Enum != nil || s.Const != nil || isObject(s) || s.Items != nil || s.TupleItems != nil
}

// allNeutral tells whether alternatives restrict values without giving them
// another Go type, such as a choice of required members.
func allNeutral(list []*schema.Schema) bool {
	for _, s := range list {
		s = s.Deref()
		if s.Broken || len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) > 0 || s.Types != 0 || s.Enum != nil || s.Const != nil || len(s.Properties) > 0 ||
			s.AdditionalProperties != nil || len(s.PatternProperties) > 0 || s.Items != nil || s.TupleItems != nil {
			return false
		}
	}
	return true
}

// isText tells whether values are strings and nothing else.
func (u use) isText() bool {
	return textual[u.basic] && (u.kind == kindScalar || u.kind == kindEnum)
}

// isPlain tells whether values are numbers or booleans and nothing else, which
// as text are what they are as JSON.
func (u use) isPlain() bool {
	return (u.kind == kindScalar || u.kind == kindEnum) && !textual[u.basic]
}
