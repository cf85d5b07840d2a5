// Package inboxtest is the conformance suite of runtime.Inbox: its laws as
// tests. An inbox is ready when it passes all of them.
//
//	func TestLaws(t *testing.T) {
//		inboxtest.Run(t, inboxtest.Subject{
//			Open: func(t *testing.T) runtime.Inbox { return inbox.New(nil) },
//		})
//	}
//
// It imports the standard library and package runtime.
package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
)

// Subject is the inbox to be tested.
type Subject struct {
	// Open returns an empty inbox, which remembers at least Window messages. It
	// is closed by t.Cleanup where that is needed.
	Open func(t *testing.T) runtime.Inbox
	// Reopen returns an inbox that knows what the one that Open returned last was
	// told, as after a restart. Nil: the inbox does not outlive its process, and
	// the law of it is skipped.
	Reopen func(t *testing.T, last runtime.Inbox) runtime.Inbox
}

// Window is how many messages an inbox is asked to remember.
const Window = 100

// Run checks all laws, each in a subtest of its name.
func Run(t *testing.T, s Subject) {
	for _, l := range laws() {
		t.Run(l.name, func(t *testing.T) {
			k := &check{T: t, subject: s, inbox: s.Open(t)}
			l.holds(k)
		})
	}
}

// law is a sentence that holds for every inbox.
type law struct {
	name  string
	holds func(*check)
}

func laws() []law {
	return []law{
		{"a message that is new is handled", newIsHandled},
		{"a message that was handled is known", handledIsKnown},
		{"a failed message is not remembered, and its error is returned", failedIsForgotten},
		{"a handler that panics is not remembered and holds nothing up", panicIsForgotten},
		{"groups know nothing of each other", groupsAreApart},
		{"source and id name a message together", namesAreWhole},
		{"a message takes effect once though it comes many times at once", onceAtOnce},
		{"while one message is handled others are", othersGoOn},
		{"who waits for a message that is being handled ends with its context", waitingEnds},
		{"a handler sees the values of the context", contextIsPassed},
		{"what lies within the window is remembered", windowIsKept},
		{"what was handled is known after a restart", restartIsSurvived},
		{"of several messages at once the new ones are handled", severalAtOnce},
		{"of several messages at once equal ones are handled once", equalAtOnce},
		{"of several messages at once the failed ones are not remembered", failedOfSeveral},
		{"several messages of a handler that panics are not remembered and hold nothing up", panicOfSeveral},
		{"calls for several messages do not wait for each other for ever", severalBothWays},
		{"several messages that were handled are known after a restart", severalSurvive},
	}
}

// check is one law being checked.
type check struct {
	*testing.T
	subject Subject
	inbox   runtime.Inbox
}

// entry names a message of a group.
func entry(group, id string) runtime.InboxEntry {
	return runtime.InboxEntry{Group: group, Source: "shop", ID: id, Window: Window}
}

// errHandler is what a handler fails with.
var errHandler = errors.New("handler failed")

// expect calls Once and compares what became of it.
func (k *check) expect(e runtime.InboxEntry, known bool) {
	k.Helper()
	called := false
	got, err := k.inbox.Once(k.Context(), e, func(context.Context) error {
		called = true
		return nil
	})
	if err != nil || got != known || called == known {
		k.Errorf("%+v: known %t, handled %t, error %v; want known %t", e, got, called, err, known)
	}
}

func newIsHandled(k *check) { k.expect(entry("g", "1"), false) }

func handledIsKnown(k *check) {
	k.expect(entry("g", "1"), false)
	k.expect(entry("g", "1"), true)
	k.expect(entry("g", "2"), false)
	k.expect(entry("g", "1"), true)
}

func failedIsForgotten(k *check) {
	for range 2 {
		known, err := k.inbox.Once(k.Context(), entry("g", "1"), func(context.Context) error { return errHandler })
		if known || !errors.Is(err, errHandler) {
			k.Errorf("known %t, error %v; want that of the handler", known, err)
		}
	}
	k.expect(entry("g", "1"), false)
	k.expect(entry("g", "1"), true)
}

