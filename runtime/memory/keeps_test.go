package memory_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestKeepsAtMost: who keeps a part of some messages keeps no more for each than
// the transport says, whatever their size, once the others are dropped.
func TestKeepsAtMost(t *testing.T) {
	const all, every = 20_000, 100
	for _, size := range []int{10, 500, 1024, 2040, 3000} {
		tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1})
		before := heap.InUse()
		kept := keepSome(t, tr, size, all, every)
		most := len(kept) * max(tr.Features().KeepsAtMost, 2*size)
		if grown := heap.InUse() - before; grown > most+1<<20 {
			t.Errorf("%d messages of %d bytes keep %d bytes, want at most %d", len(kept), size, grown, most)
		}
		runtime.KeepAlive(kept)
		if err := tr.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// keepSome publishes and receives messages, and returns the payload of one of so
// many.
func keepSome(t *testing.T, tr *memory.Transport, size, all, every int) (kept [][]byte) {
	t.Helper()
	ctx, r, n := context.Background(), subscribe(t, tr, "g", "a"), 0
	for n < all {
		for range 100 {
			if err := tr.Publish(ctx, &driver.Message{Address: "a", Value: make([]byte, size)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range take(t, r, 100) {
			if n++; n%every == 0 {
				kept = append(kept, d.Message().Value)
			}
			if err := d.Ack(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	return kept
}

// TestMaxMessagesWhenNothingComes: what everyone has passed is dropped when the last
// to do so receives again, though nobody publish any more.
func TestMaxMessagesWhenNothingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all, most = 1000, 16
		tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: most})
		r := subscribe(t, tr, "g", "a")
		for range all {
			if err := tr.Publish(t.Context(), &driver.Message{Address: "a", Value: make([]byte, 3000)}); err != nil {
				t.Fatal(err)
			}
		}
		var messages []weak.Pointer[driver.Message]
		for _, d := range take(t, r, all) {
			messages = append(messages, weak.Make(d.Message()))
			ack(t, d)
		}
		ended := make(chan error)
		go func() {
			_, err := r.Receive(t.Context())
			ended <- err
		}()
		synctest.Wait() // there is nothing to receive
		runtime.GC()
		kept := 0
		for _, m := range messages {
			if m.Value() != nil {
				kept++
			}
		}
		if kept > 2*most+32 { // deliveries are kept a few at a time
			t.Errorf("%d messages are kept, want %d", kept, most)
		}
		if err := tr.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}
