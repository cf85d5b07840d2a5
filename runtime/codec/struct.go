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
	// written: the name of the member in quotes, which stands for itself in a string; what
	// the values are; and what else the field is. Values are
	//
	//	string bool int8 … uint64 float32 float64 bytes time addr raw   Go types, and those made of them
	//	uuid date timeofday duration decimal                            types of the runtime
	//	struct   a struct whose CodeJSON does no more than call Struct
	//	value    of any other type with a method CodeJSON, or ReadJSON and WriteJSON
	//	sum      an interface that one of Sums is for
	//
	// and a field is one of them, or a list of them, or a map of texts to them; optional,
	// nullable, or both: an Optional or a Nullable of the runtime; some: absent when it is
	// zero, and a struct then by a pointer; nil: null when it is nil; or in quotes the one
	// text that it is written as when it is not set. Behind these is a line for the members
	// that no field is for, if they are kept: unknown for the runtime's Members, or extra and
	// the words for a map. A last line that says other is for a json.RawMessage that keeps
	// a value which is no object: then it alone is written, unless it is nil.
	//
	// Lines without names are for the elements of an array, in their order, of which those that
	// are not required are absent from the end on. Behind these is rest and the words for a
	// list, if more elements are kept; other is for what is no array then.
	//
	// All this takes a compiler far less than values of Go. What the Go struct has otherwise
	// panics at the first use.
	Text string
	// Sums are nil pointers to types that are as interfaces in memory which fields have, and
	// which they read and write; see Sum.
	Sums []Value

	made  atomic.Pointer[madeStruct]
	plans plans
}

// entry is one line of a table: a member of the object and the field of the Go struct that
// it is in, or a field that is for something else.
type entry struct {
	Role role
	Name string    // of the member, which stands for itself in a string
	Kind fieldKind // what the field is
	At   uintptr   // how many bytes behind the beginning of the struct it is
	Of   any       // a nil pointer to the type that a structField or a valueField names
	// State is how far behind the beginning of a Nullable it says what it is.
	State uintptr
	// Fixed is what a stringField is written as that is not set; "" for what may be empty.
	Fixed string
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

// fieldKind is a kind of field: what its values are, whether it is a list of them, and how
// an absent member is told. One that says nothing of that is required.
type fieldKind uint16

// What the values of a field are.
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
	bytesField  // a []byte
	timeField   // a time.Time
	addrField   // a netip.Addr
	rawField    // a json.RawMessage
	structField // a struct with a method CodeJSON, which does no more if it calls Struct; or with asSome a pointer to one
	valueField  // any other type with a method CodeJSON, or else ReadJSON and WriteJSON
	sumField    // an interface that one of Sums is for

	// Types of the runtime, which are a valueField that may be judged and read at once.
	uuidField
	dateField
	timeOfDayField
	durationField
	decimalField

	unknownField // the runtime's Members, with the members that no field is for
)

// What else a field is.
const (
	// asList says that the field is a slice of values.
	asList fieldKind = 1 << (8 + iota)
	// asOptional says that the field is an Optional of the runtime, which tells whether it
	// is there.
	asOptional
	// asSome says that a field is absent when it is zero: an empty string, a nil slice or
	// pointer.
	asSome
	// asMap says that the field is a map of texts to values, which name no type.
	asMap
	// asNullable says that the field is a Nullable of the runtime, which is absent as an
	// Optional only.
	asNullable
	// asNil says that the field, a list, a map, a sum or bytes, is null when it is nil.
	asNil
	// asOne says that one member of a map is meant, or its members without braces.
	asOne
)

// Struct reads or writes the struct that p points to as s says. Neither the methods of its
// values nor what is done here keeps anything of it, so that it need not lie on the heap.
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
	default:
		j.asks.answer(v, s)
	}
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
