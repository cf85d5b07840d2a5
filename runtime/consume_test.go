package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestChain: what a handler publishes is caused by what it handles, and
// belongs to the same story.
func TestChain(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	o := quiet()
	c := runtime.Open(tr, o)
	told := make(chan runtime.Attributes, 3)
	b := &runtime.Channel{Address: "b"}
	publish := func(ctx context.Context, ch *runtime.Channel, opts ...runtime.PublishOption) {
		if err := publish(ctx, c, ch, nil, text("m"), &textEnvelope{Payload: "v"}, opts...); err != nil {
			t.Error(err)
		}
	}
	first := start(t, c, func(ctx context.Context, e *textEnvelope) error {
		if a, ok := runtime.Consumed(ctx); !ok || a.ID != e.ID {
			t.Errorf("in the handler of %q Consumed is %q", e.ID, a.ID)
		}
		publish(ctx, b, runtime.ID("second"))
		publish(context.WithoutCancel(ctx), b, runtime.ID("other"), runtime.CorrelationID("mine"))
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	route := on(text("m"), func(ctx context.Context, e *textEnvelope) error {
		if e.ID == "second" {
			publish(ctx, b, runtime.ID("third"))
		}
		told <- e.Attributes
		return nil
	})
	go func() { ended <- runtime.Consume(ctx, c, b, nil, []runtime.Route{route}) }()
	publish(t.Context(), at, runtime.ID("first"))
	type chain struct{ cause, story string }
	want := map[string]chain{"second": {"first", "first"}, "other": {"first", "mine"}, "third": {"second", "first"}}
	for range 3 {
		a := await(t, "message", told)
		if got := (chain{a.CausationID, a.CorrelationID}); got != want[a.ID] {
			t.Errorf("%s: %+v, want %+v", a.ID, got, want[a.ID])
		}
	}
	stop()
	if err := await(t, "end of Consume", ended); err != nil {
		t.Error(err)
	}
	first.finish()
	if _, ok := runtime.Consumed(t.Context()); ok {
		t.Error("outside of a handler something is being consumed")
	}
}

func TestFrom(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	put(t, tr, "k=old")
	for from, want := range map[driver.Start]string{driver.StartEarliest: "k=old", driver.StartLatest: "k=new"} {
		h := newHistory()
		subscribed := make(chan struct{})
		f := &faulty{Transport: tr, receive: func() error {
			select {
			case <-subscribed:
			default:
				close(subscribed)
			}
			return nil
		}}
		k := start(t, runtime.Open(f, quiet()), func(_ context.Context, e *textEnvelope) error {
			h.add(e.Payload)
			return nil
		}, runtime.Group(fmt.Sprint("from-", from)), runtime.From(from))
		await(t, "subscription", subscribed)
		put(t, tr, "k=new")
		h.atLeast(t, 1)
		k.finish()
		if got := h.all(); got[0] != want {
			t.Errorf("from %d the first message is %q, want %q", from, got[0], want)
		}
	}
}

// TestTransientFailuresToReceive: whatever is wrong with one partition, the rest goes on.
func TestTransientFailuresToReceive(t *testing.T) {
	noLeak(t)
	for _, err := range []error{errOnPurpose, fmt.Errorf("%w: its file is a directory: %w", driver.ErrPartition, driver.ErrInvalid)} {
		var calls atomic.Int64
		f := &faulty{Transport: memory.New(nil), receive: func() error {
			if calls.Add(1)%2 == 1 {
				return err
			}
			return nil
		}, batch: 1}
		put(t, f, "k=0", "k=1", "k=2")
		done := newHistory()
		k := start(t, runtime.Open(f, quiet()), func(_ context.Context, e *textEnvelope) error {
			done.add(e.Payload)
			return nil
		})
		done.atLeast(t, 3)
		k.finish()
		if n := inOrder(t, done.all()); n != 3 {
			t.Errorf("%v: %q were handled", err, done.all())
		}
	}
}

func TestPermanentFailuresToReceive(t *testing.T) {
	noLeak(t)
	for err, want := range map[error]error{
		fmt.Errorf("broker: %w", driver.ErrUnauthorized): driver.ErrUnauthorized,
		driver.ErrNotFound: driver.ErrNotFound,
		io.EOF:             driver.ErrClosed,
		fmt.Errorf("%w: %w", driver.ErrPartition, driver.ErrClosed): driver.ErrClosed,
	} {
		f := &faulty{Transport: memory.New(nil), receive: func() error { return err }}
		k := start(t, runtime.Open(f, quiet()), func(context.Context, *textEnvelope) error { return nil })
		if got := k.end(); !errors.Is(got, want) {
			t.Errorf("Receive returned %v, Consume %v", err, got)
		}
	}
}

func TestErrorOfClosingTheReceiver(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(nil), close: func() error { return errOnPurpose }}
	put(t, f, "k=0")
	handled := make(chan struct{})
	k := start(t, runtime.Open(f, quiet()), func(context.Context, *textEnvelope) error {
		close(handled)
		return nil
	})
	await(t, "message", handled)
	k.stop()
	if err := k.end(); !errors.Is(err, errOnPurpose) {
		t.Errorf("acknowledgements could not be flushed, but Consume returned %v", err)
	}
}

func TestRefusedAcknowledgementsAreLogged(t *testing.T) {
	noLeak(t)
	var log strings.Builder
	f := &faulty{Transport: memory.New(nil)}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(driver.Delivery) error {
			if d.Message().Offset == 0 {
				return errOnPurpose
			}
			return driver.ErrStale
		}}
	}
	put(t, f, "k=0", "k=1")
	o := quiet()
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	done := newHistory()
	k := start(t, runtime.Open(f, o), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 2)
	k.finish()
	if text := log.String(); !strings.Contains(text, "not acknowledged") || strings.Contains(text, "stale") {
		t.Errorf("the log says %q", text)
	}
}

func TestRevokedDeliveriesAreNotHandled(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	gone := make(chan struct{})
	f.wrap = func(d driver.Delivery) driver.Delivery {
		s := &spied{Delivery: d, ack: func(d driver.Delivery) error { return d.Ack(context.Background()) }}
		if m := d.Message(); m.Offset < 3 {
			s.revoked = gone
		}
		return s
	}
	put(t, f, "k=0", "k=1", "k=2", "k=3")
	done := newHistory()
	k := start(t, runtime.Open(f, quiet()), func(_ context.Context, e *textEnvelope) error {
		if e.Payload == "k=0" {
			close(gone)
			return errOnPurpose
		}
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 1)
	k.finish()
	if got := done.all(); !slices.Equal(got, []string{"k=3"}) {
		t.Errorf("%q were handled, want only what was not revoked", got)
	}
}
