package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	goruntime "runtime"
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

var errOnPurpose = errors.New("failed on purpose")

// TestOrderPerKeyWhateverFails: many keys at once, random delays, failures and
// panics; each key's messages succeed once and in order, and those without a
// key in the order of their partition.
func TestOrderPerKeyWhateverFails(t *testing.T) {
	noLeak(t)
	const keys, each = 40, 60
	tr := memory.New(nil)
	for i := range each {
		for k := range keys {
			put(t, tr, fmt.Sprintf("key-%d=%d", k, i))
		}
	}
	for i := range 4 * each { // round robin over 4 partitions
		put(t, tr, fmt.Sprintf("none-%d", i))
	}
	var done history
	done.more = make(chan struct{}, 1)
	var running sync.Map
	c := runtime.Open(tr, quiet())
	k := start(t, c, func(ctx context.Context, e *textEnvelope) error {
		lane := e.Key
		if lane == "" {
			lane = fmt.Sprintf("%s/%d", e.Position.Address, e.Position.Partition)
		}
		if _, taken := running.LoadOrStore(lane, true); taken {
			t.Errorf("two messages of %s are handled at a time", lane)
		}
		defer running.Delete(lane)
		switch rand.IntN(20) {
		case 0, 1:
			return errOnPurpose
		case 2:
			panic("on purpose")
		case 3, 4:
			time.Sleep(time.Duration(rand.IntN(200)) * time.Microsecond)
		}
		value := e.Payload
		if e.Key == "" {
			value = fmt.Sprintf("%s=%d", lane, e.Position.Offset)
		}
		done.add(value)
		return nil
	})
	done.atLeast(t, keys*each+4*each)
	k.finish()
	var keyed []string
	last := map[string]int{}
	for _, v := range done.all() {
		lane, n, _ := strings.Cut(v, "=")
		if strings.HasPrefix(lane, "key") {
			keyed = append(keyed, v)
			continue
		}
		var offset int
		fmt.Sscan(n, &offset)
		if was, ok := last[lane]; ok && offset <= was {
			t.Errorf("in %s offset %d was handled after %d", lane, offset, was)
		}
		last[lane] = offset
	}
	if n := inOrder(t, keyed); n != keys*each {
		t.Errorf("%d messages with a key were handled, want %d", n, keys*each)
	}
	if rest := remaining(t, tr); len(rest) > 0 {
		t.Errorf("%d messages were not acknowledged: %q", len(rest), rest[:min(5, len(rest))])
	}
}

func TestConcurrencyIsReachedAndKept(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	o := quiet()
	o.Concurrency = 5
	for i := range 50 {
		put(t, tr, fmt.Sprintf("key-%d=0", i))
	}
	entered, leave := make(chan struct{}, 50), make(chan struct{})
	var running, most atomic.Int64
	k := start(t, runtime.Open(tr, o), func(context.Context, *textEnvelope) error {
		n := running.Add(1)
		defer running.Add(-1)
		for was := most.Load(); n > was && !most.CompareAndSwap(was, n); was = most.Load() {
		}
		entered <- struct{}{}
		<-leave
		return nil
	})
	for range 5 {
		await(t, "fifth handler", entered)
	}
	close(leave)
	for range 45 {
		await(t, "handler", entered)
	}
	k.finish()
	if most.Load() != 5 {
		t.Errorf("%d handlers ran at a time, want 5", most.Load())
	}
}

// TestOnlyTheFailingKeyWaits: one key fails for ever; its followers wait, all
// others are handled, and after a restart it is where it was.
func TestOnlyTheFailingKeyWaits(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	o := quiet()
	o.Concurrency = 2
	for i := range 20 {
		put(t, tr, fmt.Sprintf("bad=%d", i), fmt.Sprintf("good-%d=0", i), fmt.Sprintf("bad-too=%d", i), fmt.Sprintf("worse=%d", i))
	}
	done := newHistory()
	handle := func(ctx context.Context, e *textEnvelope) error {
		if !strings.HasPrefix(e.Payload, "good") {
			return errOnPurpose
		}
		done.add(e.Payload)
		return nil
	}
	k := start(t, runtime.Open(tr, o), handle)
	done.atLeast(t, 20)
	k.finish()
	if got := done.all(); len(got) != 20 {
		t.Errorf("%q were handled", got)
	}
	if rest := remaining(t, tr); len(rest) != 80 || rest[0] != "bad=0" {
		t.Errorf("%d messages are left, want all 80 behind the first failure; %q is first", len(rest), rest[0])
	}
}

func TestAttemptsAndTheirWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		put(t, tr, "k=0")
		o := quiet()
		o.Retry = runtime.Retry{Min: time.Second, Max: 10 * time.Second}
		var times []time.Time
		finished := make(chan struct{})
		k := start(t, runtime.Open(tr, o), func(ctx context.Context, e *textEnvelope) error {
			times = append(times, time.Now())
			if n := runtime.Attempt(ctx); n != len(times) {
				t.Errorf("attempt %d says it is %d", len(times), n)
			}
			if e.Payload != "k=0" {
				t.Errorf("attempt %d got the payload %q, which another one changed", len(times), e.Payload)
			}
			e.Payload = "changed"
			if len(times) < 8 {
				return errOnPurpose
			}
			close(finished)
			return nil
		})
		<-finished
		k.finish()
		for i, most := range []time.Duration{1, 2, 4, 8, 10, 10, 10} {
			most *= time.Second
			if wait := times[i+1].Sub(times[i]); wait < most/2 || wait > most {
				t.Errorf("after failure %d the wait is %v, want %v to %v", i+1, wait, most/2, most)
			}
		}
	})
	if runtime.Attempt(context.Background()) != 0 {
		t.Error("outside of a handler Attempt is not 0")
	}
}

// TestWindowIsNeverExceeded: with stuck handlers no more than MaxInFlight
// messages are received.
func TestWindowIsNeverExceeded(t *testing.T) {
	noLeak(t)
	for _, batch := range []int{1, 0} {
		f := &faulty{Transport: memory.New(nil), batch: batch}
		var open, most, received atomic.Int64
		f.wrap = func(d driver.Delivery) driver.Delivery {
			return &spied{Delivery: d, ack: func(d driver.Delivery) error {
				open.Add(-1)
				return d.Ack(context.Background())
			}}
		}
		f.receive = func() error {
			n := open.Load()
			for was := most.Load(); n > was && !most.CompareAndSwap(was, n); was = most.Load() {
			}
			return nil
		}
		for i := range 400 {
			put(t, f, fmt.Sprintf("key-%d=0", i))
		}
		o := quiet()
		o.MaxInFlight, o.Concurrency = 30, 8
		entered, leave := make(chan struct{}, 400), make(chan struct{})
		k := start(t, runtime.Open(f, o), func(context.Context, *textEnvelope) error {
			open.Add(1) // handled and not acknowledged
			received.Add(1)
			entered <- struct{}{}
			<-leave
			return nil
		})
		for range 8 {
			await(t, "handler", entered)
		}
		close(leave)
		for range 392 {
			await(t, "handler", entered)
		}
		k.finish()
		if received.Load() != 400 || most.Load() > 30 {
			t.Errorf("batches of %d: %d messages handled, %d open at a Receive", batch, received.Load(), most.Load())
		}
	}
}

func TestBackPressure(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(nil), batch: 1}
	var received atomic.Int64
	full := make(chan struct{})
	f.wrap = func(d driver.Delivery) driver.Delivery { return d }
	f.receive = func() error {
		if received.Add(1) == 10 {
			close(full)
		}
		return nil
	}
	for i := range 100 {
		put(t, f, fmt.Sprintf("key-%d=0", i))
	}
	o := quiet()
	o.MaxInFlight, o.Concurrency = 10, 2
	stuck := make(chan struct{})
	k := start(t, runtime.Open(f, o), func(context.Context, *textEnvelope) error {
		<-stuck
		return nil
	})
	await(t, "full window", full)
	time.Sleep(20 * time.Millisecond) // for what must not happen
	if n := received.Load(); n != 10 {
		t.Errorf("with stuck handlers and a window of 10, Receive was called %d times", n)
	}
	close(stuck)
	k.finish()
}

