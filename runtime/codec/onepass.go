package codec

import (
	"bytes"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// plans are how texts are judged and read in one pass into a struct: one for each schema
// that it was read by.
type plans struct {
	bound  atomic.Pointer[[]binding] // which is replaced when one is added
	layout *check.Layout             // see binds
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
	plan, met := s.met(by)
	if !met {
		plan = s.bind(by)
	}
	return plan
}

func (s *Struct) met(by *check.Validator) (*check.Plan, bool) {
	if all := s.plans.bound.Load(); all != nil {
		for i := range *all {
			if b := &(*all)[i]; b.by == by {
				return b.plan, true
			}
		}
		return nil, len(*all) == mostBound
	}
	return nil, false
}

// bind is plan for a schema that was not met before.
func (s *Struct) bind(by *check.Validator) *check.Plan {
	s.makeAll(map[*Struct]bool{})
	binds.Lock()
	defer binds.Unlock()
	plan, met := s.met(by)
	if met {
		return plan
	}
	var all []binding
	if before := s.plans.bound.Load(); before != nil {
		all = append(all, *before...)
	}
	plan = by.Plan(s.layout())
	all = append(all, binding{by, plan})
	s.plans.bound.Store(&all)
	return plan
}

// makeAll works out what all tables say that s leads to. Methods of values are called for
// that, which may read something else, and so must not be called by who holds binds.
func (s *Struct) makeAll(met map[*Struct]bool) {
	met[s] = true
	m := s.get()
	for i := range m.fields {
		if of := m.fields[i].of; of != nil && of.table != nil && !met[of.table] {
			of.table.makeAll(met)
		}
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
		}
		l.Places[i] = p
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

// onePass has the text judged, unless that was done, and reads it into the struct at p if
// that can be done in one pass and tells whether nothing is left to be read. If something is,
// the text is valid.
func (r *Reader) onePass(p unsafe.Pointer, s *Struct) bool {
	by, unjudged := r.by, r.unjudged
	r.by, r.unjudged = nil, false
	var plan *check.Plan
	if r.pos == 0 { // it is all of the text
		plan = s.plan(by)
	}
	if !unjudged {
		return false // the next one may be read by the plan
	}
	if plan != nil && (r.fresh || isZero(p, s.get().typ.Size())) {
		fresh := r.fresh
		r.fresh = true
		if plan.Read(r.data, p, r.lasting, (*others)(r)) {
			r.pos = len(r.data)
			return true
		}
		r.fresh, r.err, r.pos, r.depth = fresh, nil, 0, 0
		reflect.NewAt(s.get().typ, p).Elem().SetZero()
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
