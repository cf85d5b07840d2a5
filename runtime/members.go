package runtime

import (
	"encoding/json"
	"iter"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// Members are members of a JSON object that no field is for, as they were
// written and in their order: those of a newer version of a message pass through
// a service that does not know them. The zero Members are none. Members, and so
// structs that have some, cannot be compared with ==, which could only compare how
// they are written.
type Members struct {
	_    [0]func() // takes no room, and spares the compiler a function for each struct
	text string    // "name":value, with commas between
}

// All returns the names and values of the members, in order.
func (m Members) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if m.text != "" {
			_ = codec.Unmarshal([]byte("{"+m.text+"}"), judged{}, eachMember(yield))
		}
	}
}

// judged lets text pass that was read, and so judged, already.
type judged struct{}

func (judged) Check([]byte) error { return nil }

// eachMember is called with the members of the object that it reads, until it
// returns false.
type eachMember func(name string, value json.RawMessage) bool

func (f eachMember) CodeJSON(j *codec.JSON) {
	r := j.Reader()
	for r.Object(); r.Member(); {
		if name := string(r.Key()); !f(name, r.Raw()) {
			r.Fail("enough was read")
		}
	}
}

// Get returns the value of a member, and whether there is one of that name.
func (m Members) Get(name string) (json.RawMessage, bool) {
	for n, value := range m.All() {
		if n == name {
			return value, true
		}
	}
	return nil, false
}

// Set gives a member a value, in its place or behind the others; nil is null. What is
// no JSON is an error, which leaves the members as they were. A name that a field of the
// struct is for stands twice then, which makes the object invalid.
func (m *Members) Set(name string, value json.RawMessage) error {
	w := codec.NewWriter(nil)
	found := false
	w.Object()
	for n, old := range m.All() {
		if n == name {
			old, found = value, true
		}
		w.Member(n)
		w.Raw(old)
	}
	if !found {
		w.Member(name)
		w.Raw(value)
	}
	w.EndObject()
	return m.take(w)
}

// Delete takes a member away, if it is there.
func (m *Members) Delete(name string) {
	w := codec.NewWriter(nil)
	w.Object()
	for n, value := range m.All() {
		if n != name {
			w.Member(n)
			w.Raw(value)
		}
	}
	w.EndObject()
	_ = m.take(w) // what was read can be written
}

// take makes the members those of the object that was written.
func (m *Members) take(w *codec.Writer) error {
	text, err := w.End()
	if err == nil {
		m.text = string(text[1 : len(text)-1])
	}
	return err
}

// String returns the members as they are written in an object, without its
// braces and without space around names and values.
func (m Members) String() string { return m.text }

// Add reads the member that r has gone to and adds it, as it is written.
func (m *Members) Add(r *codec.Reader) { m.text = r.Keep(m.text) }

// Write writes the members into an object, behind those that are in it.
func (m Members) Write(w *codec.Writer) { w.Members(m.text) }
