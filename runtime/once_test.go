package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/inbox"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// putID publishes a message with an id.
func putID(t testing.TB, tr driver.Transport, key, id string) {
	t.Helper()
	m := &driver.Message{Address: "a", Key: []byte(key), Value: []byte(id), Headers: []driver.Header{{Key: "ce_id", Value: []byte(id)}}}
	if err := tr.Publish(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

// effects counts what took effect.
type effects struct {
	mu    sync.Mutex
	count map[string]int
}

func (e *effects) add(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count[text]++
}

// once are options with an inbox.
func once(seen *events) *runtime.Options {
	o := with(runtime.Policy{Guarantee: runtime.EffectivelyOnce, Retry: runtime.Retry{Min: time.Millisecond, Max: 100 * time.Millisecond}})
	o.Inbox, o.Observer = inbox.New(nil), seen
	return o
}

// TestBatchesOnce: members come and go, batches fail in part, panic or end their
// goroutine, and messages are there several times: each takes effect once.
func TestBatchesOnce(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			chance := &chance{r: rand.New(rand.NewPCG(seed, 5))}
			tr := memory.New(&memory.Options{Partitions: 1 + chance.draw(4), Handover: time.Second})
			const messages = 300
			for i := range messages {
				for range 1 + chance.draw(2) {
					putID(t, tr, fmt.Sprint("key-", chance.draw(20)), fmt.Sprint(i))
				}
			}
			did := &effects{count: map[string]int{}}
			o, handle := once(&events{}), failingInPart(chance, did)
			for range 10 {
				broker := tr.Connect()
				k := batches(t, runtime.Open(broker, o), runtime.Batch{Size: 1 + chance.draw(30)}, handle)
				time.Sleep(time.Duration(chance.draw(300)) * time.Millisecond)
				if chance.draw(2) == 0 {
					if err := broker.Close(t.Context()); err != nil { // as a crash would
						t.Error(err)
					}
				}
				k.stop()
				_ = k.end()
			}
			k := batches(t, runtime.Open(tr.Connect(), o), runtime.Batch{Size: 10}, handle)
			time.Sleep(time.Hour)
			k.finish()
			for i := range messages {
				if n := did.count[fmt.Sprint(i)]; n != 1 {
					t.Errorf("seed %d: message %d took effect %d times", seed, i, n)
				}
			}
			if rest := remaining(t, tr); len(rest) > 0 {
				t.Errorf("%q are left", rest)
			}
		})
	}
}

// chance draws numbers for several goroutines.
type chance struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (c *chance) draw(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.IntN(n)
}

// failingInPart handles batches, some of which fail as a whole or in part; what it handles
// takes effect.
func failingInPart(chance *chance, did *effects) runtime.BatchHandler {
	return func(_ context.Context, batch []*runtime.Incoming) error {
		time.Sleep(time.Duration(chance.draw(20)) * time.Millisecond)
		switch chance.draw(10) {
		case 0:
			panic("on purpose")
		case 1:
			goruntime.Goexit()
		case 2:
			return errOnPurpose
		}
		out := make(runtime.BatchError, len(batch))
		for i, in := range batch {
			if chance.draw(10) == 0 {
				out[i] = errOnPurpose
				continue
			}
			did.add(value(in))
		}
		return out
	}
}

// TestPullOnce: what is fetched is the inbox's until it is acknowledged.
func TestPullOnce(t *testing.T) {
	noLeak(t)
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for _, m := range []string{"a", "b", "c"} { // of each id there are two, under different keys
			putID(t, tr, "first-"+m, m)
			putID(t, tr, "second-"+m, m)
		}
		seen := &events{}
		c := runtime.Open(tr.Connect(), once(seen))
		p := pull(t, c)
		var held []*runtime.Fetched
		for len(held) < 3 {
			list, err := p.Fetch(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, list...)
		}
		fetchNothing(t, p) // meanwhile
		var got []string
		for _, f := range held {
			if got = append(got, value(f.Incoming)); value(f.Incoming) == "b" {
				f.Nack(errOnPurpose)
				continue
			}
			if err := f.Ack(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if slices.Sort(got); strings.Join(got, "") != "abc" {
			t.Errorf("fetched %q", got)
		}
		list, err := p.Fetch(t.Context(), 10)
		if err != nil || len(list) != 1 || value(list[0].Incoming) != "b" {
			t.Fatalf("fetched %v: %v", list, err)
		}
		if err := list[0].Ack(t.Context()); err != nil {
			t.Error(err)
		}
		fetchNothing(t, p)
		if n := seen.count(runtime.EventDuplicate); n != 3 {
			t.Errorf("%d duplicates, want 3", n)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q are left", rest)
		}
	})
}

// fetchNothing expects that nothing is there to be fetched.
func fetchNothing(t *testing.T, p *runtime.Puller) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if list, err := p.Fetch(ctx, 10); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("fetched %d messages: %v", len(list), err)
	}
}

