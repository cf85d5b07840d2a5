package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// sum is what a shape is that is one of several.
type sum struct {
	branches []*branch
	common   *schema.Schema // what is said beside the alternatives; nil: nothing
	// first tells that several may hold at once, and that the first of them
	// counts: anyOf.
	first bool
	// named are the branches by the texts of the member that names them. Where
	// enforced, valid objects have one of the texts.
	member   string
	named    map[string]*branch
	enforced bool
}

// branch is one alternative of a sum.
type branch struct {
	use
	schema *schema.Schema
	label  string // what follows the name of the sum in that of the branch
	asked  bool   // its rules are asked for
	// from are the alternatives that became this branch, wherever they stand.
	from []*schema.Schema
	ir   *ir.Branch
}

// alternatives returns the list of oneOf or anyOf that decides what a value
// is, and its keyword; nil where none does. Of two lists one says enough: values
// are valid under both.
func alternatives(s *schema.Schema) ([]*schema.Schema, string) {
	switch {
	case !allNeutral(s.OneOf):
		return s.OneOf, "oneOf"
	case !allNeutral(s.AnyOf):
		return s.AnyOf, "anyOf"
	}
	return nil, ""
}

// classifyUnion makes a sum of alternatives, or less where less will do: the one
// that there is beside null, an enum of all constants, a number or a text.
func (p *planner) classifyUnion(s *schema.Schema, keyword string, list []*schema.Schema) use {
	common := p.beside(s)
	if common != nil && p.addsNothing(common, list) {
		return p.classifyOwn(common)
	}
	sum := &sum{common: common, first: keyword == "anyOf"}
	nullable := false
	for _, one := range list {
		switch types := p.typesOf(one); {
		case isNull(one), types == schema.Types(schema.TypeNull):
			nullable = true
		case isFalse(one), s.Types != 0 && s.Types&types == 0:
		case s.Types != 0 && s.Types&p.speaksOf(one) == 0:
			sum.add(p, p.both(p.justTypes(s), one)) // it speaks of what there is not
		default:
			sum.add(p, one)
		}
	}
	sum.join(p)
	p.nameBranches(s, sum, list)
	for _, b := range sum.branches {
		nullable = nullable || b.nullable
	}
	nullable = nullable && (s.Types == 0 || s.Types.Has(schema.TypeNull))
	return p.sumUse(s, sum, nullable)
}

// sumUse is the use of a sum, or of what its only branch is.
func (p *planner) sumUse(s *schema.Schema, sum *sum, nullable bool) use {
	switch {
	case len(sum.branches) == 0:
		u := raw(s)
		u.nullable = nullable
		return u
	case len(sum.branches) == 1:
		u := sum.branches[0].use
		u.nullable = nullable
		return u
	case !slices.ContainsFunc(sum.branches, func(b *branch) bool { return b.kind != kindRaw }),
		p.reachesMoved(s) && p.overlap(sum):
		return raw(s)
	}
	sum.label(p)
	whole := p.whole(s)
	for _, b := range sum.branches {
		b.wrap()
		if p.made[b.schema] && (whole.UnevaluatedProperties != nil || whole.UnevaluatedItems != nil) {
			p.branchOf[b.schema] = whole
		}
	}
	return use{shape: &shape{kind: kindSum, schema: s, sum: sum}, nullable: nullable}
}

// overlap tells whether values of one kind may be of several branches, which their rules
// tell apart.
func (p *planner) overlap(sum *sum) bool {
	var held schema.Types
	for _, b := range sum.branches {
		types := p.holdsUse(b.use)
		if types&held != 0 {
			return true
		}
		held |= types
	}
	return false
}

// add adds an alternative, together with what is said beside all of them. An
// alternative that is a sum itself adds its own. It may stand for others.
func (sum *sum) add(p *planner, one *schema.Schema, others ...*schema.Schema) {
	from := slices.Concat(others, []*schema.Schema{one.Deref()})
	if sum.common != nil {
		one = p.withCommon(sum.common, one)
	}
	if p.typesOf(one) == 0 {
		return
	}
	u := p.use(one)
	if u.kind != kindSum {
		sum.addBranch(p, &branch{use: u, schema: one, from: from})
		return
	}
	sum.first = sum.first || u.sum.first
	for _, inner := range u.sum.branches {
		b := *inner
		b.from = slices.Concat(inner.from, from)
		b.nullable = b.nullable || u.nullable
		if b.via == nil {
			b.via = u.via
		}
		if b.kind != kindWrap {
			b.label = called(sum.given(p, one)) + b.label
		}
		sum.addBranch(p, &b)
	}
}

// addBranch adds a branch. One that is there already is of all that is valid under
// either.
func (sum *sum) addBranch(p *planner, b *branch) {
	for _, have := range sum.branches {
		if have.shape == b.shape {
			have.nullable = have.nullable || b.nullable
			have.from = slices.Concat(have.from, b.from)
			if !sameSchema(have.schema, b.schema) {
				have.schema = p.either(have.schema, b.schema)
			}
			return
		}
	}
	sum.branches = append(sum.branches, b)
}

// beside is what a schema says of its values beside alternatives, if that
// decides about members. That there are objects at all the alternatives say.
func (p *planner) beside(s *schema.Schema) *schema.Schema {
	if s.Enum != nil || s.Const != nil || len(s.Properties)+len(s.Required)+len(s.PatternProperties) == 0 && !isTypedMap(s) {
		return nil
	}
	if p.besides[s] == nil {
		alone := *s
		alone.AllOf, alone.OneOf, alone.AnyOf, alone.Name = nil, nil, nil, ""
		p.besides[s], p.partial[&alone] = &alone, p.whole(s)
	}
	return p.besides[s]
}

