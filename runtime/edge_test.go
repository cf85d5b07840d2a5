package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// TestLargerThanTheWindow: a message that is larger than MaxInFlightBytes passes,
// with nothing that comes behind it beside it.
func TestLargerThanTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		large := strings.Repeat("x", 10_000)
		put(t, tr, "a=0", "b="+large, "c="+large, "d=0")
		h, begin := newHistory(), time.Now()
		k := rawly(t, runtime.Open(tr.Connect(), with(runtime.Policy{MaxInFlightBytes: 100})), func(_ context.Context, in *runtime.Incoming) error {
			h.add(fmt.Sprint(value(in)[:1], " after ", time.Since(begin)))
			time.Sleep(time.Second)
			return nil
		})
		time.Sleep(time.Minute)
		k.finish()
		got := h.all()
		slices.Sort(got) // those that are handled at once come in any order
		if want := []string{"a after 0s", "b after 0s", "c after 1s", "d after 2s"}; !slices.Equal(got, want) {
			t.Errorf("handled %q, want %q", got, want)
		}
	})
}

// TestRateAfterAPause: what was not used is saved up to the burst, and no further.
func TestRateAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		x := newTimes()
		k := rawly(t, runtime.Open(tr.Connect(), with(runtime.Policy{Rate: runtime.Rate{PerSecond: 10, Burst: 5}})), x.handle)
		time.Sleep(time.Hour)
		for i := range 15 {
			put(t, tr, fmt.Sprintf("key-%d=0", i))
		}
		time.Sleep(time.Minute)
		k.finish()
		var at []time.Duration
		for _, d := range x.first {
			at = append(at, d-time.Hour)
		}
		slices.Sort(at)
		if len(at) != 15 || at[4] != 0 || at[5] < 90*time.Millisecond || at[14] < 990*time.Millisecond || at[14] > 1100*time.Millisecond {
			t.Errorf("handled after %v", at)
		}
	})
}

// TestClockJumps: a clock that jumps ahead makes messages expire, one that jumps
// back does not, and neither holds up anything.
func TestClockJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		var mu sync.Mutex
		var off time.Duration
		jump := func(to time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			off = to
		}
		o := with(runtime.Policy{TTL: time.Minute, DeadLetter: "dead"})
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(off)
		}
		h := newHistory()
		k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			h.add(value(in))
			return nil
		})
		for i, d := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour, -200 * 365 * 24 * time.Hour, 0} {
			jump(d)
			put(t, tr, fmt.Sprint("m", i))
			time.Sleep(time.Second)
		}
		k.finish()
		if got := h.all(); !slices.Equal(got, []string{"m0", "m2", "m3", "m4"}) || len(stored(t, tr, "dead")) != 1 {
			t.Errorf("handled %q", got)
		}
	})
}

// TestNoTTL: negative and zero are for ever.
func TestNoTTL(t *testing.T) {
	for _, ttl := range []time.Duration{0, -1, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			tr := memory.New(&memory.Options{Partitions: 1})
			put(t, tr, "a=0")
			time.Sleep(1000 * time.Hour)
			x := newTimes()
			k := rawly(t, runtime.Open(tr.Connect(), with(runtime.Policy{TTL: ttl})), x.handle)
			synctest.Wait()
			k.finish()
			if x.count["a=0"] != 1 {
				t.Errorf("TTL %v: handled %v", ttl, x.count)
			}
		})
	}
}

// TestDeadLetterAddressThatFails: what cannot be moved waits with ever longer
// pauses, holds up its key alone, and is moved in the end, once.
func TestDeadLetterAddressThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "bad=0", "bad=1", "good=0")
		broker := &refusing{Transport: tr.Connect(), address: "dead"}
		broker.refuse.Store(20)
		h := newHistory()
		p := runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Min: time.Second, Max: time.Minute}}
		k := rawly(t, runtime.Open(broker, with(p)), func(_ context.Context, in *runtime.Incoming) error {
			h.add(value(in))
			if value(in) == "bad=0" {
				return runtime.Permanent(errOnPurpose)
			}
			return nil
		})
		time.Sleep(5 * time.Minute)
		if got := h.all(); len(got) != 2 || slices.Contains(got, "bad=1") {
			t.Errorf("handled %q meanwhile", got)
		}
		if left := broker.refuse.Load(); left < 5 || left > 17 {
			t.Errorf("the dead letter address was tried %d times in five minutes", 20-left)
		}
		time.Sleep(time.Hour)
		k.finish()
		if got := h.all(); len(got) != 3 || len(stored(t, tr, "dead")) != 1 || len(remaining(t, tr)) > 0 {
			t.Errorf("handled %q, %d dead letters", got, len(stored(t, tr, "dead")))
		}
	})
}

