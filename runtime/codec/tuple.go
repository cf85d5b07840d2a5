package codec

import (
	"encoding/json"
	"unsafe"
)

// isOdd reads a value that is an array, for a struct that stands for one, or another that is
// kept as it is, and tells whether it is one of these.
func (r *Reader) isOdd(p unsafe.Pointer, m *madeStruct) bool {
	kind := Object
	if m.tuple {
		kind = Array
	}
	switch {
	case m.other != noPlace && r.Peek() != kind:
		*(*json.RawMessage)(unsafe.Add(p, m.other)) = r.Raw()
	case m.tuple:
		r.tuple(p, m)
	default:
		return false
	}
	return true
}

// tuple reads an array into the struct that p points to.
func (r *Reader) tuple(p unsafe.Pointer, m *madeStruct) {
	r.Array()
	for n := 0; r.Element(); n++ {
		switch {
		case n < len(m.fields):
			r.field(&m.fields[n], p)
		case m.extra != nil:
			r.oneMore(m.extra.of, unsafe.Add(p, m.extra.at))
		default:
			r.Skip()
		}
	}
}

// oneMore reads a value behind those of a list.
func (r *Reader) oneMore(m *made, q unsafe.Pointer) {
	list := (*slice)(q)
	if list.len == list.cap {
		m.held.grow(q, 1)
	}
	list.len++
	r.value(m.item, unsafe.Add(list.data, uintptr(list.len-1)*m.item.width), true)
}

// isOdd writes a value that is an array, or is kept as it is, and tells whether it is one of
// these.
func (w *Writer) isOdd(p unsafe.Pointer, m *madeStruct) bool {
	if m.other != noPlace {
		if other := *(*json.RawMessage)(unsafe.Add(p, m.other)); other != nil {
			w.raw(other)
			return true
		}
	}
	if m.tuple {
		w.tuple(p, m)
	}
	return m.tuple
}

// tuple writes the struct that p points to as an array, without a comma before it.
func (w *Writer) tuple(p unsafe.Pointer, m *madeStruct) {
	w.buf = append(w.buf, '[')
	if w.depth++; w.depth > MaxDepth {
		w.tooDeep()
		w.EndArray()
		return
	}
	for i := range m.fields {
		f := &m.fields[i]
		switch q := unsafe.Add(p, f.at); {
		case f.isThere(p):
			w.value(f.of, q)
		case f.op == fixedField:
			w.comma()
			w.buf = append(w.buf, f.fixed...)
		case m.hasBehind(p, i):
			w.Fail(f.name + " is absent, but not what is behind it")
		}
	}
	if x := m.extra; x != nil {
		list, item := (*slice)(unsafe.Add(p, x.at)), x.of.item
		for i := range list.len {
			if w.depth > MaxDepth { // the Writer has stopped
				break
			}
			w.value(item, unsafe.Add(list.data, uintptr(i)*item.width))
		}
	}
	w.EndArray()
}

// hasBehind tells whether something stands behind an element: the next one, which itself
// asks for those behind it.
func (m *madeStruct) hasBehind(p unsafe.Pointer, i int) bool {
	if i+1 < len(m.fields) {
		next := &m.fields[i+1]
		return next.op == fixedField || next.isThere(p)
	}
	return m.extra != nil && (*slice)(unsafe.Add(p, m.extra.at)).len > 0
}

// has tells whether a field is for a member; none is where there is no struct.
func (m *madeStruct) has(name string) bool {
	return m != nil && m.find(unsafe.Slice(unsafe.StringData(name), len(name)), 0) >= 0
}
