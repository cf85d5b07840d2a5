package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
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

// batches runs ConsumeBatch.
func batches(t testing.TB, c *runtime.Conn, b runtime.Batch, h runtime.BatchHandler, opts ...runtime.ConsumeOption) *consuming {
	ctx, cancel := context.WithCancel(context.Background())
	k := &consuming{t: t, stop: cancel, ended: make(chan error, 1)}
	opts = append([]runtime.ConsumeOption{runtime.Group("g")}, opts...)
	go func() { k.ended <- runtime.ConsumeBatch(ctx, c, at, nil, b, h, opts...) }()
	t.Cleanup(cancel)
	return k
}

func valuesOf(batch []*runtime.Incoming) []string {
	var out []string
	for _, in := range batch {
		out = append(out, value(in))
	}
	return out
}

// TestBatchSizeAndWindow: a batch is handled when it is full, or its time is
// over.
func TestBatchSizeAndWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		begin := time.Now()
		var got []string
		k := batches(t, runtime.Open(tr.Connect(), with(runtime.Policy{Concurrency: 1})), runtime.Batch{Size: 4, Window: time.Minute},
			func(_ context.Context, batch []*runtime.Incoming) error {
				got = append(got, fmt.Sprint(valuesOf(batch), " after ", time.Since(begin)))
				return nil
			})
		put(t, tr, "a=0", "b=0", "a=1")
		time.Sleep(time.Second)
		put(t, tr, "a=2", "c=0")
		time.Sleep(time.Hour)
		put(t, tr, "d=0")
		synctest.Wait()
		k.finish()
		want := []string{"[a=0 a=1 a=2 b=0] after 1s", "[c=0] after 1m1s"}
		if !slices.Equal(got, want) {
			t.Errorf("batches are %q, want %q", got, want)
		}
		if rest := remaining(t, tr); !slices.Equal(rest, []string{"d=0"}) {
			t.Errorf("%q are left, want what had not begun", rest)
		}
	})
}

// TestBatchPartialFailure: of a key, the first that failed comes again with all
// that were behind it; other keys are done.
func TestBatchPartialFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1", "a=2", "b=0", "b=1")
		var got [][]string
		k := batches(t, runtime.Open(tr.Connect(), with(runtime.Policy{Concurrency: 1})), runtime.Batch{Size: 10},
			func(ctx context.Context, batch []*runtime.Incoming) error {
				got = append(got, valuesOf(batch))
				if len(got) > 1 {
					return nil
				}
				errs := make(runtime.BatchError, len(batch))
				errs[slices.Index(valuesOf(batch), "a=1")] = errOnPurpose
				return fmt.Errorf("wrapped: %w", errs)
			})
		time.Sleep(time.Minute)
		k.finish()
		want := [][]string{{"a=0", "a=1", "a=2", "b=0", "b=1"}, {"a=1"}, {"a=2"}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("batches are %q, want %q", got, want)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q are left", rest)
		}
	})
}

// TestBatchFailures: a batch that fails, panics or ends its goroutine comes
// again, and then is a dead letter message by message.
func TestBatchFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "b=0", "c=0")
		o := with(runtime.Policy{Concurrency: 1, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3, Min: 1, Max: 1}})
		calls := 0
		k := batches(t, runtime.Open(tr.Connect(), o), runtime.Batch{}, func(context.Context, []*runtime.Incoming) error {
			if calls++; calls == 1 {
				panic("on purpose")
			}
			return errOnPurpose
		})
		time.Sleep(time.Minute)
		k.finish()
		if n := len(stored(t, tr, "dead")); n != 3 || len(remaining(t, tr)) > 0 {
			t.Errorf("%d dead letters, want 3", n)
		}
	})
}