func panicIsForgotten(k *check) {
	func() {
		defer func() {
			if recover() == nil {
				k.Error("the panic of the handler was swallowed")
			}
		}()
		_, _ = k.inbox.Once(k.Context(), entry("g", "1"), func(context.Context) error { panic("handler") })
	}()
	k.expect(entry("g", "1"), false)
}

func groupsAreApart(k *check) {
	k.expect(entry("g", "1"), false)
	k.expect(entry("h", "1"), false)
	k.expect(entry("g", "1"), true)
	k.expect(entry("h", "1"), true)
	k.expect(entry("", "1"), false)
}

func namesAreWhole(k *check) {
	for _, e := range []runtime.InboxEntry{
		{Group: "g", Source: "a", ID: "bc"}, {Group: "g", Source: "ab", ID: "c"}, {Group: "ga", Source: "b", ID: "c"},
		{Group: "g", Source: "abc"}, {Group: "g", ID: "abc"}, {Group: "g", Source: "a\x00", ID: "b"}, {Group: "g", Source: "a", ID: "\x00b"},
	} {
		e.Window = Window
		k.expect(e, false)
		k.expect(e, true)
	}
}

func onceAtOnce(k *check) {
	const messages, times = 20, 8
	var effects [messages]atomic.Int32
	var all sync.WaitGroup
	for range times {
		for i := range messages {
			all.Go(func() {
				e := entry("g", fmt.Sprint(i))
				for { // who does not wait, fails, and the message comes again
					known, err := k.inbox.Once(k.Context(), e, func(context.Context) error {
						effects[i].Add(1)
						return nil
					})
					if known || err == nil {
						return
					}
				}
			})
		}
	}
	all.Wait()
	for i := range effects {
		if n := effects[i].Load(); n != 1 {
			k.Errorf("message %d took effect %d times", i, n)
		}
	}
}

func othersGoOn(k *check) {
	k.during(entry("g", "slow"), func() { k.expect(entry("g", "quick"), false) })
	k.expect(entry("g", "slow"), true)
}

// during calls f while a message is being handled.
func (k *check) during(e runtime.InboxEntry, f func()) {
	k.Helper()
	begun, end, over := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := k.inbox.Once(k.Context(), e, func(context.Context) error {
			close(begun)
			<-end
			return nil
		})
		over <- err
	}()
	select {
	case <-begun:
		f()
	case err := <-over:
		k.Fatalf("a new message was not handled: %v", err)
	}
	close(end)
	if err := <-over; err != nil {
		k.Errorf("a handler that returned nil failed: %v", err)
	}
}

func waitingEnds(k *check) {
	k.during(entry("g", "1"), func() {
		ctx, cancel := context.WithCancel(k.Context())
		cancel()
		known, err := k.inbox.Once(ctx, entry("g", "1"), func(context.Context) error {
			k.Error("a message was handled twice at a time")
			return nil
		})
		if known || err == nil {
			k.Errorf("known %t, error %v, though the handler has not returned", known, err)
		}
	})
}

// contextKey is of a value that is to reach the handler.
type contextKey struct{}

func contextIsPassed(k *check) {
	ctx := context.WithValue(k.Context(), contextKey{}, "value")
	_, err := k.inbox.Once(ctx, entry("g", "1"), func(ctx context.Context) error {
		if ctx.Value(contextKey{}) != "value" {
			k.Error("the handler does not see the values of the context")
		}
		return nil
	})
	if err != nil {
		k.Error(err)
	}
}

func windowIsKept(k *check) {
	for i := range 3 * Window {
		k.expect(entry("g", fmt.Sprint(i)), false)
		k.expect(entry("other", fmt.Sprint(i)), false)
	}
	for i := 2 * Window; i < 3*Window; i++ {
		k.expect(entry("g", fmt.Sprint(i)), true)
	}
}

func restartIsSurvived(k *check) {
	if k.subject.Reopen == nil {
		k.Skip("the inbox does not outlive its process")
	}
	for i := range Window {
		k.expect(entry("g", fmt.Sprint(i)), false)
	}
	_, _ = k.inbox.Once(k.Context(), entry("g", "failed"), func(context.Context) error { return errHandler })
	k.inbox = k.subject.Reopen(k.T, k.inbox)
	for i := range Window {
		k.expect(entry("g", fmt.Sprint(i)), true)
	}
	k.expect(entry("g", "failed"), false)
}
