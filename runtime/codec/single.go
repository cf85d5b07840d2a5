package codec

import (
	"fmt"
	"reflect"
	"strings"
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
	Of any // a nil pointer to the type
	// As is a nil pointer to the type that it is defined by, where the methods of that read and
	// write values, which it does not have itself; else nil:
	//
	//	type Price money.Amount
	//
	//	var jsonPrice = codec.Single{Of: (*Price)(nil), As: (*money.Amount)(nil), Text: "external"}
	As   any
	Text string  // its kind as the line of a field says it, without a name
	Sums []Value // as those of a Struct, and so are:
	Maps []Map

	made  atomic.Pointer[madeSingle]
	plans plans
}

// madeSingle is what is worked out of a Single.
type madeSingle struct {
	*made
	place *check.Place // once there is a plan
}

// Single reads or writes the value that p points to as s says. Neither the methods of its
// values nor what is done here keeps anything of it, so that it need not lie on the heap.
//
//go:noinline
func (j *JSON) Single(p unsafe.Pointer, s *Single) {
	switch v := unkept(p); {
	case j.r == nil:
		j.w.value(s.get().made, v)
	case j.asks == nil:
		if j.r.err == nil && (j.r.by == nil || !j.r.onePass(v, s)) {
			j.r.value(s.get().made, v, j.r.fresh)
		}
	case j.asks.about(v, s.Of):
		j.asks.alone = s
	}
}

// get returns what is worked out of s, and does so if need be.
func (s *Single) get() *madeSingle {
	if m := s.made.Load(); m != nil {
		return m
	}
	typ := reflect.TypeOf(s.Of).Elem()
	as := typ
	if s.As != nil {
		as = reflect.TypeOf(s.As).Elem()
	}
	m := typeOf(as, strings.Fields(s.Text), &parts{s.Sums, s.Maps})
	if m == nil || !reflect.TypeOf(s.Of).ConvertibleTo(reflect.PointerTo(as)) {
		panic(fmt.Sprintf("codec: %s is not what this says: %s", typ, s.Text))
	}
	s.made.CompareAndSwap(nil, &madeSingle{made: m})
	return s.made.Load()
}

func (s *Single) typ() reflect.Type { return s.get().typ }
func (s *Single) all() *plans       { return &s.plans }

// plan is that of a struct.
func (s *Single) plan(by *check.Validator) *check.Plan {
	plan, met := s.plans.met(by)
	if !met {
		s.makeAll(map[any]bool{})
		plan = s.plans.bind(by, func() *check.Plan { return by.PlanSingle(s.place(), reflect.TypeOf(s.Of)) })
	}
	return plan
}

func (s *Single) makeAll(met map[any]bool) {
	met[s] = true
	s.get().made.makeAll(met)
}

// place returns where a value lies.
func (s *Single) place() *check.Place {
	m := s.get()
	if m.place == nil {
		m.place = new(check.Place) // before those within, which may lead back here
		*m.place = m.made.place()
	}
	return m.place
}
