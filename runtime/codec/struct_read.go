package codec

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"time"
	"unsafe"
)

// structure reads an object into the struct that p points to, which is cleared first
// unless it is fresh; or a value of another kind, where the struct keeps it.
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
			if value := r.due(f.name); value > 0 {
				if f.asks {
					r.passName(f.name, value)
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
		r.several(m.extra.op|asOne, unsafe.Add(p, m.extra.at))
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
	q := unsafe.Add(p, f.at)
	switch f.op {
	case stringField, fixedField:
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
	case structField, tableField, valueField:
		f.of.readAt(r, q, r.fresh)
	case nullField:
		r.nullable(f.null, p)
	case pointerField:
		f.of.readPointer(r, (*unsafe.Pointer)(q))
	case structField | asList, tableField | asList, valueField | asList:
		f.of.readList(r, q)
	default:
		r.rare(f.op, q)
	}
	if f.there == ifFlag {
		*(*bool)(unsafe.Add(p, f.flag)) = true
	}
}

// rare is field for kinds that are rarer.
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
	default:
		r.several(op, q)
	}
}

// several reads a list or a map of values that name no type, or the next member into one.
func (r *Reader) several(op fieldKind, q unsafe.Pointer) {
	switch is := op & (asMap | asOne); op &^ (asList | asMap | asOne) {
	case stringField:
		readSeveral(r, q, is, (*Reader).String)
	case boolField:
		readSeveral(r, q, is, (*Reader).Bool)
	case int8Field:
		readSeveral(r, q, is, (*Reader).Int8)
	case int16Field:
		readSeveral(r, q, is, (*Reader).Int16)
	case int32Field:
		readSeveral(r, q, is, (*Reader).Int32)
	case int64Field:
		readSeveral(r, q, is, (*Reader).Int64)
	case uint8Field:
		readSeveral(r, q, is, (*Reader).Uint8)
	case uint16Field:
		readSeveral(r, q, is, (*Reader).Uint16)
	case uint32Field:
		readSeveral(r, q, is, (*Reader).Uint32)
	case uint64Field:
		readSeveral(r, q, is, (*Reader).Uint64)
	case float32Field:
		readSeveral(r, q, is, (*Reader).Float32)
	case float64Field:
		readSeveral(r, q, is, (*Reader).Float64)
	case bytesField:
		readSeveral(r, q, is, (*Reader).Bytes)
	case timeField:
		readSeveral(r, q, is, (*Reader).Time)
	case addrField:
		readSeveral(r, q, is, (*Reader).Addr)
	case rawField:
		readSeveral(r, q, is, (*Reader).Raw)
	}
}

// readSeveral reads a list, or a map if it is one, by what reads one of its values.
func readSeveral[T any](r *Reader, q unsafe.Pointer, is fieldKind, read func(*Reader) T) {
	if is == 0 {
		list := make([]T, 0, r.Array())
		for r.Element() {
			list = append(list, read(r))
		}
		*(*[]T)(q) = list
		return
	}
	m := (*map[string]T)(q)
	if *m == nil || is&asOne == 0 {
		*m = map[string]T{}
	}
	if is&asOne != 0 {
		name := string(r.Key())
		(*m)[name] = read(r)
		return
	}
	for r.Object(); r.Member(); {
		name := string(r.Key())
		(*m)[name] = read(r)
	}
}

// readAt reads a value into what q points to, which is zero when it is fresh.
func (m *madeValues) readAt(r *Reader, q unsafe.Pointer, fresh bool) {
	switch {
	case m.table != nil:
		r.structure(q, m.table.get(), fresh)
	case m.value != nil:
		valueAt(m.value, q).CodeJSON(&r.json)
	default:
		readableAt(m.read, q).ReadJSON(r)
	}
}

// readPointer reads a value into what q points to a pointer to, which is made if need be.
func (m *madeValues) readPointer(r *Reader, q *unsafe.Pointer) {
	fresh := r.fresh
	if *q == nil {
		*q, fresh = reflect.New(m.typ).UnsafePointer(), true
	}
	m.readAt(r, *q, fresh)
}

// slice is a slice of any type.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// readList reads a list of values into the slice that q points to. Its memory is made by
// package reflect, which tells the collector what lies in it.
func (m *madeValues) readList(r *Reader, q unsafe.Pointer) {
	room := r.Array()
	*(*[]struct{})(q) = []struct{}{} // without elements, but not nil
	list, memory := (*slice)(q), reflect.NewAt(m.slice, q).Elem()
	if room > 0 {
		memory.Grow(room)
	}
	for r.Element() {
		if list.len == list.cap {
			memory.Grow(1)
		}
		list.len++
		m.readAt(r, unsafe.Add(list.data, uintptr(list.len-1)*m.size), true)
	}
}
