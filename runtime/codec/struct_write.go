package codec

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"time"
	"unsafe"
)

// Sizes of what fields hold.
const (
	labelSize = 16 // what names of members are copied by
	sliceSize = unsafe.Sizeof([]byte(nil))
	timeSize  = unsafe.Sizeof(time.Time{})
	addrSize  = unsafe.Sizeof(netip.Addr{})
)

// structure writes the struct that p points to as an object.
func (w *Writer) structure(p unsafe.Pointer, m *madeStruct) {
	w.comma()
	w.members(p, m)
}

// members is structure without a comma.
func (w *Writer) members(p unsafe.Pointer, m *madeStruct) {
	const opened = '{'
	if m.odd && w.isOdd(p, m) {
		return
	}
	if w.depth++; w.depth > MaxDepth {
		w.buf = append(w.buf, opened)
		w.tooDeep()
		w.EndObject()
		return
	}
	fields, before := m.fields, byte(opened) // what stands before a name: the brace, then commas
	for i := range fields {
		f := &fields[i]
		if f.there != always && !f.isThere(p) {
			continue
		}
		q, at := unsafe.Add(p, f.at), len(w.buf)
		if cap(w.buf)-at < f.room {
			w.grow(f.needs(q))
		}
		b := unsafe.Pointer(unsafe.SliceData(w.buf))
		f.label(unsafe.Add(b, at))
		store1(b, at, before)
		before = ','
		at += f.size
		switch f.op {
		case stringField:
			s := *(*string)(q)
			if len(s) > short {
				w.wrote(at)
				w.long(s)
				continue
			}
			end, marked := putPlain(b, at, s)
			if w.wrote(end); marked != 0 {
				w.escape(s)
			}
		case int32Field:
			w.wrote(putInt(b, at, int64(*(*int32)(q))))
		case int64Field:
			w.wrote(putInt(b, at, *(*int64)(q)))
		case tableField:
			w.wrote(at)
			w.members(q, f.of.table.get())
		default:
			w.wrote(at)
			w.value(f, q)
		}
	}
	if before == opened {
		w.buf = append(w.buf, opened)
	}
	if m.extra != nil {
		w.several(m.extra.op|asOne, unsafe.Add(p, m.extra.at), m)
	}
	if m.rest != noPlace {
		if rest := *(*string)(unsafe.Add(p, m.rest)); rest != "" {
			w.Members(rest)
		}
	}
	w.buf = append(w.buf, '}')
	w.depth--
}

// isThere tells whether a field of the struct that p points to is to be written.
func (f *madeField) isThere(p unsafe.Pointer) bool {
	q := unsafe.Add(p, f.at)
	switch f.there {
	case ifFlag:
		return *(*bool)(unsafe.Add(p, f.flag))
	case ifState:
		return *(*uint8)(unsafe.Add(p, f.flag)) != 0
	case ifText:
		return *(*string)(q) != ""
	case ifPointer:
		return *(*unsafe.Pointer)(q) != nil
	case if8:
		return *(*uint8)(q) != 0
	case if16:
		return *(*uint16)(q) != 0
	case if32:
		return *(*uint32)(q) != 0
	case if64:
		return *(*uint64)(q) != 0
	}
	return true
}

// needs returns how much room is used of what f.room asks for.
func (f *madeField) needs(q unsafe.Pointer) int {
	if f.op == stringField {
		return f.room - short + min(len(*(*string)(q)), short)
	}
	return f.room
}

// label writes the name with what stands around it to a place, by whole words: there is
// room for more of them behind it.
func (f *madeField) label(to unsafe.Pointer) {
	*(*[labelSize]byte)(to) = *(*[labelSize]byte)(f.text)
	for i := labelSize; i < f.size; i += labelSize {
		*(*[labelSize]byte)(unsafe.Add(to, i)) = *(*[labelSize]byte)(unsafe.Add(f.text, i))
	}
}

// value writes what q points to.
func (w *Writer) value(f *madeField, q unsafe.Pointer) {
	switch f.op {
	case boolField:
		w.Bool(*(*bool)(q))
	case timeField:
		w.Time(*(*time.Time)(q))
	case float64Field:
		w.float(*(*float64)(q), 64)
	case structField, valueField:
		f.of.writeAt(w, q)
	case tableField:
		w.structure(q, f.of.table.get())
	case tableField | asList:
		f.of.writeStructs(w, (*slice)(q))
	case nullField:
		w.nullable(f.null, q)
	case pointerField:
		f.of.writeAt(w, *(*unsafe.Pointer)(q))
	case structField | asList, valueField | asList:
		f.of.writeList(w, (*slice)(q))
	case fixedField:
		w.string(cmp.Or(*(*string)(q), f.fixed))
	default:
		w.rare(f.op, q)
	}
}

