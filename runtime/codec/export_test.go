package codec

import (
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Again reads data in one pass into the struct at p, which is zero, and tells whether it did
// and which members were judged by themselves and read again.
func (s *Struct) Again(data []byte, by *check.Validator, p unsafe.Pointer) (again []string, ok bool) {
	return readAgain(s, data, by, p)
}

// Again is that of a Struct.
func (s *Single) Again(data []byte, by *check.Validator, p unsafe.Pointer) (again []string, ok bool) {
	return readAgain(s, data, by, p)
}

func readAgain(s planned, data []byte, by *check.Validator, p unsafe.Pointer) (again []string, ok bool) {
	plan := s.plan(by)
	if plan == nil {
		return nil, false
	}
	r := Begin(data)
	r.Fresh()
	n := &noting{(*others)(r), nil}
	ok = plan.Read(data, p, 0, n)
	return n.names, ok
}

// noting notes what others read.
type noting struct {
	*others
	names []string
}

func (n *noting) Other(at unsafe.Pointer, place *check.Place, start, end int) bool {
	if place.Kind != check.PlaceExternal { // which nothing else reads
		n.names = append(n.names, place.Name+" = "+string((*Reader)(n.others).data[start:end]))
	}
	return n.others.Other(at, place, start, end)
}