func pull(t *testing.T, c *runtime.Conn) *runtime.Puller {
	t.Helper()
	p, err := runtime.Pull(t.Context(), c, at, nil, runtime.Group("g"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFetch: of a key the next message comes when the one before is done.
func TestFetch(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0", "a=1", "b=0", "c=0")
	p := pull(t, runtime.Open(tr.Connect(), quiet()))
	fetch := func(want ...string) []*runtime.Fetched {
		t.Helper()
		var got []*runtime.Fetched
		for len(got) < len(want) {
			list, err := p.Fetch(t.Context(), len(want)-len(got))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, list...)
		}
		for i, f := range got {
			if string(f.Value()) != want[i] {
				t.Fatalf("fetched %q, want %q", f.Value(), want[i])
			}
		}
		return got
	}
	first := fetch("a=0", "b=0", "c=0")
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if list, err := p.Fetch(short, 5); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("while all keys are held Fetch returned %d, %v", len(list), err)
	}
	first[1].Nack(nil)
	again := fetch("b=0")[0]
	if again.Attempt() != 2 || runtime.Attempt(again.Context()) != 2 {
		t.Errorf("it is attempt %d", again.Attempt())
	}
	for range 2 {
		if err := first[0].Ack(t.Context()); err != nil {
			t.Errorf("Ack: %v", err)
		}
	}
	fetch("a=1")
	if err := again.Ack(t.Context()); err != nil {
		t.Errorf("Ack: %v", err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first[2].Ack(t.Context()); !errors.Is(err, runtime.ErrClosed) || err.Error() != "acknowledge a: closed" {
		t.Errorf("Ack after Close: %v", err)
	}
	if _, err := p.Fetch(t.Context(), 1); !errors.Is(err, runtime.ErrClosed) || err.Error() != "fetch a: closed" {
		t.Errorf("Fetch after Close: %v", err)
	}
	if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=1", "b=0", "c=0"}) {
		t.Errorf("%q are left, want what a gap is before", rest)
	}
}

func TestPullRefuses(t *testing.T) {
	c := runtime.Open(memory.New(nil), with(runtime.Policy{Concurrency: -1}))
	if _, err := runtime.Pull(t.Context(), c, at, nil); !errors.Is(err, runtime.ErrInvalid) {
		t.Errorf("Pull: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := runtime.Pull(t.Context(), c, at, nil, runtime.WithPolicy(runtime.Policy{Concurrency: 1})); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("Pull after Close: %v", err)
	}
}

// TestConnCloseEndsPullers.
func TestConnCloseEndsPullers(t *testing.T) {
	noLeak(t)
	c := runtime.Open(memory.New(nil), quiet())
	p := pull(t, c)
	ended := make(chan error, 1)
	go func() {
		_, err := p.Fetch(context.Background(), 1)
		ended <- err
	}()
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := await(t, "end of Fetch", ended); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("Fetch: %v", err)
	}
}

func TestMiddleware(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "skip", "k=0")
	type key struct{}
	var mu sync.Mutex
	var got []string
	say := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, s)
	}
	named := func(name string) runtime.Middleware {
		return func(next runtime.Handler) runtime.Handler {
			return func(ctx context.Context, in *runtime.Incoming) error {
				say(name)
				return next(context.WithValue(ctx, key{}, name), in)
			}
		}
	}
	skip := func(next runtime.Handler) runtime.Handler {
		return func(ctx context.Context, in *runtime.Incoming) error {
			if value(in) == "skip" {
				return runtime.ErrSkip
			}
			return next(ctx, in)
		}
	}
	o := with(runtime.Policy{Concurrency: 1, Ordering: runtime.PerPartition})
	seen := &events{}
	o.Observer, o.Middleware = seen, []runtime.Middleware{skip, named("conn")}
	done := make(chan struct{})
	k := start(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, e *textEnvelope) error {
		say(fmt.Sprint(e.Payload, " within ", ctx.Value(key{}), " ", runtime.Attempt(ctx)))
		close(done)
		return nil
	}, runtime.Use(named("one"), named("two")))
	await(t, "handler", done)
	k.finish()
	if want := []string{"conn", "one", "two", "k=0 within two 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if seen.count(runtime.EventDropped) != 1 || seen.count(runtime.EventHandled) != 1 || seen.count(runtime.EventAcked) != 2 ||
		seen.count(runtime.EventReceived) != 2 {
		t.Errorf("events are %+v", seen.list)
	}
}

