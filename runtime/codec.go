package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// MessageWriter takes the parts of one message that is being published.
type MessageWriter struct {
	name, contentType string
	missing           bool // there is no envelope
	attributes        Attributes
	undeclared        []Header
	value             []byte
	fresh             bool  // nobody else has value
	err               error // why there is no value
	headers           HeaderWriter
}

// Message says what the message is called in the document, which is its
// CloudEvents type, and the media type of its payload.
func (w *MessageWriter) Message(name, contentType string) { w.name, w.contentType = name, contentType }

// Headers is where the declared headers are written to.
func (w *MessageWriter) Headers() *HeaderWriter { return &w.headers }

// JSON writes a payload as JSON (RFC 8259) without insignificant space.
func (w *MessageWriter) JSON(payload any) {
	w.value, w.err = marshal(payload)
	w.fresh = true
}

// Text writes a payload that is text.
func (w *MessageWriter) Text(payload string) { w.value, w.fresh = []byte(payload), true }

// Bytes writes a payload that is bytes already. Nil is no payload.
func (w *MessageWriter) Bytes(payload []byte) { w.value, w.fresh = payload, false }

// MessageReader hands out the parts of one received message.
type MessageReader struct {
	value   []byte
	headers HeaderReader
	err     error // why the payload cannot be read
}

// Headers is where the declared headers are read from.
func (r *MessageReader) Headers() *HeaderReader { return &r.headers }

// JSON reads a payload that is one JSON value (RFC 8259). Anything after the
// value is an error.
func (r *MessageReader) JSON(target any) {
	if r.hasPayload() {
		r.err = json.Unmarshal(r.value, target)
	}
}

// Text reads a payload that is UTF-8 text.
func (r *MessageReader) Text() string {
	if r.hasPayload() && !utf8.Valid(r.value) {
		r.err = errors.New("payload is not UTF-8 text")
	}
	return string(r.value)
}

// Bytes returns a copy of a payload that is any bytes. No payload is nil.
func (r *MessageReader) Bytes() []byte { return bytes.Clone(r.value) }

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
