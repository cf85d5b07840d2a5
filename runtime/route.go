package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Route is a message with its handler, for Consume.
type Route struct {
	name string
	run  Handler // nil when there is no handler
}

// On returns the route that decodes m and hands it to handle. When handle
// returns nil the message is acknowledged, else it is tried again; so it is
// when handle panics. Every attempt gets an envelope of its own.
func On[P, H any](m *Message[P, H], handle func(context.Context, *Envelope[P, H]) error) Route {
	r := Route{name: m.Name}
	if handle != nil {
		r.run = func(ctx context.Context, in *Incoming) error {
			e, err := decode(m, in)
			if err != nil {
				return err
			}
			return handle(ctx, e)
		}
	}
	return r
}

// decode makes an envelope of a received message. Its errors, and what its
// codecs panic with, are undecodable ones.
func decode[P, H any](m *Message[P, H], in *Incoming) (e *Envelope[P, H], err error) {
	err = readable(func() error {
		e, err = decodeParts(m, in)
		return err
	})
	return e, err
}

func decodeParts[P, H any](m *Message[P, H], in *Incoming) (*Envelope[P, H], error) {
	if err := in.checkMode(); err != nil {
		return nil, err
	}
	e := &Envelope[P, H]{Attributes: *in.Attributes(), Undeclared: in.Headers(), Position: in.Position()}
	if m.Headers.Read != nil {
		r := newHeaderReader(in.Headers(), in.message.Headers)
		e.Headers = m.Headers.Read(r)
		e.Undeclared = r.undeclared()
		if len(r.errs) > 0 {
			return nil, joined(r.errs)
		}
	}
	var err error
	if e.Payload, err = m.payloadCodec().Decode(in.message.Value); err != nil {
		return nil, errPayload(err)
	}
	return e, nil
}

// checkMode refuses messages that hold an envelope of their own.
func (in *Incoming) checkMode() error {
	if mediaType := in.Attributes().DataContentType; strings.HasPrefix(mediaType, "application/cloudevents") {
		return fmt.Errorf("content type %s: only the binary mode of CloudEvents is understood", mediaType)
	}
	return nil
}

func errPayload(err error) error { return fmt.Errorf("payload: %w", err) }

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
