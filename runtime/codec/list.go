package codec

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