// rare is value for kinds that are rarer.
func (w *Writer) rare(op fieldKind, q unsafe.Pointer) {
	switch op {
	case int8Field:
		w.Int8(*(*int8)(q))
	case int16Field:
		w.Int16(*(*int16)(q))
	case uint8Field:
		w.Uint8(*(*uint8)(q))
	case uint16Field:
		w.Uint16(*(*uint16)(q))
	case uint32Field:
		w.Uint32(*(*uint32)(q))
	case uint64Field:
		w.Uint64(*(*uint64)(q))
	case float32Field:
		w.Float32(*(*float32)(q))
	case bytesField:
		w.Bytes(*(*[]byte)(q))
	case addrField:
		w.Addr(*(*netip.Addr)(q))
	case rawField:
		w.Raw(*(*json.RawMessage)(q))
	default:
		w.several(op, q, nil)
	}
}

// several writes a list or a map of values that name no type, or the members of one into an
// object that has others.
func (w *Writer) several(op fieldKind, q unsafe.Pointer, in *madeStruct) {
	switch op &^ (asList | asMap | asOne) {
	case stringField:
		writeSeveral(w, q, op, in, (*Writer).String)
	case boolField:
		writeSeveral(w, q, op, in, (*Writer).Bool)
	case int8Field:
		writeSeveral(w, q, op, in, (*Writer).Int8)
	case int16Field:
		writeSeveral(w, q, op, in, (*Writer).Int16)
	case int32Field:
		writeSeveral(w, q, op, in, (*Writer).Int32)
	case int64Field:
		writeSeveral(w, q, op, in, (*Writer).Int64)
	case uint8Field:
		writeSeveral(w, q, op, in, (*Writer).Uint8)
	case uint16Field:
		writeSeveral(w, q, op, in, (*Writer).Uint16)
	case uint32Field:
		writeSeveral(w, q, op, in, (*Writer).Uint32)
	case uint64Field:
		writeSeveral(w, q, op, in, (*Writer).Uint64)
	case float32Field:
		writeSeveral(w, q, op, in, (*Writer).Float32)
	case float64Field:
		writeSeveral(w, q, op, in, (*Writer).Float64)
	case bytesField:
		writeSeveral(w, q, op, in, (*Writer).Bytes)
	case timeField:
		writeSeveral(w, q, op, in, (*Writer).Time)
	case addrField:
		writeSeveral(w, q, op, in, (*Writer).Addr)
	case rawField:
		writeSeveral(w, q, op, in, (*Writer).Raw)
	}
}

// writeSeveral writes a list, or a map if it is one, by what writes one of its values. The
// members are written by the order of their names, into an object those that it has no
// fields for.
func writeSeveral[T any](w *Writer, q unsafe.Pointer, op fieldKind, in *madeStruct, write func(*Writer, T)) {
	if op&asMap == 0 {
		if w.Array() {
			for _, x := range *(*[]T)(q) {
				write(w, x)
			}
		}
		w.EndArray()
		return
	}
	m := *(*map[string]T)(q)
	if in == nil {
		w.Object()
	}
	for _, name := range Keys(m) {
		if in == nil || in.find(unsafe.Slice(unsafe.StringData(name), len(name)), 0) < 0 {
			w.Member(name)
			write(w, m[name])
		}
	}
	if in == nil {
		w.EndObject()
	}
}

// writeAt writes the value that q points to.
func (m *madeValues) writeAt(w *Writer, q unsafe.Pointer) {
	switch {
	case m.table != nil:
		w.structure(q, m.table.get())
	case m.value != nil:
		valueAt(m.value, q).CodeJSON(&w.json)
	default:
		writableAt(m.write, q).WriteJSON(w)
	}
}

// writeList writes the list that is a slice of values.
func (m *madeValues) writeList(w *Writer, list *slice) {
	if w.Array() {
		for i := range list.len {
			if w.depth > MaxDepth { // the Writer has stopped
				break
			}
			m.writeAt(w, unsafe.Add(list.data, uintptr(i)*m.size))
		}
	}
	w.EndArray()
}

// writeStructs is writeList for structs that a table is for.
func (m *madeValues) writeStructs(w *Writer, list *slice) {
	if w.Array() {
		table := m.table.get()
		for i := range list.len {
			if w.depth > MaxDepth { // the Writer has stopped
				break
			}
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.members(unsafe.Add(list.data, uintptr(i)*m.size), table)
		}
	}
	w.EndArray()
}
