package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// classifyObject decides between a struct and a map.
func (p *planner) classifyObject(s *schema.Schema) use {
	o := &shape{schema: s}
	p.addMembers(o, part{schema: s})
	addExtra(o, s)
	o.open = isOpen(s)
	return use{shape: structOrMap(o, s)}
}

// isOpen tells whether objects may have members that a schema says nothing of.
func isOpen(s *schema.Schema) bool {
	return s.AdditionalProperties == nil && (s.UnevaluatedProperties == nil || !isFalse(s.UnevaluatedProperties))
}

// structOrMap makes a map of an object that names no members, unless it may
// have none at all.
func structOrMap(o *shape, s *schema.Schema) *shape {
	closed := s.AdditionalProperties != nil && isFalse(s.AdditionalProperties)
	switch {
	case len(o.members) > 0:
		o.kind = kindObject
	case closed && len(s.PatternProperties) == 1:
		o.kind, o.elem, o.extra = kindMap, s.PatternProperties[0].Schema, nil
	case closed && len(s.PatternProperties) == 0:
		o.kind = kindObject
	case len(s.PatternProperties) > 0:
		o.kind, o.extra = kindMap, nil
	default:
		o.kind, o.elem, o.extra = kindMap, o.extra, nil
	}
	return o
}

// addMembers adds the properties of a schema to o, in their order, and those
// that are required without being described. It reports false where one contradicts a
// member that is there already.
func (p *planner) addMembers(o *shape, from part) bool {
	s, ok := from.schema.Deref(), true
	required, described := map[string]bool{}, map[string]bool{}
	for _, r := range s.Required {
		required[r.Text] = true
	}
	for _, prop := range s.Properties {
		name := prop.Name.Text
		described[name] = true
		if !isFalse(prop.Schema) {
			ok = p.addMember(o, member{name: name, schema: prop.Schema, required: required[name], via: from.via}) && ok
		}
	}
	for _, r := range s.Required {
		if !described[r.Text] {
			p.addMember(o, member{name: r.Text, required: true})
		}
	}
	return ok
}

func (p *planner) addMember(o *shape, m member) bool {
	i, known := o.index[m.name]
	if !known {
		if o.index == nil {
			o.index = map[string]int{}
		}
		o.index[m.name] = len(o.members)
		o.members = append(o.members, m)
		return true
	}
	have := &o.members[i]
	have.required = have.required || m.required
	merged, ok := p.narrower(have.schema, m.schema)
	switch merged {
	case have.schema:
	case m.schema:
		have.via = m.via
	default:
		have.via = nil
	}
	have.schema = merged
	return ok
}

// narrower returns the schema that says more about the Go type of a member that
// two schemas describe, and whether they agree.
func (p *planner) narrower(a, b *schema.Schema) (*schema.Schema, bool) {
	switch {
	case a == nil || isNeutral(a):
		return b, true
	case b == nil || isNeutral(b) || sameSchema(a, b):
		return a, true
	}
	x, y := p.use(a), p.use(b)
	switch {
	case x.shape == y.shape, narrows(x, y):
		return a, true
	case narrows(y, x):
		return b, true
	case x.kind == kindObject && y.kind == kindObject:
		return p.both(a, b)
	}
	return a, false
}

// narrows tells whether every value of x is one of y as far as Go types go.
func narrows(x, y use) bool {
	switch {
	case y.kind == kindMap && y.elem == nil:
		return x.kind == kindMap || x.kind == kindObject
	case x.kind == kindExternal && y.kind == kindScalar:
		return y.basic == ir.String
	case x.kind == kindExternal && y.kind == kindExternal:
		return x.external == y.external
	case x.kind == kindEnum && y.kind == kindEnum:
		return x.basic == y.basic && !slices.ContainsFunc(x.values, func(v enumValue) bool { return !slices.Contains(y.values, v) })
	case x.kind == kindEnum && y.kind == kindScalar:
		return x.basic == y.basic
	case x.kind == kindScalar && y.kind == kindScalar:
		return x.basic == y.basic || wider[y.basic] != nil && slices.Contains(wider[y.basic], x.basic)
	}
	return false
}

// wider lists for a basic type those whose values are among its own in JSON.
var wider = map[ir.Basic][]ir.Basic{
	ir.String:  {ir.Time, ir.Bytes, ir.Date, ir.TimeOfDay, ir.Duration, ir.UUID, ir.Addr},
	ir.Float64: {ir.Decimal, ir.Float32, ir.Int8, ir.Int16, ir.Int32, ir.Int64, ir.Uint8, ir.Uint16, ir.Uint32},
	ir.Int64:   {ir.Int8, ir.Int16, ir.Int32, ir.Uint8, ir.Uint16, ir.Uint32},
}

