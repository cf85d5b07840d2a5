package cli

import (
	"context"
	"fmt"
	"runtime/debug"
)

// unlessInterrupted returns what work returns, or the error of ctx as soon as
// ctx ends: nobody who presses Ctrl-C wants to wait until a huge document is
// read, or for standard input to end. The work is then left to itself, so it
// must write nothing; it ends with the process at the latest. A panic of it is
// one of the caller.
func unlessInterrupted[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
		crash *crash
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if r := recover(); r != nil {
				out.crash = &crash{r, debug.Stack()}
			}
			done <- out
		}()
		out.value, out.err = work()
	}()
	select {
	case out := <-done:
		if out.crash != nil {
			panic(out.crash)
		}
		return out.value, out.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// crash is a panic on its way from one goroutine to another, with the stack of
// where it began.
type crash struct {
	value any
	stack []byte
}

// String tells what the panic said.
func (c *crash) String() string { return fmt.Sprint(c.value) }
