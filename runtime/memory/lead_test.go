package memory_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestMovedIsBounded: where every message fails and is delayed, publishers wait until the retry addresses are back to
// the bound: no partition keeps more than it and what its consumer's address had when the bound was met. All is handled in
// the end, and dead letters, which no group has, hold nobody back.
func TestMovedIsBounded(t *testing.T) {
	for _, guarantee := range []runtime.Guarantee{runtime.AtLeastOnce, runtime.ExactlyOnce} {
		synctest.Test(t, func(t *testing.T) {
			const most, messages = 10, 200
			tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1, MaxUnacknowledged: most})
			conn := runtime.Open(tr, &runtime.Options{Group: "g", Logger: slog.New(slog.DiscardHandler), Policy: runtime.Policy{
				Guarantee: guarantee, Retry: runtime.Retry{Attempts: 1}, DeadLetter: "dead",
				RetryAddresses: []runtime.RetryAddress{{Address: "r1", Delay: time.Minute}, {Address: "r2", Delay: time.Hour}},
			}})
			ctx, cancel := context.WithCancel(t.Context())
			var handled atomic.Int32
			ended := make(chan error, 1)
			go func() {
				ended <- runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{
					runtime.Handle("", func(context.Context, *runtime.Incoming) error { handled.Add(1); return errors.New("fails") }),
				})
			}()
			synctest.Wait()
			published := make(chan error, 1)
			go func() {
				for i := range messages {
					if err := tr.Publish(ctx, &driver.Message{Address: "a", Key: fmt.Append(nil, i), Value: []byte("v")}); err != nil {
						published <- err
						return
					}
				}
				published <- nil
			}()
			for over := false; !over; time.Sleep(10 * time.Minute) {
				synctest.Wait()
				select {
				case err := <-published:
					over = true
					if err != nil {
						t.Fatal(err)
					}
				default:
				}
				keepsAtMost(t, tr, 3*most, "a", "r1", "r2")
			}
			time.Sleep(3 * time.Hour)
			synctest.Wait()
			if n := handled.Load(); n != 3*messages {
				t.Errorf("%d attempts of %d", n, 3*messages)
			}
			cancel()
			if err := errors.Join(<-ended, conn.Close(context.Background())); err != nil {
				t.Error(err)
			}
		})
	}
}

// keepsAtMost demands that no partition of some addresses keeps more messages than most.
func keepsAtMost(t *testing.T, tr *memory.Transport, most int64, addresses ...string) {
	t.Helper()
	for _, address := range addresses {
		extents, err := tr.Extents(t.Context(), address)
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			t.Fatal(err)
		}
		for _, e := range extents {
			if n := e.Next - e.First; n > most {
				t.Fatalf("%s keeps %d messages, which are to be %d", address, n, most)
			}
		}
	}
}

// TestWaitingForWhatUnitsFill: who publishes to the first of the addresses that units lead along waits until the last
// has room again, or is removed; nobody does who publishes elsewhere.
func TestWaitingForWhatUnitsFill(t *testing.T) {
	for _, remove := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const most = 3
			tr := bounded(2, most)
			to := func(address, key string) *driver.Message {
				return &driver.Message{Address: address, Key: []byte(key), Value: []byte("v")}
			}
			join := func(address string) driver.Receiver {
				r, err := tr.Subscribe(t.Context(), driver.Subscription{Addresses: []string{address}, Group: address})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			a, b, c := join("a"), join("b"), join("c")
			unit := func(r driver.Receiver, address string) {
				t.Helper()
				if err := r.(driver.Committer).Commit(t.Context(), take(t, r, 1), to(address, "k")); err != nil {
					t.Fatal(err)
				}
			}
			for range most + 1 {
				waits(t, false, publishing(t.Context(), tr, to("a", "k")))
				unit(a, "b")
				unit(b, "c")
			}
			waits(t, false, publishing(t.Context(), tr, to("elsewhere", "k")))
			first, second := publishing(t.Context(), tr, to("a", "k")), publishing(t.Context(), tr, to("a", "x"))
			waits(t, true, first, second)
			if remove {
				if err := c.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := tr.Remove(t.Context(), "c"); err != nil {
					t.Fatal(err)
				}
			} else {
				ack(t, take(t, c, 1)...)
			}
			waits(t, false, first, second)
			if err := tr.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}
