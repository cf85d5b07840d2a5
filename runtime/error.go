package runtime

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The operations an Error names.
const (
	opPublish = "publish"
	opConsume = "consume"
	opFetch   = "fetch"
	opAck     = "acknowledge"
	opClose   = "close"
)

// Error says which operation failed at which address. Its cause is found with
// errors.Is (the codes of package driver, the errors of package context) and
// errors.As.
type Error struct {
	// Op is publish, consume, fetch, acknowledge or close.
	Op string
	// Address is empty when the operation is about none.
	Address string
	Err     error
}

// Error returns operation, address and cause.
func (e *Error) Error() string {
	if e.Address == "" {
		return e.Op + ": " + e.Err.Error()
	}
	return e.Op + " " + e.Address + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// UndecodableError says that a message does not fit what is consumed: its type
// is unknown, or its headers or payload cannot be read.
type UndecodableError struct {
	Address   string
	Partition int32
	Offset    int64
	// Type is the message's CloudEvents type, empty when it has none.
	Type   string
	Reason error
}

// Error returns partition, offset, type and reason; the address is told by the
// error of Consume.
func (e *UndecodableError) Error() string {
	return fmt.Sprintf("message of type %q at partition %d, offset %d cannot be decoded: %v",
		e.Type, e.Partition, e.Offset, e.Reason)
}

// Unwrap returns the reason.
func (e *UndecodableError) Unwrap() error { return e.Reason }

// DrainError says that handlers did not finish in time when their consumer
// was told to stop. Their messages were abandoned: they were not acknowledged,
// whatever the handlers returned later, and are delivered again.
type DrainError struct {
	// Abandoned is how many messages were being handled.
	Abandoned int
	// Timeout is the budget they had.
	Timeout time.Duration
}

// Error returns how many messages were abandoned.
func (e *DrainError) Error() string {
	what := "messages were still being handled %v after the consumer was told to stop and were abandoned"
	if e.Abandoned == 1 {
		what = "message was still being handled %v after the consumer was told to stop and was abandoned"
	}
	return strconv.Itoa(e.Abandoned) + " " + fmt.Sprintf(what, e.Timeout)
}

// PanicError is the error of an attempt whose handler panicked.
type PanicError struct {
	// Value is what the handler panicked with.
	Value any
	// Stack is the goroutine's stack at the panic.
	Stack []byte
}

// Error returns the panic's value.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// What an error means, for who publishes and consumes; test with errors.Is.
// They are those of package driver.
var (
	ErrClosed         = driver.ErrClosed
	ErrUnknownOutcome = driver.ErrUnknownOutcome
	ErrStale          = driver.ErrStale
	ErrTooLarge       = driver.ErrTooLarge
	ErrUnauthorized   = driver.ErrUnauthorized
	ErrNotFound       = driver.ErrNotFound
	ErrInvalid        = driver.ErrInvalid
)

var (
	// ErrExpired says that a message's time was over.
	ErrExpired = errors.New("expired")
	// ErrSkip is returned by a handler or a Middleware that is not interested:
	// the message is acknowledged and counted as dropped.
	ErrSkip = errors.New("skipped")
)

// Class says what becomes of a message whose handler failed.
type Class uint8

// The classes. The zero Class is left to the default rule.
const (
	// ClassRetryable: trying again may help.
	ClassRetryable Class = iota + 1
	// ClassPermanent: it will not. The message is a dead letter at once.
	ClassPermanent
	// ClassExpired: it is too late.
	ClassExpired
	// ClassUndecodable: the message cannot be read.
	ClassUndecodable
	// ClassTimeout: the attempt took too long; trying again may help.
	ClassTimeout
	// ClassPanic: the handler panicked; trying again may help.
	ClassPanic
)

// Classes returns all classes.
func Classes() []Class {
	return []Class{ClassRetryable, ClassPermanent, ClassExpired, ClassUndecodable, ClassTimeout, ClassPanic}
}

// String returns the class's name: retryable and so on.
func (c Class) String() string {
	names := [...]string{"unclassified", "retryable", "permanent", "expired", "undecodable", "timeout", "panic"}
	if int(c) < len(names) {
		return names[c]
	}
	return strconv.Itoa(int(c))
}

// retryable reports whether trying again may help.
func (c Class) retryable() bool {
	return c == ClassRetryable || c == ClassTimeout || c == ClassPanic
}

// Permanent marks an error of a handler: trying again is of no use, and the
// message is a dead letter at once. Nil stays nil.
func Permanent(err error) error { return mark(err, ClassPermanent) }

// Retryable marks an error of a handler: trying again may help, whatever the
// error within says. Nil stays nil.
func Retryable(err error) error { return mark(err, ClassRetryable) }

func mark(err error, c Class) error {
	if err == nil {
		return nil
	}
	return &classified{err, c}
}

// classified is an error that says what it means.
type classified struct {
	error
	class Class
}

func (c *classified) Unwrap() error { return c.error }

// ClassOf returns what an error of a handler means by the default rule: what
// the outermost Permanent or Retryable says; else expired, undecodable, panic
// and timeout (context.DeadlineExceeded) by what it matches; permanent when it
// matches ErrInvalid or ErrTooLarge, such as that of publishing something that
// can never be published; else retryable. Nil is 0.
func ClassOf(err error) Class {
	var c *classified
	var u *UndecodableError
	var p *PanicError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &c):
		return c.class
	case errors.Is(err, ErrExpired):
		return ClassExpired
	case errors.As(err, &u):
		return ClassUndecodable
	case errors.As(err, &p):
		return ClassPanic
	case errors.Is(err, context.DeadlineExceeded):
		return ClassTimeout
	case errors.Is(err, ErrInvalid), errors.Is(err, ErrTooLarge):
		return ClassPermanent
	}
	return ClassRetryable
}

// undecodable marks the error of reading a message.
type undecodable struct {
	error
	of *Incoming
}

func (u undecodable) Unwrap() error { return u.error }

// As finds the error of reading one message among those of others.
func (u undecodable) As(target any) bool {
	t, ok := target.(*unread)
	if ok = ok && t.of == u.of; ok {
		t.undecodable = u
	}
	return ok
}

// unread is what As looks for.
type unread struct{ undecodable }

// whyUnread returns why a message could not be read, nil when its handler has failed
// otherwise, be it to read another message.
func (in *Incoming) whyUnread(err error) error {
	u := unread{undecodable{of: in}}
	errors.As(err, &u)
	return u.error
}
