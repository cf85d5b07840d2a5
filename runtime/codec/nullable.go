package codec

import "unsafe"

// What the byte behind the value of a Nullable of the runtime is, besides 0 for an absent one.
const (
	isNull  = 1
	isValue = 2
)

// madeNullable is what is worked out of a Nullable field, or of one whose nil is null.
type madeNullable struct {
	value madeField // where there is one
	state uintptr   // of the Nullable, behind its beginning, or
	isNil bool      // it has none
}

// makeNullable works out what an entry says of which null may be valid.
func makeNullable(f entry) *madeNullable {
	m := &madeNullable{state: f.State, isNil: f.Kind&asNil != 0}
	f.Kind &^= asNullable | asNil | asOptional
	m.value = makeField(f)
	return m
}

// nullable reads a field that may be null.
func (r *Reader) nullable(m *madeNullable, p unsafe.Pointer) {
	state := uint8(isNull)
	if !r.Null() {
		r.field(&m.value, p)
		state = isValue
	}
	if !m.isNil {
		*(*uint8)(unsafe.Add(p, m.value.at+m.state)) = state
	}
}

// nullable writes the field at q that may be null; an absent one is null.
func (w *Writer) nullable(m *madeNullable, q unsafe.Pointer) {
	if m.isNil && *(*unsafe.Pointer)(q) == nil || !m.isNil && *(*uint8)(unsafe.Add(q, m.state)) != isValue {
		w.Null()
	} else {
		w.single(&m.value, q)
	}
}
