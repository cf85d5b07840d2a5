package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// classifyAll merges the schemas of allOf. A value is valid under each of them,
// so that the Go type of any would do: merged they say most.
func (p *planner) classifyAll(s *schema.Schema) use {
	parts := p.flatten(part{schema: s}, map[*schema.Schema]bool{})
	switch {
	case len(parts) == 0:
		return raw(s)
	case len(parts) == 1 && parts[0].schema == p.own(s):
		return p.classifyRest(s)
	case len(parts) == 1:
		return p.usePart(parts[0])
	}
	u := p.mergeParts(s, parts)
	u.nullable = p.nullableTogether(parts)
	return u
}

// mergeParts makes one type of several schemas: one struct of those of objects,
// one list of those of lists, else that of the schema that says most.
func (p *planner) mergeParts(s *schema.Schema, parts []part) use {
	all := func(is func(*schema.Schema) bool) bool {
		return !slices.ContainsFunc(parts, func(one part) bool { return !is(one.schema.Deref()) })
	}
	if fewer := p.speaking(s, parts); len(fewer) < len(parts) {
		if len(fewer) == 1 {
			return p.usePart(fewer[0])
		}
		return p.mergeParts(s, fewer)
	}
	switch {
	case all(isObjectPart):
		o := &shape{schema: s, open: true}
		for _, one := range parts {
			p.addPart(o, one)
		}
		return use{shape: o.structOrMap()}
	case all(isListPart):
		return p.mergeLists(s, parts)
	}
	if u, ok := p.distribute(s); ok {
		return u
	}
	best := parts[0]
	for _, one := range parts[1:] {
		if merged := p.narrower(best.schema, one.schema); merged != best.schema {
			best = part{merged, one.via}
		}
	}
	return p.usePart(best)
}

// speaking leaves out the parts that speak of values which the others do not allow,
// without naming a type.
func (p *planner) speaking(s *schema.Schema, parts []part) []part {
	says := p.typesOf(s)
	out := slices.DeleteFunc(slices.Clone(parts), func(one part) bool {
		return p.typesOf(one.schema)&^says != 0 && p.speaksOf(one.schema)&says == 0
	})
	if says == 0 || len(out) == 0 {
		return parts
	}
	return out
}

// distribute makes a sum of allOf where one of its schemas is a sum: each branch
// with all that the others say.
func (p *planner) distribute(s *schema.Schema) (use, bool) {
	items := slices.Clone(s.AllOf)
	if own := p.own(s); saysSomething(own) || !isNeutral(own) {
		items = append(items, own)
	}
	i := slices.IndexFunc(items, func(one *schema.Schema) bool { return p.use(one).kind == kindSum })
	if i < 0 || len(items) == 1 {
		return use{}, false
	}
	of := p.use(items[i])
	items = p.fewer(items, i)
	out := &sum{first: of.sum.first, common: p.make(&schema.Schema{Origin: s.Origin, Dialect: s.Dialect, AllOf: slices.Delete(slices.Clone(items), i, i+1)})}
	for _, b := range of.sum.branches {
		if of.via != nil && b.schema.Ref == nil {
			p.homes[b.schema] = items[i]
		}
		out.add(p, b.schema, b.from...)
	}
	out.join(p)
	out.member, out.enforced, out.named = of.sum.member, of.sum.enforced, map[string]*branch{}
	for text, b := range of.sum.named {
		if out.named[text] = out.branchOf(p, b.schema); out.named[text] == nil {
			delete(out.named, text)
			out.enforced = false
		}
	}
	return p.sumUse(s, out, false), true
}

// maxBranches bounds the branches that sums make together under allOf.
const maxBranches = 16

// fewer leaves out sums that would make too many branches with the one at i: what
// only they say of members keeps no type.
func (p *planner) fewer(items []*schema.Schema, i int) []*schema.Schema {
	n := len(p.use(items[i]).sum.branches)
	out := slices.Clone(items[:i+1])
	for _, one := range items[i+1:] {
		if u := p.use(one); u.kind == kindSum {
			if n *= len(u.sum.branches); n > maxBranches {
				continue
			}
		}
		out = append(out, one)
	}
	return out
}

