package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// add appends a header.
func (w *HeaderWriter) add(name string, value []byte) {
	w.headers = append(w.headers, Header{Key: name, Value: value})
}

// String writes a header that is text.
func (w *HeaderWriter) String(name, v string) { w.add(name, []byte(v)) }

// Value writes a header that is one JSON value, which write writes: the method
// WriteJSON of a value, for example. A string travels as its text, and
// everything else as JSON.
func (w *HeaderWriter) Value(name string, write func(*codec.Writer)) {
	c := codec.NewWriter(nil)
	c.Do(write)
	text, err := c.End()
	if err == nil && len(text) > 0 && text[0] == '"' {
		text, err = codec.AppendText([]byte{}, text) // empty is a value, nil is none
	}
	if err != nil {
		w.fail(name, err)
		return
	}
	w.add(name, text)
}

// Bool writes a header.
//
//go:noinline
func (w *HeaderWriter) Bool(name string, v bool) {
	w.Value(name, func(c *codec.Writer) { c.Bool(v) })
}

// Int writes a header.
func (w *HeaderWriter) Int(name string, v int) { w.Int64(name, int64(v)) }

// Int8 writes a header.
func (w *HeaderWriter) Int8(name string, v int8) { w.Int64(name, int64(v)) }

// Int16 writes a header.
func (w *HeaderWriter) Int16(name string, v int16) { w.Int64(name, int64(v)) }

// Int32 writes a header.
func (w *HeaderWriter) Int32(name string, v int32) { w.Int64(name, int64(v)) }

// Int64 writes a header.
//
//go:noinline
func (w *HeaderWriter) Int64(name string, v int64) {
	w.Value(name, func(c *codec.Writer) { c.Int64(v) })
}

// Uint writes a header.
func (w *HeaderWriter) Uint(name string, v uint) { w.Uint64(name, uint64(v)) }

// Uint8 writes a header.
func (w *HeaderWriter) Uint8(name string, v uint8) { w.Uint64(name, uint64(v)) }

// Uint16 writes a header.
func (w *HeaderWriter) Uint16(name string, v uint16) { w.Uint64(name, uint64(v)) }

// Uint32 writes a header.
func (w *HeaderWriter) Uint32(name string, v uint32) { w.Uint64(name, uint64(v)) }

// Uint64 writes a header.
//
//go:noinline
func (w *HeaderWriter) Uint64(name string, v uint64) {
	w.Value(name, func(c *codec.Writer) { c.Uint64(v) })
}

// Float32 writes a header.
//
//go:noinline
func (w *HeaderWriter) Float32(name string, v float32) {
	w.Value(name, func(c *codec.Writer) { c.Float32(v) })
}

// Float64 writes a header.
//
//go:noinline
func (w *HeaderWriter) Float64(name string, v float64) {
	w.Value(name, func(c *codec.Writer) { c.Float64(v) })
}

// Bytes writes a header in base64.
//
//go:noinline
func (w *HeaderWriter) Bytes(name string, v []byte) {
	w.Value(name, func(c *codec.Writer) { c.Bytes(v) })
}

// Time writes a header.
//
//go:noinline
func (w *HeaderWriter) Time(name string, v time.Time) {
	w.Value(name, func(c *codec.Writer) { c.Time(v) })
}

// Addr writes a header.
//
//go:noinline
func (w *HeaderWriter) Addr(name string, v netip.Addr) {
	w.Value(name, func(c *codec.Writer) { c.Addr(v) })
}

// Has tells whether there is a header of that name that has a value: for those
// that may be absent it is asked before they are read.
func (r *HeaderReader) Has(name string) bool {
	h, ok := r.find(name)
	return ok && h.Value != nil
}

// value returns the text of a header that must be there.
func (r *HeaderReader) value(name string) ([]byte, bool) {
	h, ok := r.find(name)
	switch {
	case !ok:
		r.fail(name, errors.New("missing"))
	case h.Value == nil:
		r.fail(name, errors.New("has no value"))
	}
	return h.Value, h.Value != nil
}

// String reads a header that is text. When it is missing the message cannot be
// decoded, and the reason names the header.
func (r *HeaderReader) String(name string) string {
	text, _ := r.value(name)
	return string(text)
}

