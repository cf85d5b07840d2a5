package check

import (
	"reflect"
	"slices"
	"unsafe"
)

// sumPlan is how values of one of several types are judged and read.
type sumPlan struct {
	types  Types // that there may be
	sum    *Sum
	leaves []leafPlan // by the number of a Pick
}

// leafPlan is how values of one branch are judged and read; not in one pass without an item.
type leafPlan struct {
	item   *placing
	branch *Branch
	tried  *tryPlan // in place of these
}

type sumKey struct {
	node *node
	sum  *Sum
}

// facts are what is known of a value that a Pick has led to.
type facts struct {
	types   Types // that it may be of
	members []fact
}

// with returns the facts with one more.
func (f facts) with(more fact) facts {
	f.members = append(slices.Clip(f.members), more)
	return f
}

// fact is what is known of a member.
type fact struct {
	name    string
	text    string // of a member
	is      bool   // it has that text
	present bool
}

// PlanSum is Plan for values of one of several types. Pointer is what values are
// read by.
func (v *Validator) PlanSum(sum *Sum, pointer reflect.Type) *Plan {
	if v.laws.allow != 0 {
		return nil
	}
	b := newPlanner(v)
	root := &v.prog[v.root]
	s := b.sum(root, sum)
	if s == nil {
		return nil
	}
	v.planned.CompareAndSwap(nil, &Layout{Type: pointer})
	return &Plan{of: v, node: root, sum: s}
}

// sum returns how values of one of several types are read that a node judges, or nil where
// no branch of them is read in one pass.
func (b *planner) sum(n *node, sum *Sum) *sumPlan {
	key := sumKey{n, sum}
	if s, met := b.made.sums[key]; met {
		return s
	}
	s := &sumPlan{types: n.types, sum: sum, leaves: make([]leafPlan, sum.Leaves)}
	b.made.sums[key] = s
	b.leaves(n, s, sum.Pick, facts{types: everyType})
	if !slices.ContainsFunc(s.leaves, func(l leafPlan) bool { return l.item != nil || l.tried != nil }) {
		b.made.sums[key] = nil
		return nil
	}
	return s
}

// leaves makes the plans for what a Pick leads to.
func (b *planner) leaves(n *node, s *sumPlan, p *Pick, known facts) {
	if p == nil {
		return
	}
	switch p.By {
	case PickIs:
		branch := &s.sum.Branches[p.Branch]
		item := &placing{to: n, kind: branch.Place.Kind, place: &branch.Place}
		if b.is(item, known) {
			s.leaves[p.Leaf] = leafPlan{item: item, branch: branch}
		}
	case PickTry:
		s.leaves[p.Leaf].tried = b.tries(n, s.sum, p.Tries, known)
	case PickKind:
		for _, k := range p.Kinds {
			kind := known
			kind.types &= k.Types
			if k.Types&Number != 0 {
				kind.types |= Integer
			}
			b.leaves(n, s, k.Pick, kind)
		}
	case PickMember:
		for text, to := range p.Texts {
			b.leaves(n, s, to, known.with(fact{p.Name, text, true, true}))
		}
		b.leaves(n, s, p.Else, known)
	case PickPresent:
		b.leaves(n, s, p.Yes, known.with(fact{p.Name, "", false, true}))
		b.leaves(n, s, p.Else, known.with(fact{p.Name, "", false, false}))
	}
}

// is tells whether values of one branch can be judged and read at once.
func (b *planner) is(s *placing, known facts) bool {
	if s.kind == PlaceStruct {
		known.types &= Object
		s.plan = b.leaf(s.to, s.place.Layout, known)
		return s.plan != nil
	}
	if !s.to.choice() {
		return false
	}
	branches := b.left(s.to.combine, known)
	if len(branches) != 1 {
		return false
	}
	s.to = &b.v.prog[branches[0]]
	return b.reads(s)
}

// choice tells whether a node asks for nothing but types and one anyOf or oneOf.
func (n *node) choice() bool {
	c := n.combine
	return c != nil && n.bare() && (len(c.any) == 0) != (len(c.one) == 0) && len(c.each()) == 0 &&
		c.not == none && c.cond == none && c.leftovers == nil && c.fits == nil
}

// left are the alternatives that a value can be of about which this is known.
func (b *planner) left(c *combineRules, known facts) []nodeID {
	return slices.DeleteFunc(append(slices.Clone(c.one), c.any...), func(id nodeID) bool { return b.excludes(&b.v.prog[id], known, map[*node]bool{}) })
}

