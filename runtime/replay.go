package runtime

import "context"

// replayKey finds in a context whether a message is replayed.
type replayKey struct{}

// WithReplaying returns a context for the handling of a message that was
// handled before, of which only the state is to be built again. Transports and
// middleware that replay make it.
func WithReplaying(ctx context.Context) context.Context {
	return context.WithValue(ctx, replayKey{}, true)
}

// Replaying tells whether the message being handled is one of the past that is
// replayed to build state again: a handler then leaves out what the world has
// seen already, such as mail and payments.
//
//	if !runtime.Replaying(ctx) {
//		mail.Send(receipt)
//	}
func Replaying(ctx context.Context) bool {
	on, _ := ctx.Value(replayKey{}).(bool)
	return on
}