// Text reads a header that is text as the JSON string that it stands for: by
// the method ReadJSON of a Date, for example. When it is missing or malformed
// the message cannot be decoded, and the reason names the header.
func (r *HeaderReader) Text(name string, read func(*codec.Reader)) {
	text, ok := r.value(name)
	if ok {
		r.decode(name, text, asString(text), read)
	}
}

// JSON reads a header that is JSON; else it is as Text.
func (r *HeaderReader) JSON(name string, read func(*codec.Reader)) {
	text, ok := r.value(name)
	if ok {
		r.decode(name, text, text, read)
	}
}

// Any reads a header that may be text or other JSON, which can only be told by
// its looks: what is JSON other than a string is read as that. Else it is as
// Text.
func (r *HeaderReader) Any(name string, read func(*codec.Reader)) {
	text, ok := r.value(name)
	if !ok {
		return
	}
	value := text
	if bytes.HasPrefix(text, []byte(`"`)) || codec.Unmarshal(text, nil, nothing{}) != nil {
		value = asString(text)
	}
	r.decode(name, text, value, read)
}

// asString returns text as a JSON string, and what is no JSON for text that is
// none.
func asString(text []byte) []byte {
	if !utf8.Valid(text) {
		return text
	}
	w := codec.NewWriter(nil)
	w.String(string(text))
	value, _ := w.End() // UTF-8 always can be
	return value
}

// nothing reads over a value.
type nothing struct{}

func (nothing) CodeJSON(j *codec.JSON) { j.Reader().Skip() }

// decode reads a header's value, of which text is what travelled.
func (r *HeaderReader) decode(name string, text, value []byte, read func(*codec.Reader)) {
	if err := codec.Unmarshal(value, nil, codec.ReadFunc(read)); err != nil {
		r.fail(name, fmt.Errorf("%q: %w", excerpt(text), err))
	}
}

// Bool reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Bool(name string) (v bool) {
	r.JSON(name, func(c *codec.Reader) { v = c.Bool() })
	return v
}

// Int reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Int(name string) (v int) {
	r.JSON(name, func(c *codec.Reader) { v = c.Int() })
	return v
}

// Int8 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Int8(name string) (v int8) {
	r.JSON(name, func(c *codec.Reader) { v = c.Int8() })
	return v
}

// Int16 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Int16(name string) (v int16) {
	r.JSON(name, func(c *codec.Reader) { v = c.Int16() })
	return v
}

// Int32 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Int32(name string) (v int32) {
	r.JSON(name, func(c *codec.Reader) { v = c.Int32() })
	return v
}

// Int64 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Int64(name string) (v int64) {
	r.JSON(name, func(c *codec.Reader) { v = c.Int64() })
	return v
}

// Uint reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Uint(name string) (v uint) {
	r.JSON(name, func(c *codec.Reader) { v = c.Uint() })
	return v
}

// Uint8 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Uint8(name string) (v uint8) {
	r.JSON(name, func(c *codec.Reader) { v = c.Uint8() })
	return v
}

// Uint16 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Uint16(name string) (v uint16) {
	r.JSON(name, func(c *codec.Reader) { v = c.Uint16() })
	return v
}

// Uint32 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Uint32(name string) (v uint32) {
	r.JSON(name, func(c *codec.Reader) { v = c.Uint32() })
	return v
}

// Uint64 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Uint64(name string) (v uint64) {
	r.JSON(name, func(c *codec.Reader) { v = c.Uint64() })
	return v
}

// Float32 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Float32(name string) (v float32) {
	r.JSON(name, func(c *codec.Reader) { v = c.Float32() })
	return v
}

// Float64 reads a header; else it is as JSON.
//
//go:noinline
func (r *HeaderReader) Float64(name string) (v float64) {
	r.JSON(name, func(c *codec.Reader) { v = c.Float64() })
	return v
}

// Bytes reads a header in base64; else it is as Text.
//
//go:noinline
func (r *HeaderReader) Bytes(name string) (v []byte) {
	r.Text(name, func(c *codec.Reader) { v = c.Bytes() })
	return v
}

// Time reads a header; else it is as Text.
//
//go:noinline
func (r *HeaderReader) Time(name string) (v time.Time) {
	r.Text(name, func(c *codec.Reader) { v = c.Time() })
	return v
}

// Addr reads a header; else it is as Text.
//
//go:noinline
func (r *HeaderReader) Addr(name string) (v netip.Addr) {
	r.Text(name, func(c *codec.Reader) { v = c.Addr() })
	return v
}
