package filter

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime"
)

// Predicate reports whether a message is wanted. It must not change the
// message, and may be called concurrently.
type Predicate func(in *runtime.Incoming) bool

// Use returns middleware that handles only what is wanted. The rest is
// acknowledged without being decoded, and counted as dropped
// (runtime.EventDropped). A predicate that panics has failed: its message is
// tried again.
func Use(wanted Predicate) runtime.Middleware {
	return func(next runtime.Handler) runtime.Handler {
		return func(ctx context.Context, in *runtime.Incoming) error {
			if !wanted(in) {
				return runtime.ErrSkip
			}
			return next(ctx, in)
		}
	}
}

// Match is a Predicate: it reports whether a message matches, or cannot be
// judged, so that decoding it tells why.
func (p *Pattern) Match(in *runtime.Incoming) bool {
	ok, err := p.Judge(Message{Attributes: in.Attributes(), Headers: in.Headers(), Payload: in.Value()})
	return ok || err != nil
}

// All returns a predicate that wants what all of list want, everything when
// there are none. The first that does not decides.
func All(list ...Predicate) Predicate {
	return func(in *runtime.Incoming) bool {
		for _, wanted := range list {
			if !wanted(in) {
				return false
			}
		}
		return true
	}
}

// Any returns a predicate that wants what one of list wants, nothing when there
// are none. The first that does decides.
func Any(list ...Predicate) Predicate {
	return func(in *runtime.Incoming) bool {
		for _, wanted := range list {
			if wanted(in) {
				return true
			}
		}
		return false
	}
}

// Not returns a predicate that wants what p does not. A payload that a pattern
// within cannot judge is not wanted then: put Not around patterns without data.
func Not(p Predicate) Predicate {
	return func(in *runtime.Incoming) bool { return !p(in) }
}

// Attribute returns a predicate over the attributes.
func Attribute(wanted func(*runtime.Attributes) bool) Predicate {
	return func(in *runtime.Incoming) bool { return wanted(in.Attributes()) }
}

// Header returns a predicate over the value of a header, the last of that name;
// ok is whether it is there. The bytes must not be changed.
func Header(name string, wanted func(value []byte, ok bool) bool) Predicate {
	return func(in *runtime.Incoming) bool {
		headers := in.Headers()
		for i := len(headers) - 1; i >= 0; i-- {
			if headers[i].Key == name {
				return wanted(headers[i].Value, true)
			}
		}
		return wanted(nil, false)
	}
}