// leaf makes the plan for objects that a node with alternatives judges and of which
// something is known: they are of the alternative that they can be of, and of no other.
func (b *planner) leaf(n *node, l *Layout, known facts) *Plan {
	c := n.combine
	if c == nil || (len(c.any) == 0) == (len(c.one) == 0) {
		return b.plan(n, l)
	}
	branches := b.left(c, known)
	if c.named != nil {
		branches = slices.DeleteFunc(branches, func(id nodeID) bool { return !c.named.leads(known.members, id) })
	}
	if len(branches) == 0 {
		return nil
	}
	best := slices.MaxFunc(branches, func(x, y nodeID) int { return b.fits(x, l) - b.fits(y, l) })
	at := slices.Index(branches, best)
	others := slices.Delete(branches, at, at+1) // one of which may be the same alternative once more
	m := merger{planner: b, met: map[*node]bool{}}
	rest := c.rest()
	rest.one, rest.any, rest.named = nil, nil, nil
	alone := *n
	alone.combine = &combineRules{all: append(slices.Clone(c.each()), best), first: none, not: none, cond: none, then: none, other: none, properties: none, items: none}
	switch {
	case c.leftovers != nil: // which need to know what the alternatives have evaluated
		m.after = append(m.after, later{n, c.rest()})
	case c.not != none || c.cond != none || c.fits != nil:
		m.after = append(m.after, later{n, rest})
	}
	if c.leftovers == nil && c.named == nil && len(c.one) > 0 {
		for _, id := range others {
			m.after = append(m.after, later{n, &combineRules{first: none, not: id, cond: none, then: none, other: none, properties: none, items: none}})
		}
	}
	f := &Plan{of: b.v, node: n, unknown: l.Unknown, other: l.Other}
	var nodes []*node
	if f.object, f.whole, nodes = m.merge(&alone, l); nodes == nil || !b.place(f, nodes, l) {
		return nil
	}
	return f
}

// leads tells whether a discriminator names an alternative, by what is known.
func (d *naming) leads(known []fact, id nodeID) bool {
	for _, f := range known {
		if f.is && f.name == d.property {
			return d.branches[f.text] == id
		}
	}
	return false
}

// excludes tells whether a node judges no value of which this is known to be valid. Those met
// before do not.
func (b *planner) excludes(n *node, known facts, met map[*node]bool) bool {
	if met[n] {
		return false
	}
	met[n] = true
	if n.types&known.types == 0 {
		return true
	}
	if o := n.object; o != nil && known.types == Object {
		for _, f := range known.members {
			if b.denies(o, f) {
				return true
			}
		}
	}
	return n.combine != nil && slices.ContainsFunc(n.combine.each(), func(id nodeID) bool { return b.excludes(&b.v.prog[id], known, met) })
}

// denies tells whether no object of which this is known keeps the rules.
func (b *planner) denies(o *objectRules, f fact) bool {
	i := o.index.find(o.known, f.name)
	if !f.present {
		return i >= 0 && o.required.has(i)
	}
	m := merger{planner: b}
	ids, ok := m.within(o, f.name)
	if !ok {
		return o.closed && o.simple // else it is not known
	}
	for _, id := range ids {
		if n := &b.v.prog[id]; n.types == 0 || f.is && rawKey(f.text) != "" && !b.holds(id, `"`+f.text+`"`) {
			return true
		}
	}
	return false
}

// holds tells whether a value keeps the rules of a node, or that takes too much work.
func (b *planner) holds(id nodeID, text string) bool {
	w := b.v.walker([]byte(text))
	end, _ := w.try(id, 0)
	costly := w.costly || w.fuel < 0
	b.v.release(w)
	return end >= 0 || costly
}

// fits tells how well a node is about the members that a layout has: the better the more.
func (b *planner) fits(id nodeID, l *Layout) int {
	m := merger{planner: b, met: map[*node]bool{}}
	if !m.collect(&b.v.prog[id]) {
		return -1 << 20
	}
	m.names, m.index = nil, map[string]int{}
	for _, n := range m.parts {
		for _, p := range n.object.known {
			if p.node != none {
				m.mention(p.name)
			}
		}
	}
	fit := -len(m.names)
	for i := range l.Places {
		if _, has := m.index[l.Places[i].Name]; has {
			fit += 2
		} else {
			fit--
		}
	}
	return fit
}

// words are the two parts of an interface.
type words struct{ methods, data unsafe.Pointer }

// fillSum judges the value at pos and stores it in the interface at p. It returns unplanned
// for one that is to be read otherwise.
func (w *walker) fillSum(s *sumPlan, p unsafe.Pointer, pos int) int {
	if s.types&kinds[byteAt(w.data, pos)] == 0 {
		return stop
	}
	pick := w.pick(s.sum.Pick, pos)
	if pick == nil || pick == unsure {
		return unplanned
	}
	leaf := &s.leaves[pick.Leaf]
	switch {
	case leaf.tried != nil:
		return w.fillTried(leaf.tried, p, pos)
	case leaf.item == nil:
		return unplanned
	}
	return w.fillBranch(leaf.item, leaf.branch, p, pos)
}

// fillBranch is fillSum where the branch is known.
func (w *walker) fillBranch(s *placing, branch *Branch, p unsafe.Pointer, pos int) int {
	inner := reflect.New(branch.Type).UnsafePointer()
	end := w.fillValue(s, inner, pos)
	if end >= 0 {
		if branch.Direct {
			inner = *(*unsafe.Pointer)(inner)
		}
		*(*words)(p) = words{branch.Methods, inner}
	}
	return end
}

// unplanned is the end of a value that no plan is for.
const unplanned = stop - 1
