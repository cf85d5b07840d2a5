package codec

import (
	"reflect"
	"slices"
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

// madeField is what is worked out of a line of the text.
type madeField struct {
	role  role
	name  string
	shown string         // the name as it is written within quotes
	text  unsafe.Pointer // of a comma, the name as a string, and a colon; see label
	at    uintptr
	flag  uintptr // where an Optional says that it is there, or a Nullable
	size  int     // of the text
	room  int     // for the text, and for a number or a string that is short
	there there
	asks  bool // for the name, when it is read: lists do, by which they are told apart
	op    fieldKind
	of    *made
	fixed string // JSON, of a fixedField
}

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

// made is what is worked out of the words for a type: how its values are read and written.
type made struct {
	word  string
	kind  fieldKind
	op    fieldKind // the kind, or tableField; of other types with methods valueField
	typ   reflect.Type
	width uintptr
	item  *made    // of a type made of another
	state uintptr  // where a Nullable says what it is
	held  *holding // how a list or a map holds its items, of others how lists and maps hold them
	table *Struct  // what it is read and written by, or:
	alone *Single  // that, or:
	sum   *Sum     // what it is read by, beside:
	value Value    // a nil pointer, the type of which does both, or:
	read  Readable // one whose type reads
	write Writable // and writes
	of    any      // a nil pointer to an external type
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
	for _, f := range s.fields() {
		m.tuple = m.tuple || f.role == anElement || f.role == restElements
		m.odd = m.odd || m.tuple || f.role == otherValue
		switch {
		case f.op == unknownField:
			m.rest = int(f.at)
		case f.role == otherValue:
			m.other = int(f.at)
		case f.role == extraMembers, f.role == restElements:
			m.extra = &f
		default:
			m.fields = append(m.fields, f)
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

// called works out what is written for a field of that name.
func (f *madeField) called(name string) {
	w := Writer{buf: make([]byte, 0, len(name)+around+labelSize)}
	w.buf = append(w.buf, ',')
	w.string(name)
	w.buf = append(w.buf, ':')
	f.size, f.name, f.shown = len(w.buf), name, name
	f.text = unsafe.Pointer(unsafe.SliceData(slices.Grow(w.buf, labelSize)))
	if shown := w.buf[len(`,"`) : f.size-len(`":`)]; string(shown) != name { // it has escapes
		f.shown = string(shown)
	}
	f.room = f.size + max(labelSize, longestInt)
	if f.op == stringField {
		f.room += short
	}
	m := f.of
	for m.kind == nullableField || m.kind == nilField {
		m = m.item
	}
	f.asks = m.kind >= structField
}

// keeps tells whether a value may be kept by the methods of a type that is not generated.
func (m *made) keeps() bool {
	switch {
	case m.kind == externalField:
		return true
	case m.kind == nullableField, m.kind == nilField:
		return m.item.keeps()
	case m.table != nil:
		return slices.ContainsFunc(m.table.get().fields, func(f madeField) bool { return f.of.keeps() })
	}
	return false
}

// coded works out how a type is read and written that has methods for it, and tells
// whether it has: it is a Value, or Readable and Writable; of is a nil pointer to it.
func (m *made) coded(of any) (ok bool) {
	m.op = valueField
	if m.value, ok = of.(Value); ok {
		switch m.kind {
		case structField:
			if m.table = ask(m.typ).table; m.table != nil {
				m.op = tableField
			}
		case sumField:
			m.sum = ask(reflect.TypeOf(of).Elem()).sum
		case valueField:
			m.holdsItself()
		}
		return true
	}
	m.read, _ = of.(Readable)
	m.write, ok = of.(Writable)
	return ok && m.read != nil
}

// holdsItself finds out what a list or a map is read and written by, which may hold itself.
func (m *made) holdsItself() {
	held := (*holding)(nil)
	switch m.typ.Kind() {
	case reflect.Slice:
		held = holdingOf[slice]()
	case reflect.Map:
		held = holdingOf[unsafe.Pointer]()
	default:
		return
	}
	if m.alone = ask(m.typ).alone; m.alone != nil {
		m.op, m.held = singleField, held
	}
}

// asking is the question by which Struct a type is read.
type asking struct {
	typ   reflect.Type
	at    unsafe.Pointer // of a value of the type, which lies on the heap
	table *Struct
	alone *Single
	sum   *Sum
}

// ask returns by what a type is read: nothing when its method CodeJSON is another. That is
// called with a Reader that has failed, and does not get to read anything.
func ask(typ reflect.Type) *asking {
	v := reflect.New(typ)
	r := &Reader{open: -1, err: refusal}
	a := &asking{typ: v.Type(), at: v.UnsafePointer()}
	r.json = JSON{r: r, asks: a}
	v.Interface().(Value).CodeJSON(&r.json)
	return a
}

// about tells whether it is asked for what reads p as a type, which is not a part of it.
func (a *asking) about(p unsafe.Pointer, of any) bool {
	return p == a.at && reflect.TypeOf(of) == a.typ
}

// words are the two parts of an interface with methods.
type words struct{ methods, data unsafe.Pointer }

// valueAt returns what p points to as a Value of the type that v is of.
func valueAt(v Value, p unsafe.Pointer) Value {
	(*words)(unsafe.Pointer(&v)).data = p
	return v
}

// anyAt is valueAt for any pointer.
func anyAt(v any, p unsafe.Pointer) any {
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
