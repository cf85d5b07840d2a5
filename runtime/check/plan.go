package check

import (
	"reflect"
	"slices"
	"unsafe"
)

// Layout says where in a Go struct the members of an object lie, for a Plan. It is for
// package codec, which makes them of the tables that generated code has.
type Layout struct {
	Type   reflect.Type // a pointer to the struct
	Places []Place
	// Tuple says that the places are for the elements of an array, in their order.
	Tuple bool
	// Unknown is where a string with the members lies that no place is for, as they are
	// written and with commas between; none if it is negative.
	Unknown int
	// Extra is a PlaceMap for these in place of that, or a PlaceList for elements; or nil.
	Extra *Place
	// Other is where a []byte lies for a value that is no object, or no array, as JSON; none
	// if it is negative.
	Other int
}

// Place is where the value of a member lies.
type Place struct {
	Name  string
	Kind  PlaceKind
	At    uintptr // in bytes behind the beginning of the struct
	There uintptr // of a bool that tells whether there is a value, 0 where there is none
	Type  reflect.Type
	// Layout is that of a PlaceStruct.
	Layout *Layout
	// Item is what lies in a PlaceNullable or a PlaceNil, where it does itself, or what a
	// PlacePointer points to, or each value of a PlaceList or a PlaceMap. In a list these are of
	// Size bytes, and Grow makes room for so many more in the slice that list points to. Put
	// makes the map that m points to, if there is none, and moves a value into it, unless
	// that is nil: zero is left of it. Neither keeps anything.
	Item *Place
	Size uintptr
	Grow func(list unsafe.Pointer, room int)
	Put  func(m unsafe.Pointer, key string, value unsafe.Pointer)
	Sum  *Sum // of a PlaceSum
	// Canonical returns the text that a PlaceCanonical has for a value of JSON.
	Canonical func(value string) string
	// Kept tells of the Item of a PlaceMap that methods of another's type within may keep a value: each
	// has memory of its own, on the heap.
	Kept bool
	Of   any // what Others know the place by
}

// Others read values that a plan has no way of its own for.
type Others interface {
	// Other reads the value between start and end, which has been judged, to where a
	// place is, and tells whether it can be held. It keeps nothing of at, which may lie on
	// a stack.
	Other(at unsafe.Pointer, place *Place, start, end int) bool
}

// Plan is how texts are judged and read in one pass: a schema of objects, with where in
// memory their members go. It is safe for concurrent use.
type Plan struct {
	of      *Validator
	node    *node
	object  *objectRules
	whole   *whole    // nil where nothing is asked for beside members
	steps   []placing // one for each known property
	unknown int
	extra   *entries // of members or elements that no place is for, where a map or a list has them
	other   int      // where a value is put that is no object, or no array; or negative
	tuple   *arrayRules
	sum     *sumPlan // of a text that is no one struct; else nil
	single  *placing // of one that is neither
}

// placing is what is done with the value of a property. What is used for each stands
// beside its key, which is that of the quickProperty.
type placing struct {
	quickKey
	to      *node
	offset  uintptr
	kind    PlaceKind
	room    uint8 // which of walker.rooms it has
	alone   bool  // the value is judged by being read; see planner.alone
	there   uintptr
	plan    *Plan    // of a struct
	item    *placing // of what is made of others
	entries *entries // of a map, nil where all its values are judged alike
	sum     *sumPlan // of one of several types
	fixed   *fixed   // of one of the values of an enum
	place   *Place
}

// Plan returns how objects that keep the schema are read by a layout. It returns nil
// where that is of no use: the schema is about too many properties, or no objects, or texts
// may break laws.
func (v *Validator) Plan(l *Layout) *Plan {
	if v.laws.allow != 0 {
		return nil
	}
	b := newPlanner(v)
	f := b.plan(&v.prog[v.root], l)
	if f != nil {
		v.planned.CompareAndSwap(nil, l)
	}
	return f
}

// Reads tells whether there is a Plan for the schema: by which values are read that are of
// that type, unless that is nil.
func (v *Validator) Reads(pointer reflect.Type) bool {
	l := v.planned.Load()
	return l != nil && (pointer == nil || pointer == l.Type)
}

// planner makes the plans that a plan leads to.
type planner struct {
	v     *Validator
	made  made
	rooms uint8
	steps int // that may still be taken
}

func newPlanner(v *Validator) *planner {
	return &planner{v: v, steps: mostSteps, made: made{map[planKey]*Plan{}, map[sumKey]*sumPlan{}, map[itemKey]*placing{}, map[string]*node{}, map[*node]*fixed{}, none - 1}}
}

// made is what was made for a plan: the plans that it leads to, and nodes that the program
// does not have.
type made struct {
	plans map[planKey]*Plan
	sums  map[sumKey]*sumPlan
	items map[itemKey]*placing
	nodes map[string]*node
	fixed map[*node]*fixed
	last  nodeID // of a node
}

// mostPlans bounds the plans that one leads to.
const mostPlans = 1 << 10

// mostSteps bounds the work for a plan, in looks at a node: schemas that are put together in
// ever new ways, or choices between very many, would take it without end. What is not
// worked out then is left to Others.
const mostSteps = 1 << 19

