package runtime

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
)

// Options adjusts a Conn. The zero value, and nil, is the default.
type Options struct {
	// Source is the CloudEvents source of published messages, a URI reference.
	// Default: the program's name.
	Source string
	// Group is the consumer group of consumers that name none. Default: what the
	// document says for the protocol (Channel.Groups), else Source.
	Group string
	// Logger gets what nobody is told otherwise: failed attempts, panics,
	// acknowledgements that were refused. Default: slog.Default.
	Logger *slog.Logger
	// NewID makes message ids; it is called concurrently. Default: UUIDs of
	// version 7 (RFC 9562), which sort by time.
	NewID func() string
	// Now is the clock of Attributes.Time; it is called concurrently.
	// Default: time.Now.
	Now func() time.Time
	// DrainTimeout is how long running handlers may take to finish after a
	// consumer is told to stop. Flushing acknowledgements may take the rest of
	// it, or two seconds when less is left. Default: 20 s.
	DrainTimeout time.Duration
	// Policy says how messages are delivered, for all consumers that say nothing
	// else.
	Policy Policy
	// Inbox knows what was handled, for EffectivelyOnce. Default: none.
	Inbox Inbox
	// Middleware is put around the handlers of all consumers. The first is the
	// outermost.
	Middleware []Middleware
	// Observer is told what happens to messages. Default: nobody.
	Observer Observer
	// Classify says what the error of a handler means; 0 leaves it to ClassOf.
	// It is not asked of what cannot be decoded, or is past its time. It is called
	// concurrently.
	Classify func(error) Class
	// Unchecked lets consumers read messages without judging them by the rules of
	// the document: what fits the Go types is handled. One consumer is told so by
	// the option of that name.
	Unchecked bool
	// CheckPublished has messages judged by the rules of the document before they
	// are published, with their headers as they are sent. One that breaks them is not
	// sent: the error matches driver.ErrInvalid.
	CheckPublished bool
	// OnUndecodable is told of each message that cannot be decoded: of an
	// unknown type, with a payload or headers that do not fit. Nil
	// acknowledges the message; an error is retried like that of a handler.
	// err is the *UndecodableError. Its context is that of a handler.
	// Default: Consume stops with that error.
	OnUndecodable func(ctx context.Context, m *driver.Message, err error) error
}

// withDefaults returns a copy of o, which may be nil, with the defaults in.
func (o *Options) withDefaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	setDefault(&d.Source, programName())
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	if d.Now == nil {
		d.Now = new(clock.Clock).Now
	}
	if d.Observer != nil {
		d.Observer = containedObserver{d.Observer, d.Logger}
	}
	setDefault(&d.DrainTimeout, 20*time.Second)
	if d.Unchecked {
		d.Middleware = append([]Middleware{unchecked}, d.Middleware...)
	}
	return d
}

// setDefault sets v when it is zero or negative.
func setDefault[T int | string | time.Duration](v *T, def T) {
	var zero T
	if *v <= zero {
		*v = def
	}
}

// programName returns the name of the running program.
func programName() string {
	if len(os.Args) == 0 || os.Args[0] == "" {
		return "asyncwire"
	}
	return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
}
