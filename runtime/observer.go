package runtime

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Observer is told what happens to messages: the hook for metrics and logs.
// Traces that need to be around a handler are a Middleware.
type Observer interface {
	// Observe is called for each event, from the goroutine it happens in: it has
	// to be quick, and may be called concurrently. A panic is logged, and has no
	// effect on the message. ctx is that of the handler where there is one. The
	// event's message must not be changed.
	Observe(ctx context.Context, e Event)
}

// containedObserver is an Observer whose panics are logged: they are no failure of a message,
// which would be handled again because of them.
type containedObserver struct {
	Observer
	log *slog.Logger
}

func (o containedObserver) Observe(ctx context.Context, e Event) {
	defer func() {
		if v := recover(); v != nil {
			o.log.Error("the observer has panicked", "event", e.Kind, "error", v, "stack", string(debug.Stack()))
		}
	}()
	o.Observer.Observe(ctx, e)
}

// EventKind is what happened.
type EventKind uint8

// What happens to messages.
const (
	// EventReceived: a message came from the transport. Lag is how old it is.
	EventReceived EventKind = iota + 1
	// EventHandled: the handler returned nil. Took is how long it ran; of a batch, all of
	// it, and of what was fetched, from Fetch to Ack.
	EventHandled
	// EventFailed: an attempt failed with Err. Took is how long it ran, Delay
	// how long it waits if it is tried again in its place.
	EventFailed
	// EventRetried: the message was moved to the retry address To, since it failed,
	// or to wait there for its time; then Class is 0.
	EventRetried
	// EventDeadLettered: the message was moved to the dead letter address To.
	EventDeadLettered
	// EventExpired: its time was over before it was handled; EventDeadLettered
	// or EventDropped follows.
	EventExpired
	// EventDropped: the message is acknowledged without having been handled.
	EventDropped
	// EventDuplicate: the inbox knows that the message was handled.
	EventDuplicate
	// EventAcked: the message was acknowledged; Err is why it was not.
	EventAcked
	// EventReturned: the message was given back when the consumer stopped.
	EventReturned
	// EventPublished: a message was published, or not, when Err is not nil. Took
	// is how long it took.
	EventPublished
)

// String returns the kind's name: received and so on.
func (k EventKind) String() string {
	names := [...]string{"", "received", "handled", "failed", "retried", "dead-lettered", "expired", "dropped",
		"duplicate", "acked", "returned", "published"}
	if int(k) < len(names) {
		return names[k]
	}
	return strconv.Itoa(int(k))
}

// Event is one thing that happened to one message.
type Event struct {
	Kind EventKind
	// Message is the message it happened to, with its address and place.
	Message *driver.Message
	// Group is that of the consumer, empty for EventPublished.
	Group string
	// Handler is the name of the message's route, where it is known.
	Handler string
	// Attempt counts the attempts, from 1; 0 is none, as of what is not due, or expired
	// before the first.
	Attempt int
	Took    time.Duration
	Lag     time.Duration
	Delay   time.Duration
	// To is where the message was moved.
	To string
	// Err is why, and Class what it means, where a message failed, was moved or
	// was dropped because it failed.
	Err   error
	Class Class
}

// observedSend is send, of which the observer is told.
func (c *Conn) observedSend(ctx context.Context, m *driver.Message, owned bool) error {
	start := time.Now()
	err := c.send(ctx, m, owned)
	e := Event{Kind: EventPublished, Message: m, Took: time.Since(start), Err: err}
	c.options.Observer.Observe(ctx, e)
	return err
}
