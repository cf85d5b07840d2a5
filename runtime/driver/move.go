package driver

import "context"

type moveKey struct{}

// WithMove returns a context for Publish of a message that its consumer moves to
// another address, and acknowledges after that. A transport that lets publishers wait
// until messages are acknowledged stores such a one at once: the consumer may be the
// one who would make the room, once it has moved this.
func WithMove(ctx context.Context) context.Context {
	return context.WithValue(ctx, moveKey{}, true)
}

// IsMove reports whether the context is one of WithMove.
func IsMove(ctx context.Context) bool { return ctx.Value(moveKey{}) != nil }
