package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// rawly runs Consume with a handler of messages as they arrived.
func rawly(t testing.TB, c *runtime.Conn, h runtime.Handler, opts ...runtime.ConsumeOption) *consuming {
	ctx, cancel := context.WithCancel(context.Background())
	k := &consuming{t: t, stop: cancel, ended: make(chan error, 1)}
	opts = append([]runtime.ConsumeOption{runtime.Group("g")}, opts...)
	go func() { k.ended <- runtime.Consume(ctx, c, at, nil, []runtime.Route{runtime.Handle("", h)}, opts...) }()
	t.Cleanup(cancel)
	return k
}

// events are what an observer was told.
type events struct {
	mu   sync.Mutex
	list []runtime.Event
}

func (e *events) Observe(_ context.Context, event runtime.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, event)
}

// count returns how many events of a kind there were.
func (e *events) count(kind runtime.EventKind) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, event := range e.list {
		if event.Kind == kind {
			n++
		}
	}
	return n
}

// with returns options with a policy.
func with(p runtime.Policy) *runtime.Options {
	o := quiet()
	o.Policy = p.Over(o.Policy)
	return o
}

// stored returns all messages at an address.
func stored(t testing.TB, tr *memory.Transport, address string) []*driver.Message {
	t.Helper()
	tap, err := tr.Tap(context.Background(), driver.TapOptions{Match: func(a string) bool { return a == address }})
	if err != nil {
		t.Fatal(err)
	}
	defer tap.Close(context.Background())
	var all []*driver.Message
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		batch, err := tap.Receive(ctx)
		cancel()
		if err != nil {
			return all
		}
		all = append(all, batch...)
	}
}

func value(in *runtime.Incoming) string { return string(in.Value()) }

// TestOrderings counts how many handlers run at a time with two keys in one
// partition.
func TestOrderings(t *testing.T) {
	for ordering, want := range map[runtime.Ordering]int64{runtime.PerKey: 2, runtime.PerPartition: 1, runtime.Unordered: 6} {
		synctest.Test(t, func(t *testing.T) {
			tr := memory.New(&memory.Options{Partitions: 1})
			put(t, tr, "a=0", "b=0", "a=1", "b=1", "a=2", "b=2")
			var running, most int64
			var mu sync.Mutex
			count := func(n int64) {
				mu.Lock()
				defer mu.Unlock()
				running += n
				most = max(most, running)
			}
			k := rawly(t, runtime.Open(tr, with(runtime.Policy{Ordering: ordering})),
				func(context.Context, *runtime.Incoming) error {
					count(1)
					time.Sleep(time.Second)
					count(-1)
					return nil
				})
			time.Sleep(time.Minute)
			k.finish()
			if most != want {
				t.Errorf("ordered by %v, %d handlers ran at a time, want %d", ordering, most, want)
			}
			if rest := remaining(t, tr); len(rest) > 0 {
				t.Errorf("%q are left", rest)
			}
		})
	}
}

// TestWindowOfBytes: with stuck handlers and much to do, no more is received
// than the bounds allow.
func TestWindowOfBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for i := range 1000 {
			m := &driver.Message{Address: "a", Key: fmt.Append(nil, i), Value: make([]byte, 1000)}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		var entered atomic.Int64
		o := with(runtime.Policy{MaxInFlightBytes: 10_000, Concurrency: 500})
		o.DrainTimeout = time.Second
		k := rawly(t, runtime.Open(tr, o), func(ctx context.Context, _ *runtime.Incoming) error {
			entered.Add(1)
			<-ctx.Done()
			return nil
		})
		time.Sleep(time.Minute)
		if n := entered.Load(); n != 10 {
			t.Errorf("%d messages of 1 KB are under way, want 10", n)
		}
		k.stop()
		var drain *runtime.DrainError
		if err := k.end(); !errors.As(err, &drain) || drain.Abandoned != 10 {
			t.Errorf("Consume: %v", err)
		}
		synctest.Wait()
	})
}

// TestAttemptTimeout: a handler that heeds its end fails and is tried again;
// one that does not keeps its key waiting, and nobody else, though handlers run
// one at a time.
func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "stuck=0", "stuck=1", "heeds=0", "a=0", "b=0")
		o := with(runtime.Policy{Concurrency: 1, AttemptTimeout: time.Second})
		seen := &events{}
		o.Observer = seen
		release := make(chan struct{})
		h := newHistory()
		k := rawly(t, runtime.Open(tr, o), func(ctx context.Context, in *runtime.Incoming) error {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the context has no deadline")
			}
			switch {
			case value(in) == "stuck=0":
				<-release
			case value(in) == "heeds=0" && in.Attempt() == 1:
				<-ctx.Done()
				return ctx.Err()
			}
			h.add(value(in))
			return nil
		})
		time.Sleep(time.Minute)
		if got := h.all(); len(got) != 3 || slices.Contains(got, "stuck=1") {
			t.Errorf("%q were handled while one is stuck", got)
		}
		close(release)
		time.Sleep(time.Minute)
		k.finish()
		if got := h.all(); len(got) != 5 || got[4] != "stuck=1" {
			t.Errorf("%q were handled", got)
		}
		if n := seen.count(runtime.EventFailed); n != 1 {
			t.Errorf("%d failures, want 1", n)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q are left", rest)
		}
	})
}
