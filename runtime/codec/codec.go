package codec

import (
	"reflect"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Readable is a value that can be read. ReadJSON reads one JSON value and makes
// *v it, whatever it was before. It is called with valid JSON, reads all of the
// value, and reports what it cannot hold by r.Fail.
type Readable interface{ ReadJSON(r *Reader) }

// Writable is a value that can be written. WriteJSON writes one JSON value, and
// reports what cannot be written by w.Fail. It does not change the value.
type Writable interface{ WriteJSON(w *Writer) }

// Value is a value that can be read and written, by one method that does both; see
// JSON. It makes *v what is read, whatever it was before, unless the Reader was told
// that it is zero (see Reader.Fresh), and does not change what is written.
type Value interface{ CodeJSON(j *JSON) }

// Checker judges JSON text; an error says that and why it is not valid. It may
// be called concurrently. Text that it lets pass is JSON.
type Checker interface{ Check(data []byte) error }

// Unmarshal has data judged by rules and reads it into v, which keeps nothing
// of data. Without rules, nil, data need only be JSON. When the text is not
// valid, v is left as it was; when v cannot hold it, a *check.Error says where, and v
// is read in part. So it is when a ReadJSON that somebody has written panics, of which the caller is told.
func Unmarshal(data []byte, rules Checker, v Value) error {
	if rules == nil {
		rules = check.Any()
	}
	by, _ := rules.(*check.Validator)
	later := by != nil && by.Reads(reflect.TypeOf(v))
	if !later {
		if err := rules.Check(data); err != nil {
			return err
		}
	}
	r := newReader(data)
	r.by, r.unjudged = by, later
	v.CodeJSON(&r.json)
	return r.end()
}

// UnmarshalBy is Unmarshal by one of several schemas, the one of that name: generated
// types call it. It panics when v is no Value, of which generated packages need no table
// of methods for each of their types that way.
func UnmarshalBy(data []byte, rules *check.Rules, name string, v any) error {
	return Unmarshal(data, rules.Of(name), v.(Value))
}

// Marshal returns v as JSON without insignificant space, and a *check.Error when it
// cannot be written.
func Marshal(v Value) ([]byte, error) { return Append(nil, v) }

// Append writes v to the end of dst, as append does, and returns dst as it was
// with a *check.Error when it cannot be written.
func Append(dst []byte, v Value) ([]byte, error) {
	w := NewWriter(dst)
	v.CodeJSON(&w.json)
	return w.End()
}

// ReadFunc is a Value that a function reads, and that cannot be written.
type ReadFunc func(*Reader)

// CodeJSON calls the function.
func (f ReadFunc) CodeJSON(j *JSON) { f(j.r) }

// WriteFunc is a Value that a function writes, and that cannot be read.
type WriteFunc func(*Writer)

// CodeJSON calls the function.
func (f WriteFunc) CodeJSON(j *JSON) { f(j.w) }
