package codec

import (
	"fmt"
	"reflect"
	"unsafe"
)

// madeStruct is what is worked out of a Struct when it is used first.
type madeStruct struct {
	typ    reflect.Type
	fields []madeField
	names  map[string]int // the fields by their names, where there are many
	rest   int            // where the members are that no field is for, or noPlace
	extra  *madeField     // a map of these, or a list of elements; nil where there is none
	other  int            // where a value is that is no object, or no array; or noPlace
	tuple  bool           // it stands for an array
	odd    bool           // it may stand for something else than an object
}

// noPlace is the place of what is not kept.
const noPlace = -1

// manyFields is from how many fields on they are found by a map.
const manyFields = 8

// madeField is what is worked out of an entry.
type madeField struct {
	name  string
	text  unsafe.Pointer // of a comma, the name as a string, and a colon; see label
	at    uintptr
	flag  uintptr // where an Optional says that it is there
	size  int     // of the text
	room  int     // for the text, and for a number or a string that is short
	there there
	asks  bool        // for the name, when it is read: lists do, by which they are told apart
	kind  fieldKind   // without flags
	op    fieldKind   // the kind, with asList or asMap, or one of the others; of types of the runtime valueField
	fixed string      // of a fixedField
	of    *madeValues // of a structField or a valueField
	null  *madeNullable
}

// Kinds that are told by more than the kind of an entry.
const (
	pointerField = unknownField + 1 + iota // a pointer to a struct
	fixedField                             // a string that is written though it is not set
	tableField                             // a struct that is written by a table
	nullField                              // what a madeNullable is for
)

// there is how to tell whether a member is to be written.
type there uint8

const (
	always    there = iota
	ifFlag          // of an Optional
	ifText          // not the empty string
	ifState         // of a Nullable
	ifPointer       // no nil: of slices and maps the first word
	if8             // not 0, of so many bits
	if16
	if32
	if64
)

// madeValues is what is worked out of the type of a structField or a valueField.
type madeValues struct {
	typ   reflect.Type
	slice reflect.Type // of lists
	size  uintptr
	table *Struct  // what it is read and written by, or:
	sum   *Sum     // what it is read by, beside:
	value Value    // a nil pointer, the type of which does both, or:
	read  Readable // one whose type reads
	write Writable // and writes
}

// get returns what is worked out of s, and does so if need be.
func (s *Struct) get() *madeStruct {
	if m := s.made.Load(); m != nil {
		return m
	}
	return s.make()
}

// make works out what s says. Who does so at the same time finds the same.
func (s *Struct) make() *madeStruct {
	m := &madeStruct{typ: reflect.TypeOf(s.Of).Elem(), rest: noPlace, other: noPlace}
	for i, f := range s.fields() {
		m.odd = m.odd || f.Role != aMember && f.Role != extraMembers
		m.tuple = m.tuple || f.Role == anElement || f.Role == restElements
		switch {
		case f.Kind == unknownField:
			m.rest = int(f.At)
		case f.Role == otherValue:
			m.other = int(f.At)
		case f.Role == extraMembers, f.Role == restElements:
			extra := makeField(f)
			m.extra = &extra
		default:
			if f.Role == anElement {
				f.Name = m.typ.Field(i).Name // for who is told of it
			}
			m.fields = append(m.fields, makeField(f))
		}
	}
	if len(m.fields) >= manyFields && !m.tuple {
		m.names = map[string]int{}
		for i := range m.fields {
			m.names[m.fields[i].name] = i
		}
	}
	s.made.CompareAndSwap(nil, m)
	return s.made.Load()
}

