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
	wordSize  = 8 // what texts are copied by
	sliceSize = unsafe.Sizeof([]byte(nil))
	timeSize  = unsafe.Sizeof(time.Time{})
	addrSize  = unsafe.Sizeof(netip.Addr{})
)

// structure writes the struct that p points to as an object.
func (w *Writer) structure(p unsafe.Pointer, m *madeStruct) {
	if w.open('{') {
		first := 1 // has no comma
		for i := range m.fields {
			f := &m.fields[i]
			if f.there == always || f.isThere(p) {
				w.field(f, p, first)
				first = 0
			}
		}
		if m.rest != noRest {
			if rest := *(*string)(unsafe.Add(p, m.rest)); rest != "" {
				w.Members(rest)
			}
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

// label writes the name of a member with what stands around it, without so many bytes at
// its beginning, and returns where it ends, with room for so many bytes more there. The
// text goes there by whole words: there are two behind it.
func (w *Writer) label(f *madeField, without, more int) (b unsafe.Pointer, at int) {
	n := int(f.size) - without
	at = len(w.buf)
	if cap(w.buf)-at < n+wordSize+more {
		w.grow(n + wordSize + more)
	}
	b = unsafe.Pointer(unsafe.SliceData(w.buf))
	to, from := unsafe.Add(b, at), unsafe.Add(f.text, without)
	for i := 0; i < n; i += wordSize {
		*(*[wordSize]byte)(unsafe.Add(to, i)) = *(*[wordSize]byte)(unsafe.Add(from, i))
	}
	return b, at + n
}

// field writes a field of the struct that p points to, with its name.
func (w *Writer) field(f *madeField, p unsafe.Pointer, without int) {
	q := unsafe.Add(p, f.at)
	switch f.op {
	case StringField:
		s := *(*string)(q)
		if len(s) > short {
			_, at := w.label(f, without, 0)
			w.wrote(at)
			w.long(s)
			return
		}
		b, at := w.label(f, without, len(s)+2)
		end, marked := putPlain(b, at, s)
		if w.wrote(end); marked != 0 {
			w.escape(s)
		}
	case Int32Field:
		b, at := w.label(f, without, longestInt)
		w.wrote(putInt(b, at, int64(*(*int32)(q))))
	case Int64Field:
		b, at := w.label(f, without, longestInt)
		w.wrote(putInt(b, at, *(*int64)(q)))
	case Float64Field:
		_, at := w.label(f, without, 0)
		w.wrote(at)
		w.float(*(*float64)(q), 64)
	default:
		_, at := w.label(f, without, 0)
		w.wrote(at)
		w.value(f, q)
	}
}

// value writes what q points to.
func (w *Writer) value(f *madeField, q unsafe.Pointer) {
	switch f.op {
	case BoolField:
		w.Bool(*(*bool)(q))
	case TimeField:
		w.Time(*(*time.Time)(q))
	case StructField, ValueField:
		f.of.writeAt(w, q)
	case nullField:
		w.nullable(f.null, q)
	case pointerField:
		f.of.writeAt(w, *(*unsafe.Pointer)(q))
	case StructField | List, ValueField | List:
		f.of.writeList(w, (*slice)(q))
	case fixedField:
		w.string(cmp.Or(*(*string)(q), f.fixed))
	default:
		w.rare(f.op, q)
	}
}

// rare is value for kinds that are rarer.
func (w *Writer) rare(op FieldKind, q unsafe.Pointer) {
	switch op {
	case Int8Field:
		w.Int8(*(*int8)(q))
	case Int16Field:
		w.Int16(*(*int16)(q))
	case Uint8Field:
		w.Uint8(*(*uint8)(q))
	case Uint16Field:
		w.Uint16(*(*uint16)(q))
	case Uint32Field:
		w.Uint32(*(*uint32)(q))
	case Uint64Field:
		w.Uint64(*(*uint64)(q))
	case Float32Field:
		w.Float32(*(*float32)(q))
	case BytesField:
		w.Bytes(*(*[]byte)(q))
	case AddrField:
		w.Addr(*(*netip.Addr)(q))
	case RawField:
		w.Raw(*(*json.RawMessage)(q))
	default:
		w.several(op, q)
	}
}

// several writes a list or a map of values that name no type.
func (w *Writer) several(op FieldKind, q unsafe.Pointer) {
	switch is := op & Map; op &^ (List | Map) {
	case StringField:
		writeSeveral(w, q, is, (*Writer).String)
	case BoolField:
		writeSeveral(w, q, is, (*Writer).Bool)
	case Int8Field:
		writeSeveral(w, q, is, (*Writer).Int8)
	case Int16Field:
		writeSeveral(w, q, is, (*Writer).Int16)
	case Int32Field:
		writeSeveral(w, q, is, (*Writer).Int32)
	case Int64Field:
		writeSeveral(w, q, is, (*Writer).Int64)
	case Uint8Field:
		writeSeveral(w, q, is, (*Writer).Uint8)
	case Uint16Field:
		writeSeveral(w, q, is, (*Writer).Uint16)
	case Uint32Field:
		writeSeveral(w, q, is, (*Writer).Uint32)
	case Uint64Field:
		writeSeveral(w, q, is, (*Writer).Uint64)
	case Float32Field:
		writeSeveral(w, q, is, (*Writer).Float32)
	case Float64Field:
		writeSeveral(w, q, is, (*Writer).Float64)
	case BytesField:
		writeSeveral(w, q, is, (*Writer).Bytes)
	case TimeField:
		writeSeveral(w, q, is, (*Writer).Time)
	case AddrField:
		writeSeveral(w, q, is, (*Writer).Addr)
	case RawField:
		writeSeveral(w, q, is, (*Writer).Raw)
	}
}

// writeSeveral writes a list, or a map if it is one, by what writes one of its values. The
// members are written by the order of their names.
func writeSeveral[T any](w *Writer, q unsafe.Pointer, isMap FieldKind, write func(*Writer, T)) {
	if isMap == 0 {
		if w.Array() {
			for _, x := range *(*[]T)(q) {
				write(w, x)
			}
		}
		w.EndArray()
		return
	}
	m := *(*map[string]T)(q)
	w.Object()
	for _, name := range Keys(m) {
		w.Member(name)
		write(w, m[name])
	}
	w.EndObject()
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
