package codec

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"time"
	"unsafe"
)

// labelSize is what names of members are copied by.
const labelSize = 16

// structure writes the struct that p points to as an object.
func (w *Writer) structure(p unsafe.Pointer, m *madeStruct) {
	w.comma()
	w.members(p, m)
}

// members is structure without a comma.
func (w *Writer) members(p unsafe.Pointer, m *madeStruct) {
	if m.odd && w.isOdd(p, m) {
		return
	}
	if w.depth++; w.depth > MaxDepth {
		w.endless()
		return
	}
	fields, before := m.fields, byte('{') // what stands before a name: the brace, then commas
	for i := range fields {
		f := &fields[i]
		if f.there != always && !f.isThere(p) && f.op != fixedField {
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
		case float64Field:
			w.wrote(at)
			w.float(*(*float64)(q), 64)
		case decimalField:
			w.wrote(at)
			w.decimal(*(*string)(q))
		case tableField:
			w.wrote(at)
			w.members(q, f.of.table.get())
		case fixedField:
			w.wrote(at)
			w.fixed(f, p)
		default:
			w.wrote(at)
			w.value(f.of, q)
		}
	}
	w.end(p, m, before == '{')
}

// end writes the unknown members of an object, and its end; its beginning too where no other member was written.
func (w *Writer) end(p unsafe.Pointer, m *madeStruct, none bool) {
	if none {
		w.buf = append(w.buf, '{')
	}
	w.others(p, m)
	w.buf = append(w.buf, '}')
	w.depth--
}

// endless fails for an object that lies too deep.
func (w *Writer) endless() {
	w.buf = append(w.buf, '{')
	w.tooDeep()
	w.EndObject()
}

// fixed writes the value of a fixedField of the struct that p points to.
func (w *Writer) fixed(f *madeField, p unsafe.Pointer) {
	if f.isThere(p) {
		w.value(f.of, unsafe.Add(p, f.at))
	} else {
		w.buf = append(w.buf, f.fixed...)
	}
}

// others writes the members that no field is for.
func (w *Writer) others(p unsafe.Pointer, m *madeStruct) {
	if m.extra != nil {
		m.extra.of.held.write(w, m.extra.of.item, unsafe.Add(p, m.extra.at), m)
	}
	if m.rest != noPlace {
		if rest := *(*string)(unsafe.Add(p, m.rest)); rest != "" {
			w.Members(rest)
		}
	}
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
func (w *Writer) value(m *made, q unsafe.Pointer) {
	switch m.op {
	case stringField:
		w.String(*(*string)(q))
	case boolField:
		w.Bool(*(*bool)(q))
	case int32Field:
		w.Int32(*(*int32)(q))
	case int64Field:
		w.Int64(*(*int64)(q))
	case float64Field:
		w.Float64(*(*float64)(q))
	case timeField:
		w.Time(*(*time.Time)(q))
	case tableField:
		w.structure(q, m.table.get())
	case singleField:
		w.value(m.alone.get().made, q)
	case valueField:
		if m.value != nil {
			valueAt(m.value, q).CodeJSON(&w.json)
		} else {
			writableAt(m.write, q).WriteJSON(w)
		}
	case listField:
		w.list(m, (*slice)(q))
	case mapField:
		if w.Object() {
			m.held.write(w, m.item, q, nil)
		}
		w.EndObject()
	case pointerField:
		w.orNull(m, *(*unsafe.Pointer)(q), *(*unsafe.Pointer)(q) != nil)
	case nullableField:
		w.orNull(m, q, *(*uint8)(unsafe.Add(q, m.state)) == isValue)
	case nilField:
		w.orNull(m, q, *(*unsafe.Pointer)(q) != nil)
	case externalField:
		w.External(anyAt(m.of, q))
	default:
		w.rare(m.op, q)
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
	case canonicalField:
		w.canonical(*(*string)(q))
	case decimalField:
		w.comma()
		w.decimal(*(*string)(q))
	case urlField:
		w.URL(*(**url.URL)(q))
	}
}

// orNull writes the one value that lies at q, or null where there is none.
func (w *Writer) orNull(m *made, q unsafe.Pointer, there bool) {
	if there {
		w.value(m.item, q)
	} else {
		w.Null()
	}
}

// list writes the list that is a slice of values.
func (w *Writer) list(m *made, list *slice) {
	if item := m.item; !w.Array() { // the Writer has stopped
	} else if item.op == tableField {
		w.structs(item, list)
	} else {
		for i := 0; i < list.len && w.depth <= MaxDepth; i++ {
			w.value(item, unsafe.Add(list.data, uintptr(i)*item.width))
		}
	}
	w.EndArray()
}

// structs writes what stands in a list of structs that a table is for.
func (w *Writer) structs(m *made, list *slice) {
	table := m.table.get()
	for i := 0; i < list.len && w.depth <= MaxDepth; i++ { // else the Writer has stopped
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.members(unsafe.Add(list.data, uintptr(i)*m.width), table)
	}
}