// TestMiddlewareSeesUnknownTypes: what middleware lets go is not undecodable,
// whatever its type; what it passes on is.
func TestMiddlewareSeesUnknownTypes(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1})
	for _, name := range []string{"foreign", "strange", "m"} {
		m := &driver.Message{Address: "a", Value: []byte(name), Headers: []driver.Header{{Key: "ce_type", Value: []byte(name)}}}
		if err := tr.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	o := with(runtime.Policy{Concurrency: 1, Ordering: runtime.PerPartition})
	seen := &events{}
	var refused []string
	o.Observer = seen
	o.OnUndecodable = func(_ context.Context, m *driver.Message, _ error) error {
		refused = append(refused, string(m.Value))
		return nil
	}
	only := func(next runtime.Handler) runtime.Handler {
		return func(ctx context.Context, in *runtime.Incoming) error {
			if in.Type() == "foreign" {
				return runtime.ErrSkip
			}
			return next(ctx, in)
		}
	}
	done := make(chan struct{})
	k := start(t, runtime.Open(tr, o), func(context.Context, *textEnvelope) error {
		close(done)
		return nil
	}, runtime.Use(only))
	await(t, "handler", done)
	k.finish()
	if !slices.Equal(refused, []string{"strange"}) || seen.count(runtime.EventDropped) != 1 || seen.count(runtime.EventAcked) != 3 {
		t.Errorf("%q were refused, events are %+v", refused, seen.list)
	}
}

func TestTraceContinues(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	tr := memory.New(nil)
	m := &driver.Message{Address: "a", Value: []byte("v"), Headers: []driver.Header{
		{Key: "traceparent", Value: []byte(parent)}, {Key: "tracestate", Value: []byte("a=1")}, {Key: "tracestate", Value: []byte("b=2")}}}
	if err := tr.Publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	seen := &events{}
	o := quiet()
	o.Observer = seen
	c := runtime.Open(tr.Connect(), o)
	done := make(chan runtime.TraceContext, 1)
	k := start(t, c, func(ctx context.Context, e *textEnvelope) error {
		trace, _ := runtime.TraceOf(ctx)
		forwarded := &textEnvelope{Payload: "w"}
		forwarded.Undeclared = e.Undeclared
		err := publish(ctx, c, &runtime.Channel{Address: "b"}, nil, text("m"), forwarded)
		done <- trace
		return err
	})
	own := await(t, "handler", done)
	k.finish()
	sent := stored(t, tr, "b")[0]
	var headers []string
	for _, h := range sent.Headers {
		if h.Key == "traceparent" || h.Key == "tracestate" {
			headers = append(headers, string(h.Value))
		}
	}
	want := []string{own.String(), "a=1,b=2"}
	if !slices.Equal(headers, want) || own.String() == parent || own.String()[:35] != parent[:35] || own.Flags != 1 {
		t.Errorf("the headers are %q, the handler's place is %s", headers, own)
	}
	if seen.count(runtime.EventPublished) != 1 {
		t.Error("publishing was not observed")
	}
	if _, ok := runtime.TraceOf(t.Context()); ok {
		t.Error("outside of a handler there is a trace")
	}
	fresh := runtime.NewTrace()
	if got, ok := runtime.TraceOf(runtime.WithTrace(t.Context(), fresh)); !ok || got != fresh {
		t.Errorf("within WithTrace it is %v", got)
	}
}

func TestParseTrace(t *testing.T) {
	const ids = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for text, valid := range map[string]bool{
		"00" + ids: true, "cc" + ids: true, "cc" + ids + "-more": true,
		"00" + ids + "-more": false, "ff" + ids: false, "cc" + ids + "more": false, "": false, "00": false,
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01": false,
		"00-00000000000000000000000000000000-b7ad6b7169203331-01": false,
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01": false,
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g": false,
	} {
		got, ok := runtime.ParseTrace(text, "x=y")
		if ok != valid || ok && (got.State != "x=y" || got.String() != "00"+ids) {
			t.Errorf("%q is %v %v", text, got, ok)
		}
	}
}

