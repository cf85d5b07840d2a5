package codec

import (
	"sync/atomic"
	"unsafe"
)

// Struct says which members an object of JSON has, and which field of a Go struct holds each
// of them: it is read and written by that. Generated code has one for each struct whose
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
	// written: the name in quotes, the kind as it is named below, in small letters and
	// without "Field", and what else it is, or in quotes what is Fixed. It takes a compiler
	// far less than Fields, which say the same where there is no Text. What the Go struct
	// has otherwise panics at the first use.
	Text   string
	Fields []Field
	// Sums are nil pointers to types that are as interfaces in memory which fields have, and
	// which they read and write; see Sum.
	Sums []Value

	made  atomic.Pointer[madeStruct]
	plans plans
}

// Field is one field of a Go struct: a member of the object, or the members that no
// other field is for.
type Field struct {
	Name string    // of the member, which stands for itself in a string
	Kind FieldKind // what the field is
	At   uintptr   // how many bytes behind the beginning of the struct it is
	Of   any       // a nil pointer to the type that a StructField or a ValueField names
	// State is how far behind the beginning of a Nullable it says what it is.
	State uintptr
	// Fixed is what a StringField is written as that is not set; "" for what may be empty.
	Fixed string
}

// FieldKind is a kind of field: what its values are, whether it is a list of them, and how
// an absent member is told. One that says nothing of that is required.
type FieldKind uint16

// What the values of a field are.
const (
	StringField FieldKind = iota // also of a type of strings, and so on
	BoolField
	Int8Field
	Int16Field
	Int32Field
	Int64Field
	Uint8Field
	Uint16Field
	Uint32Field
	Uint64Field
	Float32Field
	Float64Field
	BytesField  // a []byte
	TimeField   // a time.Time
	AddrField   // a netip.Addr
	RawField    // a json.RawMessage
	StructField // a struct with a method CodeJSON, which does no more if it calls Struct; or with Some a pointer to one
	ValueField  // any other type with a method CodeJSON, or else ReadJSON and WriteJSON
	SumField    // an interface that one of Sums is for

	// Types of the runtime, which are a ValueField that may be judged and read at once.
	UUIDField
	DateField
	TimeOfDayField
	DurationField
	DecimalField

	UnknownField // the runtime's Members, with the members that no field is for
)

// What else a field is.
const (
	// List says that the field is a slice of values.
	List FieldKind = 1 << (8 + iota)
	// Optional says that the field is an Optional of the runtime, which tells whether it
	// is there.
	Optional
	// Some says that a field is absent when it is zero: an empty string, a nil slice or
	// pointer.
	Some
	// Map says that the field is a map of texts to values, which name no type.
	Map
	// Nullable says that the field is a Nullable of the runtime, which is absent as an
	// Optional only.
	Nullable
	// Nil says that the field, a list, a map, a sum or bytes, is null when it is nil.
	Nil
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
		if j.r.by == nil || !j.r.onePass(v, s) {
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
