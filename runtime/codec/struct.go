package codec

import (
	"sync/atomic"
	"unsafe"
)

// Struct says which members an object of JSON has, and which field of a Go struct holds each
// of them, or that of the elements of an array: it is read and written by that. Generated code has one for each struct whose
// members are all of the kinds that are below:
//
//	// jsonOrder says how values of Order are read and written.
//	var jsonOrder = codec.Struct{
//		Of: (*Order)(nil),
//		Text: `
//			"orderId" string
//			"items" struct list
//			"note" string optional
//			unknown`,
//	}
//
//	func (v *Order) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonOrder) }
//
// It is not changed once it is used, and is used concurrently.
type Struct struct {
	Of any // a nil pointer to the Go struct
	// Text has a line for each field of the Go struct, in their order, in which members are
	// written: the name of the member as a string of JSON, the words for its type, and how an
	// absent one is told. The first word is for what lies innermost:
	//
	//	string bool int8 … uint64 float32 float64 bytes time addr raw   Go types, and those made of them
	//	uuid date timeofday duration decimal                            types of the runtime
	//	url        a *url.URL, or a struct of nothing else; nil is the empty text
	//	canonical  a string with any value, in the one text of JSON that all ways to write it have
	//	struct     a struct whose CodeJSON does no more than call Struct
	//	value      any other type with a method CodeJSON, or ReadJSON and WriteJSON; also a list or
	//	           a map whose CodeJSON does no more than call Single, which may hold itself
	//	sum        an interface that one of Sums is for
	//	external   a type that is not generated, in the way that it has: see Reader.External
	//
	// Each word behind it makes another type of the one before:
	//
	//	list      a slice of such values
	//	map       a map of texts to them
	//	pointer   a pointer to one
	//	nullable  the runtime's Nullable of one, which is not absent unless it is a field
	//	nil       the same list, map, sum or bytes, null when it is nil
	//
	// so that "struct list map" is a map of lists of structs. Behind these may stand
	// optional for the runtime's Optional of the type, which tells whether the member is there;
	// some for a member that is absent when its field is zero: a Nullable that is absent, an
	// empty string, a nil slice or pointer; or = and the JSON that is written for a field that
	// is zero, and so is not set.
	//
	// Behind these is a line for the members that no field is for, if they are kept: unknown
	// for the runtime's Members, or extra and the words for a map. A last line that says other
	// is for a json.RawMessage that keeps a value which is no object: then it alone is written,
	// unless it is nil.
	//
	// Lines without names are for the elements of an array, in their order, of which those that
	// are not required are absent from the end on. Behind these is rest and the words for a
	// list, if more elements are kept; other is for what is no array then.
	//
	// All this takes a compiler far less than values of Go. What the Go struct has otherwise
	// panics at the first use. Who has values that are external in a struct, not behind a
	// pointer or in a list, a map or a sum, calls Kept.
	Text string
	// Sums are nil pointers to types that are as interfaces in memory which fields have, and
	// which they read and write; see Sum.
	Sums []Value
	// Maps are MapOf each type that maps within hold: of a struct, a value or a nullable, not of
	// what other words are for.
	Maps []Map

	made  atomic.Pointer[madeStruct]
	plans plans
}

// role is what a field is for.
type role uint8

// What a field is for.
const (
	aMember role = iota // or the runtime's Members
	anElement
	extraMembers // a map of the members that no field is for
	restElements // a list of the elements that no field is for
	otherValue   // a value that is no object, or no array
)

// fieldKind is a kind of type, or of what is special about a field.
type fieldKind uint8

// What the words in a text stand for.
const (
	stringField fieldKind = iota // also of a type of strings, and so on
	boolField
	int8Field
	int16Field
	int32Field
	int64Field
	uint8Field
	uint16Field
	uint32Field
	uint64Field
	float32Field
	float64Field
	bytesField // a []byte
	timeField  // a time.Time
	addrField  // a netip.Addr
	rawField   // a json.RawMessage
	// canonicalField is a string with what Reader.canonical returns.
	canonicalField
	decimalField  // the runtime's Decimal: a string with a number as it is written, "" for 0
	urlField      // a *url.URL
	structField   // a struct with a method CodeJSON, which does no more if it calls Struct
	valueField    // any other type with a method CodeJSON, or else ReadJSON and WriteJSON
	sumField      // an interface that one of Sums is for
	externalField // any other type

	// Types of the runtime, which are a valueField that may be judged and read at once.
	uuidField
	dateField
	timeOfDayField
	durationField

	unknownField // the runtime's Members, with the members that no field is for

	// Types made of others.
	listField
	mapField
	pointerField
	nullableField // the runtime's Nullable
	nilField      // no other type, but null when it is nil

	// Kinds that are told by more than a word.
	fixedField    // what is written though it is not set
	tableField    // a struct that is read and written by a table
	singleField   // a list or a map that is read and written by a Single
	optionalField // the runtime's Optional, that is read
)

// Struct reads or writes the struct that p points to as s says. Neither the methods of its
// values nor what is done here keeps anything of it, so that it need not lie on the heap: else
// Kept is asked for p.
//
//go:noinline
func (j *JSON) Struct(p unsafe.Pointer, s *Struct) {
	switch v := unkept(p); {
	case j.r == nil:
		j.w.structure(v, s.get())
	case j.asks == nil:
		if j.r.err == nil && (j.r.by == nil || !j.r.onePass(v, s)) {
			j.r.structure(v, s.get(), j.r.fresh)
		}
	case j.asks.about(v, s.Of):
		j.asks.table = s
	}
}

// MemberOf reads or writes the value alone of one member of the struct that p points to, as s
// says: of one that is written it is known already that it is there.
//
//go:noinline
func (j *JSON) MemberOf(p unsafe.Pointer, s *Struct, name string) {
	v, m := unkept(p), s.get()
	f := &m.fields[m.find(unsafe.Slice(unsafe.StringData(name), len(name)), 0)]
	switch {
	case j.r != nil:
		j.r.field(f, v)
	case f.op == fixedField:
		j.w.fixed(f, v)
	default:
		j.w.value(f.of, unsafe.Add(v, f.at))
	}
}

// Kept returns p, a pointer to a value of which the methods of a type that is not generated may
// keep a part: then it must lie on the heap.
//
//	func (v *Order) CodeJSON(j *codec.JSON) { j.Struct(codec.Kept(unsafe.Pointer(v)), &jsonOrder) }
func Kept(p unsafe.Pointer) unsafe.Pointer {
	if keeper.keeps {
		keeper.p = p
	}
	return p
}

// keeper keeps nothing, which the compiler does not know.
var keeper struct {
	keeps bool
	p     unsafe.Pointer
}

// unkept returns p, of which the compiler need not think that somebody keeps it. It must
// never be stored in what lies on the heap: what it points to may lie on a stack, which
// moves. Within this function it does not, and for those that call it what comes back is
// a pointer, which it would not be if it were inlined.
//
//go:noinline
//go:nosplit
//go:nocheckptr
func unkept(p unsafe.Pointer) unsafe.Pointer {
	x := uintptr(p)
	return *(*unsafe.Pointer)(unsafe.Pointer(&x))
}
