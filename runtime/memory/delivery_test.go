package memory_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestWhatWasAcknowledgedWithSuccessCounts ends an assignment while its messages
// are being acknowledged: the next member begins exactly behind those for which
// that returned nil.
func TestWhatWasAcknowledgedWithSuccessCounts(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 8))
		tr := memory.New(&memory.Options{Partitions: 1})
		publish(t, tr, "a", numbers(300)...)
		one := subscribe(t, tr, "g", "a")
		got := take(t, one, 256)
		other := subscribe(t, tr, "g", "a")
		counted := make(chan int64)
		begin := make(chan struct{})
		go func() {
			var n int64
			close(begin)
			for _, d := range got {
				if err := d.Ack(ctx); err == nil {
					n++
				} else if !errors.Is(err, driver.ErrStale) {
					t.Error(err)
				}
			}
			counted <- n
		}()
		<-begin
		for range r.IntN(20) {
			runtime.Gosched()
		}
		if err := one.Close(ctx); err != nil {
			t.Fatal(err)
		}
		n := <-counted
		if first := take(t, other, 1)[0].Message().Offset; first != n {
			t.Fatalf("seed %d: %d were acknowledged, the next member begins with %d", seed, n, first)
		}
		if err := tr.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDeliveriesEndOnce: of a message that was given back only the newest delivery
// counts, and each ends by its first call.
func TestDeliveriesEndOnce(t *testing.T) {
	ctx := context.Background()
	tr := memory.New(&memory.Options{Partitions: 1})
	publish(t, tr, "a", "1")
	member := subscribe(t, tr, "g", "a")
	first := take(t, member, 1)[0]
	if err := errors.Join(first.Nack(ctx), first.Ack(ctx), first.Nack(ctx)); err != nil {
		t.Fatal(err)
	}
	second := take(t, member, 1)[0]
	if err := errors.Join(first.Ack(ctx), second.Nack(ctx), second.Ack(ctx)); err != nil {
		t.Fatal(err)
	}
	third := take(t, member, 1)[0]
	if err := errors.Join(first.Ack(ctx), second.Ack(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := member.Close(ctx); err != nil {
		t.Fatal(err)
	}
	for n, want := range []error{driver.ErrStale, nil} {
		if err := third.Ack(ctx); !errors.Is(err, want) {
			t.Errorf("call %d of Ack after the end: %v, want %v", n, err, want)
		}
	}
	if again := take(t, subscribe(t, tr, "g", "a"), 1); len(again) != 1 || again[0].Message().Offset != 0 {
		t.Errorf("what nobody acknowledged came again as %v", again)
	}
}
