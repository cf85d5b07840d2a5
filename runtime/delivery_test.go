package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
		p.Retry.Attempts != 5 || p.Retry.Max != time.Hour {
		t.Errorf("%v:\n%s", err, p)
	}
}

// TestOrderings counts how many handlers run at a time with two keys in one
// partition.
func TestOrderings(t *testing.T) {
	for ordering, want := range map[runtime.Ordering]int64{runtime.PerKey: 2, runtime.PerPartition: 1, runtime.Unordered: 6} {
		synctest.Test(t, func(t *testing.T) {
			tr := memory.New(&memory.Options{Partitions: 1})
			put(t, tr, "a=0", "b=0", "a=1", "b=1", "a=2", "b=2")
			var running, most atomic.Int64
			k := rawly(t, runtime.Open(tr, with(runtime.Policy{Ordering: ordering})),
				func(context.Context, *runtime.Incoming) error {
					most.Store(max(most.Load(), running.Add(1)))
					time.Sleep(time.Second)
					running.Add(-1)
					return nil
				})
			time.Sleep(time.Minute)
			k.finish()
			if most.Load() != want {
				t.Errorf("ordered by %v, %d handlers ran at a time, want %d", ordering, most.Load(), want)
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

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "old")
		expiring := &driver.Message{Address: "a", Value: []byte("by header"), Headers: []driver.Header{
			{Key: "ce_expirytime", Value: []byte(time.Now().Add(time.Minute).Format(time.RFC3339))}}}
		time.Sleep(time.Hour)
		put(t, tr, "new")
		if err := tr.Publish(t.Context(), expiring); err != nil {
			t.Fatal(err)
		}
		for _, dead := range []string{"", "dead"} {
			o := with(runtime.Policy{TTL: time.Minute, DeadLetter: dead})
			seen := &events{}
			o.Observer = seen
			h := newHistory()
			k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
				h.add(value(in))
				return nil
			}, runtime.Group("g"+dead))
			synctest.Wait()
			k.finish()
			if got := h.all(); !slices.Equal(got, []string{"new"}) || seen.count(runtime.EventExpired) != 2 {
				t.Errorf("%q were handled, %d expired", got, seen.count(runtime.EventExpired))
			}
			if n := seen.count(runtime.EventDropped); (n == 2) != (dead == "") {
				t.Errorf("%d were dropped with dead letter address %q", n, dead)
			}
		}
		letters := stored(t, tr, "dead")
		if len(letters) != 2 {
			t.Fatalf("%d dead letters, want 2", len(letters))
		}
		if l, _ := runtime.LetterOf(letters[0]); l.Class != "expired" || l.Reason != "expired" {
			t.Errorf("the letter is %+v", l)
		}
	})
}

// TestDue: a message that is not due waits, and others pass it, also those of
// its key.
func TestDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		c := runtime.Open(tr, quiet())
		begin := time.Now()
		due := begin.Add(time.Hour)
		err := publish(t.Context(), c, at, nil, text("m"), &textEnvelope{Payload: "later"}, runtime.Key("k"), runtime.Due(due))
		if err != nil {
			t.Fatal(err)
		}
		put(t, tr, "k=0")
		var mu sync.Mutex
		when := map[string]time.Duration{}
		k := rawly(t, c, func(_ context.Context, in *runtime.Incoming) error {
			mu.Lock()
			defer mu.Unlock()
			when[value(in)] = time.Since(begin)
			return nil
		})
		time.Sleep(2 * time.Hour)
		k.finish()
		if when["k=0"] != 0 || when["later"] != time.Hour {
			t.Errorf("handled after %v", when)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q are left", rest)
		}
	})
}

