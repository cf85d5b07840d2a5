package runtime_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestAtMostOnceLeavesOutWhatIsStale: what could not be acknowledged may be
// handled by somebody else.
func TestAtMostOnceLeavesOutWhatIsStale(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(d driver.Delivery) error {
			if d.Message().Offset == 1 {
				return driver.ErrStale
			}
			return d.Ack(context.Background())
		}}
	}
	put(t, f, "k=0", "k=1", "k=2")
	o := quiet()
	o.Policy.Guarantee = runtime.AtMostOnce
	done := newHistory()
	k := start(t, runtime.Open(f, o), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 2)
	k.finish()
	if got := done.all(); !slices.Equal(got, []string{"k=0", "k=2"}) {
		t.Errorf("%q were handled", got)
	}
}

// TestAckOfWhatIsRemembered: what the inbox remembers is done, though the transport
// refuses the acknowledgement: its caller need not undo anything.
func TestAckOfWhatIsRemembered(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(driver.Delivery) error { return driver.ErrStale }}
	}
	put(t, f, "k=0")
	for guarantee, want := range map[runtime.Guarantee]error{runtime.EffectivelyOnce: nil, runtime.AtLeastOnce: driver.ErrStale} {
		o := once(&events{})
		o.Policy.Guarantee = guarantee
		c := runtime.Open(f, o)
		p, err := runtime.Pull(t.Context(), c, at, nil, runtime.Group(guarantee.String()))
		if err != nil {
			t.Fatal(err)
		}
		list, err := p.Fetch(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := list[0].Ack(t.Context()); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", guarantee, err, want)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestBatchLeavesOutWhatIsRevoked: what another member has now is in no batch.
func TestBatchLeavesOutWhatIsRevoked(t *testing.T) {
	noLeak(t)
	gone := make(chan struct{})
	close(gone)
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		s := &spied{Delivery: d, ack: func(d driver.Delivery) error { return d.Ack(context.Background()) }}
		if d.Message().Offset < 2 {
			s.revoked = gone
		}
		return s
	}
	put(t, f, "k=0", "k=1", "k=2")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var got []string
	err := runtime.ConsumeBatch(ctx, runtime.Open(f, quiet()), at, nil, runtime.Batch{},
		func(_ context.Context, batch []*runtime.Incoming) error {
			for _, in := range batch {
				got = append(got, value(in))
			}
			stop()
			return nil
		}, runtime.Group("g"))
	if err != nil || !slices.Equal(got, []string{"k=2"}) {
		t.Errorf("handled %q, %v", got, err)
	}
}

// slowLeaver is a transport whose receivers take their time to close: what was
// acknowledged meanwhile would count.
func slowLeaver(acked *atomic.Int64) *faulty {
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(d driver.Delivery) error {
			acked.Add(1)
			return d.Ack(context.Background())
		}}
	}
	f.close = func() error {
		time.Sleep(time.Second)
		return nil
	}
	return f
}

// TestAbandonedIsNotAcknowledged: what was reported as abandoned is delivered
// again, even when its handler returns nil before the receiver has closed.
func TestAbandonedIsNotAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var acked atomic.Int64
		f := slowLeaver(&acked)
		put(t, f, "k=0")
		o := quiet()
		o.DrainTimeout = time.Second
		entered := make(chan struct{})
		k := start(t, runtime.Open(f, o), func(ctx context.Context, _ *textEnvelope) error {
			close(entered)
			<-ctx.Done()
			return nil
		})
		<-entered
		k.stop()
		var drain *runtime.DrainError
		if err := k.end(); !errors.As(err, &drain) || drain.Abandoned != 1 {
			t.Errorf("Consume: %v", err)
		}
		synctest.Wait()
		if acked.Load() != 0 {
			t.Error("an abandoned message was acknowledged")
		}
	})
}
