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
	if len(b.made.sums) == mostPlans || !b.step() {
		return nil
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
		item := branch.placing(n)
		if b.is(item, known) || b.judgedAs(item, n) {
			s.leaves[p.Leaf] = leafPlan{item: item, branch: branch}
		}
	case PickTry:
		tried := b.tries(n, s.sum, p.Tries, known)
		if tried == nil {
			tried = b.judgedTries(n, s.sum, p.Tries)
		}
		s.leaves[p.Leaf].tried = tried
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
		if p.Yes.sure() {
			known = known.with(fact{p.Name, "", false, false})
		}
		b.leaves(n, s, p.Else, known)
	}
}

// is tells whether values of one branch can be judged and read at once.
func (b *planner) is(s *placing, known facts) bool {
	if b.excludes(s.to, known, map[*node]bool{}) {
		s.to = b.typed(s.to, 0)
		return b.atOnce(s)
	}
	if s.kind == PlaceStruct {
		known.types &= Object
		s.plan = b.leaf(s.to, s.place.Layout, known)
		return s.plan != nil
	}
	if types := s.kind.types(); types != 0 {
		known.types &= types
	}
	s.to = b.narrow(s.to, known)
	return b.atOnce(s)
}

// leaf makes the plan for objects that a node judges and of which something is known: they
// are of the alternatives that they can be of, and of no others.
func (b *planner) leaf(n *node, l *Layout, known facts) *Plan {
	if n.combine == nil {
		return b.plan(n, l)
	}
	m := merger{planner: b, met: map[*node]bool{}, known: known}
	m.prefer = func(ids []nodeID) nodeID {
		return slices.MaxFunc(ids, func(x, y nodeID) int { return b.fits(x, l) - b.fits(y, l) })
	}
	f := &Plan{of: b.v, node: n, unknown: l.Unknown, other: l.Other}
	var nodes []*node
	if f.object, f.whole, nodes = m.merge(n, l); nodes == nil || !b.place(f, nodes, l) {
		return nil
	}
	return f
}

// fits tells how well a node is about the members that a layout has: the better the more.
func (b *planner) fits(id nodeID, l *Layout) int {
	m := merger{planner: b, met: map[*node]bool{}, known: facts{types: Object}}
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
