package runtime

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// Members are members of a JSON object that no field is for, as they were
// written and in their order: those of a newer version of a message pass through
// a service that does not know them. The zero Members are none. Members are
// comparable with ==, which compares how they are written.
type Members struct{ text string } // "name":value, with commas between

// All returns the names and values of the members, in order.
func (m Members) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		eachMember([]byte(m.text), func(name, value []byte) bool { return yield(string(name), value) })
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

// String returns the members as they are written in an object, without its
// braces.
func (m Members) String() string { return m.text }

// Read takes the members of the object data that are not among known. It is
// called by generated code, with valid JSON; of null there are none.
func (m *Members) Read(data []byte, known ...string) error {
	m.text = ""
	object, ok := bytes.CutPrefix(bytes.TrimSpace(data), []byte("{"))
	if !ok {
		return nil
	}
	var kept []byte
	eachMember(object, func(name, value []byte) bool {
		if slices.ContainsFunc(known, func(k string) bool { return k == string(name) }) {
			return true
		}
		if len(kept) > 0 {
			kept = append(kept, ',')
		}
		quoted, _ := marshal(string(name)) // a string always can be
		kept = append(append(append(kept, quoted...), ':'), value...)
		return true
	})
	m.text = string(kept)
	return nil
}

// Add reads the member that r has gone to and adds it, as it is written.
func (m *Members) Add(r *codec.Reader) { m.text = r.Keep(m.text) }

// Write writes the members into an object, behind those that are in it.
func (m Members) Write(w *codec.Writer) { w.Members(m.text) }

// Append adds the members to the end of an object that was marshalled. It is
// called by generated code.
func (m Members) Append(object []byte, err error) ([]byte, error) {
	if err != nil || m.text == "" {
		return object, err
	}
	object = bytes.TrimSuffix(object, []byte("}"))
	if len(object) > 1 {
		object = append(object, ',')
	}
	return append(append(object, m.text...), '}'), nil
}

// eachMember calls f with the name and the value of each member in the inside
// of an object, until it returns false. Text that is not JSON ends it early.
func eachMember(text []byte, f func(name, value []byte) bool) {
	for {
		text = bytes.TrimLeft(text, jsonSpace+",")
		end := valueEnd(text)
		if end < 2 || text[0] != '"' || text[end-1] != '"' {
			return
		}
		value := bytes.TrimLeft(text[end:], jsonSpace+":")
		length := valueEnd(value)
		if !f(memberName(text[:end]), value[:length]) {
			return
		}
		text = value[length:]
	}
}

const jsonSpace = " \t\r\n"

// memberName is what a quoted name says.
func memberName(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	var name string
	_ = json.Unmarshal(quoted, &name) // of what is no string there is no name
	return []byte(name)
}

// valueEnd is the length of the JSON value that valid JSON begins with.
func valueEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringEnd(text[i:]) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1 + depth // what closes more than was opened does not belong to it
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// stringEnd is the length of the string that text begins with.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
