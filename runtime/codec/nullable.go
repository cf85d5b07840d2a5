package codec

import (
	"reflect"
	"unsafe"
)

// What the byte behind the value of a Nullable of the runtime is, besides 0 for an absent one.
const (
	isNull  = 1
	isValue = 2
)

// nullable reads a value that may be null: then nothing is left of what stood there.
func (r *Reader) nullable(m *made, q unsafe.Pointer, fresh bool) {
	state := uint8(isNull)
	if !r.Null() {
		r.value(m.item, q, fresh)
		state = isValue
	} else if !fresh {
		reflect.NewAt(m.typ, q).Elem().SetZero()
	}
	if m.kind == nullableField {
		*(*uint8)(unsafe.Add(q, m.state)) = state
	}
}
