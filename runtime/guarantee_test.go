package runtime_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

func TestAtMostOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 2})
		put(t, tr, "a=0", "a=1", "b=0", "b=1", "c=0")
		o := with(runtime.Policy{Guarantee: runtime.AtMostOnce, Concurrency: 1})
		seen := &events{}
		o.Observer = seen
		h := newHistory()
		entered := make(chan struct{}, 10)
		k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			entered <- struct{}{}
			time.Sleep(time.Second)
			h.add(value(in))
			return errOnPurpose
		})
		<-entered
		k.finish()
		if got := h.all(); len(got) != 5 {
			t.Errorf("%q were handled, want each once, since all were acknowledged", got)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
		if n := seen.count(runtime.EventDropped); n != 5 {
			t.Errorf("%d were dropped, want 5", n)
		}
	})
}

// TestAtMostOnceIsDropped: what was acknowledged and cannot be begun within the
// drain budget is lost, and said to be.
func TestAtMostOnceIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1", "a=2")
		o := with(runtime.Policy{Guarantee: runtime.AtMostOnce})
		o.DrainTimeout = time.Second
		seen := &events{}
		o.Observer = seen
		k := rawly(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, _ *runtime.Incoming) error {
			<-ctx.Done()
			return nil
		})
		synctest.Wait()
		k.stop()
		var drain *runtime.DrainError
		if err := k.end(); !errors.As(err, &drain) || drain.Abandoned != 1 {
			t.Errorf("Consume: %v", err)
		}
		if n := seen.count(runtime.EventDropped); n != 2 {
			t.Errorf("%d were dropped, want 2", n)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
	})
}

// noted is an inbox in a map.
type noted struct {
	mu    sync.Mutex
	known map[runtime.InboxEntry]bool
}

func (n *noted) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (bool, error) {
	n.mu.Lock()
	known := n.known[e]
	n.mu.Unlock()
	if known {
		return true, nil
	}
	if err := handle(ctx); err != nil {
		return false, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known[e] = true
	return false, nil
}

func TestEffectivelyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for _, id := range []string{"1", "2", "1", "", ""} {
			m := &driver.Message{Address: "a", Key: []byte("k"), Value: []byte("v" + id)}
			if id != "" {
				m.Headers = []driver.Header{{Key: "ce_id", Value: []byte(id)}, {Key: "ce_source", Value: []byte("s")}}
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		o := with(runtime.Policy{Guarantee: runtime.EffectivelyOnce})
		o.Inbox = &noted{known: map[runtime.InboxEntry]bool{}}
		seen := &events{}
		o.Observer = seen
		h := newHistory()
		k := rawly(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, in *runtime.Incoming) error {
			if runtime.Attempt(ctx) == 1 {
				return errOnPurpose // the outcome counts, not the attempt
			}
			h.add(value(in))
			return nil
		})
		time.Sleep(time.Second)
		k.finish()
		if got := h.all(); !slices.Equal(got, []string{"v1", "v2", "v", "v"}) {
			t.Errorf("handled %q", got)
		}
		if seen.count(runtime.EventDuplicate) != 1 || len(remaining(t, tr)) > 0 {
			t.Errorf("%d duplicates, want 1", seen.count(runtime.EventDuplicate))
		}
	})
}

func TestPoliciesThatCannotBeKept(t *testing.T) {
	cases := []struct {
		policy      runtime.Policy
		unsupported bool
		want        string
	}{
		{runtime.Policy{Guarantee: runtime.EffectivelyOnce}, false, "consume a: policy: effectively-once needs Options.Inbox: invalid"},
		{runtime.Policy{Guarantee: runtime.ExactlyOnce}, true, "consume a: policy: exactly-once: memory has no transactions: invalid: unsupported operation"},
		{runtime.Policy{Concurrency: -1}, false, "consume a: policy: Concurrency is negative: invalid"},
		{runtime.Policy{DeadLetter: "{address}"}, false, "consume a: policy: DeadLetter is the address that is consumed: invalid"},
	}
	for _, c := range cases {
		err := rawly(t, runtime.Open(memory.New(nil), with(c.policy)),
			func(context.Context, *runtime.Incoming) error { return nil }).end()
		if !errors.Is(err, runtime.ErrInvalid) || errors.Is(err, errors.ErrUnsupported) != c.unsupported || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// lasting is a memory transport that says it is durable.
type lasting struct{ *memory.Transport }

func (l lasting) Features() driver.Features {
	f := l.Transport.Features()
	f.Durable = true
	return f
}

func TestAtMostOnceNeedsDurableAcknowledgements(t *testing.T) {
	c := runtime.Open(lasting{memory.New(nil)}, with(runtime.Policy{Guarantee: runtime.AtMostOnce}))
	err := rawly(t, c, func(context.Context, *runtime.Incoming) error { return nil }).end()
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Consume: %v", err)
	}
}

func TestEffective(t *testing.T) {
	o := with(runtime.Policy{Concurrency: 2, Retry: runtime.Retry{Max: time.Hour}})
	c := runtime.Open(memory.New(nil), o)
	p, err := c.Effective(at, nil, runtime.Group("g"),
		runtime.Declared(runtime.Policy{Concurrency: 9, TTL: time.Minute, DeadLetter: "{address}.{group}.dead"}),
		runtime.WithPolicy(runtime.Policy{MaxInFlight: 7}))
	if err != nil || p.Concurrency != 2 || p.TTL != time.Minute || p.MaxInFlight != 7 || p.DeadLetter != "a.g.dead" ||
		p.Retry.Attempts != 5 || p.Retry.Max != time.Hour || p.Address != "a" || p.Group != "g" {
		t.Errorf("%v:\n%s", err, p)
	}
	if text, want := p.String(), "address            a\ngroup              g\n"+p.Policy.String(); text != want {
		t.Errorf("it prints as\n%s", text)
	}
}