// mergeLists makes a list whose elements are what all the lists demand.
func (p *planner) mergeLists(s *schema.Schema, parts []part) use {
	out := &shape{kind: kindList, schema: s}
	for _, one := range parts {
		out.elem = p.narrower(out.elem, one.schema.Deref().Items)
	}
	return use{shape: out}
}

// nullableTogether tells whether null is valid under all parts. Those that have
// no type at all leave it to the others, and so does a sum one branch of which is
// any value.
func (p *planner) nullableTogether(parts []part) bool {
	nullable := false
	for _, one := range parts {
		target := one.schema.Deref()
		if target.Types == 0 && (isObjectPart(target) || isListPart(target)) {
			continue
		}
		u := p.use(one.schema)
		if u.kind != kindRaw && !u.loose && !u.nullable && !p.takesNull(u) {
			return false
		}
		nullable = nullable || u.nullable
	}
	return nullable
}

// takesNull tells whether null is a value of a branch of a sum that holds any.
func (p *planner) takesNull(u use) bool {
	return u.kind == kindSum && slices.ContainsFunc(u.sum.branches, func(b *branch) bool {
		return (b.loose || b.kind == kindWrap && b.inner.kind == kindRaw) && p.typesOf(b.schema).Has(schema.TypeNull)
	})
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
func (p *planner) flatten(one part, seen map[*schema.Schema]bool) []part {
	target := one.schema.Deref()
	if seen[target] || p.moves(one.schema) {
		return nil
	}
	seen[target] = true
	if one.schema.Ref != nil {
		one.via = one.schema
	} else if home := p.homes[target]; home != nil {
		one.via = home
	}
	if len(target.AllOf) == 0 || extension(target, extensionType) != nil {
		if isNeutral(target) {
			return nil
		}
		return []part{one}
	}
	var out []part
	for _, s := range target.AllOf {
		out = append(out, p.flatten(part{s, one.via}, seen)...)
	}
	if saysSomething(target) || !allNeutral(target.OneOf) || !allNeutral(target.AnyOf) {
		out = append(out, part{p.own(target), one.via})
	}
	return out
}

// own is what a schema says beside allOf. The same schema always gives the same
// one.
func (p *planner) own(s *schema.Schema) *schema.Schema {
	if len(s.AllOf) == 0 {
		return s
	}
	if p.owns[s] == nil {
		alone := *s
		alone.AllOf = nil
		p.owns[s], p.partial[&alone] = &alone, p.whole(s)
	}
	return p.owns[s]
}

// whole is what a schema is part of, or itself.
func (p *planner) whole(s *schema.Schema) *schema.Schema {
	if of := p.partial[s]; of != nil {
		return of
	}
	return s
}

// narrower returns the schema that says more about the Go type of what two
// schemas describe together. Where they contradict each other there is no such
// value, and either will do.
func (p *planner) narrower(a, b *schema.Schema) *schema.Schema {
	switch {
	case a == nil || isNeutral(a):
		return b
	case b == nil || isNeutral(b) || sameSchema(a, b) || p.extends(a, b):
		return a
	case p.extends(b, a):
		return b
	}
	x, y := p.use(a), p.use(b)
	switch {
	case x.shape == y.shape:
		return a
	case x.loose != y.loose && x.kind != kindRaw && y.kind != kindRaw:
		return p.tighter(a, b)
	case narrows(x, y):
		return a
	case narrows(y, x):
		return b
	case isListed(x) && isListed(y), (isKeyed(x) || x.kind == kindSum) && (isKeyed(y) || y.kind == kindSum):
		return p.both(a, b)
	}
	return a
}

// tighter is narrower where one of the two keeps values of all kinds: what the
// other is says which they are.
func (p *planner) tighter(a, b *schema.Schema) *schema.Schema {
	x, y := p.use(a), p.use(b)
	switch {
	case isListed(x) && isListed(y), isKeyed(x) && isKeyed(y), x.kind == kindSum, y.kind == kindSum:
		return p.both(a, b)
	case x.loose:
		return b
	}
	return a
}

// isKeyed tells whether values are objects that allOf can merge.
func isKeyed(u use) bool { return u.kind == kindObject || u.kind == kindMap }

// narrows tells whether every value of x is one of y as far as Go types go.
func narrows(x, y use) bool {
	switch {
	case y.kind == kindRaw:
		return true
	case y.kind == kindMap && y.elem == nil:
		return isKeyed(x)
	case y.kind == kindList && (y.elem == nil || x.kind == kindTuple):
		return x.kind == kindList || x.kind == kindTuple
	case y.kind == kindSum:
		return x.kind != kindSum && x.kind != kindRaw && !isKeyed(x)
	case x.kind == kindExternal:
		return y.kind != kindExternal
	case x.kind == kindEnum && y.kind == kindEnum:
		return x.basic == y.basic && !slices.ContainsFunc(x.values, func(v enumValue) bool { return !slices.Contains(y.values, v) })
	case (x.kind == kindEnum || x.kind == kindScalar) && y.kind == kindScalar:
		return x.basic == y.basic || !x.anyNumber && (y.anyNumber && isNumber(x.basic) || slices.Contains(wider[y.basic], x.basic))
	}
	return false
}

// wider lists for a basic type those whose values are among its own in JSON. What is
// but an integer, or a number, is read into the types that hold more of them where
// another schema asks for one.
var wider = map[ir.Basic][]ir.Basic{
	ir.String:  {ir.Time, ir.Bytes, ir.Date, ir.TimeOfDay, ir.Duration, ir.UUID, ir.Addr, ir.URL},
	ir.Float64: {ir.Decimal, ir.Float32, ir.Int8, ir.Int16, ir.Int32, ir.Int64, ir.Uint8, ir.Uint16, ir.Uint32, ir.Uint64},
	ir.Int64:   {ir.Int8, ir.Int16, ir.Int32, ir.Uint8, ir.Uint16, ir.Uint32, ir.Uint64, ir.Decimal},
}

// maxMerged bounds how many pairs of schemas are merged: a document can be made
// so that there is no end of them, and the work grows with the cube of their number.
const maxMerged = 300

// both returns a schema for what two schemas demand together. The same two
// always give the same one, and what adds nothing to one gives that one, so that
// recursion stays a circle.
func (p *planner) both(a, b *schema.Schema) *schema.Schema {
	pair := [2]*schema.Schema{a.Deref(), b.Deref()}
	if s, ok := p.merged[pair]; ok {
		return s
	}
	if len(p.merged) >= maxMerged || p.includes(a, b) {
		return a
	}
	if p.includes(b, a) {
		return b
	}
	s := p.make(&schema.Schema{Origin: b.Origin, Dialect: b.Dialect, Description: wordsOf(b).text, AllOf: []*schema.Schema{a, b}})
	p.merged[pair] = s
	return s
}

// extends tells whether a schema is another one and more, by allOf.
func (p *planner) extends(a, b *schema.Schema) bool {
	return len(a.Deref().AllOf) > 0 && p.isMadeOf(a, b)
}

// includes tells whether a merged schema is made of all that another is made of.
func (p *planner) includes(a, b *schema.Schema) bool { return p.made[a.Deref()] && p.isMadeOf(a, b) }

// isMadeOf tells whether a schema is made of all that another is made of.
func (p *planner) isMadeOf(a, b *schema.Schema) bool {
	all := map[*schema.Schema]bool{}
	for _, one := range p.flatten(part{schema: a}, map[*schema.Schema]bool{}) {
		all[one.schema.Deref()] = true
	}
	return !slices.ContainsFunc(p.flatten(part{schema: b}, map[*schema.Schema]bool{}), func(one part) bool {
		return !all[one.schema.Deref()]
	})
}

// make notes that a schema was made and not read: it stands at no place of its
// own.
func (p *planner) make(s *schema.Schema) *schema.Schema {
	p.made[s] = true
	return s
}
