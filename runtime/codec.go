package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Message is what generated code knows of one message of the document: its
// name, its media type and how its parts become bytes. It is not changed once
// it is in use, and may then be used concurrently.
type Message[P, H any] struct {
	// Name is the message's name in the document and its CloudEvents type.
	Name string
	// ContentType is the media type of the payload.
	ContentType string
	// Payload turns payloads into bytes and back; nil is JSON.
	Payload Codec[P]
	// Headers turns headers into transport headers and back; zero is none.
	Headers HeaderCodec[H]
}

// Codec turns payloads into bytes and back. Its methods may be called
// concurrently. Decode must not keep or change the bytes it is given.
type Codec[P any] interface {
	Encode(payload P) ([]byte, error)
	Decode(data []byte) (P, error)
}

// payloadCodec returns the codec of the payload.
func (m *Message[P, H]) payloadCodec() Codec[P] {
	if m.Payload == nil {
		return JSON[P]{}
	}
	return m.Payload
}

// JSON is the codec of payloads that travel as one JSON value (RFC 8259), in
// the way encoding/json maps Go types. Integers of typed fields are exact.
// Anything after the value is an error.
type JSON[P any] struct{}

// Encode returns payload as JSON without insignificant space.
func (JSON[P]) Encode(payload P) ([]byte, error) { return marshal(payload) }

// Decode reads the one JSON value that data is.
func (JSON[P]) Decode(data []byte) (P, error) {
	var p P
	err := unmarshal(data, &p)
	return p, err
}

func unmarshal(data []byte, target any) error {
	if data == nil {
		return errNoPayload()
	}
	return json.Unmarshal(data, target)
}

// Bytes is the codec of payloads that are bytes already. Nil stays nil.
type Bytes struct{}

// Encode returns payload itself.
func (Bytes) Encode(payload []byte) ([]byte, error) { return payload, nil }

// Decode returns a copy of data.
func (Bytes) Decode(data []byte) ([]byte, error) { return bytes.Clone(data), nil }

// Text is the codec of payloads that are UTF-8 text.
type Text struct{}

// Encode returns the bytes of payload.
func (Text) Encode(payload string) ([]byte, error) { return []byte(payload), nil }

// Decode returns data as a string; an error when it is not UTF-8.
func (Text) Decode(data []byte) (string, error) {
	if data == nil {
		return "", errNoPayload()
	}
	if !utf8.Valid(data) {
		return "", errors.New("payload is not UTF-8 text")
	}
	return string(data), nil
}

// errNoPayload is the reason for which a message without a payload, such as a
// tombstone, cannot be decoded.
func errNoPayload() error { return errors.New("message has no payload") }

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
