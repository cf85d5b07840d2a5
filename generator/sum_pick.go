package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// facts are what is certain about the objects that a schema is about: what any
// of the schemas says that they must all obey.
type facts struct {
	parts    []*schema.Schema
	inPlace  []*schema.Schema // those that no reference leads to
	names    []string         // of the members they speak of, in order
	required map[string]bool
}

func (p *planner) factsOf(s *schema.Schema) *facts {
	f := &facts{required: map[string]bool{}}
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		target := one.schema.Deref()
		f.parts = append(f.parts, target)
		if one.via == nil {
			f.inPlace = append(f.inPlace, target)
		}
		for _, prop := range target.Properties {
			f.names = append(f.names, prop.Name.Text)
		}
		for _, r := range target.Required {
			f.required[r.Text] = true
			f.names = append(f.names, r.Text)
		}
	}
	seen := map[string]bool{}
	f.names = slices.DeleteFunc(f.names, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	})
	return f
}

// texts are the only values that a member can have, if those are texts.
func (f *facts) texts(name string) ([]string, bool) {
	for _, s := range f.parts {
		if texts, ok := constantTexts(s.Property(name), map[*schema.Schema]bool{}); ok {
			return texts, true
		}
	}
	return nil, false
}

// constantTexts are the texts of enum or const, where nothing else is in it. What
// has been seen is not looked at again: allOf may lead back to where it stands.
func constantTexts(s *schema.Schema, seen map[*schema.Schema]bool) ([]string, bool) {
	s = s.Deref()
	if s == nil || seen[s] {
		return nil, false
	}
	seen[s] = true
	values := s.Enum
	if s.Const != nil {
		values = []*syntax.Node{s.Const}
	}
	if kind, ok := kindOf(values); ok && kind == syntax.String {
		var out []string
		for _, n := range values {
			out = append(out, n.Text)
		}
		return out, true
	}
	for _, one := range s.AllOf {
		if out, ok := constantTexts(one, seen); ok {
			return out, true
		}
	}
	return nil, false
}

// forbids tells whether objects cannot have a member.
func (f *facts) forbids(name string) bool {
	return slices.ContainsFunc(f.parts, func(s *schema.Schema) bool {
		if one := s.Property(name); one != nil {
			return isFalse(one)
		}
		return isClosed(s)
	})
}

// choice finds out how the branches of a sum are told apart. A way is taken only
// where it is certain: of a valid value it rules out none but branches that the
// value cannot be of. What cannot be told so the rules of the branches tell.
type choice struct {
	sum   *sum
	facts map[*branch]*facts
}

// pick is how the branch of a value is found. Null that is not nil can be a value
// of a branch without a type.
func (p *planner) pick(sum *sum, nullable bool) *ir.Pick {
	c := choice{sum, map[*branch]*facts{}}
	for _, b := range sum.branches {
		c.facts[b] = p.factsOf(b.schema)
	}
	var kinds []ir.KindPick
	var lists [][]*branch
	for k := ir.KindBoolean; k <= ir.KindNull; k++ {
		list := slices.DeleteFunc(slices.Clone(sum.branches), func(b *branch) bool { return !p.mayBe(b, k) })
		if len(list) == 0 || k == ir.KindNull && nullable {
			continue
		}
		if i := slices.IndexFunc(lists, func(other []*branch) bool { return slices.Equal(other, list) }); i >= 0 && (k != ir.KindObject || len(list) == 1) {
			kinds[i].Kinds = append(kinds[i].Kinds, k)
			continue
		}
		lists = append(lists, list)
		kinds = append(kinds, ir.KindPick{Kinds: []ir.Kind{k}, Pick: c.decide(list, k == ir.KindObject)})
	}
	if len(kinds) == 1 {
		return kinds[0].Pick
	}
	return &ir.Pick{Kinds: kinds}
}

