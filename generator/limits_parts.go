package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// keepMembers is keep for the schemas that judge members.
func (f *fitting) keepMembers() {
	s := f.s
	for _, m := range s.Properties {
		f.keepIf(m.Schema, f.sparesParts(m.Schema, func(sh *shape) []*shape { return only(f.memberType(sh, m.Name.Text)) }))
	}
	for _, m := range s.PatternProperties {
		matches := patternMatcher(m.Pattern.Text)
		f.keepIf(m.Schema, f.sparesParts(m.Schema, func(sh *shape) []*shape { return f.memberTypes(sh, matches) }))
	}
	rest := func(name string) bool { return s.Property(name) == nil }
	f.keepIf(s.AdditionalProperties, f.sparesParts(s.AdditionalProperties, func(sh *shape) []*shape { return f.memberTypes(sh, rest) }))
	f.keepIf(s.UnevaluatedProperties, false)
	f.keepIf(s.PropertyNames, false)
}

// keepItems is keep for the schemas that judge elements.
func (f *fitting) keepItems() {
	s := f.s
	for i, item := range s.TupleItems {
		f.keepIf(item, f.sparesParts(item, func(sh *shape) []*shape { return only(f.itemType(sh, i)) }))
	}
	if s.TupleItems == nil {
		f.keepIf(s.Items, f.sparesParts(s.Items, func(sh *shape) []*shape { return f.itemTypes(sh, 0) }))
	}
	f.keepIf(s.AdditionalItems, f.sparesParts(s.AdditionalItems, func(sh *shape) []*shape { return f.itemTypes(sh, len(s.TupleItems)) }))
	f.keepIf(s.UnevaluatedItems, false)
}

// sparesParts tells whether the limits of a schema refuse nothing that parts of the
// types hold.
func (f *fitting) sparesParts(s *schema.Schema, parts func(*shape) []*shape) bool {
	if s == nil {
		return true
	}
	for _, t := range f.types {
		for _, part := range parts(t.shape) {
			if !f.spares(f.typeOf(s), part) {
				return false
			}
		}
	}
	return true
}

// completeMembers is complete for objects.
func (f *fitting) completeMembers(t target, held [][]*shape) bool {
	for _, m := range t.members {
		parts := partsOf(held, func(sh *shape) *shape { return f.memberType(sh, m.name) })
		if !f.enforced(f.typeOf(m.schema), f.with(parts, f.s.Property(m.name))) {
			return false
		}
	}
	more := f.moreType(t.shape)
	parts := partsOf(held, f.moreType)
	if all := append(f.patterns(), f.s.AdditionalProperties); !slices.Contains(all, nil) && !slices.ContainsFunc(all, f.isApart) {
		var list []*shape
		for _, one := range slices.DeleteFunc(all, isFalse) {
			list = append(list, f.typeOf(one))
		}
		parts = append(parts, list)
	}
	return more == nil || f.enforced(more, parts)
}

// patterns are the schemas of members by patterns of their names.
func (f *fitting) patterns() []*schema.Schema {
	var out []*schema.Schema
	for _, m := range f.s.PatternProperties {
		out = append(out, m.Schema)
	}
	return out
}

func (f *fitting) isApart(s *schema.Schema) bool { return f.apart[s] }

// with adds the type of a schema that keeps its limits.
func (f *fitting) with(held [][]*shape, s *schema.Schema) [][]*shape {
	if s == nil || f.apart[s] {
		return held
	}
	return append(held, only(f.typeOf(s)))
}

// completeItems is complete for lists.
func (f *fitting) completeItems(t target, held [][]*shape) bool {
	for i := range len(t.members) + 1 {
		rest := i == len(t.members)
		parts := partsOf(held, func(sh *shape) *shape { return f.itemHeld(sh, i, rest) })
		if !f.enforced(f.itemType(t.shape, i), f.with(parts, f.ownItem(i, rest))) {
			return false
		}
	}
	return true
}

// ownItem is the schema of an element, or of all from there on.
func (f *fitting) ownItem(i int, rest bool) *schema.Schema {
	switch s := f.s; {
	case s.TupleItems == nil:
		return s.Items
	case i >= len(s.TupleItems):
		return s.AdditionalItems
	case rest:
		return nil
	default:
		return s.TupleItems[i]
	}
}

// only is a list of a type, none of nil.
func only(sh *shape) []*shape {
	if sh == nil {
		return nil
	}
	return []*shape{sh}
}

// patternMatcher tells which names a pattern matches, or may match.
func patternMatcher(pattern string) func(name string) bool {
	rules := check.NewRules(check.Set{{Name: "name", Schema: check.Schema{check.Pattern(pattern)}}})
	if len(rules.Problems()) > 0 {
		return func(string) bool { return true }
	}
	return func(name string) bool { return rules.Of("name").Valid([]byte(jsonString(name))) }
}