// TestStopWhileNotDue: what is not due is given back at once.
func TestStopWhileNotDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		c := runtime.Open(tr.Connect(), quiet())
		err := publish(t.Context(), c, at, nil, text("m"), &textEnvelope{Payload: "later"}, runtime.Due(time.Now().Add(time.Hour)))
		if err != nil {
			t.Fatal(err)
		}
		k := rawly(t, c, func(context.Context, *runtime.Incoming) error { return nil })
		synctest.Wait()
		begin := time.Now()
		k.finish()
		if rest := remaining(t, tr); time.Since(begin) != 0 || !slices.Equal(rest, []string{"later"}) {
			t.Errorf("after %v %q are left", time.Since(begin), rest)
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		for i := range 100 {
			put(t, tr, fmt.Sprintf("key-%d=0", i))
		}
		begin := time.Now()
		var times []time.Duration
		var mu sync.Mutex
		k := rawly(t, runtime.Open(tr, with(runtime.Policy{Rate: runtime.Rate{PerSecond: 10, Burst: 20}})),
			func(context.Context, *runtime.Incoming) error {
				mu.Lock()
				defer mu.Unlock()
				times = append(times, time.Since(begin))
				return nil
			})
		time.Sleep(time.Minute)
		k.finish()
		if len(times) != 100 || times[19] != 0 || times[20] != 100*time.Millisecond || times[99] != 8*time.Second {
			t.Errorf("%d handled, at %v", len(times), times)
		}
	})
}

// refusing is a memory transport that refuses to publish to some address at
// first.
type refusing struct {
	*memory.Transport
	address string
	refuse  atomic.Int64
}

func (r *refusing) Publish(ctx context.Context, messages ...*driver.Message) error {
	if messages[0].Address == r.address && r.refuse.Add(-1) >= 0 {
		return driver.ErrUnknownOutcome
	}
	return r.Transport.Publish(ctx, messages...)
}

// TestRetryAddresses follows a message that always fails: in its place, through
// two retry addresses, to the dead letter address, while its key goes on.
func TestRetryAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "bad=0", "bad=1")
		begin := time.Now()
		o := with(runtime.Policy{
			Retry:          runtime.Retry{Min: time.Second, Max: time.Second, Attempts: 3, Jitter: -1},
			RetryAddresses: []runtime.RetryAddress{{"{address}.1", time.Minute}, {"{address}.2", time.Hour}},
			DeadLetter:     "{address}.{group}.dead",
		})
		seen := &events{}
		o.Observer = seen
		broker := &refusing{Transport: tr.Connect(), address: "a.1"}
		broker.refuse.Store(2)
		var times []time.Duration
		good := newHistory()
		k := rawly(t, runtime.Open(broker, o), func(_ context.Context, in *runtime.Incoming) error {
			if value(in) == "bad=0" {
				times = append(times, time.Since(begin))
				return fmt.Errorf("attempt %d of handler", in.Attempt())
			}
			good.add(fmt.Sprint(value(in), " after ", time.Since(begin)))
			return nil
		})
		time.Sleep(2 * time.Hour)
		k.finish()
		s := time.Second
		// Two seconds go by until the first retry address takes it.
		if want := []time.Duration{0, s, 2 * s, 62 * s, 3662 * s}; !slices.Equal(times, want) {
			t.Errorf("tried after %v, want %v", times, want)
		}
		if got := good.all(); !slices.Equal(got, []string{"bad=1 after 4s"}) {
			t.Errorf("handled %q", got)
		}
		letters := stored(t, tr, "a.g.dead")
		if len(letters) != 1 || string(letters[0].Key) != "bad" || payload(letters[0]) != "bad=0" {
			t.Fatalf("dead letters: %v", letters)
		}
		l, _ := runtime.LetterOf(letters[0])
		if l.Attempts != 5 || l.Address != "a" || l.Offset != 0 || l.Group != "g" || l.Class != "retryable" ||
			l.Reason != "attempt 1 of handler" || !l.Due.IsZero() || l.Time.IsZero() || !l.Time.Equal(begin) {
			t.Errorf("the letter is %+v", l)
		}
		if rest := remaining(t, tr); len(rest) > 0 || seen.count(runtime.EventRetried) != 2 || seen.count(runtime.EventDeadLettered) != 1 {
			t.Errorf("%q are left", rest)
		}
	})
}

func payload(m *driver.Message) string { return string(m.Value) }

