package codec

import (
	"bytes"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// plans are how texts are judged and read in one pass into a struct, or a sum: one for each
// schema that it was read by.
type plans struct {
	bound  atomic.Pointer[[]binding] // which is replaced when one is added
	layout *check.Layout             // see binds
	sum    *check.Sum
}

// planned is what texts are read by in one pass: a Struct or a Sum.
type planned interface {
	plan(by *check.Validator) *check.Plan
	typ() reflect.Type
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
	plan = make()
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
		m.branches[i].field.of.makeAll(met)
	}
}

func (m *madeValues) makeAll(met map[any]bool) {
	switch {
	case m == nil:
	case m.table != nil && !met[m.table]:
		m.table.makeAll(met)
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
	l := &check.Layout{Type: reflect.PointerTo(m.typ), Places: make([]check.Place, len(m.fields)), Unknown: m.rest}
	s.plans.layout = l // before those within, which may lead back here
	for i := range m.fields {
		f := &m.fields[i]
		p := check.Place{Name: f.name, At: f.at, There: f.flag, Of: f}
		if of := f.of; (of == nil || of.table != nil) && (f.flag != 0 || f.there != ifFlag) { // 0 is behind what has no size
			p.Kind = placeKinds[f.op]
		}
		if of := f.of; of != nil && of.table != nil {
			p.Layout, p.Type, p.Size = of.table.layout(), of.typ, of.size
			if p.Kind == check.PlaceList {
				p.Type = of.slice
			}
		} else if of != nil && of.sum != nil {
			p.Kind, p.Sum, p.Type, p.Size = check.PlaceSum, of.sum.layout(), of.slice, of.size
			if f.op&List != 0 {
				p.Kind = check.PlaceSums
			}
		}
		l.Places[i] = p
	}
	return l
}

// layout returns how the branches lie in the interface.
func (s *Sum) layout() *check.Sum {
	if s.plans.sum != nil {
		return s.plans.sum
	}
	m := s.get()
	l := &check.Sum{Branches: make([]check.Branch, len(m.branches)), Pick: m.pick, Leaves: m.leaves}
	s.plans.sum = l // before those within, which may lead back here
	for i := range m.branches {
		b := &m.branches[i]
		l.Branches[i] = check.Branch{Type: b.typ, Methods: b.methods}
		if of := b.field.of; of != nil && of.table != nil && !b.direct {
			l.Branches[i].Layout = of.table.layout()
		}
	}
	return l
}

// placeKinds are what fields are to a plan; all others are for Others.
var placeKinds = map[FieldKind]check.PlaceKind{
	StringField:        check.PlaceString,
	fixedField:         check.PlaceString,
	BoolField:          check.PlaceBool,
	Int32Field:         check.PlaceInt32,
	Int64Field:         check.PlaceInt64,
	Float64Field:       check.PlaceFloat64,
	StringField | List: check.PlaceStrings,
	StructField:        check.PlaceStruct,
	pointerField:       check.PlacePointer,
	StructField | List: check.PlaceList,
}

// others is a Reader that reads what a plan has no way of its own for.
type others Reader

// Other reads a field from a value that has been judged.
func (o *others) Other(p unsafe.Pointer, place *check.Place, start, end int) bool {
	r := (*Reader)(o)
	r.pos = start
	r.field(place.Of.(*madeField), p)
	return r.err == nil && r.pos == end
}

// Value reads one of the values of a field from one that has been judged.
func (o *others) Value(p unsafe.Pointer, place *check.Place, start, end int) bool {
	r := (*Reader)(o)
	r.pos = start
	place.Of.(*madeField).of.readAt(r, p, true)
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
	if plan != nil && (r.fresh || isZero(p, s.typ().Size())) {
		fresh := r.fresh
		r.fresh = true
		if plan.Read(r.data, p, r.lasting, (*others)(r)) {
			r.pos = len(r.data)
			return true
		}
		r.fresh, r.err, r.pos, r.depth = fresh, nil, 0, 0
		reflect.NewAt(s.typ(), p).Elem().SetZero()
	}
	r.by = by
	return !r.judge()
}

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