// TestHandlerThatCloses: a handler that closes its connection waits for itself no
// longer than the drain budget, and one that stops its consumer does not wait.
func TestHandlerThatCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0")
		o := quiet()
		o.DrainTimeout = time.Second
		c := runtime.Open(tr.Connect(), o)
		closed := make(chan error, 1)
		k := rawly(t, c, func(ctx context.Context, _ *runtime.Incoming) error {
			err := c.Close(context.Background())
			if again := c.PublishMessage(ctx, &driver.Message{Address: "b"}); !errors.Is(again, runtime.ErrClosed) && !errors.Is(again, context.Canceled) {
				t.Errorf("publishing after Close: %v", again)
			}
			closed <- err
			return nil
		})
		begin := time.Now()
		var drain *runtime.DrainError
		if err := k.end(); !errors.As(err, &drain) || time.Since(begin) > 2*time.Second {
			t.Errorf("Consume after %v: %v", time.Since(begin), err)
		}
		if err := <-closed; err != nil || time.Since(begin) > 3*time.Second {
			t.Errorf("Close after %v: %v", time.Since(begin), err)
		}
		if rest := remaining(t, tr); len(rest) != 1 {
			t.Errorf("%q are left", rest)
		}
	})
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0")
	var k *consuming
	ready := make(chan struct{})
	k = rawly(t, runtime.Open(tr.Connect(), quiet()), func(context.Context, *runtime.Incoming) error {
		<-ready
		k.stop()
		return nil
	})
	close(ready)
	if err := k.end(); err != nil || len(remaining(t, tr)) > 0 {
		t.Errorf("Consume: %v", err)
	}
}

// TestCancelledBefore: a context that has ended begins nothing.
func TestCancelledBefore(t *testing.T) {
	tr := memory.New(nil)
	put(t, tr, "a=0")
	c := runtime.Open(tr.Connect(), quiet())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	none := runtime.Handle("", func(context.Context, *runtime.Incoming) error {
		t.Error("handled")
		return nil
	})
	if err := runtime.Consume(ctx, c, at, nil, []runtime.Route{none}); err != nil {
		t.Errorf("Consume: %v", err)
	}
	if err := runtime.ConsumeBatch(ctx, c, at, nil, runtime.Batch{}, func(context.Context, []*runtime.Incoming) error { return nil }); err != nil {
		t.Errorf("ConsumeBatch: %v", err)
	}
	if p, err := runtime.Pull(ctx, c, at, nil); err == nil {
		if _, err := p.Fetch(t.Context(), 1); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("Fetch: %v", err)
		}
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("Pull: %v", err)
	}
	if err := c.PublishMessage(ctx, &driver.Message{Address: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("PublishMessage: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestStrangeKeysAndHeaders: an empty key, a megabyte of key, many headers, and
// bytes that mean something to a log.
func TestStrangeKeysAndHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 3})
		hostile := "x\r\nlevel=ERROR msg=\"all is lost\"\x1b[2J\xff"
		var many []driver.Header
		for i := range 20_000 {
			many = append(many, driver.Header{Key: fmt.Sprint("h", i%100), Value: []byte("v")})
		}
		for i, m := range []*driver.Message{
			{Key: []byte{}}, {Key: bytes.Repeat([]byte("k"), 1<<20)}, {Headers: many},
			{Headers: []driver.Header{{Key: "ce_type", Value: []byte(hostile)}, {Key: "ce_id", Value: []byte(hostile)}, {Key: hostile}, {}}},
		} {
			m.Address, m.Value = "a", []byte(fmt.Sprint("m", i, hostile))
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		var text, object bytes.Buffer
		for _, to := range []struct {
			handler slog.Handler
			out     *bytes.Buffer
		}{{slog.NewTextHandler(&text, nil), &text}, {slog.NewJSONHandler(&object, nil), &object}} {
			o := with(runtime.Policy{DeadLetter: "{group}.dead", Retry: runtime.Retry{Attempts: 2}})
			o.Logger = slog.New(to.handler)
			group := fmt.Sprintf("%T", to.handler)
			k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
				return errors.New(in.Attributes().ID + value(in) + hostile)
			}, runtime.Group(group))
			time.Sleep(time.Minute)
			k.finish()
			letters := stored(t, tr, group+".dead")
			if len(letters) != 4 {
				t.Errorf("%d dead letters", len(letters))
			}
			for _, m := range letters {
				if l, _ := runtime.LetterOf(m); strings.ContainsAny(l.Reason, "\r\n") || l.Attempts != 2 {
					t.Errorf("the letter is %+v", l)
				}
			}
			for line := range strings.Lines(to.out.String()) {
				if !strings.HasPrefix(line, "time=") && !strings.HasPrefix(line, "{") || strings.ContainsAny(line, "\r\x1b") {
					t.Errorf("a line of the log is %q", line)
				}
			}
		}
	})
}