// mayBe tells whether values of a branch can be of a kind.
func (p *planner) mayBe(b *branch, k ir.Kind) bool {
	u := b.use
	if u.kind == kindWrap {
		u = u.inner
	}
	if u.loose {
		return p.leftTypes(b.schema, maxAlternatives)&typesOfKind[k] != 0
	}
	switch u.kind {
	case kindObject, kindMap:
		return k == ir.KindObject
	case kindList, kindTuple:
		return k == ir.KindArray
	case kindEnum:
		return slices.ContainsFunc(u.values, func(v enumValue) bool { return k == u.kindOf(v) })
	case kindScalar:
		return k == basicKind(u.basic)
	}
	return p.typesOf(b.schema)&typesOfKind[k] != 0
}

// kindOf is the kind of a constant in JSON.
func (sh *shape) kindOf(v enumValue) ir.Kind {
	if sh.basic != ir.Raw {
		return basicKind(sh.basic)
	}
	switch v.text[0] {
	case '"':
		return ir.KindString
	case '[':
		return ir.KindArray
	case '{':
		return ir.KindObject
	case 't', 'f':
		return ir.KindBoolean
	}
	return ir.KindNumber
}

// typesOfKind are the JSON types of the kinds.
var typesOfKind = map[ir.Kind]schema.Types{
	ir.KindBoolean: schema.Types(schema.TypeBoolean), ir.KindNumber: schema.Types(schema.TypeInteger | schema.TypeNumber),
	ir.KindString: schema.Types(schema.TypeString), ir.KindArray: schema.Types(schema.TypeArray), ir.KindObject: schema.Types(schema.TypeObject),
	ir.KindNull: schema.Types(schema.TypeNull),
}

// basicKind is the kind that values of a basic type are in JSON.
func basicKind(b ir.Basic) ir.Kind {
	switch {
	case b == ir.Bool:
		return ir.KindBoolean
	case textual[b] || b == ir.Bytes:
		return ir.KindString
	}
	return ir.KindNumber
}

// decide tells some branches apart.
func (c choice) decide(list []*branch, objects bool) *ir.Pick {
	if len(list) == 0 {
		return nil
	}
	if len(list) == 1 {
		return &ir.Pick{Branch: list[0].ir}
	}
	if objects {
		if pick := c.byName(list); pick != nil {
			return pick
		}
		if pick := c.byMember(list); pick != nil {
			return pick
		}
		if pick := c.byPresence(list); pick != nil {
			return pick
		}
		if pick := c.byHint(list); pick != nil {
			return pick
		}
	}
	return try(list)
}

// try asks the rules in turn.
func try(list []*branch) *ir.Pick {
	out := &ir.Pick{}
	for i, b := range list {
		out.Try = append(out.Try, b.ir)
		b.asked = b.asked || i < len(list)-1
	}
	return out
}

// byName is for a discriminator that every valid object has.
func (c choice) byName(list []*branch) *ir.Pick {
	if !c.sum.enforced {
		return nil
	}
	return c.values(c.sum.member, c.sum.texts(list), func(text string) *ir.Pick {
		return &ir.Pick{Branch: c.sum.named[text].ir}
	}, nil)
}

// byHint begins with the branch that a discriminator names, where it need not
// be right.
func (c choice) byHint(list []*branch) *ir.Pick {
	texts := c.sum.texts(list)
	if len(texts) == 0 {
		return nil
	}
	return c.values(c.sum.member, texts, func(text string) *ir.Pick {
		named := c.sum.named[text]
		rest := slices.DeleteFunc(slices.Clone(list), func(b *branch) bool { return b == named })
		return try(append([]*branch{named}, rest...))
	}, try(list))
}

// texts are the texts that name some branches, in their order.
func (sum *sum) texts(list []*branch) []string {
	var out []string
	for _, b := range list {
		var own []string
		for text, named := range sum.named {
			if named == b {
				own = append(own, text)
			}
		}
		slices.Sort(own)
		out = append(out, own...)
	}
	return out
}

