package codec

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"reflect"
	"time"
	"unsafe"
)

// structure reads an object into the struct that p points to, which is cleared first
// unless it is fresh; or a value of another kind, where the struct is for one.
func (r *Reader) structure(p unsafe.Pointer, m *madeStruct, fresh bool) {
	if !fresh {
		reflect.NewAt(m.typ, p).Elem().SetZero()
	}
	if r.pos < len(r.data) && r.data[r.pos] == '{' && r.depth < MaxDepth && !m.tuple {
		r.at = r.pos
		r.pos++
		r.depth++
	} else if m.odd && r.isOdd(p, m) {
		return
	} else if r.Object(); r.err != nil {
		return
	}
	for next := 0; next >= 0; {
		if next < len(m.fields) { // most members come in their order
			f := &m.fields[next]
			if value := r.due(f.shown); value > 0 {
				if f.asks {
					r.passName(f.shown, value)
				} else {
					r.pos = value
				}
				r.field(f, p)
				next++
				continue
			}
		}
		if r.endObject() {
			return
		}
		next = r.other(m, next, p)
	}
}

// passName passes over the name of the next member, behind whose colon is a place.
func (r *Reader) passName(name string, value int) {
	end := value - len(`":`)
	r.name, r.nameEnd, r.escaped, r.pos = end-len(name), end, false, value
	r.at = r.name - 1
}

// other reads the next member, which has not the name of the next field, or stands behind
// white space. It returns which field is due behind it, or a negative number behind the
// object.
func (r *Reader) other(m *madeStruct, next int, p unsafe.Pointer) int {
	const ended = -1
	if !r.Member() {
		return ended
	}
	if i := m.find(r.Key(), next); i >= 0 {
		r.field(&m.fields[i], p)
		return i + 1
	}
	switch {
	case m.extra != nil:
		x := m.extra.of
		x.held.one(r, x.item, unsafe.Add(p, m.extra.at))
	case m.rest != noPlace:
		rest := (*string)(unsafe.Add(p, m.rest))
		*rest = r.Keep(*rest)
	default:
		r.Skip()
	}
	return next
}

// find returns which field has a name, or a negative number. It is sought from the next
// one on.
func (m *madeStruct) find(name []byte, next int) int {
	few := m.fields[min(next, len(m.fields)):]
	few = few[:min(manyFields, len(few))]
	for i := range few {
		if few[i].name == string(name) {
			return next + i
		}
	}
	if m.names != nil {
		if i, ok := m.names[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range m.fields[:min(next, len(m.fields))] {
		if m.fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// field reads a field of the struct that p points to.
func (r *Reader) field(f *madeField, p unsafe.Pointer) {
	if q := unsafe.Add(p, f.at); f.op == stringField {
		*(*string)(q) = r.String()
	} else {
		r.value(f.of, q, r.fresh)
	}
	if f.there == ifFlag {
		*(*bool)(unsafe.Add(p, f.flag)) = true
	}
}

// value reads a value into what q points to, which is zero when it is fresh.
func (r *Reader) value(m *made, q unsafe.Pointer, fresh bool) {
	switch m.op {
	case stringField:
		*(*string)(q) = r.String()
	case boolField:
		*(*bool)(q) = r.Bool()
	case int32Field:
		*(*int32)(q) = r.Int32()
	case int64Field:
		*(*int64)(q) = r.Int64()
	case float64Field:
		*(*float64)(q) = r.Float64()
	case timeField:
		*(*time.Time)(q) = r.Time()
	case tableField:
		r.structure(q, m.table.get(), fresh)
	case singleField:
		r.value(m.alone.get().made, q, fresh)
	case valueField:
		if m.value != nil {
			valueAt(m.value, q).CodeJSON(&r.json)
		} else {
			readableAt(m.read, q).ReadJSON(r)
		}
	case listField:
		r.list(m, q)
	case mapField:
		*(*unsafe.Pointer)(q) = nil
		m.held.put(q, "", nil)
		m.held.read(r, m.item, q)
	case pointerField:
		r.pointer(m, (*unsafe.Pointer)(q), fresh)
	case nullableField, nilField:
		r.nullable(m, q, fresh)
	case optionalField:
		r.value(m.item, q, fresh)
		*(*bool)(unsafe.Add(q, m.state)) = true
	case externalField:
		r.external(m, q, fresh)
	default:
		r.rare(m.op, q)
	}
}

// rare is value for kinds that are rarer.
func (r *Reader) rare(op fieldKind, q unsafe.Pointer) {
	switch op {
	case int8Field:
		*(*int8)(q) = r.Int8()
	case int16Field:
		*(*int16)(q) = r.Int16()
	case uint8Field:
		*(*uint8)(q) = r.Uint8()
	case uint16Field:
		*(*uint16)(q) = r.Uint16()
	case uint32Field:
		*(*uint32)(q) = r.Uint32()
	case uint64Field:
		*(*uint64)(q) = r.Uint64()
	case float32Field:
		*(*float32)(q) = r.Float32()
	case bytesField:
		*(*[]byte)(q) = r.Bytes()
	case addrField:
		*(*netip.Addr)(q) = r.Addr()
	case rawField:
		*(*json.RawMessage)(q) = r.Raw()
	case canonicalField:
		*(*string)(q) = r.canonical()
	case decimalField:
		*(*string)(q) = r.decimal()
	case urlField:
		*(**url.URL)(q) = r.URL()
	}
}

// external reads a value into what q points to, which lies on the heap, in the way that its type
// has. While the text is still being judged no panic goes further: of a text that is valid the
// value is read again.
func (r *Reader) external(m *made, q unsafe.Pointer, fresh bool) {
	if !fresh {
		valueIn(m.typ, q).SetZero()
	}
	if r.trying {
		defer func() {
			if why := recover(); why != nil {
				r.Fail("cannot be read")
			}
		}()
	}
	r.External(anyAt(m.of, q))
}

// pointer reads a value into what q points to a pointer to, which is made if need be.
func (r *Reader) pointer(m *made, q *unsafe.Pointer, fresh bool) {
	if *q == nil {
		*q, fresh = reflect.New(m.item.typ).UnsafePointer(), true
	}
	r.value(m.item, *q, fresh)
}

// slice is a slice of any type.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// list reads a list of values into the slice that q points to.
func (r *Reader) list(m *made, q unsafe.Pointer) {
	room := r.Array()
	*(*[]struct{})(q) = []struct{}{} // without elements, but not nil
	list := (*slice)(q)
	if room > 0 {
		m.held.grow(q, room)
	}
	for r.Element() {
		if list.len == list.cap {
			m.held.grow(q, 1)
		}
		list.len++
		r.value(m.item, unsafe.Add(list.data, uintptr(list.len-1)*m.item.width), true)
	}
}