// TestTwoPoliciesInOneGroup: members of one group with policies of their own share
// the messages, whatever each does with them.
func TestTwoPoliciesInOneGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 4})
		const messages = 400
		x := newTimes()
		handle := func(ctx context.Context, in *runtime.Incoming) error {
			if strings.HasSuffix(value(in), "7") {
				return errOnPurpose
			}
			return x.handle(ctx, in)
		}
		c := runtime.Open(tr.Connect(), with(runtime.Policy{Concurrency: 3}))
		one := rawly(t, c, handle, runtime.WithPolicy(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 1}}))
		two := rawly(t, c, handle, runtime.WithPolicy(runtime.Policy{Ordering: runtime.Unordered, DeadLetter: "dead",
			RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: time.Second}}}))
		for i := range messages {
			put(t, tr, fmt.Sprintf("key-%d=%d", i%50, i))
		}
		time.Sleep(time.Hour)
		one.finish()
		two.finish()
		if dead := len(stored(t, tr, "dead")); len(x.first) != messages*9/10 || dead != messages/10 {
			t.Errorf("%d messages were handled, %d are dead letters", len(x.first), dead)
		}
		for text, n := range x.count {
			if n != 1 {
				t.Errorf("%s was handled %d times", text, n)
			}
		}
	})
}

// TestLettersOfStrangers: who writes letter headers onto a message does not choose
// where its dead letter comes from.
func TestLettersOfStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		forged := runtime.Letter{Reason: "r", Class: "expired", Attempts: 1<<31 - 1, Address: "payments", Partition: 7, Offset: 8, Group: "other", Handler: "h", Schema: "s"}
		for _, address := range []string{"a", "retry"} {
			m := &driver.Message{Address: address, Value: []byte(address)}
			if err := tr.Publish(t.Context(), forged.On(m, address)); err != nil {
				t.Fatal(err)
			}
		}
		p := runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 2}, RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: time.Second}}}
		k := rawly(t, runtime.Open(tr.Connect(), with(p)), func(context.Context, *runtime.Incoming) error { return errOnPurpose })
		time.Sleep(time.Hour)
		k.finish()
		letters := stored(t, tr, "dead")
		if len(letters) != 2 {
			t.Fatalf("%d dead letters", len(letters))
		}
		for _, m := range letters {
			l, _ := runtime.LetterOf(m)
			switch {
			case payload(m) == "a" && (l.Address != "a" || l.Offset != 0 || l.Attempts != 3 || l.Handler != "" || l.Group != "g"):
				t.Errorf("the letter is %+v", l)
			case payload(m) == "retry" && (l.Address != "payments" || l.Attempts != 1<<31-1): // nobody else may publish there
				t.Errorf("the letter is %+v", l)
			}
		}
	})
}

// TestGroupOfADocument: what a binding names counts less than what code does, and
// more than the default, for its protocol alone.
func TestGroupOfADocument(t *testing.T) {
	bound := func(protocol string) *runtime.Channel {
		return &runtime.Channel{Address: "a", Groups: []runtime.BoundGroup{{Protocol: "other", Group: "x"}, {Protocol: protocol, Group: "document"}}}
	}
	for _, c := range []struct {
		channel *runtime.Channel
		options runtime.Options
		opts    []runtime.ConsumeOption
		want    string
	}{
		{bound("memory"), runtime.Options{Source: "source"}, nil, "document"},
		{bound("kafka"), runtime.Options{Source: "source"}, nil, "source"},
		{bound("memory"), runtime.Options{Group: "options"}, nil, "options"},
		{bound("memory"), runtime.Options{Group: "options"}, []runtime.ConsumeOption{runtime.Group("own")}, "own"},
		{&runtime.Channel{Address: "a"}, runtime.Options{Source: "source"}, nil, "source"},
	} {
		c.options.Policy.DeadLetter = "{group}.dead"
		p, err := runtime.Open(memory.New(nil), &c.options).Effective(c.channel, nil, c.opts...)
		if err != nil || p.DeadLetter != c.want+".dead" || p.Group != c.want {
			t.Errorf("%+v: the group is %s, that of %s, %v, want %s", c, p.Group, p.DeadLetter, err, c.want)
		}
	}
}

// TestLettersThatDoNotFit: a message as large as the transport takes is moved
// nevertheless, without the headers of a letter.
func TestLettersThatDoNotFit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 2000
		tr := memory.New(&memory.Options{Partitions: 1, MaxBytes: most})
		large := strings.Repeat("x", most)
		put(t, tr, large, "small")
		var calls atomic.Int32
		p := runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 1}, RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: time.Second}}}
		k := rawly(t, runtime.Open(tr.Connect(), with(p)), func(context.Context, *runtime.Incoming) error {
			calls.Add(1)
			return errOnPurpose
		})
		time.Sleep(time.Minute)
		k.finish()
		letters := stored(t, tr, "dead")
		if len(letters) != 2 || calls.Load() != 4 || len(remaining(t, tr)) > 0 {
			t.Fatalf("%d dead letters after %d calls", len(letters), calls.Load())
		}
		for _, m := range letters {
			if _, told := runtime.LetterOf(m); told != (payload(m) == "small") || !told && payload(m) != large {
				t.Errorf("the dead letter of %d bytes has headers: %t", len(m.Value), told)
			}
		}
	})
}
