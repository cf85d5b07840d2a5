package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestDrain: what runs when the consumer is stopped finishes and counts; what
// has not started is given back; nothing comes twice.
func TestDrain(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 2})
	for i := range 100 {
		put(t, tr, fmt.Sprintf("key-%d=%d", i%10, i/10))
	}
	o := quiet()
	o.Policy.Concurrency = 4
	type traced struct{}
	done := newHistory()
	entered, leave := make(chan struct{}, 100), make(chan struct{})
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), traced{}, "yes"))
	ended := make(chan error, 1)
	route := on(text("m"), func(ctx context.Context, e *textEnvelope) error {
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

// TestDrainFillsGaps: on a log, what lies before finished messages is finished
// too; what lies behind them is given back, and so is everything from the
// first failure on. Elsewhere there are no gaps to fill.
func TestDrainFillsGaps(t *testing.T) {
	noLeak(t)
	cases := []struct {
		name    string
		log     bool
		fails   string // after the stop
		handled []string
		left    []string
	}{
		{"log", true, "", []string{"b=0", "a=0", "a=1"}, []string{"a=2", "c=0"}},
		{"log, a=0 fails", true, "a=0", []string{"b=0"}, []string{"a=0", "a=1", "b=0", "a=2", "c=0"}},
		{"log, a=1 fails", true, "a=1", []string{"b=0", "a=0"}, []string{"a=1", "b=0", "a=2", "c=0"}},
		{"queue", false, "", []string{"b=0", "a=0"}, []string{"a=1", "b=0", "a=2", "c=0"}},
	}
	for _, c := range cases {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1", "b=0", "a=2")
		o := quiet()
		o.Policy.Concurrency = 2
		begun, leave := make(chan struct{}), make(chan struct{})
		h := newHistory()
		k := start(t, runtime.Open(&relabelled{tr, c.log}, o), func(_ context.Context, e *textEnvelope) error {
			if e.Payload == "a=0" {
				close(begun)
				<-leave
			}
			if e.Payload == c.fails {
				return errOnPurpose
			}
			h.add(e.Payload)
			return nil
		})
		await(t, "handler", begun)
		h.atLeast(t, 1)
		k.stop()
		put(t, tr, "c=0")
		close(leave)
		if err := k.end(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := h.all(); !slices.Equal(got, c.handled) {
			t.Errorf("%s: handled %q, want %q", c.name, got, c.handled)
		}
		if left := remaining(t, tr); !slices.Equal(left, c.left) {
			t.Errorf("%s: left %q, want %q", c.name, left, c.left)
		}
	}
}

// relabelled is a memory transport that says whether it has partitions.
type relabelled struct {
	*memory.Transport
	partitions bool
}

func (r *relabelled) Features() driver.Features {
	f := r.Transport.Features()
	f.Partitions = r.partitions
	return f
}

// TestStopInsideARetryWait does not wait for the next attempt.
func TestStopInsideARetryWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1", "b=0")
		o := quiet()
		o.Policy.Retry = runtime.Retry{Min: time.Hour, Max: time.Hour}
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

// stopAndStart runs a consumer, stops it at a random moment and starts another,
// while messages are being published, until h has all of them and none is left. Those
// behind one that was given back are left though h has them: they come again.
func stopAndStart(t *testing.T, tr *memory.Transport, keys, each int, h *history, work func() error) {
	go func() {
		for i := range each {
			for k := range keys {
				put(t, tr, fmt.Sprintf("key-%d=%d", k, i))
			}
		}
	}()
	seen := map[string]bool{}
	for range 20_000 {
		o := quiet()
		o.Policy.MaxInFlight = 1 + rand.IntN(200)
		k := start(t, runtime.Open(tr.Connect(), o), func(_ context.Context, e *textEnvelope) error {
			if e.Payload == "end" { // of remaining
				return nil
			}
			if err := work(); err != nil {
				return err
			}
			h.add(e.Payload)
			return nil
		})
		time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
		k.finish()
		for _, v := range h.all() {
			seen[v] = true
		}
		if len(seen) == keys*each && len(remaining(t, tr)) == 0 {
			return
		}
	}
	t.Fatalf("%d of %d messages were handled, %q are left", len(seen), keys*each, remaining(t, tr))
}

func dawdle() {
	if rand.IntN(10) == 0 {
		time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
	}
}

// TestStopsAndStarts: a consumer that is stopped and started at random moments
// loses nothing, handles nothing twice, and keeps the order of each key across
// the restarts.
func TestStopsAndStarts(t *testing.T) {
	noLeak(t)
	h := newHistory()
	stopAndStart(t, memory.New(nil), 15, 120, h, func() error {
		dawdle()
		return nil
	})
	if n := inOrder(t, h.all()); n != 15*120 {
		t.Errorf("%d messages were handled, want %d", n, 15*120)
	}
}

// TestStopsAndStartsBetweenFailures: when handlers fail as well, messages
// behind one that was given back may come again, but none is lost or skipped.
func TestStopsAndStartsBetweenFailures(t *testing.T) {
	noLeak(t)
	h := newHistory()
	stopAndStart(t, memory.New(nil), 15, 120, h, func() error {
		dawdle()
		if rand.IntN(10) == 0 {
			return errOnPurpose
		}
		return nil
	})
	if n := neverSkips(t, h.all()); n != 15*120 {
		t.Errorf("%d messages were handled, want %d", n, 15*120)
	}
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
			dawdle()
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

// TestCloseStopsConsumers: Close waits for handlers, which may publish until
// they are done; further calls wait for the first.
func TestCloseStopsConsumers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		put(t, tr, "k=0")
		c := runtime.Open(tr, quiet())
		leave := make(chan struct{})
		k := start(t, c, func(ctx context.Context, e *textEnvelope) error {
			<-leave
			return publish(ctx, c, &runtime.Channel{Address: "b"}, nil, text("m"), &textEnvelope{})
		})
		synctest.Wait()
		closed := make(chan error, 2)
		for range 2 {
			go func() { closed <- c.Close(context.Background()) }()
		}
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Close(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close returned %v before the handler did", err)
		}
		close(leave)
		for range 2 {
			if err := <-closed; err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if err := k.end(); err != nil {
			t.Errorf("Consume: %v", err)
		}
		if rest := remaining(t, tr.Connect()); len(rest) > 0 {
			t.Errorf("%q are left: the handler could not publish while it drained", rest)
		}
	})
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
