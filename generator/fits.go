package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// findTyped notes the schemas of which Go types are: those of types, members,
// elements and payloads, and not those that only decide whether a value is valid,
// as under not and if.
func (p *planner) findTyped() {
	p.typed, p.wide = map[*schema.Schema]bool{}, map[*schema.Schema]bool{}
	for _, e := range p.entities {
		p.addTyped(e.shape, e.shape.schema)
	}
	for _, m := range p.messages {
		if m.payload.shape != nil && m.spec.Payload != nil && m.spec.Payload.Schema != nil {
			p.addTyped(m.payload.shape, m.spec.Payload.Schema)
		}
	}
	seen := map[*schema.Schema]bool{}
	for _, s := range p.parts {
		p.findWide(s, seen)
	}
}

// addTyped notes a schema and those of its parts.
func (p *planner) addTyped(sh *shape, s *schema.Schema) {
	if s = s.Deref(); s == nil || p.typed[s] {
		return
	}
	p.typed[s] = true
	p.parts = append(p.parts, s)
	for _, m := range sh.members {
		p.addPartTyped(m.schema)
	}
	p.addPartTyped(sh.extra)
	p.addPartTyped(sh.elem)
}

func (p *planner) addPartTyped(s *schema.Schema) {
	if s != nil {
		p.addTyped(p.use(s).shape, s)
	}
}

// findWide notes the alternatives that may be valid for what their Go types do not
// hold, while others hold it: to narrow one of oneOf would make values valid that are
// two at once, and what one of anyOf lets pass may be read as another.
func (p *planner) findWide(s *schema.Schema, seen map[*schema.Schema]bool) {
	if s = s.Deref(); s == nil || seen[s] {
		return
	}
	seen[s] = true
	p.findWideIn(s.OneOf)
	p.findWideIn(s.AnyOf)
	for _, one := range slices.Concat(s.OneOf, s.AnyOf, s.AllOf) {
		p.findWide(one, seen)
	}
}

func (p *planner) findWideIn(list []*schema.Schema) {
	var held, gap schema.Types
	for _, one := range list {
		holds := p.holds(one)
		held |= holds
		gap |= p.saidTypes(one, 4) &^ holds
	}
	for _, one := range list {
		if gap&held != 0 {
			p.wide[one.Deref()] = true
		}
	}
}

// Wide tells of what findWide found that it is narrowed elsewhere.
func (p *planner) Wide(s *schema.Schema) bool {
	p.known()
	if !p.wide[s.Deref()] {
		return false
	}
	return len(p.Kinds(s, func(*schema.Schema) check.Schema { return nil })) > 0
}

// known sees to it that the schemas of Go types are known.
func (p *planner) known() {
	if p.typed == nil {
		p.findTyped()
	}
}

// Kinds are the types of JSON that a Go type holds, where the schema does not say
// it: one that speaks of members and not of a type lets everything pass that is
// no object. Of a sum a branch has to hold the value that is valid under it.
func (p *planner) Kinds(s *schema.Schema, child func(*schema.Schema) check.Schema) check.Schema {
	p.known()
	u := p.use(s)
	if !p.typed[s.Deref()] || u.kind == kindEnum || s.Enum != nil || s.Const != nil {
		return nil // constants say what they are
	}
	holds, says := p.holdsUse(u), p.saidTypes(s, 4)
	if u.kind == kindSum {
		if gap := p.gap(u.sum) & says & holds; gap != 0 {
			return check.Schema{p.heldBranches(u.sum, gap, says&holds, child)}
		}
	}
	if says&^holds == 0 {
		return nil
	}
	p.addNarrowed(s.Deref())
	return check.Schema{check.Types(holds)}
}

// addNarrowed notes a schema that names no type and is written in the document.
func (p *planner) addNarrowed(s *schema.Schema) {
	if s.Types == 0 && s.At.File != nil && !p.made[s] && !slices.Contains(p.narrowed, s) {
		p.narrowed = append(p.narrowed, s)
	}
}

// gap are the kinds of what may be valid under a branch whose type does not hold
// it, without those that a branch without a type holds. Null is another matter.
func (p *planner) gap(sum *sum) schema.Types {
	gap, raw := schema.Types(0), schema.Types(schema.TypeNull)
	for _, b := range sum.branches {
		if b.isRaw() {
			raw |= p.saidTypes(b.schema, 4)
		}
		gap |= p.saidTypes(b.schema, 4) &^ p.holdsUse(b.use)
	}
	return gap &^ raw
}

