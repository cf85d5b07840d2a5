package runtime_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestPublishersWaitForAStuckHandler: what fast publishers and a handler that stands
// still hold together is bounded, and everything is handled once it goes on.
func TestPublishersWaitForAStuckHandler(t *testing.T) {
	const most, publishers, each, size = 300, 8, 1000, 4 << 10
	synctest.Test(t, func(t *testing.T) {
		conn := runtime.Open(memory.New(&memory.Options{Partitions: 2, MaxMessages: 100, MaxUnacknowledged: most}),
			with(runtime.Policy{MaxInFlight: 50, Concurrency: 4}))
		release := make(chan struct{})
		var handled, published atomic.Int64
		k := rawly(t, conn, func(context.Context, *runtime.Incoming) error {
			<-release
			handled.Add(1)
			return nil
		})
		synctest.Wait()
		before := heap.InUse()
		for i := range publishers {
			go func() {
				for range each {
					m := &driver.Message{Address: at.Address, Key: []byte{byte(i)}, Value: make([]byte, size)}
					if err := conn.PublishOwned(t.Context(), m); err != nil {
						t.Error(err)
						return
					}
					published.Add(1)
				}
			}()
		}
		synctest.Wait()
		if n := published.Load(); n != 2*most {
			t.Errorf("%d messages are published, want %d", n, 2*most)
		}
		if used, most := heap.InUse()-before, 2*2*most*size+4<<20; used > most {
			t.Errorf("%d bytes are held, want at most %d", used, most)
		}
		close(release)
		for handled.Load() < publishers*each {
			time.Sleep(time.Second)
		}
		k.stop()
		if err := k.end(); err != nil {
			t.Error(err)
		}
	})
}

// TestMovesDoNotWait: a consumer that moves to an address of its own that is full goes on
// and makes the room.
func TestMovesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		retry := []runtime.RetryAddress{{Address: "again", Delay: time.Minute}}
		conn := runtime.Open(memory.New(&memory.Options{Partitions: 1, MaxUnacknowledged: 2}),
			with(runtime.Policy{Retry: runtime.Retry{Attempts: 1}, RetryAddresses: retry, DeadLetter: "dead", Concurrency: 2}))
		var handled atomic.Int64
		k := rawly(t, conn, func(_ context.Context, in *runtime.Incoming) error {
			if in.Message().Address == at.Address {
				return errors.New("not yet")
			}
			handled.Add(1)
			return nil
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for i := range 50 {
			if err := conn.PublishMessage(ctx, &driver.Message{Address: at.Address, Key: []byte{byte(i)}, Value: []byte("v")}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Minute)
		if n := handled.Load(); n != 50 {
			t.Errorf("%d messages are handled, want 50", n)
		}
		k.stop()
		if err := k.end(); err != nil {
			t.Error(err)
		}
	})
}

// TestHandlerWaitsForItself: a handler that publishes to its own partition, which is
// full, waits until the time of its attempt is over.
func TestHandlerWaitsForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1, MaxUnacknowledged: 1})
		conn := runtime.Open(tr, with(runtime.Policy{Retry: runtime.Retry{Attempts: 1}, AttemptTimeout: time.Second, DeadLetter: "dead"}))
		got := make(chan error, 1)
		k := rawly(t, conn, func(ctx context.Context, _ *runtime.Incoming) error {
			err := conn.PublishMessage(ctx, &driver.Message{Address: at.Address, Value: []byte("more")})
			got <- err
			return err
		})
		synctest.Wait()
		if err := conn.PublishMessage(t.Context(), &driver.Message{Address: at.Address, Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
		if err := await(t, "end of the wait", got); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the context's error", err)
		}
		synctest.Wait()
		if n := len(stored(t, tr, "dead")); n != 1 {
			t.Errorf("%d messages are moved, want 1", n)
		}
		k.stop()
		if err := k.end(); err != nil {
			t.Error(err)
		}
	})
}
