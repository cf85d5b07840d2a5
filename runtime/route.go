package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unsafe"

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
// there is nobody to hand them to, which consumers refuse. Generated consumers call
// Consuming.On.
func On[E Message](name string, handle func(ctx context.Context, e E) error) Route {
	return decoding(name, handle)
}

// On adds the route of messages of that name to a handler of their envelope, as the
// function On makes it: a function of a context and a pointer to the envelope that
// returns an error. It panics when given anything else. The type is not a parameter of
// the method, since the compiler would make a function more for each message.
//
//go:noinline // in every generated consumer, which would take longer to build
func (k *Consuming) On(name string, handle any) { k.Add(decoding(name, handle)) }

// decoding is the route to a handler of envelopes. What an envelope's pointer points to
// makes no difference to how a function is called with it, so that handlers of all types
// are called as one that takes a pointer to anything.
func decoding(name string, handle any) Route {
	t := reflect.TypeOf(handle)
	if t == nil || !takesEnvelope(t) {
		panic(fmt.Sprintf("runtime: %T does not take a context and an envelope and return an error", handle))
	}
	f := reflect.New(t)
	if f.Elem().Set(reflect.ValueOf(handle)); f.Elem().IsNil() {
		return Handle(name, nil)
	}
	call, envelope := *(*func(context.Context, unsafe.Pointer) error)(f.UnsafePointer()), t.In(1).Elem()
	return Handle(name, func(ctx context.Context, in *Incoming) error {
		e := reflect.New(envelope)
		if err := in.decode(e.Interface().(Message), true); err != nil {
			return err
		}
		return call(ctx, e.UnsafePointer())
	})
}

// takesEnvelope tells whether a type is func(context.Context, *Envelope) error of some
// envelope.
func takesEnvelope(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.NumIn() == 2 && t.NumOut() == 1 && !t.IsVariadic() &&
		t.In(0) == reflect.TypeFor[context.Context]() && t.Out(0) == reflect.TypeFor[error]() &&
		t.In(1).Kind() == reflect.Pointer && t.In(1).Implements(reflect.TypeFor[Message]())
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
// handler must return, the message is one that cannot be decoded, and of a batch no
// other is; so it is when reading panics.
func (in *Incoming) Decode(e Message) error { return in.decode(e, false) }

func (in *Incoming) decode(e Message, fresh bool) error {
	m := messageCodecs.Get().(*MessageCodec)
	err := contained(func() error { return m.decode(in, e, fresh) })
	if m.release(); err != nil {
		return undecodable{err, in}
	}
	return nil
}

// structuredMode begins the media types of messages that hold an envelope of their own.
const structuredMode = "application/cloudevents"

// checkMode refuses media types of the structured mode.
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