// justTypes is what a schema says of types.
func (p *planner) justTypes(s *schema.Schema) *schema.Schema {
	if p.types[s] == nil {
		p.types[s] = p.make(&schema.Schema{Origin: s.Origin, Dialect: s.Dialect, Types: s.Types})
	}
	return p.types[s]
}

// isTypedMap tells whether a schema says what additional members are.
func isTypedMap(s *schema.Schema) bool {
	return s.AdditionalProperties != nil && s.AdditionalProperties.Deref().Bool == nil && !isNeutral(s.AdditionalProperties)
}

// withCommon is an alternative together with what is said beside all of them,
// or the alternative alone where its type says it too.
func (p *planner) withCommon(common, one *schema.Schema) *schema.Schema {
	if p.covers(one, common) {
		p.commons[one.Deref()] = append(p.commons[one.Deref()], common)
		return one
	}
	return p.both(common, one)
}

// covers tells whether a schema has all the members of another, with the same
// types, and demands those that the other demands.
func (p *planner) covers(s, other *schema.Schema) bool {
	have, ok := p.membersOf(s)
	want, all := p.membersOf(other)
	if !ok || !all || want.extra != nil {
		return false
	}
	for _, m := range want.members {
		i, ok := have.index[m.name]
		if !ok || m.required && !have.members[i].required {
			return false
		}
		if own := have.members[i].schema; m.schema != nil && !isNeutral(m.schema) && (own == nil || !narrows(p.use(own), p.use(m.schema))) {
			return false
		}
	}
	return true
}

// membersOf collects the members of what is an object and nothing else.
func (p *planner) membersOf(s *schema.Schema) (*shape, bool) {
	o := &shape{schema: s}
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		if !isObjectPart(one.schema.Deref()) {
			return nil, false
		}
		p.addPart(o, one)
	}
	return o, true
}

// addsNothing tells whether alternatives only restrict what is said beside them:
// they have no members of their own and give none another type.
func (p *planner) addsNothing(common *schema.Schema, list []*schema.Schema) bool {
	if t, ok := common.Types.Only(); !ok && common.Types != 0 || ok && t != schema.TypeObject {
		return false
	}
	return !slices.ContainsFunc(list, func(one *schema.Schema) bool { return !p.restricts(common, one.Deref()) })
}

// restricts is addsNothing for one alternative.
func (p *planner) restricts(common, one *schema.Schema) bool {
	t, typed := one.Types.Only()
	switch {
	case one.Broken, one.Enum != nil, one.Const != nil, len(one.AllOf)+len(one.OneOf)+len(one.AnyOf)+len(one.PatternProperties) > 0,
		isTypedMap(one), one.Items != nil, one.TupleItems != nil, one.Name != "", one.Types != 0 && (!typed || t != schema.TypeObject):
		return false
	}
	for _, prop := range one.Properties {
		have := common.Property(prop.Name.Text)
		if have == nil && !isFalse(prop.Schema) || have != nil && !p.staysSame(have, prop.Schema) {
			return false
		}
	}
	return true
}

// staysSame tells whether a member keeps its type where an alternative
// restricts it.
func (p *planner) staysSame(have, restricted *schema.Schema) bool {
	if isNeutral(restricted) || isFalse(restricted) {
		return true
	}
	u := p.use(have)
	return u.kind == kindScalar || u.kind == kindEnum
}

// nameBranches finds which branches the texts of a discriminator name. What the
// texts are in OpenAPI is a rule; in AsyncAPI a hint.
func (p *planner) nameBranches(s *schema.Schema, sum *sum, list []*schema.Schema) {
	if s.Discriminator == "" {
		return
	}
	sum.member, sum.named = s.Discriminator, map[string]*branch{}
	of, names := s.Named()
	sum.enforced = names != nil && len(of) == len(list) && of[0] == list[0]
	if names == nil {
		of, names = list, map[string]int{}
		for i, one := range list {
			if one.Ref != nil && one.Ref.Name != "" {
				names[one.Ref.Name] = i
			}
		}
	}
	for text, i := range names {
		if i < 0 {
			continue
		}
		if b := sum.branchOf(p, of[i]); b != nil {
			sum.named[text] = b
		} else {
			sum.enforced = false
		}
	}
}

// branchOf is the branch that an alternative has become, or nil.
func (sum *sum) branchOf(p *planner, one *schema.Schema) *branch {
	if sum.common != nil {
		one = p.withCommon(sum.common, one)
	}
	shape := p.use(one).shape
	if i := slices.IndexFunc(sum.branches, func(b *branch) bool { return b.shape == shape }); i >= 0 {
		return sum.branches[i]
	}
	return nil
}

// has tells whether a branch takes a member as it is described by a schema.
func (sum *sum) has(name string, s *schema.Schema) bool {
	return slices.ContainsFunc(sum.branches, func(b *branch) bool {
		i, ok := b.index[name]
		return ok && b.members[i].schema == s
	})
}

// isNull tells whether a schema is of null alone.
func isNull(s *schema.Schema) bool {
	s = s.Deref()
	return s.Types == schema.Types(schema.TypeNull) || s.Const != nil && schema.TypeOf(s.Const) == schema.TypeNull ||
		len(s.Enum) == 1 && schema.TypeOf(s.Enum[0]) == schema.TypeNull
}