// TestNothingIsAcknowledgedBeforeItIsMoved: when the dead letter address cannot
// be reached the message stays, and is not handled again meanwhile.
func TestNothingIsAcknowledgedBeforeItIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "bad=0", "good=0")
		broker := &refusing{Transport: tr.Connect(), address: "dead"}
		broker.refuse.Store(1 << 40)
		calls := 0
		k := rawly(t, runtime.Open(broker, with(runtime.Policy{DeadLetter: "dead"})),
			func(_ context.Context, in *runtime.Incoming) error {
				if value(in) == "bad=0" {
					calls++
					return runtime.Permanent(errOnPurpose)
				}
				return nil
			})
		time.Sleep(time.Minute)
		k.finish()
		if rest := remaining(t, tr); calls != 1 || len(rest) == 0 || rest[0] != "bad=0" {
			t.Errorf("%d calls, %q are left", calls, rest)
		}
	})
}

func TestPermanentWithoutADeadLetterStops(t *testing.T) {
	tr := memory.New(nil)
	put(t, tr, "a=0")
	k := rawly(t, runtime.Open(tr.Connect(), quiet()), func(context.Context, *runtime.Incoming) error {
		return runtime.Permanent(errOnPurpose)
	})
	var failed *runtime.FailedError
	if err := k.end(); !errors.As(err, &failed) || !errors.Is(err, errOnPurpose) || failed.Class != runtime.ClassPermanent {
		t.Errorf("Consume: %v", err)
	}
	if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=0"}) {
		t.Errorf("%q are left", rest)
	}
}

// TestDeadLetters: what cannot be read, what has no handler and what panics.
func TestDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for kind, v := range map[string]string{"m": "\xff", "other": "x", "": "panics"} {
			m := &driver.Message{Address: "a", Key: []byte(kind), Value: []byte(v)}
			if kind != "" {
				m.Headers = []driver.Header{{Key: "ce_type", Value: []byte(kind)}, {Key: "ce_dataschema", Value: []byte("urn:s")}}
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		o := with(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 2}})
		o.Classify = func(err error) runtime.Class {
			if errors.Is(err, errOnPurpose) {
				return runtime.ClassPermanent
			}
			return 0
		}
		seen := &events{}
		o.Observer = seen
		k := start(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, e *textEnvelope) error { panic("on purpose") })
		time.Sleep(time.Minute)
		k.finish()
		for _, e := range seen.list {
			if e.Kind == runtime.EventDeadLettered && (e.Class == 0 || e.Attempt == 0 || e.To != "dead" || e.Err == nil) {
				t.Errorf("the event is %+v", e)
			}
		}
		got := map[string]string{}
		for _, m := range stored(t, tr, "dead") {
			l, _ := runtime.LetterOf(m)
			got[string(m.Key)] = fmt.Sprint(l.Class, " ", l.Attempts, " ", l.Handler, " ", l.Schema)
		}
		want := map[string]string{"m": "undecodable 1 m urn:s", "other": "undecodable 1  urn:s", "": "panic 2 m "}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("dead letters: %v, want %v", got, want)
		}
	})
}

// TestFailingKeyDoesNotFillTheWindow: one key fails for ever and gets many
// messages; those of other partitions go on.
func TestFailingKeyDoesNotFillTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 8})
		for i := range 2000 {
			put(t, tr, fmt.Sprintf("bad=%d", i))
		}
		h := newHistory()
		var failing atomic.Bool
		failing.Store(true)
		o := with(runtime.Policy{MaxInFlight: 64, MaxPerKey: 16})
		k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			if strings.HasPrefix(value(in), "bad") && failing.Load() {
				return errOnPurpose
			}
			h.add(value(in))
			return nil
		})
		time.Sleep(time.Second)
		for i := range 400 {
			put(t, tr, fmt.Sprintf("key-%d=%d", i%40, i/40))
		}
		time.Sleep(time.Second)
		if n := len(h.all()); n < 300 {
			t.Errorf("only %d of 400 messages of other keys were handled, want all but those of one partition", n)
		}
		failing.Store(false)
		time.Sleep(time.Minute)
		k.finish()
		if n := inOrder(t, h.all()); n != 2400 {
			t.Errorf("%d messages were handled, want 2400", n)
		}
	})
}