// TestPullOnceIsClosed: what was fetched and not acknowledged is not remembered.
func TestPullOnceIsClosed(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	putID(t, tr, "k", "a")
	putID(t, tr, "l", "a")
	o := once(&events{})
	for range 3 {
		c := runtime.Open(tr.Connect(), o)
		p, err := runtime.Pull(t.Context(), c, at, nil, runtime.Group("g"))
		if err != nil {
			t.Fatal(err)
		}
		list, err := p.Fetch(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Close(t.Context()), c.Close(t.Context())); err != nil {
			t.Error(err)
		}
		if err := list[0].Ack(t.Context()); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("Ack: %v", err)
		}
	}
	if n := o.Inbox.(*inbox.Memory).Len(); n != 0 {
		t.Errorf("%d messages are remembered", n)
	}
}

// TestFailingInboxOfAPuller: when the inbox cannot note a message, Ack says so, and
// it is handed out again.
func TestFailingInboxOfAPuller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		putID(t, tr, "k", "a")
		o := once(&events{})
		o.Inbox = &forgetful{Inbox: o.Inbox, fails: 2}
		p, err := runtime.Pull(t.Context(), runtime.Open(tr.Connect(), o), at, nil, runtime.Group("g"))
		if err != nil {
			t.Fatal(err)
		}
		for attempt := 1; attempt <= 3; attempt++ {
			list, err := p.Fetch(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if err := list[0].Ack(t.Context()); errors.Is(err, errOnPurpose) != (attempt < 3) || list[0].Attempt() != attempt {
				t.Errorf("attempt %d: %v", list[0].Attempt(), err)
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q are left", rest)
		}
	})
}

// forgetful is an inbox that cannot note the first messages.
type forgetful struct {
	runtime.Inbox
	fails int
}

func (f *forgetful) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (bool, error) {
	return f.Inbox.Once(ctx, e, func(ctx context.Context) error {
		err := handle(ctx)
		if f.fails--; err == nil && f.fails >= 0 {
			return errOnPurpose
		}
		return err
	})
}

// TestBatchesNeedAnInboxForThem: an inbox of single messages is refused.
func TestBatchesNeedAnInboxForThem(t *testing.T) {
	o := once(&events{})
	o.Inbox = &noted{known: map[runtime.InboxEntry]bool{}}
	handle := func(context.Context, []*runtime.Incoming) error { return nil }
	err := batches(t, runtime.Open(memory.New(nil), o), runtime.Batch{}, handle).end()
	if !errors.Is(err, errors.ErrUnsupported) || !errors.Is(err, runtime.ErrInvalid) || !strings.Contains(err.Error(), "BatchInbox") {
		t.Errorf("ConsumeBatch: %v", err)
	}
}

// crashing is an inbox that panics, or ends its goroutine, now and then.
type crashing struct {
	*inbox.Memory
	mu sync.Mutex
	n  int
}

func (c *crashing) crash() {
	c.mu.Lock()
	c.n++
	n := c.n
	c.mu.Unlock()
	switch n % 5 {
	case 1:
		panic("on purpose")
	case 3:
		goruntime.Goexit()
	}
}

func (c *crashing) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (bool, error) {
	c.crash()
	return c.Memory.Once(ctx, e, handle)
}

func (c *crashing) OnceEach(ctx context.Context, es []runtime.InboxEntry, handle func(context.Context, []int) []error) ([]bool, []error) {
	c.crash()
	return c.Memory.OnceEach(ctx, es, handle)
}

// TestInboxThatCrashes: an inbox or Options.Classify that panics fails an attempt,
// and nothing else.
func TestInboxThatCrashes(t *testing.T) {
	for _, mode := range []string{"one", "batch", "pull"} {
		t.Run(mode, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 2})
				for i := range 20 {
					putID(t, tr, fmt.Sprint(i%5), fmt.Sprint(i))
				}
				o := once(&events{})
				o.Inbox = &crashing{Memory: inbox.New(nil)}
				o.Classify = func(error) runtime.Class { panic("on purpose") }
				c := runtime.Open(tr.Connect(), o)
				h := newHistory()
				var k *consuming
				switch mode {
				case "one":
					k = rawly(t, c, func(_ context.Context, in *runtime.Incoming) error {
						h.add(value(in))
						return nil
					})
				case "batch":
					k = batches(t, c, runtime.Batch{Size: 3}, func(_ context.Context, batch []*runtime.Incoming) error {
						for _, v := range valuesOf(batch) {
							h.add(v)
						}
						return nil
					})
				case "pull":
					pullAll(t, c, 20, h)
				}
				if k != nil {
					time.Sleep(time.Hour)
					k.finish()
				}
				got := h.all()
				slices.Sort(got)
				if len(got) != 20 || len(slices.Compact(got)) != 20 || len(remaining(t, tr)) > 0 {
					t.Errorf("handled %q", got)
				}
			})
		})
	}
}

// pullAll fetches so many messages and acknowledges them.
func pullAll(t *testing.T, c *runtime.Conn, n int, h *history) {
	t.Helper()
	p := pull(t, c)
	for len(h.all()) < n {
		list, err := p.Fetch(t.Context(), 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if err := f.Ack(t.Context()); err != nil {
				t.Error(err)
			}
			h.add(value(f.Incoming))
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
