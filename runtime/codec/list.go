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

// Strings reads or writes a member that is a list of texts; one that is nil is written
// as one without elements.
//
//go:noinline
func (j *JSON) Strings(name string, v *[]string) { j.texts(name, true, v) }

// SomeStrings is Strings for a list that is absent when it is nil.
//
//go:noinline
func (j *JSON) SomeStrings(name string, v *[]string) { j.texts(name, *v != nil, v) }

// texts reads or writes a member that is a list of texts, unless there says that none is
// to be written.
func (j *JSON) texts(name string, there bool, v *[]string) {
	if !j.Field(name, there) {
		return
	}
	if r := j.r; r != nil {
		*v = make([]string, 0, r.Array())
		for r.Element() {
			*v = append(*v, r.String())
		}
		return
	}
	j.w.Array()
	for _, text := range *v {
		j.w.String(text)
	}
	j.w.EndArray()
}
