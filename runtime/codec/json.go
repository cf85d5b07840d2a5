package codec

// JSON reads or writes one JSON value: what has a method CodeJSON says once what it holds,
// and that is how it is read as well as written. Struct, Single and Sum do it by tables.
// What reads and writes in a way of its own asks for the Reader and the Writer:
//
//	func (v *Point) CodeJSON(j *codec.JSON) {
//		if r := j.Reader(); r != nil {
//			*v = Point{}
//			for r.Object(); r.Member(); {
//				switch string(r.Key()) {
//				case "x":
//					v.X = r.Float64()
//				case "y":
//					v.Y = r.Float64()
//				default:
//					r.Skip()
//				}
//			}
//			return
//		}
//		w := j.Writer()
//		w.Object()
//		w.Member("x")
//		w.Float64(v.X)
//		w.Member("y")
//		w.Float64(v.Y)
//		w.EndObject()
//	}
type JSON struct {
	r *Reader // nil when writing
	w *Writer // nil when reading

	asks *asking // nil, unless nothing is to be read; see ask
}

// JSON returns what reads the next value.
func (r *Reader) JSON() *JSON { return &r.json }

// JSON returns what writes the next value.
func (w *Writer) JSON() *JSON { return &w.json }

// Reader returns the Reader, or nil when a value is written.
func (j *JSON) Reader() *Reader { return j.r }

// Writer returns the Writer, or nil when a value is read.
func (j *JSON) Writer() *Writer { return j.w }

// External reads or writes what v points to, in the way that its type has; see
// Reader.External and Writer.External.
func (j *JSON) External(v any) {
	if j.r != nil {
		j.r.External(v)
	} else {
		j.w.External(v)
	}
}