// makeField works out what an entry says.
func makeField(f entry) madeField {
	m := madeField{name: f.Name, at: f.At, kind: f.Kind & (asList - 1), op: f.Kind &^ (asOptional | asSome)}
	text := append(make([]byte, 0, len(f.Name)+around+labelSize), `,"`+f.Name+`":`...)
	m.size, m.text = len(text), unsafe.Pointer(unsafe.SliceData(text))
	m.room = m.size + max(labelSize, longestInt)
	m.asks = m.kind >= structField || f.Kind&asList != 0
	if m.kind >= structField && f.Kind&(asNullable|asNil) == 0 {
		m.of = makeValues(f, m.kind)
	}
	if m.kind > valueField {
		m.op = valueField | f.Kind&asList
	}
	if m.kind == structField && m.of != nil && m.of.table != nil {
		m.op = tableField | f.Kind&asList
	}
	switch {
	case f.Kind&(asNullable|asNil) != 0:
		m.op, m.null, m.flag = nullField, makeNullable(f), f.At+f.State
		if m.of = m.null.value.of; f.Kind&asOptional != 0 {
			m.there = ifState
		}
	case f.Fixed != "":
		m.op, m.fixed = fixedField, f.Fixed
	case f.Kind&asOptional != 0:
		m.flag, m.there = f.At+sizeOf(m.kind, m.of), ifFlag
	case f.Kind&asSome != 0:
		m.there = thereBy(f.Kind &^ asSome)
		if f.Kind == structField|asSome {
			m.op = pointerField
		}
	}
	if m.op == stringField {
		m.room += short
	}
	return m
}

// thereBy returns how to tell whether a value of a kind is there that is absent when it is
// zero.
func thereBy(kind fieldKind) there {
	switch kind {
	case stringField:
		return ifText
	case boolField, int8Field, uint8Field:
		return if8
	case int16Field, uint16Field:
		return if16
	case int32Field, uint32Field:
		return if32
	case int64Field, uint64Field:
		return if64
	}
	return ifPointer
}

// sizes are how large values of the kinds are that name no type.
var sizes = [...]uintptr{
	stringField: unsafe.Sizeof(""), boolField: 1, int8Field: 1, int16Field: 2, int32Field: 4, int64Field: 8,
	uint8Field: 1, uint16Field: 2, uint32Field: 4, uint64Field: 8, float32Field: 4, float64Field: 8,
	bytesField: sliceSize, timeField: timeSize, addrField: addrSize, rawField: sliceSize,
}

// sizeOf returns how large a value is.
func sizeOf(kind fieldKind, of *madeValues) uintptr {
	if of != nil {
		return of.size
	}
	return sizes[kind]
}

// makeValues works out how values of the type are read and written that a field names.
func makeValues(f entry, kind fieldKind) *madeValues {
	typ := reflect.TypeOf(f.Of).Elem()
	m := &madeValues{typ: typ, size: typ.Size()}
	if f.Kind&asList != 0 {
		m.slice = reflect.SliceOf(typ)
	}
	var ok bool
	if m.value, ok = f.Of.(Value); ok {
		switch kind {
		case structField:
			m.table = ask(typ).table
		case sumField:
			m.sum = ask(typ).sum
		}
		return m
	}
	m.read, _ = f.Of.(Readable)
	if m.write, ok = f.Of.(Writable); !ok || m.read == nil {
		panic(fmt.Sprintf("codec: %q is a field of values that are neither a Value, nor Readable and Writable: %v", f.Name, typ))
	}
	return m
}

// asking is the question by which Struct a type is read.
type asking struct {
	typ   reflect.Type
	at    unsafe.Pointer // of a value of the type, which lies on the heap
	table *Struct
	sum   *Sum
}

// ask returns by what a type is read: neither when its method CodeJSON is another. That is
// called with a Reader that has failed, and does not get to read anything.
func ask(typ reflect.Type) *asking {
	v := reflect.New(typ)
	r := &Reader{open: -1, err: refusal}
	a := &asking{typ: v.Type(), at: v.UnsafePointer()}
	r.json = JSON{r: r, asks: a}
	v.Interface().(Value).CodeJSON(&r.json)
	return a
}

// answer notes a Struct, unless it is that of a part.
func (a *asking) answer(p unsafe.Pointer, s *Struct) {
	if p == a.at && reflect.TypeOf(s.Of) == a.typ {
		a.table = s
	}
}

// words are the two parts of an interface with methods.
type words struct{ methods, data unsafe.Pointer }

// valueAt returns what p points to as a Value of the type that v is of.
func valueAt(v Value, p unsafe.Pointer) Value {
	(*words)(unsafe.Pointer(&v)).data = p
	return v
}

// readableAt is valueAt for a Readable.
func readableAt(v Readable, p unsafe.Pointer) Readable {
	(*words)(unsafe.Pointer(&v)).data = p
	return v
}

// writableAt is valueAt for a Writable.
func writableAt(v Writable, p unsafe.Pointer) Writable {
	(*words)(unsafe.Pointer(&v)).data = p
	return v
}
