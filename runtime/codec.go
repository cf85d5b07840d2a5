package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// MessageWriter takes the parts of one message that is being published. What
// goes wrong is told by Publish.
type MessageWriter struct {
	name, contentType string
	missing           bool // there is no envelope
	check             bool // what is written is judged
	attributes        Attributes
	undeclared        []Header
	value             []byte
	fresh             bool  // nobody else has value
	err               error // why there is no value
	headers           HeaderWriter
	layout            layout // of what is published
}

var messageWriters = sync.Pool{New: func() any { return new(MessageWriter) }}

// messageWriter returns a MessageWriter for one message.
func (c *Conn) messageWriter() *MessageWriter {
	w := messageWriters.Get().(*MessageWriter)
	w.check = c.options.CheckPublished
	return w
}

// release gives a MessageWriter back.
func (w *MessageWriter) release() {
	clear(w.headers.headers)
	w.attributes, w.undeclared, w.value, w.err = Attributes{}, nil, nil, nil
	w.name, w.contentType, w.missing, w.fresh = "", "", false, false
	w.headers = HeaderWriter{headers: w.headers.headers[:0]}
	messageWriters.Put(w)
}

// Message says what context the message has, what it is called in the document,
// which is its CloudEvents type, and the media type of its payload. Without it
// there is nothing to send but the payload and its headers.
//
//go:noinline // in the code of every message, which would take longer to build
func (w *MessageWriter) Message(e *Envelope, name, contentType string) {
	w.attributes, w.undeclared = e.Attributes, e.Undeclared
	w.name, w.contentType = name, contentType
}

// Headers is where the declared headers are written to.
func (w *MessageWriter) Headers() *HeaderWriter { return &w.headers }

// CheckHeaders has the declared headers judged, as one object of JSON.
func (w *MessageWriter) CheckHeaders(headers codec.Value, check codec.Checker) {
	if !w.check || len(w.headers.errs) > 0 {
		return
	}
	if err := codec.Check(headers, check); err != nil {
		w.headers.errs = append(w.headers.errs, fmt.Errorf("headers: %w", err))
	}
}

// JSON writes a payload as JSON (RFC 8259) without insignificant space. Check
// judges it, where Options.CheckPublished asks for that; it may be nil.
func (w *MessageWriter) JSON(payload codec.Value, check codec.Checker) {
	written, err := codec.Append(w.layout.open(), payload)
	w.value, w.err, w.fresh = w.layout.close(written), err, true
	w.judge(w.value, check)
}

// JSONBy is JSON for a payload that a function writes.
func (w *MessageWriter) JSONBy(write func(*codec.Writer), check codec.Checker) {
	w.JSON(codec.WriteFunc(write), check)
}

// Text writes a payload that is text.
func (w *MessageWriter) Text(payload string) { w.value, w.fresh = []byte(payload), true }

// TextBy writes a payload that is text: that of the JSON string that a function
// writes.
func (w *MessageWriter) TextBy(write func(*codec.Writer), check codec.Checker) {
	w.JSONBy(write, check)
	if w.err == nil {
		w.value, w.err = codec.AppendText([]byte{}, w.value)
	}
}

// Bytes writes a payload that is bytes already. Nil is no payload, which has no
// content type either.
func (w *MessageWriter) Bytes(payload []byte) { w.value, w.fresh = payload, false }

// judge has data judged.
func (w *MessageWriter) judge(data []byte, check codec.Checker) {
	if w.err == nil && w.check && check != nil {
		w.err = check.Check(data)
	}
}

// MessageReader hands out the parts of one received message. What is wrong with
// them is told by Incoming.Decode.
type MessageReader struct {
	envelope  *Envelope // what gets the context
	value     []byte
	unchecked bool // nothing is judged
	lasting   int  // see origin.lasting
	headers   HeaderReader
	err       error // why the payload cannot be read
}

var messageReaders = sync.Pool{New: func() any { return new(MessageReader) }}

// messageReader returns a MessageReader for a message with the headers that
// carry no attributes.
func (in *Incoming) messageReader(rest []Header) *MessageReader {
	r := messageReaders.Get().(*MessageReader)
	r.value, r.unchecked = in.message.Value, in.unchecked
	r.lasting = in.origin.lasting(len(r.value))
	r.headers.headers, r.headers.all = rest, in.message.Headers
	return r
}

// release gives a MessageReader back.
func (r *MessageReader) release() {
	*r = MessageReader{}
	messageReaders.Put(r)
}

// Message says which envelope gets the context of the message, once it is read.
//
//go:noinline // in the code of every message, which would take longer to build
func (r *MessageReader) Message(e *Envelope) { r.envelope = e }

// Headers is where the declared headers are read from.
func (r *MessageReader) Headers() *HeaderReader { return &r.headers }

// CheckHeaders has the declared headers judged that were read, as one object of
// JSON.
func (r *MessageReader) CheckHeaders(headers codec.Value, check codec.Checker) {
	if r.unchecked || len(r.headers.errs) > 0 {
		return
	}
	if err := codec.Check(headers, check); err != nil {
		r.headers.errs = append(r.headers.errs, fmt.Errorf("headers: %w", err))
	}
}

// JSON reads a payload that is one JSON value (RFC 8259), judged by check unless
// that is nil or consumers are told not to. Anything after the value is an error.
func (r *MessageReader) JSON(payload codec.Value, check codec.Checker) {
	if r.hasPayload() {
		r.read(r.value, payload, check)
	}
}

// JSONBy is JSON for a payload that a function reads.
func (r *MessageReader) JSONBy(read func(*codec.Reader), check codec.Checker) {
	r.JSON(codec.ReadFunc(read), check)
}

// Text reads a payload that is UTF-8 text.
func (r *MessageReader) Text() (text string) {
	r.TextBy(func(c *codec.Reader) { text = c.String() }, nil)
	return text
}

// TextBy reads a payload that is UTF-8 text, as the JSON string of that text.
func (r *MessageReader) TextBy(read func(*codec.Reader), check codec.Checker) {
	switch {
	case !r.hasPayload():
	case !utf8.Valid(r.value):
		r.err = errors.New("payload is not UTF-8 text")
	default:
		r.read(asString(r.value), codec.ReadFunc(read), check)
	}
}

// Bytes returns a copy of a payload that is any bytes. No payload is nil.
func (r *MessageReader) Bytes() []byte { return bytes.Clone(r.value) }

// read has data judged and reads it.
func (r *MessageReader) read(data []byte, payload codec.Value, check codec.Checker) {
	if r.unchecked {
		check = nil
	}
	r.err = codec.UnmarshalLasting(data, check, payload, r.lasting)
}

// hasPayload reports whether there is a payload, and notes that there is none.
func (r *MessageReader) hasPayload() bool {
	if r.value == nil { // such as a tombstone
		r.err = errors.New("message has no payload")
	}
	return r.err == nil
}

// marshal is json.Marshal without escaping for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
