package codec

import (
	"bytes"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// plans are how texts are judged and read in one pass into a struct, a sum or a single value:
// one for each schema that it was read by.
type plans struct {
	bound  atomic.Pointer[[]binding] // which is replaced when one is added
	layout *check.Layout             // see binds
	sum    *check.Sum
	spare  *sync.Pool // of unsafe.Pointer, to what is zero and as large; see onePass
}

// planned is what texts are read by in one pass: a Struct, a Sum or a Single.
type planned interface {
	plan(by *check.Validator) *check.Plan
	typ() reflect.Type
	all() *plans
}

// binding is the plan for a schema, nil where there is none.
type binding struct {
	by   *check.Validator
	plan *check.Plan
}

// mostBound is by how many schemas a struct is read in one pass.
const mostBound = 16

// binds guards who adds to plans.
var binds sync.Mutex

// plan returns how the struct is read by a schema, nil if not in one pass.
func (s *Struct) plan(by *check.Validator) *check.Plan {
	plan, met := s.plans.met(by)
	if !met {
		s.makeAll(map[any]bool{})
		plan = s.plans.bind(by, func() *check.Plan { return by.Plan(s.layout()) })
	}
	return plan
}

// plan is that of a struct.
func (s *Sum) plan(by *check.Validator) *check.Plan {
	plan, met := s.plans.met(by)
	if !met {
		s.makeAll(map[any]bool{})
		plan = s.plans.bind(by, func() *check.Plan { return by.PlanSum(s.layout(), reflect.TypeOf(s.Of)) })
	}
	return plan
}

func (s *Struct) typ() reflect.Type { return s.get().typ }
func (s *Sum) typ() reflect.Type    { return s.get().typ }
func (s *Struct) all() *plans       { return &s.plans }
func (s *Sum) all() *plans          { return &s.plans }

func (p *plans) met(by *check.Validator) (*check.Plan, bool) {
	if all := p.bound.Load(); all != nil {
		for i := range *all {
			if b := &(*all)[i]; b.by == by {
				return b.plan, true
			}
		}
		return nil, len(*all) == mostBound
	}
	return nil, false
}

// bind adds the plan for a schema that was not met before.
func (p *plans) bind(by *check.Validator, make func() *check.Plan) *check.Plan {
	binds.Lock()
	defer binds.Unlock()
	plan, met := p.met(by)
	if met {
		return plan
	}
	var all []binding
	if before := p.bound.Load(); before != nil {
		all = append(all, *before...)
	}
	if plan = make(); plan != nil && p.spare == nil {
		p.spare = new(sync.Pool)
	}
	all = append(all, binding{by, plan})
	p.bound.Store(&all)
	return plan
}

// makeAll works out what all tables say that s leads to. Methods of values are called for
// that, which may read something else, and so must not be called by who holds binds.
func (s *Struct) makeAll(met map[any]bool) {
	met[s] = true
	m := s.get()
	for i := range m.fields {
		m.fields[i].of.makeAll(met)
	}
}

func (s *Sum) makeAll(met map[any]bool) {
	met[s] = true
	m := s.get()
	for i := range m.branches {
		m.branches[i].makeAll(met)
	}
}

func (m *made) makeAll(met map[any]bool) {
	for m.item != nil {
		m = m.item
	}
	switch {
	case m.table != nil && !met[m.table]:
		m.table.makeAll(met)
	case m.alone != nil && !met[m.alone]:
		m.alone.makeAll(met)
	case m.sum != nil && !met[m.sum]:
		m.sum.makeAll(met)
	}
}

// layout returns where the members of an object lie in the struct.
func (s *Struct) layout() *check.Layout {
	if s.plans.layout != nil {
		return s.plans.layout
	}
	m := s.get()
	l := &check.Layout{Type: reflect.PointerTo(m.typ), Places: make([]check.Place, len(m.fields)), Tuple: m.tuple, Unknown: m.rest, Other: m.other}
	s.plans.layout = l // before those within, which may lead back here
	for i := range m.fields {
		f := &m.fields[i]
		p := f.of.place()
		p.Name, p.At = f.name, f.at
		switch {
		case f.there == ifFlag && (f.flag == 0 || p.There != 0): // it is behind what has no size, or a Nullable
			p = check.Place{Name: f.name, At: f.at, Of: &made{op: optionalField, item: f.of, state: f.flag - f.at}}
		case f.there == ifFlag:
			p.There = f.flag
		case p.There != 0:
			p.There += f.at
		}
		l.Places[i] = p
	}
	if m.extra != nil {
		p := m.extra.of.place()
		p.At, l.Extra = m.extra.at, &p
	}
	return l
}

// layout returns how the branches lie in the interface.
func (s *Sum) layout() *check.Sum {
	if s.plans.sum != nil {
		return s.plans.sum
	}
	m := s.get()
	l := &check.Sum{Branches: make([]check.Branch, len(m.branches)), Pick: m.pick, Leaves: m.leaves, Rules: m.rules}
	s.plans.sum = l // before those within, which may lead back here
	for i := range m.branches {
		b := &m.branches[i]
		l.Branches[i] = check.Branch{Type: b.typ, Methods: b.methods, Direct: b.direct, Place: b.place()}
	}
	return l
}

// place returns what a value is to a plan.
func (m *made) place() check.Place {
	if m.alone != nil {
		m = m.alone.get().made
	}
	p := check.Place{Kind: check.PlaceKinds[m.word], Type: m.typ, Of: m}
	switch {
	case m.item == nil:
	case m.item.alone != nil:
		p.Item = m.item.alone.place()
	default:
		item := m.item.place()
		p.Item = &item
	}
	switch m.kind {
	case listField:
		p.Size, p.Grow = m.item.width, m.held.grow
	case mapField:
		if p.Put = m.held.put; m.item.keeps() {
			p.Put, p.Item.Kept = m.held.keep, true
		}
	case nullableField:
		if p.There = m.state; m.state == 0 { // it is behind what has no size
			p.Kind = check.PlaceOther
		}
	case canonicalField:
		p.Canonical = canonicalOf
	case sumField:
		p.Sum = m.sum.layout()
	case structField:
		if m.table == nil {
			p.Kind = check.PlaceOther
		} else {
			p.Layout = m.table.layout()
			if p.Layout.Tuple {
				p.Kind = check.PlaceTuple
			}
		}
	}
	return p
}

// others is a Reader that reads what a plan has no way of its own for.
type others Reader

// Other reads a value that has been judged.
func (o *others) Other(at unsafe.Pointer, place *check.Place, start, end int) bool {
	r := (*Reader)(o)
	r.pos = start
	r.value(place.Of.(*made), at, r.fresh)
	return r.err == nil && r.pos == end
}

// onePass has the text judged, unless that was done, and reads it into what p points to if
// that can be done in one pass and tells whether nothing is left to be read. If something is,
// the text is valid.
func (r *Reader) onePass(p unsafe.Pointer, s planned) bool {
	by, unjudged := r.by, r.unjudged
	r.by, r.unjudged = nil, false
	var plan *check.Plan
	if r.pos == 0 { // it is all of the text
		plan = s.plan(by)
	}
	if !unjudged {
		return false // the next one may be read by the plan
	}
	if plan != nil && r.readBy(plan, p, s) {
		r.pos = len(r.data)
		return true
	}
	r.by = by
	return !r.judge()
}

// readBy reads the text by a plan into what p points to, which is as it was if that cannot be
// done: what is no zero is kept meanwhile.
func (r *Reader) readBy(plan *check.Plan, p unsafe.Pointer, s planned) bool {
	typ, fresh := s.typ(), r.fresh
	var was reflect.Value
	if !fresh && !isZero(p, typ.Size()) {
		kept, _ := s.all().spare.Get().(unsafe.Pointer)
		if kept == nil {
			kept = reflect.New(typ).UnsafePointer()
		}
		v := valueIn(typ, p)
		was = valueIn(typ, kept)
		was.Set(v)
		v.SetZero()
	}
	r.fresh, r.trying = true, true
	read := plan.Read(r.data, p, r.lasting, (*others)(r)) && r.err == nil // of what was tried, too
	if r.trying = false; !read {
		r.fresh, r.err, r.pos, r.depth = fresh, nil, 0, 0
		valueIn(typ, p).SetZero()
	}
	if was.IsValid() {
		if !read {
			valueIn(typ, p).Set(was)
		}
		was.SetZero()
		s.all().spare.Put(was.Addr().UnsafePointer())
	}
	return read
}

// valueIn returns the value of a type that p points to.
func valueIn(typ reflect.Type, p unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, p).Elem() }

// judge judges the text, and tells whether it is valid. If not nothing is read any more.
func (r *Reader) judge() bool {
	err := r.by.Check(r.data)
	if err != nil {
		r.err, r.refused, r.pos = refusal, err, len(r.data)
	}
	r.by, r.unjudged = nil, false
	return err == nil
}

// zeros are what isZero compares with at once.
var zeros [512]byte

// isZero tells whether so many bytes are zero, as those of a zero value are.
func isZero(p unsafe.Pointer, size uintptr) bool {
	b := unsafe.Slice((*byte)(p), size)
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}
