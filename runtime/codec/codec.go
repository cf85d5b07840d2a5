package codec

import (
	"encoding/json"
	"unicode/utf8"
)

// Readable is a value that can be read. ReadJSON reads one JSON value and makes
// *v it, whatever it was before. It is called with valid JSON, reads all of the
// value, and reports what it cannot hold by r.Fail.
type Readable interface{ ReadJSON(r *Reader) }

// Writable is a value that can be written. WriteJSON writes one JSON value, and
// reports what cannot be written by w.Fail. It does not change the value.
type Writable interface{ WriteJSON(w *Writer) }

// Checker judges JSON text; an error says that and why it is not valid. It may
// be called concurrently. Text that it lets pass is JSON.
type Checker interface{ Check(data []byte) error }

// Unmarshal has data judged by check and reads it into v, which keeps nothing
// of data. Without a check, nil, data need only be JSON. When the text is not
// valid, v is left alone; when v cannot hold it, an *Error says where, and v
// is read in part.
func Unmarshal(data []byte, check Checker, v Readable) error {
	if check == nil {
		check = syntax{}
	}
	if err := check.Check(data); err != nil {
		return err
	}
	r := newReader(data)
	v.ReadJSON(r)
	return r.end()
}

// Marshal returns v as JSON without insignificant space, and an *Error when it
// cannot be written.
func Marshal(v Writable) ([]byte, error) { return Append(nil, v) }

// Append writes v to the end of dst, as append does, and returns dst as it was
// with an *Error when it cannot be written.
func Append(dst []byte, v Writable) ([]byte, error) {
	w := NewWriter(dst)
	v.WriteJSON(w)
	return w.End()
}

// syntax is the Checker of any JSON.
type syntax struct{}

func (syntax) Check(data []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return &Error{Message: err.Error()}
	}
	if !utf8.Valid(data) {
		return &Error{Message: "the text is not UTF-8"}
	}
	return nil
}