// TestDrain: what runs when the consumer is stopped finishes and counts; what
// has not started is given back; nothing comes twice.
func TestDrain(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 2})
	for i := range 100 {
		put(t, tr, fmt.Sprintf("key-%d=%d", i%10, i/10))
	}
	o := quiet()
	o.Concurrency = 4
	type traced struct{}
	done := newHistory()
	entered, leave := make(chan struct{}, 100), make(chan struct{})
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), traced{}, "yes"))
	ended := make(chan error, 1)
	route := runtime.On(text("m"), func(ctx context.Context, e *textEnvelope) error {
		entered <- struct{}{}
		<-leave
		if ctx.Err() != nil || ctx.Value(traced{}) != "yes" {
			t.Errorf("while draining the handler's context is %v, and its value %v", ctx.Err(), ctx.Value(traced{}))
		}
		done.add(e.Payload)
		return nil
	})
	go func() {
		ended <- runtime.Consume(ctx, runtime.Open(tr, o), at, nil, []runtime.Route{route}, runtime.Group("g"))
	}()
	for range 4 {
		await(t, "handler", entered)
	}
	stop()
	close(leave)
	if err := await(t, "end of Consume", ended); err != nil {
		t.Fatal(err)
	}
	if got := done.all(); len(got) != 4 {
		t.Errorf("%q were handled, want the four that were running", got)
	}
	seen := slices.Concat(done.all(), remaining(t, tr))
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 100 {
		t.Errorf("%d of 100 messages were handled or are left", len(slices.Compact(seen)))
	}
}

func TestDrainBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "b=0", "c=0", "d=0")
		o := quiet()
		o.DrainTimeout = 5 * time.Second
		entered := make(chan struct{}, 4)
		var gaveUp atomic.Int64
		k := start(t, runtime.Open(tr, o), func(ctx context.Context, e *textEnvelope) error {
			entered <- struct{}{}
			if e.Payload == "a=0" || e.Payload == "d=0" {
				return nil
			}
			<-ctx.Done()
			gaveUp.Add(1)
			return nil
		})
		for range 4 {
			<-entered
		}
		synctest.Wait()
		k.stop()
		begin := time.Now()
		err := k.end()
		var drain *runtime.DrainError
		if !errors.As(err, &drain) || drain.Abandoned != 2 || drain.Timeout != 5*time.Second {
			t.Errorf("Consume: %v, want two abandoned messages", err)
		}
		if want := "consume a: 2 messages were still being handled 5s after"; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Consume: %v, want %s…", err, want)
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("the drain took %v", took)
		}
		synctest.Wait()
		if gaveUp.Load() != 2 {
			t.Errorf("%d of 2 abandoned handlers were told to give up", gaveUp.Load())
		}
		// d was acknowledged behind a gap: it comes again with b and c.
		if rest := remaining(t, tr); !slices.Equal(rest, []string{"b=0", "c=0", "d=0"}) {
			t.Errorf("%q are left", rest)
		}
	})
}

// TestStopInsideARetryWait does not wait for the next attempt.
func TestStopInsideARetryWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1", "b=0")
		o := quiet()
		o.Retry = runtime.Retry{Min: time.Hour, Max: time.Hour}
		k := start(t, runtime.Open(tr, o), func(_ context.Context, e *textEnvelope) error {
			if e.Key == "a" {
				return errOnPurpose
			}
			return nil
		})
		synctest.Wait()
		begin := time.Now()
		k.finish()
		if took := time.Since(begin); took != 0 {
			t.Errorf("stopping took %v", took)
		}
		if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=0", "a=1", "b=0"}) {
			t.Errorf("%q are left", rest)
		}
	})
}

