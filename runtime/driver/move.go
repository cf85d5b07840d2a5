package driver

import "context"

type moveKey struct{}

// WithMove returns a context for Publish of a message that its consumer moves from an
// address to another, and acknowledges after that. A transport that lets publishers wait
// until messages are acknowledged stores such a one at once: the consumer may be the
// one who would make the room, once it has moved this. So it is those who publish to the first
// address that wait when there is no room in the other.
func WithMove(ctx context.Context, from string) context.Context {
	return context.WithValue(ctx, moveKey{}, from)
}

// HandledKey is what the context of a handler knows the message by that it handles, a *Message.
type HandledKey struct{}

// HandledOf returns the message whose handler a context is of, nil without one: what is published by that cannot wait
// for the handler itself to make room.
func HandledOf(ctx context.Context) *Message {
	m, _ := ctx.Value(HandledKey{}).(*Message)
	return m
}

// MoveOf returns from where, and whether, a message is moved: whether the context is one of WithMove.
func MoveOf(ctx context.Context) (from string, ok bool) {
	from, ok = ctx.Value(moveKey{}).(string)
	return from, ok
}
