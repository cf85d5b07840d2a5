package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Route is a message with what handles it, for Consume.
type Route struct {
	name string
	run  func(context.Context, *Incoming) error // nil when there is no handler
}

// On returns the route of messages of that name. Handle decodes a message and
// hands it on; when it returns nil the message is acknowledged, else it is tried
// again; so it is when it panics. With handled false there is nobody to hand it
// to, which Consume refuses.
func On(name string, handled bool, handle func(context.Context, *Incoming) error) Route {
	if !handled {
		handle = nil
	}
	return Route{name: name, run: handle}
}

// Decode reads the message into an empty envelope. After an error the message
// counts as one that cannot be decoded; after none the attempt is the handler's.
func (in *Incoming) Decode(m Message) error {
	if err := in.checkMode(); err != nil {
		return err
	}
	in.headers, in.err = HeaderReader{headers: in.rest, all: in.message.Headers}, nil
	m.ReadMessage(in)
	if errs := in.headers.errs; len(errs) > 0 {
		return joined(errs)
	}
	if in.err != nil {
		return fmt.Errorf("payload: %w", in.err)
	}
	e := m.base()
	e.Attributes, e.Undeclared, e.Position = in.attributes, in.headers.undeclared(), in.position()
	in.decoded = true
	return nil
}

// Headers is where the declared headers are read from.
func (in *Incoming) Headers() *HeaderReader { return &in.headers }

// JSON reads a payload that is one JSON value (RFC 8259). Anything after the
// value is an error.
func (in *Incoming) JSON(target any) {
	if in.hasPayload() {
		in.err = json.Unmarshal(in.message.Value, target)
	}
}

// Text reads a payload that is UTF-8 text.
func (in *Incoming) Text() string {
	if in.hasPayload() && !utf8.Valid(in.message.Value) {
		in.err = errors.New("payload is not UTF-8 text")
	}
	return string(in.message.Value)
}

// Bytes returns a copy of a payload that is any bytes. No payload is nil.
func (in *Incoming) Bytes() []byte { return bytes.Clone(in.message.Value) }

// hasPayload reports whether there is a payload, and notes that there is none.
func (in *Incoming) hasPayload() bool {
	if in.message.Value == nil { // such as a tombstone
		in.err = errors.New("message has no payload")
	}
	return in.err == nil
}

// checkMode refuses messages that hold an envelope of their own.
func (in *Incoming) checkMode() error {
	if mediaType := in.attributes.DataContentType; strings.HasPrefix(mediaType, "application/cloudevents") {
		return fmt.Errorf("content type %s: only the binary mode of CloudEvents is understood", mediaType)
	}
	return nil
}

// routes finds the route of a message.
type routes struct {
	byName map[string]Route
	names  []string // sorted
}

// newRoutes checks that every message has one handler.
func newRoutes(list []Route) (routes, error) {
	rs := routes{byName: make(map[string]Route, len(list))}
	for _, r := range list {
		if r.run == nil {
			return rs, fmt.Errorf("message %q has no handler: %w", r.name, driver.ErrInvalid)
		}
		if _, ok := rs.byName[r.name]; ok {
			return rs, fmt.Errorf("message %q has two handlers: %w", r.name, driver.ErrInvalid)
		}
		rs.byName[r.name] = r
		rs.names = append(rs.names, r.name)
	}
	if len(list) == 0 {
		return rs, fmt.Errorf("there is no message to handle: %w", driver.ErrInvalid)
	}
	slices.Sort(rs.names)
	return rs, nil
}

// of returns the route of messages of a type. A message without a type goes to
// the only route there is; so does one of any type when that has no name.
func (rs routes) of(messageType string) (Route, error) {
	if r, ok := rs.byName[messageType]; ok {
		return r, nil
	}
	if only := rs.names[0]; len(rs.names) == 1 && (messageType == "" || only == "") {
		return rs.byName[only], nil
	}
	expected := strings.Join(rs.names, ", ")
	if messageType == "" {
		return Route{}, errors.New("message has no type, expected one of " + expected)
	}
	return Route{}, fmt.Errorf("type %q is unknown, expected %s", messageType, expected)
}
