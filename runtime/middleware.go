package runtime

import (
	"context"
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Handler handles one received message. Nil says that it is done; an error that
// it has to be tried again, unless the error says otherwise (Permanent,
// ErrSkip). The context holds the message (IncomingOf, Consumed, Attempt), ends
// with Policy.AttemptTimeout and when the drain budget is spent, and lets
// Publish continue the chain of causes.
//
// What in gives is shared with further attempts and must not be changed; a decoded
// envelope is the handler's own, which it may change and keep, but for the bytes of
// Envelope.Undeclared.
type Handler func(ctx context.Context, in *Incoming) error

// Middleware puts something around handlers: it runs before the message is
// decoded, also around messages of types that nobody handles, and sees the error
// of what it calls. It may pass on a context of its own, made from the one it
// got. It may be called concurrently.
//
//	func timed(next runtime.Handler) runtime.Handler {
//		return func(ctx context.Context, in *runtime.Incoming) error {
//			start := time.Now()
//			defer func() { histogram.Observe(time.Since(start)) }()
//			return next(ctx, in)
//		}
//	}
type Middleware func(next Handler) Handler

// Use adds middleware to a consumer, within that of Options.Middleware. The
// first is the outermost.
func Use(list ...Middleware) ConsumeOption {
	return func(c *consumption) { c.middleware = append(c.middleware, list...) }
}

// Handle returns the route of messages of that type, or of all types when name
// is empty, to a handler that gets them as they arrived.
func Handle(name string, h Handler) Route { return Route{name: name, run: h} }

// wrap puts middleware around a handler.
func wrap(h Handler, list []Middleware) (Handler, error) {
	for _, m := range slices.Backward(list) {
		if m == nil {
			return nil, fmt.Errorf("a middleware is nil: %w", driver.ErrInvalid)
		}
		if h = m(h); h == nil {
			return nil, fmt.Errorf("a middleware made no handler: %w", driver.ErrInvalid)
		}
	}
	return h, nil
}

// match returns the route of a message by the header that tells its type.
func (rs *routes) match(in *Incoming, typeName string) (*Route, error) {
	if rs.only != nil && rs.only.name == "" {
		return rs.only, nil
	}
	if b := in.brief(); b != nil {
		return rs.of(b.attributes.Type)
	}
	headers := in.message.Headers
	for i := len(headers) - 1; i >= 0; i-- {
		if headers[i].Key == typeName && len(headers[i].Value) > 0 {
			if r, ok := rs.byName[string(headers[i].Value)]; ok {
				return r, nil
			}
			return rs.of(in.Type())
		}
	}
	return rs.of("")
}
