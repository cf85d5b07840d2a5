// Package codec reads and writes JSON without looking at values by reflection: it is
// what the types that asyncwire generates stand on, and what types of your own may stand
// on. Package reflect makes the memory of what pointers and lists of structs hold, and of a
// value on its way into a map or out of it, keeps and clears what is read again, and tells
// at the first use where the fields of a struct lie.
//
// A type that is read and written has a method CodeJSON, which does both. A struct says by a
// table which members it has, as generated ones do; see Struct, and Single and Sum for
// other types:
//
//	var jsonOrder = codec.Struct{
//		Of: (*Order)(nil),
//		Text: `
//			"id" string
//			"lines" struct list`,
//	}
//
//	func (v *Order) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonOrder) }
//
// What is read and written in a way of its own asks for the Reader and the Writer; see JSON.
//
// Nothing in it returns errors. Unmarshal has the text judged before it is read, or as
// a Struct is read, so that what a Reader meets is as it must be; what a Go type cannot
// hold all the same is kept by Fail, and told at the end with its place. Names are
// matched exactly, and numbers keep their value or fail: nothing is rounded, replaced or
// cut off in silence.
//
// It imports the standard library and package check alone.
package codec
