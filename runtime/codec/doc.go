// Package codec reads and writes JSON without looking at values by reflection: it is
// what the types that asyncwire generates stand on, and what types of your own may stand
// on. Package reflect makes the memory of what pointers and lists of structs hold, and of a
// value on its way into a map or out of it, keeps and clears what is read again, and tells
// at the first use where the fields of a struct lie.
//
// A type that is read and written has a method CodeJSON, which does both:
//
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		if j.Object() { // it may hold something that is not to stay
//			*v = Order{}
//		}
//		for j.Members() {
//			j.String("id", &v.ID)
//			if j.Field("lines", true) {
//				if room, read := j.Array(); read {
//					v.Lines = make([]Line, 0, room)
//				}
//				for i := 0; j.Element(i < len(v.Lines)); i++ {
//					if i == len(v.Lines) { // it is read
//						v.Lines = append(v.Lines, Line{})
//					}
//					v.Lines[i].CodeJSON(j)
//				}
//			}
//		}
//	}
//
// A struct may say the same by a table, as generated ones do: see Struct.
//
// Nothing in it returns errors. Unmarshal has the text judged before it is read, or as
// a Struct is read, so that what a Reader meets is as it must be; what a Go type cannot
// hold all the same is kept by Fail, and told at the end with its place. Names are
// matched exactly, and numbers keep their value or fail: nothing is rounded, replaced or
// cut off in silence.
//
// It imports the standard library and package check alone.
package codec