// heldBranches is the rule that what is of one of some kinds is valid under a
// branch that holds it.
func (p *planner) heldBranches(sum *sum, gap, of schema.Types, child func(*schema.Schema) check.Schema) check.Rule {
	var out check.AnyOf
	if sure := of &^ gap; sure != 0 {
		out = append(out, check.Schema{check.Types(sure)})
	}
	for _, b := range sum.branches {
		if holds := p.holdsUse(b.use); holds&gap != 0 {
			out = append(out, check.Schema{check.Types(holds & gap), check.AllOf{child(b.schema)}})
		}
	}
	return out
}

// isRaw tells whether a branch holds all that is valid under it.
func (b *branch) isRaw() bool { return b.kind == kindWrap && b.inner.kind == kindRaw }

// saidTypes are the types that a schema leaves to its values, as far as type says
// so, there and in alternatives within alternatives, that many deep.
func (p *planner) saidTypes(s *schema.Schema, depth int) schema.Types {
	says := p.typesOf(s)
	list, _ := alternatives(s.Deref())
	if u := p.use(s); list == nil && u.kind == kindSum {
		for _, b := range u.sum.branches {
			list = append(list, b.schema)
		}
	}
	if list == nil || depth == 0 {
		return says
	}
	var all schema.Types
	for _, one := range list {
		if isNull(one) {
			all |= schema.Types(schema.TypeNull)
			continue
		}
		all |= p.saidTypes(one, depth-1)
	}
	return says & all
}

// everyType are all types of JSON.
const everyType = schema.Types(schema.TypeObject)<<1 - 1

// holds are the types of JSON that the Go type of a schema holds.
func (p *planner) holds(s *schema.Schema) schema.Types {
	if isNull(s) {
		return schema.Types(schema.TypeNull)
	}
	return p.holdsUse(p.use(s))
}

// holdsUse is holds for what a schema is.
func (p *planner) holdsUse(u use) schema.Types {
	holds := schema.Types(p.jsonTypes(u))
	if holds == 0 {
		return everyType
	}
	if u.nullable {
		holds |= schema.Types(schema.TypeNull)
	}
	return holds
}

// jsonTypes are the types of JSON of what is not null; none where all are.
func (p *planner) jsonTypes(u use) check.Types {
	switch u.kind {
	case kindObject, kindMap:
		return check.Object
	case kindList, kindTuple:
		return check.Array
	case kindWrap:
		return p.jsonTypes(u.inner)
	case kindSum:
		var all check.Types
		for _, b := range u.sum.branches {
			one := p.jsonTypes(b.use)
			if one == 0 {
				return 0
			}
			all |= one
		}
		return all
	case kindScalar, kindEnum:
		return p.basicTypes(u)
	}
	return 0
}

// basicTypes is jsonTypes for values without parts, and for constants.
func (p *planner) basicTypes(u use) check.Types {
	if u.basic == ir.Raw {
		var all schema.Types
		for _, v := range u.values {
			all |= typesOfKind[u.kindOf(v)]
		}
		return check.Types(all)
	}
	switch basicKind(u.basic) {
	case ir.KindBoolean:
		return check.Boolean
	case ir.KindString:
		return check.String
	}
	return check.Integer | check.Number
}

// typesOf are the JSON types that a schema leaves to its values, as far as the
// keyword type and constants say so; integers are numbers too.
func (p *planner) typesOf(s *schema.Schema) schema.Types {
	types, known := p.said[s]
	if !known {
		types = p.findTypesOf(s)
		p.said[s] = types
	}
	return types
}

func (p *planner) findTypesOf(s *schema.Schema) schema.Types {
	types := everyType
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		target := one.schema.Deref()
		if target.Types != 0 {
			types &= withNumbers(target.Types)
		}
		if values := constantsOf(target); values != nil {
			var of schema.Types
			for _, v := range values {
				of |= schema.Types(schema.TypeOf(v))
			}
			types &= withNumbers(of)
		}
	}
	return types
}

// constantsOf are the values of enum or const.
func constantsOf(s *schema.Schema) []*syntax.Node {
	if s.Const != nil {
		return []*syntax.Node{s.Const}
	}
	return s.Enum
}

func withNumbers(t schema.Types) schema.Types {
	if numbers := schema.Types(schema.TypeInteger | schema.TypeNumber); t&numbers != 0 {
		t |= numbers
	}
	return t
}