// step tells whether one more may be taken.
func (b *planner) step() bool {
	b.steps--
	return b.steps >= 0
}

// next is the number of a node that the program does not have.
func (m *made) next() nodeID {
	m.last--
	return m.last
}

type planKey struct {
	node   *node
	layout *Layout
}

// plain tells whether the node's own rules for values of one type are all that counts.
func (n *node) plain(kind Types) bool {
	return n.combine == nil && n.values == nil && n.types&kind != 0
}

func (b *planner) plan(n *node, l *Layout) *Plan {
	key := planKey{n, l}
	if f, met := b.made.plans[key]; met {
		return f
	}
	if len(b.made.plans) == mostPlans || !b.step() {
		return nil
	}
	if l.Tuple {
		return b.tuple(n, l)
	}
	f := &Plan{of: b.v, node: n, object: n.object, unknown: l.Unknown, other: l.Other}
	nodes := b.lean(n, l)
	if nodes == nil {
		m := merger{planner: b, met: map[*node]bool{}, known: facts{types: Object}}
		if f.object, f.whole, nodes = m.merge(n, l); nodes == nil {
			return nil
		}
	}
	b.made.plans[key] = f
	if !b.place(f, nodes, l) {
		delete(b.made.plans, key)
		return nil
	}
	return f
}

// place has the plan put the members that the nodes judge where the layout says.
func (b *planner) place(f *Plan, nodes []*node, l *Layout) bool {
	f.steps = make([]placing, len(nodes))
	for i := range f.steps {
		f.steps[i] = placing{quickKey: f.object.quick[i].quickKey, to: nodes[i]}
	}
	for i := range l.Places {
		p := &l.Places[i]
		s := &f.steps[f.object.index.find(f.object.known, p.Name)]
		if s.place != nil {
			return false // two that are one to the schema
		}
		s.offset, s.there, s.kind, s.place = p.At, p.There, p.Kind, p
	}
	for i := range f.steps {
		if s := &f.steps[i]; s.place != nil {
			b.within(s)
			nodes[i] = nil
		} else {
			s.quickKey, f.object.quick[i].quickKey = noKey, noKey // a member that no place is for
		}
	}
	if l.Extra != nil {
		f.extra = b.named(f.node, f.object, nodes, l.Extra) // of the nodes of others
	}
	return true
}

// lean returns the nodes that judge the properties of an object which asks for no more
// than these, if there is a place for each of them; else nil.
func (b *planner) lean(n *node, l *Layout) []*node {
	if !n.plain(Object) || n.object == nil || !n.object.lean || len(l.Places) != len(n.object.known) {
		return nil
	}
	o := n.object
	nodes := make([]*node, len(o.known))
	for i := range l.Places {
		at := o.index.find(o.known, l.Places[i].Name)
		if at < 0 || o.known[at].node == none {
			return nil
		}
		nodes[at] = &b.v.prog[o.known[at].node]
	}
	if slices.Contains(nodes, nil) {
		return nil
	}
	return nodes
}

// hidden returns p, of which the compiler need not think that somebody keeps it: a value
// that is read need not lie on the heap. It must never be stored in what lies there.
//
//go:noinline
//go:nosplit
//go:nocheckptr
func hidden(p unsafe.Pointer) unsafe.Pointer {
	x := uintptr(p)
	return *(*unsafe.Pointer)(unsafe.Pointer(&x))
}

// Others returns the places of values that Others read, in it and in the plans that it leads
// to: all of them, or some as those of a sum. That of the text itself is nil.
func (f *Plan) Others() []*Place { return f.places().others }

// Judged returns the places of values that are judged before they are read, in the same way.
func (f *Plan) Judged() []*Place { return f.places().judged }

func (f *Plan) places() *others {
	o := &others{met: map[any]bool{}}
	o.plan(f)
	return o
}

type others struct {
	others, judged []*Place
	met            map[any]bool
}

func (o *others) plan(f *Plan) {
	if f == nil || o.met[f] {
		return
	}
	o.met[f] = true
	o.sum(f.sum, nil)
	o.within(f.single)
	for i := range f.steps {
		o.within(&f.steps[i])
	}
	for _, s := range f.extra.all() {
		o.within(s)
	}
}

func (o *others) within(s *placing) {
	for ; s != nil && !o.met[s]; s = s.item {
		o.met[s] = true
		for _, one := range s.entries.all() {
			o.within(one)
		}
		switch {
		case s.kind == placeJudged:
			o.judged = append(o.judged, s.place)
		case s.kind == PlaceOther && s.place != nil:
			o.others = append(o.others, s.place)
		}
		o.plan(s.plan)
		o.sum(s.sum, s.place)
	}
}

func (o *others) sum(s *sumPlan, at *Place) {
	if s == nil || o.met[s] {
		return
	}
	o.met[s] = true
	for i := range s.leaves {
		item, tried := s.leaves[i].item, s.leaves[i].tried
		if item == nil && tried == nil {
			o.others = append(o.others, at)
		}
		if tried != nil && tried.judge != nil {
			o.judged = append(o.judged, at)
		}
		if o.within(item); tried != nil {
			for _, item := range tried.items {
				o.within(item)
			}
		}
	}
}
