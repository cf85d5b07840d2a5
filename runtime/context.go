package runtime

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Incoming is one attempt at one received message. It is also the context that
// the handler gets: that of the consumer, which ends when the drain budget is
// spent, with the message in it. It belongs to one goroutine.
type Incoming struct {
	context.Context
	message    *driver.Message
	attributes Attributes
	rest       []Header // headers that are no attributes
	attempt    int
	decoded    bool // the handler's turn has come

	headers HeaderReader
	err     error // why the payload cannot be read
}

// incomingKey finds the Incoming in a context.
type incomingKey struct{}

// Value returns what the context holds for key.
func (in *Incoming) Value(key any) any {
	if key == (incomingKey{}) {
		return in
	}
	return in.Context.Value(key)
}

// position tells where the message lies.
func (in *Incoming) position() Position {
	m := in.message
	return Position{Address: m.Address, Partition: m.Partition, Offset: m.Offset, Time: m.Time}
}

// Attempt returns how many times the message that is being handled has been
// tried by this consumer, this time included: 1 the first time. Outside of a
// handler it is 0.
func Attempt(ctx context.Context) int {
	if in, ok := ctx.Value(incomingKey{}).(*Incoming); ok {
		return in.attempt
	}
	return 0
}

// Consumed returns the attributes of the message that is being handled, and
// false outside of a handler.
func Consumed(ctx context.Context) (Attributes, bool) {
	if in, ok := ctx.Value(incomingKey{}).(*Incoming); ok {
		return in.attributes, true
	}
	return Attributes{}, false
}
