// Package codec reads and writes JSON without reflection: it is what the types
// that asyncwire generates stand on, and what types of your own may stand on.
//
// A type that is read has a method ReadJSON, a type that is written WriteJSON:
//
//	func (v *Order) ReadJSON(r *codec.Reader) {
//		*v = Order{}
//		for r.Object(); r.Member(); {
//			switch string(r.Key()) {
//			case "id":
//				v.ID = r.String()
//			case "lines":
//				v.Lines = make([]Line, 0, r.Array())
//				for r.Element() {
//					var e Line
//					e.ReadJSON(r)
//					v.Lines = append(v.Lines, e)
//				}
//			default:
//				r.Skip()
//			}
//		}
//	}
//
//	func (v *Order) WriteJSON(w *codec.Writer) {
//		w.Object()
//		w.Member("id")
//		w.String(v.ID)
//		w.Member("lines")
//		w.Array()
//		for i := range v.Lines {
//			v.Lines[i].WriteJSON(w)
//		}
//		w.EndArray()
//		w.EndObject()
//	}
//
// Neither returns errors. Unmarshal has the text judged before it is read, so
// that what a Reader meets is as it must be; what a Go type cannot hold all the
// same is kept by Fail, and told at the end with its place. Names are matched
// exactly, and numbers keep their value or fail: nothing is rounded, replaced or
// cut off in silence.
//
// It imports the standard library and package check alone.
package codec
