package codec

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Single says how values of a type are read and written that is no struct: in the words for a
// field of a Struct that is required. Generated code has one for each list, map or other
// type that it declares and that there are words for, and for each message whose payload is
// of a type without methods, such as a text or an enum:
//
//	// jsonTags says how values of Tags are read and written.
//	var jsonTags = codec.Single{Of: (*Tags)(nil), Text: "string list"}
//
//	func (v *Tags) CodeJSON(j *codec.JSON) { j.Single(unsafe.Pointer(v), &jsonTags) }
//
// It is not changed once it is used, and is used concurrently.
type Single struct {
	Of   any     // a nil pointer to the type
	Text string  // its kind as the line of a field says it, without a name
	Sums []Value // as those of a Struct

	made  atomic.Pointer[madeSingle]
	plans plans
}

// madeSingle is what is worked out of a Single.
type madeSingle struct {
	typ   reflect.Type
	field madeField
	place check.Place // once there is a plan
}

// Single reads or writes the value that p points to as s says. Neither the methods of its
// values nor what is done here keeps anything of it, so that it need not lie on the heap.
//
//go:noinline
func (j *JSON) Single(p unsafe.Pointer, s *Single) {
	switch v := unkept(p); {
	case j.r == nil:
		j.w.single(&s.get().field, v)
	case j.asks == nil && j.r.err == nil && (j.r.by == nil || !j.r.onePass(v, s)):
		j.r.field(&s.get().field, v)
	}
}

// single writes a value that is no member.
func (w *Writer) single(f *madeField, q unsafe.Pointer) {
	switch f.op {
	case stringField:
		w.String(*(*string)(q))
	case int32Field:
		w.Int32(*(*int32)(q))
	case int64Field:
		w.Int64(*(*int64)(q))
	case float64Field:
		w.Float64(*(*float64)(q))
	default:
		w.value(f, q)
	}
}

// get returns what is worked out of s, and does so if need be.
func (s *Single) get() *madeSingle {
	if m := s.made.Load(); m != nil {
		return m
	}
	typ := reflect.TypeOf(s.Of).Elem()
	f, ok := (&Struct{Sums: s.Sums}).fieldOf(reflect.StructField{Type: typ}, s.Text)
	if !ok {
		panic(fmt.Sprintf("codec: %s is not what this says: %s", typ, s.Text))
	}
	s.made.CompareAndSwap(nil, &madeSingle{typ: typ, field: makeField(f)})
	return s.made.Load()
}

func (s *Single) typ() reflect.Type { return s.get().typ }
func (s *Single) all() *plans       { return &s.plans }

// plan is that of a struct.
func (s *Single) plan(by *check.Validator) *check.Plan {
	plan, met := s.plans.met(by)
	if !met {
		m := s.get()
		m.field.of.makeAll(map[any]bool{})
		plan = s.plans.bind(by, func() *check.Plan {
			if m.place.Of == nil {
				m.place = m.field.placed()
			}
			return by.PlanSingle(&m.place, reflect.TypeOf(s.Of))
		})
	}
	return plan
}