// TestPanicsAndExitsAreFailures: a handler may panic, also with nil, or end
// its goroutine; the message is tried again.
func TestPanicsAndExitsAreFailures(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	for i := range 30 {
		put(t, tr, fmt.Sprintf("key-%d=0", i))
	}
	var log strings.Builder
	o := quiet()
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	o.Concurrency = 3
	done := newHistory()
	k := start(t, runtime.Open(tr, o), func(ctx context.Context, e *textEnvelope) error {
		switch runtime.Attempt(ctx) {
		case 1:
			panic("first")
		case 2:
			panic(nil)
		case 3:
			goruntime.Goexit()
		}
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 30)
	k.finish()
	if n := inOrder(t, done.all()); n != 30 {
		t.Errorf("%d messages were handled", n)
	}
	for _, want := range []string{"panic: first", "consume_test.go", "ended its goroutine"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

func TestPoisonStopsWithoutAHook(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0", "b=0", "a=1")
	poison := &driver.Message{Address: "a", Key: []byte("p"), Value: []byte{0xff},
		Headers: []driver.Header{{Key: "ce_type", Value: []byte("m")}}}
	if err := tr.Publish(t.Context(), poison); err != nil {
		t.Fatal(err)
	}
	put(t, tr, "c=0", "a=2")
	done := newHistory()
	slow := make(chan struct{})
	k := start(t, runtime.Open(tr, quiet()), func(ctx context.Context, e *textEnvelope) error {
		if e.Payload == "a=0" && runtime.Attempt(ctx) < 5 {
			return errOnPurpose // what is before it may take its time
		}
		if e.Payload == "c=0" {
			<-slow
		}
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 3)
	close(slow)
	err := k.end()
	var u *runtime.UndecodableError
	if !errors.As(err, &u) || u.Address != "a" || u.Partition != 0 || u.Offset != 3 || u.Type != "m" {
		t.Fatalf("Consume: %v", err)
	}
	want := `consume a: message of type "m" at partition 0, offset 3 cannot be decoded: payload: payload is not UTF-8 text`
	if err.Error() != want {
		t.Errorf("Consume: %v, want %s", err, want)
	}
	if got := done.all(); !slices.Contains(got, "a=0") || !slices.Contains(got, "a=1") || !slices.Contains(got, "b=0") {
		t.Errorf("%q were handled, want all that came before", got)
	}
	if rest := remaining(t, tr); len(rest) != 3 || rest[0] != "\xff" {
		t.Errorf("%q are left, want the poisoned message first", rest)
	}
}

func TestPoisonHook(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	put(t, tr, "k=0")
	if err := tr.Publish(t.Context(), &driver.Message{Address: "a", Key: []byte("k"), Value: []byte{0xff}}); err != nil {
		t.Fatal(err)
	}
	put(t, tr, "k=1")
	done := newHistory()
	o := quiet()
	o.OnUndecodable = func(ctx context.Context, m *driver.Message, err error) error {
		var u *runtime.UndecodableError
		if !errors.As(err, &u) || u.Offset != m.Offset || m.Value[0] != 0xff {
			t.Errorf("the hook got %v for %q", err, m.Value)
		}
		switch runtime.Attempt(ctx) {
		case 1:
			return errOnPurpose
		case 2:
			panic("in the hook")
		}
		done.add("k=hook")
		return nil
	}
	k := start(t, runtime.Open(tr, o), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 3)
	k.finish()
	if got := done.all(); !slices.Equal(got, []string{"k=0", "k=hook", "k=1"}) {
		t.Errorf("handled %q", got)
	}
	if rest := remaining(t, tr); len(rest) > 0 {
		t.Errorf("%q are left", rest)
	}
}

// panicky is a codec that panics.
type panicky struct{ runtime.Text }

func (panicky) Decode([]byte) (string, error) { panic("in the codec") }

func TestWhatCannotBeDecoded(t *testing.T) {
	typed := func(messageType, contentType string) *driver.Message {
		m := &driver.Message{Address: "a", Value: []byte("v")}
		if messageType != "" {
			m.Headers = append(m.Headers, driver.Header{Key: "ce_type", Value: []byte(messageType)})
		}
		if contentType != "" {
			m.Headers = append(m.Headers, driver.Header{Key: "content-type", Value: []byte(contentType)})
		}
		return m
	}
	broken := text("m")
	broken.Payload = panicky{}
	ignore := func(context.Context, *textEnvelope) error { return nil }
	one := []runtime.Route{runtime.On(text("m"), ignore)}
	two := []runtime.Route{runtime.On(text("n"), ignore), runtime.On(text("m"), ignore)}
	nameless := []runtime.Route{runtime.On(text(""), ignore)}
	cases := []struct {
		name   string
		routes []runtime.Route
		m      *driver.Message
		reason string
	}{
		{"its type", one, typed("m", ""), ""},
		{"no type, one route", one, typed("", "text/plain"), ""},
		{"another type", one, typed("n", ""), `type "n" is unknown, expected m`},
		{"one of two", two, typed("n", ""), ""},
		{"no type, two routes", two, typed("", ""), "message has no type, expected one of m, n"},
		{"any type", nameless, typed("whatever", ""), ""},
		{"structured mode", one, typed("m", "application/cloudevents+json; charset=utf-8"),
			"content type application/cloudevents+json; charset=utf-8: only the binary mode of CloudEvents is understood"},
		{"a codec that panics", []runtime.Route{runtime.On(broken, ignore)}, typed("m", ""), "panic: in the codec"},
		{"a tombstone", one, &driver.Message{Address: "a"}, "payload: message has no payload"},
	}
	for _, c := range cases {
		tr := memory.New(nil)
		if err := tr.Publish(t.Context(), c.m); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		reason := ""
		o := quiet()
		o.OnUndecodable = func(_ context.Context, _ *driver.Message, err error) error {
			reason = errors.Unwrap(err).Error()
			return nil
		}
		f := &faulty{Transport: tr}
		f.wrap = func(d driver.Delivery) driver.Delivery {
			return &spied{Delivery: d, ack: func(driver.Delivery) error {
				stop()
				return nil
			}}
		}
		if err := runtime.Consume(ctx, runtime.Open(f, o), at, nil, c.routes); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if reason != c.reason {
			t.Errorf("%s: %q, want %q", c.name, reason, c.reason)
		}
		stop()
	}
}

func TestConsumeRefuses(t *testing.T) {
	c := runtime.Open(memory.New(nil), quiet())
	ok := runtime.On(text("m"), func(context.Context, *textEnvelope) error { return nil })
	cases := map[string]struct {
		routes  []runtime.Route
		channel runtime.Channel
		want    string
	}{
		"no routes":   {nil, at, "consume a: there is no message to handle: invalid"},
		"no handler":  {[]runtime.Route{ok, runtime.On[string, runtime.NoHeaders](text("n"), nil)}, at, `consume a: message "n" has no handler: invalid`},
		"two of one":  {[]runtime.Route{ok, ok}, at, `consume a: message "m" has two handlers: invalid`},
		"no address":  {[]runtime.Route{ok}, runtime.Channel{}, "consume: channel has no address for memory: invalid"},
		"a parameter": {[]runtime.Route{ok}, runtime.Channel{Address: "{x}"}, `consume: address "{x}": parameter "x" has no value: invalid`},
	}
	for name, tc := range cases {
		err := runtime.Consume(t.Context(), c, tc.channel, nil, tc.routes)
		if !errors.Is(err, driver.ErrInvalid) || err.Error() != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := runtime.Consume(ended, c, at, nil, []runtime.Route{ok}); err != nil {
		t.Errorf("with an ended context: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := runtime.Consume(t.Context(), c, at, nil, []runtime.Route{ok}); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestChain: what a handler publishes is caused by what it handles, and
// belongs to the same story.
func TestChain(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	o := quiet()
	c := runtime.Open(tr, o)
	told := make(chan runtime.Attributes, 3)
	b := runtime.Channel{Address: "b"}
	publish := func(ctx context.Context, ch runtime.Channel, opts ...runtime.PublishOption) {
		if err := runtime.Publish(ctx, c, ch, nil, text("m"), &textEnvelope{Payload: "v"}, opts...); err != nil {
			t.Error(err)
		}
	}
	first := start(t, c, func(ctx context.Context, e *textEnvelope) error {
		if a, ok := runtime.Consumed(ctx); !ok || a.ID != e.ID {
			t.Errorf("in the handler of %q Consumed is %q", e.ID, a.ID)
		}
		publish(ctx, b, runtime.ID("second"))
		publish(context.WithoutCancel(ctx), b, runtime.ID("other"), runtime.CorrelationID("mine"))
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	route := runtime.On(text("m"), func(ctx context.Context, e *textEnvelope) error {
		if e.ID == "second" {
			publish(ctx, b, runtime.ID("third"))
		}
		told <- e.Attributes
		return nil
	})
	go func() { ended <- runtime.Consume(ctx, c, b, nil, []runtime.Route{route}) }()
	publish(t.Context(), at, runtime.ID("first"))
	type chain struct{ cause, story string }
	want := map[string]chain{"second": {"first", "first"}, "other": {"first", "mine"}, "third": {"second", "first"}}
	for range 3 {
		a := await(t, "message", told)
		if got := (chain{a.CausationID, a.CorrelationID}); got != want[a.ID] {
			t.Errorf("%s: %+v, want %+v", a.ID, got, want[a.ID])
		}
	}
	stop()
	if err := await(t, "end of Consume", ended); err != nil {
		t.Error(err)
	}
	first.finish()
	if _, ok := runtime.Consumed(t.Context()); ok {
		t.Error("outside of a handler something is being consumed")
	}
}

// TestStopsAndStarts stops and starts a consumer at random moments, between
// failing and slow handlers: nothing is lost, nothing comes twice, and the
// order of each key holds across the restarts.
func TestStopsAndStarts(t *testing.T) {
	noLeak(t)
	const keys, each = 15, 120
	tr := memory.New(nil)
	done := newHistory()
	go func() {
		for i := range each {
			for k := range keys {
				put(t, tr, fmt.Sprintf("key-%d=%d", k, i))
			}
		}
	}()
	restarts := 0
	for ; len(done.all()) < keys*each; restarts++ {
		o := quiet()
		o.MaxInFlight = 1 + rand.IntN(200)
		k := start(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, e *textEnvelope) error {
			switch rand.IntN(10) {
			case 0:
				return errOnPurpose
			case 1:
				time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
			}
			done.add(e.Payload)
			return nil
		})
		time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
		k.finish()
	}
	if n := inOrder(t, done.all()); n != keys*each {
		t.Errorf("%d messages were handled, want %d", n, keys*each)
	}
	if rest := remaining(t, tr); len(rest) > 0 {
		t.Errorf("%q are left", rest)
	}
	t.Logf("%d restarts", restarts)
}

// TestMembersComeAndGo: several consumers of one group, each on a connection of
// its own, join and leave; nothing is lost, and as all of them drain, nothing
// comes twice.
func TestMembersComeAndGo(t *testing.T) {
	noLeak(t)
	const keys, each = 20, 100
	tr := memory.New(&memory.Options{Partitions: 8})
	done := newHistory()
	member := func() *consuming {
		return start(t, runtime.Open(tr.Connect(), quiet()), func(_ context.Context, e *textEnvelope) error {
			if rand.IntN(20) == 0 {
				return errOnPurpose
			}
			done.add(e.Payload)
			return nil
		})
	}
	members := []*consuming{member()}
	for i := range each {
		for k := range keys {
			put(t, tr, fmt.Sprintf("key-%d=%d", k, i))
		}
		switch n := rand.IntN(4); {
		case n == 0 && len(members) < 4:
			members = append(members, member())
		case n == 1 && len(members) > 1:
			members[0].finish()
			members = members[1:]
		}
	}
	done.atLeast(t, keys*each)
	for _, m := range members {
		m.finish()
	}
	if n := inOrder(t, done.all()); n != keys*each {
		t.Errorf("%d messages were handled, want %d", n, keys*each)
	}
}

func TestTransientFailuresToReceive(t *testing.T) {
	noLeak(t)
	var calls atomic.Int64
	f := &faulty{Transport: memory.New(nil), receive: func() error {
		if calls.Add(1)%2 == 1 {
			return errOnPurpose
		}
		return nil
	}, batch: 1}
	put(t, f, "k=0", "k=1", "k=2")
	done := newHistory()
	k := start(t, runtime.Open(f, quiet()), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 3)
	k.finish()
	if n := inOrder(t, done.all()); n != 3 {
		t.Errorf("%q were handled", done.all())
	}
}

func TestPermanentFailuresToReceive(t *testing.T) {
	noLeak(t)
	for err, want := range map[error]error{
		fmt.Errorf("broker: %w", driver.ErrUnauthorized): driver.ErrUnauthorized,
		driver.ErrNotFound: driver.ErrNotFound,
		io.EOF:             driver.ErrClosed,
	} {
		f := &faulty{Transport: memory.New(nil), receive: func() error { return err }}
		k := start(t, runtime.Open(f, quiet()), func(context.Context, *textEnvelope) error { return nil })
		if got := k.end(); !errors.Is(got, want) {
			t.Errorf("Receive returned %v, Consume %v", err, got)
		}
	}
}

func TestErrorOfClosingTheReceiver(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(nil), close: func() error { return errOnPurpose }}
	k := start(t, runtime.Open(f, quiet()), func(context.Context, *textEnvelope) error { return nil })
	k.stop()
	if err := k.end(); !errors.Is(err, errOnPurpose) {
		t.Errorf("acknowledgements could not be flushed, but Consume returned %v", err)
	}
}

func TestRefusedAcknowledgementsAreLogged(t *testing.T) {
	noLeak(t)
	var log strings.Builder
	f := &faulty{Transport: memory.New(nil)}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(driver.Delivery) error {
			if d.Message().Offset == 0 {
				return errOnPurpose
			}
			return driver.ErrStale
		}}
	}
	put(t, f, "k=0", "k=1")
	o := quiet()
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	done := newHistory()
	k := start(t, runtime.Open(f, o), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 2)
	k.finish()
	if text := log.String(); !strings.Contains(text, "not acknowledged") || strings.Contains(text, "stale") {
		t.Errorf("the log says %q", text)
	}
}

func TestRevokedDeliveriesAreNotHandled(t *testing.T) {
	noLeak(t)
	f := &faulty{Transport: memory.New(&memory.Options{Partitions: 1})}
	gone := make(chan struct{})
	f.wrap = func(d driver.Delivery) driver.Delivery {
		s := &spied{Delivery: d, ack: func(d driver.Delivery) error { return d.Ack(context.Background()) }}
		if m := d.Message(); m.Offset < 3 {
			s.revoked = gone
		}
		return s
	}
	put(t, f, "k=0", "k=1", "k=2", "k=3")
	done := newHistory()
	k := start(t, runtime.Open(f, quiet()), func(_ context.Context, e *textEnvelope) error {
		if e.Payload == "k=0" {
			close(gone)
			return errOnPurpose
		}
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 1)
	k.finish()
	if got := done.all(); !slices.Equal(got, []string{"k=3"}) {
		t.Errorf("%q were handled, want only what was not revoked", got)
	}
}

func TestCloseStopsConsumers(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	put(t, tr, "k=0")
	c := runtime.Open(tr, quiet())
	entered, leave := make(chan struct{}), make(chan struct{})
	k := start(t, c, func(ctx context.Context, e *textEnvelope) error {
		close(entered)
		<-leave
		return runtime.Publish(ctx, c, runtime.Channel{Address: "b"}, nil, text("m"), &textEnvelope{})
	})
	await(t, "handler", entered)
	closed := make(chan error, 2)
	for range 2 {
		go func() { closed <- c.Close(context.Background()) }()
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.Close(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close returned %v before the handler did", err)
	}
	close(leave)
	for range 2 {
		if err := await(t, "end of Close", closed); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := k.end(); err != nil {
		t.Errorf("Consume: %v", err)
	}
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		put(t, tr, "k=0")
		o := quiet()
		o.DrainTimeout = time.Hour
		c := runtime.Open(tr, o)
		leave := make(chan struct{})
		k := start(t, c, func(context.Context, *textEnvelope) error {
			<-leave
			return nil
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := c.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "close: consumers are still draining") {
			t.Errorf("Close: %v", err)
		}
		close(leave)
		if err := k.end(); err != nil {
			t.Errorf("Consume: %v", err)
		}
	})
}
