package codec

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
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
	l := &check.Layout{Type: reflect.PointerTo(m.typ), Places: make([]check.Place, len(m.fields)), Tuple: m.tuple, Unknown: m.rest, Other: m.other}
	s.plans.layout = l // before those within, which may lead back here
	for i := range m.fields {
		f := &m.fields[i]
		p := f.place()
		p.Name, p.At, p.There = f.name, f.at, f.flag
		switch {
		case f.op == nullField && f.null.isNil:
			p.There = 0
		case f.flag == 0 && (f.there == ifFlag || f.op == nullField): // 0 is behind what has no size
			p.Kind = check.PlaceOther
		}
		l.Places[i] = p
	}
	if m.extra != nil {
		p := m.extra.place()
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
		l.Branches[i] = check.Branch{Type: b.typ, Methods: b.methods, Direct: b.direct, Place: b.field.place()}
	}
	return l
}

// place returns what the value of a field is to a plan.
func (f *madeField) place() check.Place {
	p := check.Place{Kind: placeKinds[f.kind], Of: f}
	if f.op == nullField {
		item := f.null.value.place()
		p.Kind, p.Item = check.PlaceNullable, &item
		return p
	}
	if f.op&(asList|asMap) != 0 {
		each := f.each()
		item := each.place()
		p.Kind, p.Item, p.Size, p.Grow, p.Put = check.PlaceList, &item, sizeOf(f.kind, f.of), f.grows(), putters[f.kind]
		if f.op&asMap != 0 {
			p.Kind = check.PlaceMap
		}
		return p
	}
	switch {
	case f.kind == sumField:
		p.Sum = f.of.sum.layout()
	case f.kind == structField && f.of.table == nil:
		p.Kind = check.PlaceOther
	case f.kind == structField:
		p.Layout = f.of.table.layout()
		if p.Layout.Tuple {
			p.Kind = check.PlaceTuple
		}
		if f.op == pointerField {
			p.Kind, p.Type = check.PlacePointer, f.of.typ
		}
	}
	return p
}

// each is what the values of a list or a map are.
func (f *madeField) each() madeField {
	return madeField{kind: f.kind, op: f.op &^ (asList | asMap), of: f.of}
}

// grows returns what makes room in a list.
func (f *madeField) grows() func(list unsafe.Pointer, room int) {
	if f.of != nil {
		return f.of.grow
	}
	return growers[f.kind]
}

// placeKinds are what values are to a plan; all others are for Others.
var placeKinds = map[fieldKind]check.PlaceKind{
	stringField:    check.PlaceString,
	boolField:      check.PlaceBool,
	int8Field:      check.PlaceInt8,
	int16Field:     check.PlaceInt16,
	int32Field:     check.PlaceInt32,
	int64Field:     check.PlaceInt64,
	uint8Field:     check.PlaceUint8,
	uint16Field:    check.PlaceUint16,
	uint32Field:    check.PlaceUint32,
	uint64Field:    check.PlaceUint64,
	float32Field:   check.PlaceFloat32,
	float64Field:   check.PlaceFloat64,
	bytesField:     check.PlaceBytes,
	timeField:      check.PlaceTime,
	addrField:      check.PlaceAddr,
	rawField:       check.PlaceRaw,
	structField:    check.PlaceStruct,
	sumField:       check.PlaceSum,
	uuidField:      check.PlaceUUID,
	dateField:      check.PlaceDate,
	timeOfDayField: check.PlaceTimeOfDay,
	durationField:  check.PlaceDuration,
	decimalField:   check.PlaceDecimal,
}

// growers make room in lists of values that name no type.
var growers = [...]func(list unsafe.Pointer, room int){
	stringField: grow[string], boolField: grow[bool], int8Field: grow[int8], int16Field: grow[int16], int32Field: grow[int32], int64Field: grow[int64],
	uint8Field: grow[uint8], uint16Field: grow[uint16], uint32Field: grow[uint32], uint64Field: grow[uint64], float32Field: grow[float32], float64Field: grow[float64],
	bytesField: grow[[]byte], timeField: grow[time.Time], addrField: grow[netip.Addr], rawField: grow[json.RawMessage],
	decimalField: nil, // the last
}

// putters put values that name no type into maps: into a new one if there is none.
var putters = [...]func(m unsafe.Pointer, key string, value unsafe.Pointer){
	stringField: put[string], boolField: put[bool], int8Field: put[int8], int16Field: put[int16], int32Field: put[int32], int64Field: put[int64],
	uint8Field: put[uint8], uint16Field: put[uint16], uint32Field: put[uint32], uint64Field: put[uint64], float32Field: put[float32], float64Field: put[float64],
	bytesField: put[[]byte], timeField: put[time.Time], addrField: put[netip.Addr], rawField: put[json.RawMessage],
	decimalField: nil, // the last
}

func put[T any](m unsafe.Pointer, key string, value unsafe.Pointer) {
	to := (*map[string]T)(m)
	if *to == nil {
		*to = map[string]T{}
	}
	if value != nil {
		(*to)[key] = *(*T)(value)
	}
}

func grow[T any](list unsafe.Pointer, room int) {
	l := (*[]T)(list)
	*l = slices.Grow(*l, room)
}

// grow makes room in a list. Its memory is made by package reflect, which tells the collector
// what lies in it.
func (m *madeValues) grow(list unsafe.Pointer, room int) {
	reflect.NewAt(m.slice, list).Elem().Grow(room)
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
	v, was := reflect.NewAt(typ, p).Elem(), reflect.Value{}
	if !fresh && !isZero(p, typ.Size()) {
		kept, _ := s.all().spare.Get().(unsafe.Pointer)
		if kept == nil {
			kept = reflect.New(typ).UnsafePointer()
		}
		was = reflect.NewAt(typ, kept).Elem()
		was.Set(v)
		v.SetZero()
	}
	r.fresh = true
	read := plan.Read(r.data, p, r.lasting, (*others)(r)) && r.err == nil // of what was tried, too
	if !read {
		r.fresh, r.err, r.pos, r.depth = fresh, nil, 0, 0
		v.SetZero()
	}
	if was.IsValid() {
		if !read {
			v.Set(was)
		}
		was.SetZero()
		s.all().spare.Put(was.Addr().UnsafePointer())
	}
	return read
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
