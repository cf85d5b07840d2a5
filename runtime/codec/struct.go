package codec

import "sync/atomic"

// Struct says which members an object of JSON has, and where in a Go struct each of them
// is held: it is read and written by that. Generated code has one for each struct whose
// members are all of the kinds that are below:
//
//	// orderJSON says how an Order is read and written as JSON.
//	var orderJSON = codec.Struct{
//		Of: (*Order)(nil),
//		Fields: []codec.Field{
//			{Name: "orderId", Kind: codec.StringField, At: unsafe.Offsetof(Order{}.OrderID)},
//			{Name: "items", Kind: codec.StructsField, At: unsafe.Offsetof(Order{}.Items), Of: (*OrderItem)(nil)},
//			{Name: "note", Kind: codec.StringField | codec.Optional, At: unsafe.Offsetof(Order{}.Note)},
//			{Kind: codec.UnknownField, At: unsafe.Offsetof(Order{}.Unknown)},
//		},
//	}
//
//	func (v *Order) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &orderJSON) }
//
// It is not changed once it is used, and is used concurrently.
type Struct struct {
	Of     any     // a nil pointer to the Go struct
	Fields []Field // in the order in which they are written

	made atomic.Pointer[madeStruct]
}

// Field is one field of a Go struct: a member of the object, or the members that no
// other field is for.
type Field struct {
	Name string    // of the member, which stands for itself in a string
	Kind FieldKind // what the field is
	At   uintptr   // how many bytes behind the beginning of the struct it is
	Of   any       // a nil pointer to what it is, or points to, or has as elements, where its kind asks for that
}

// FieldKind is a kind of field, with how an absent member is told: by Optional or Some,
// else the member is required.
type FieldKind uint8

// What a field is.
const (
	StringField FieldKind = iota
	BoolField
	Int32Field
	Int64Field
	Float64Field
	TimeField    // a time.Time
	StringsField // a []string
	StructField  // a struct that has a Struct, or with Some a pointer to one
	StructsField // a slice of such structs
	ValueField   // any type with a method CodeJSON that keeps nothing of the JSON, nor of the value
	UnknownField // the runtime's Members, with the members that no field is for

	// Optional says that the field is an Optional of the runtime, which tells whether
	// it is there.
	Optional FieldKind = 1 << 6
	// Some says that a field is absent when it is zero: an empty string, a nil slice or
	// pointer.
	Some FieldKind = 1 << 7
)

// madeStruct is what is worked out of a Struct when it is used first.
type madeStruct struct{}
