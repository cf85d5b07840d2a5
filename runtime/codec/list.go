package codec

// Array begins an array, and tells whether it is read, and how much room it may need
// then. Its elements follow in a loop over Element:
//
//	if room, read := j.Array(); read {
//		v.Lines = make([]Line, 0, room)
//	}
//	for i := 0; j.Element(i < len(v.Lines)); i++ {
//		if i == len(v.Lines) { // it is read
//			v.Lines = append(v.Lines, Line{})
//		}
//		v.Lines[i].CodeJSON(j)
//	}
//
//go:noinline
func (j *JSON) Array() (room int, read bool) {
	if j.r != nil {
		return j.r.Array(), true
	}
	j.w.Array()
	return 0, false
}

// Element tells whether there is another element of the array to be read, or written,
// which must be done then; whether one is written there says. The last call ends the
// array.
//
//go:noinline
func (j *JSON) Element(there bool) bool {
	if j.r != nil {
		return j.r.Element()
	}
	if there && j.w.depth <= MaxDepth { // else the Writer has stopped
		return true
	}
	j.w.EndArray()
	return false
}