// values makes a pick by the text of a member.
func (c choice) values(name string, texts []string, pick func(string) *ir.Pick, otherwise *ir.Pick) *ir.Pick {
	m := &ir.MemberPick{Name: name, Else: otherwise}
	for _, text := range texts {
		next := pick(text)
		if i := slices.IndexFunc(m.Values, func(v ir.ValuePick) bool { return samePick(v.Pick, next) }); i >= 0 {
			m.Values[i].Values = append(m.Values[i].Values, text)
			continue
		}
		m.Values = append(m.Values, ir.ValuePick{Values: []string{text}, Pick: next})
	}
	return &ir.Pick{Member: m}
}

// samePick tells whether two picks lead to one branch.
func samePick(a, b *ir.Pick) bool { return a.Branch != nil && a.Branch == b.Branch }

// byMember tells branches apart by a member whose values are known texts in
// some of them: one that leaves fewer branches whatever it is.
func (c choice) byMember(list []*branch) *ir.Pick {
	best, least := "", len(list)
	for _, name := range c.names(list) {
		if most := c.left(list, name); most < least {
			best, least = name, most
		}
	}
	if least == len(list) {
		return nil
	}
	return c.values(best, c.texts(list, best), func(text string) *ir.Pick {
		return c.decide(c.with(list, best, text), true)
	}, c.decide(c.without(list, best), true))
}

// left is how many branches are left at most when the text of a member is known.
func (c choice) left(list []*branch, name string) int {
	open, without := 0, 0
	by := map[string]int{}
	for _, b := range list {
		texts, ok := c.facts[b].texts(name)
		if !ok {
			open++
		}
		if !ok || !c.facts[b].required[name] {
			without++
		}
		for _, text := range texts {
			by[text]++
		}
	}
	most := without
	for _, n := range by {
		most = max(most, n+open)
	}
	return most
}

// names are those of all members that the branches speak of.
func (c choice) names(list []*branch) []string {
	var out []string
	seen := map[string]bool{}
	for _, b := range list {
		for _, name := range c.facts[b].names {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// texts are all that a member can be in branches that have such a list.
func (c choice) texts(list []*branch, name string) []string {
	var out []string
	seen := map[string]bool{}
	for _, b := range list {
		texts, _ := c.facts[b].texts(name)
		for _, text := range texts {
			if !seen[text] {
				seen[text] = true
				out = append(out, text)
			}
		}
	}
	return out
}

// with are the branches that allow a member to be a text.
func (c choice) with(list []*branch, name, text string) []*branch {
	return slices.DeleteFunc(slices.Clone(list), func(b *branch) bool {
		texts, ok := c.facts[b].texts(name)
		return ok && !slices.Contains(texts, text)
	})
}

// without are the branches that allow a member to be none of the texts, or not
// to be there.
func (c choice) without(list []*branch, name string) []*branch {
	return slices.DeleteFunc(slices.Clone(list), func(b *branch) bool {
		_, ok := c.facts[b].texts(name)
		return ok && c.facts[b].required[name]
	})
}

// byPresence tells branches apart by a member that some demand and some forbid.
func (c choice) byPresence(list []*branch) *ir.Pick {
	const many = 50 // branches that are not compared with each other
	if len(list) > many {
		return nil
	}
	for _, name := range c.names(list) {
		yes := slices.DeleteFunc(slices.Clone(list), func(b *branch) bool { return c.facts[b].forbids(name) })
		absent := slices.DeleteFunc(slices.Clone(list), func(b *branch) bool { return c.facts[b].required[name] })
		if len(yes) < len(list) && len(absent) < len(list) {
			return &ir.Pick{Present: &ir.PresentPick{Name: name, Yes: c.decide(yes, true), Absent: c.decide(absent, true)}}
		}
	}
	return nil
}
