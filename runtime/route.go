package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Route is a message with what handles it, for Consume.
type Route struct {
	name   string
	run    Handler // nil when there is no handler
	number uint16  // in routes.names
}

// On returns the route of messages of that name to a handler of their envelope, a
// pointer, which they are decoded into first. When it returns nil the message is
// acknowledged, else it is tried again; so it is when it panics. Without a handler, nil,
// there is nobody to hand them to, which consumers refuse.
//
// The compiler lays out for each E what the function needs to know of it. That is E's
// type alone: what converts an E to an interface would be asked for its methods, once
// for each message of a document.
//
//go:noinline // in every generated consumer, which would take longer to build
func On[E Message](name string, handle func(ctx context.Context, e E) error) Route {
	if handle == nil {
		return Handle(name, nil)
	}
	var none E
	envelope := reflect.TypeOf(any(none)).Elem()
	return Handle(name, func(ctx context.Context, in *Incoming) error {
		e := reflect.New(envelope).Interface()
		if err := in.Decode(e.(Message)); err != nil {
			return err
		}
		return handle(ctx, e.(E))
	})
}

// Unchecked lets a consumer read messages without judging them by the rules of
// the document, as Options.Unchecked does for all.
func Unchecked() ConsumeOption { return Use(unchecked) }

// unchecked is the middleware that turns judging off.
func unchecked(next Handler) Handler {
	return func(ctx context.Context, in *Incoming) error {
		in.unchecked = true
		return next(ctx, in)
	}
}

// Decode reads the message into an empty envelope. After an error, which the
// handler must return, the message is one that cannot be decoded; so it is when
// reading panics.
func (in *Incoming) Decode(e Message) error {
	m := messageCodecs.Get().(*MessageCodec)
	err := readable(func() error { return m.decode(in, e) })
	m.release()
	return err
}

// structuredMode begins the media types of messages that hold an envelope of their own.
const structuredMode = "application/cloudevents"

// checkMode refuses messages of the structured mode.
func checkMode[T string | []byte](mediaType T) error {
	if n := len(structuredMode); len(mediaType) >= n && string(mediaType[:n]) == structuredMode {
		return fmt.Errorf("content type %s: only the binary mode of CloudEvents is understood", mediaType)
	}
	return nil
}

// routes finds the route of a message.
type routes struct {
	byName map[string]*Route
	names  []string // sorted, behind an empty one
	only   *Route   // nil when there are several
}

// newRoutes checks that every message has one handler.
func newRoutes(list []Route) (routes, error) {
	rs := routes{byName: make(map[string]*Route, len(list))}
	for _, r := range list {
		if r.run == nil {
			return rs, fmt.Errorf("message %q has no handler: %w", r.name, driver.ErrInvalid)
		}
		if _, ok := rs.byName[r.name]; ok {
			return rs, fmt.Errorf("message %q has two handlers: %w", r.name, driver.ErrInvalid)
		}
		rs.byName[r.name] = &r
		rs.names = append(rs.names, r.name)
	}
	if len(list) == 0 {
		return rs, fmt.Errorf("there is no message to handle: %w", driver.ErrInvalid)
	}
	if len(list) > math.MaxUint16 {
		return rs, fmt.Errorf("%d messages to handle are too many: %w", len(list), driver.ErrInvalid)
	}
	slices.Sort(rs.names)
	rs.names = slices.Insert(rs.names, 0, "")
	for i, name := range rs.names[1:] {
		rs.byName[name].number = uint16(i + 1)
	}
	if len(list) == 1 {
		rs.only = rs.byName[rs.names[1]]
	}
	return rs, nil
}

// of returns the route of messages of a type. A message without a type goes to
// the only route there is; so does one of any type when that has no name.
func (rs *routes) of(messageType string) (*Route, error) {
	if rs.only != nil && (messageType == "" || rs.only.name == "" || rs.only.name == messageType) {
		return rs.only, nil
	}
	if r, ok := rs.byName[messageType]; ok {
		return r, nil
	}
	expected := strings.Join(rs.names[1:], ", ")
	if messageType == "" {
		return nil, errors.New("message has no type, expected one of " + expected)
	}
	return nil, fmt.Errorf("type %q is unknown, expected %s", messageType, expected)
}
