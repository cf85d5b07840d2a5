package runtime

import (
	"fmt"
	"time"
)

// The operations an Error names.
const (
	opPublish = "publish"
	opConsume = "consume"
	opClose   = "close"
)

// Error says which operation failed at which address. Its cause is found with
// errors.Is (the codes of package driver, the errors of package context) and
// errors.As.
type Error struct {
	// Op is publish, consume or close.
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
	return fmt.Sprintf("%d messages were still being handled %v after the consumer was told to stop and were abandoned",
		e.Abandoned, e.Timeout)
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