// maxMerged bounds how many pairs of schemas are merged: a document can be made
// so that there is no end of them.
const maxMerged = 2000

// both returns a schema for what two schemas of objects demand together. The
// same two always give the same one, so that recursion stays a circle.
func (p *planner) both(a, b *schema.Schema) (*schema.Schema, bool) {
	pair := [2]*schema.Schema{a.Deref(), b.Deref()}
	if s, ok := p.merged[pair]; ok {
		return s, true
	}
	if len(p.merged) >= maxMerged {
		return a, false
	}
	s := &schema.Schema{Origin: b.Origin, Description: wordsOf(b).text, AllOf: []*schema.Schema{a, b}}
	p.merged[pair] = s
	return s, true
}

// addExtra decides where members go that the schema does not name: into a map
// where the schema speaks of them.
func addExtra(o *shape, s *schema.Schema) {
	more := s.AdditionalProperties
	switch {
	case len(s.PatternProperties) > 0:
		o.extra = anything()
	case more != nil && !isFalse(more) && o.extra == nil:
		o.extra = more
	}
}

// anything is the schema true.
func anything() *schema.Schema {
	yes := true
	return &schema.Schema{Bool: &yes}
}

// classifyAll merges the schemas of allOf: into one struct where all are
// objects whose members do not contradict each other.
func (p *planner) classifyAll(s *schema.Schema) use {
	parts := flatten(part{schema: s}, map[*schema.Schema]bool{})
	switch {
	case len(parts) == 0:
		return raw(s)
	case len(parts) == 1 && parts[0].schema == s:
		return p.classifyRest(s)
	case len(parts) == 1:
		return p.usePart(parts[0])
	}
	if !slices.ContainsFunc(parts, func(one part) bool { return !isObjectPart(one.schema.Deref()) }) {
		return p.mergeObjects(s, parts)
	}
	return p.narrowest(s, parts)
}

// mergeObjects makes one struct of several schemas.
func (p *planner) mergeObjects(s *schema.Schema, parts []part) use {
	o := &shape{schema: s, open: isOpen(s)}
	for _, one := range parts {
		o.open = o.open && isOpen(one.schema.Deref())
		if !p.addMembers(o, one) {
			return p.untyped(s, s.KeyAt("allOf"), "schemas that contradict each other")
		}
		addExtra(o, one.schema.Deref())
	}
	return use{shape: structOrMap(o, s)}
}

// narrowest picks the one of several schemas of one scalar type that says most.
func (p *planner) narrowest(s *schema.Schema, parts []part) use {
	best := parts[0]
	for _, one := range parts[1:] {
		merged, ok := p.narrower(best.schema, one.schema)
		if !ok {
			return p.untyped(s, s.KeyAt("allOf"), "schemas that cannot be merged")
		}
		if merged != best.schema {
			best = part{merged, one.via}
		}
	}
	if best.schema == s {
		return p.classifyRest(s)
	}
	return p.usePart(best)
}

// part is one of the schemas that allOf is made of, and the last reference on
// the way to it.
type part struct{ schema, via *schema.Schema }

// usePart is use for a part: it is written in place where no reference leads to
// it.
func (p *planner) usePart(one part) use {
	u := p.use(one.schema)
	if u.via == nil {
		u.via = one.via
	}
	return u
}

// flatten returns the schemas that make up one: itself where it says something,
// and those of allOf, all the way down. Each stands there once.
func flatten(one part, seen map[*schema.Schema]bool) []part {
	target := one.schema.Deref()
	if seen[target] {
		return nil
	}
	seen[target] = true
	if one.schema.Ref != nil {
		one.via = one.schema
	}
	if len(target.AllOf) == 0 {
		if isNeutral(target) {
			return nil
		}
		return []part{one}
	}
	var out []part
	for _, s := range target.AllOf {
		out = append(out, flatten(part{s, one.via}, seen)...)
	}
	if saysSomething(target) || !allNeutral(target.OneOf) || !allNeutral(target.AnyOf) {
		out = append(out, part{target, one.via})
	}
	return out
}

// isObjectPart tells whether a schema can be merged into a struct: it is an
// object and nothing but its members decides its Go type.
func isObjectPart(s *schema.Schema) bool {
	t, ok := s.Types.Only()
	return s.Enum == nil && s.Const == nil && allNeutral(s.OneOf) && allNeutral(s.AnyOf) &&
		(ok && t == schema.TypeObject || s.Types == 0 && isObject(s))
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

// isText tells whether values are strings and nothing else.
func (u use) isText() bool {
	return textual[u.basic] && (u.kind == kindScalar || u.kind == kindEnum)
}