// TestCloseOfAnIdleConn: consumers of every kind that have nothing to do end at
// once.
func TestCloseOfAnIdleConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := runtime.Open(memory.New(nil), quiet())
		none := func(context.Context, *runtime.Incoming) error { return nil }
		one := rawly(t, c, none)
		bounded := rawly(t, c, none, runtime.WithPolicy(runtime.Policy{
			Guarantee: runtime.AtMostOnce, Rate: runtime.Rate{PerSecond: 1}, AttemptTimeout: time.Hour}))
		many := batches(t, c, runtime.Batch{Window: time.Hour}, func(context.Context, []*runtime.Incoming) error { return nil })
		p := pull(t, c)
		synctest.Wait()
		begin := time.Now()
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, k := range []*consuming{one, bounded, many} {
			if err := k.end(); err != nil {
				t.Errorf("the consumer: %v", err)
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Errorf("the puller: %v", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("closing took %v", took)
		}
	})
}

// TestStuckBatches: a handler of batches that goes on after its time keeps its keys
// waiting, and nobody else.
func TestStuckBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "stuck=0")
		release := make(chan struct{})
		h := newHistory()
		o := with(runtime.Policy{Concurrency: 1, AttemptTimeout: time.Second})
		k := batches(t, runtime.Open(tr.Connect(), o), runtime.Batch{Size: 2}, func(_ context.Context, batch []*runtime.Incoming) error {
			for _, v := range valuesOf(batch) {
				if v == "stuck=0" {
					<-release
				}
				h.add(v)
			}
			return nil
		})
		time.Sleep(time.Minute)
		put(t, tr, "stuck=1", "a=0", "b=0", "a=1")
		time.Sleep(time.Minute)
		if got := h.all(); len(got) != 3 || slices.Contains(got, "stuck=1") {
			t.Errorf("handled %q while one is stuck", got)
		}
		close(release)
		time.Sleep(time.Minute)
		k.finish()
		if n := inOrder(t, h.all()); n != 5 || len(remaining(t, tr)) > 0 {
			t.Errorf("handled %q", h.all())
		}
	})
}

// TestBatchesThatEndTheirGoroutine have failed like others: they are told, and end
// as dead letters. So do messages whose middleware does, which are tried again.
func TestBatchesThatEndTheirGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "b=0")
		seen := &events{}
		o := with(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3}})
		o.Observer = seen
		var ended atomic.Bool
		o.Middleware = []runtime.Middleware{func(next runtime.Handler) runtime.Handler {
			return func(ctx context.Context, in *runtime.Incoming) error {
				if ended.CompareAndSwap(false, true) {
					goruntime.Goexit()
				}
				return next(ctx, in)
			}
		}}
		k := batches(t, runtime.Open(tr.Connect(), o), runtime.Batch{Size: 2}, func(context.Context, []*runtime.Incoming) error {
			goruntime.Goexit()
			return nil
		})
		time.Sleep(time.Hour)
		k.finish()
		letters := stored(t, tr, "dead")
		if len(letters) != 2 || len(remaining(t, tr)) > 0 || seen.count(runtime.EventFailed) < 4 {
			t.Errorf("%d dead letters, %d failures", len(letters), seen.count(runtime.EventFailed))
		}
		for _, m := range letters {
			if l, _ := runtime.LetterOf(m); l.Class != "panic" {
				t.Errorf("the letter is %+v", l)
			}
		}
	})
}

// TestBatchWithoutAHandler is refused when it starts, as a consumer of single messages is.
func TestBatchWithoutAHandler(t *testing.T) {
	err := runtime.ConsumeBatch(t.Context(), runtime.Open(memory.New(nil), quiet()), at, nil, runtime.Batch{}, nil, runtime.Group("g"))
	if !errors.Is(err, runtime.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
