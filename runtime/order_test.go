package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	goruntime "runtime"
	"strconv"
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
	done := newHistory()
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
	keyed := partitionsInOrder(t, done.all())
	if n := inOrder(t, keyed); n != keys*each {
		t.Errorf("%d messages with a key were handled, want %d", n, keys*each)
	}
	if rest := remaining(t, tr); len(rest) > 0 {
		t.Errorf("%d messages were not acknowledged: %q", len(rest), rest[:min(5, len(rest))])
	}
}

// partitionsInOrder checks that the values "address/partition=offset" of each
// partition ascend, and returns the others.
func partitionsInOrder(t *testing.T, values []string) (keyed []string) {
	t.Helper()
	last := map[string]int{}
	for _, v := range values {
		lane, number, _ := strings.Cut(v, "=")
		if !strings.Contains(lane, "/") {
			keyed = append(keyed, v)
			continue
		}
		offset, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := last[lane]; ok && offset <= was {
			t.Errorf("in %s offset %d was handled after %d", lane, offset, was)
		}
		last[lane] = offset
	}
	return keyed
}

func TestConcurrencyIsReachedAndKept(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	o := quiet()
	o.Policy.Concurrency = 5
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
	o.Policy.Concurrency = 2
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
		o.Policy.Retry = runtime.Retry{Min: time.Second, Max: 10 * time.Second}
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

// TestSlowKeysShare: when nobody else is there a worker leaves a key whose messages take
// long for another after few of them.
func TestSlowKeysShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for i := range 20 {
			put(t, tr, fmt.Sprintf("slow=%d", i))
		}
		put(t, tr, "other=0")
		handled, waited := 0, make(chan int, 1)
		k := start(t, runtime.Open(tr, quiet()), func(_ context.Context, e *textEnvelope) error {
			time.Sleep(time.Second)
			if e.Payload == "other=0" {
				waited <- handled
			}
			handled++
			return nil
		}, runtime.WithPolicy(runtime.Policy{Concurrency: 1}))
		if n := <-waited; n > 4 {
			t.Errorf("the other key waits for %d slow messages", n)
		}
		k.finish()
	})
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
		o.Policy.MaxInFlight, o.Policy.Concurrency = 30, 8
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
	o.Policy.MaxInFlight, o.Policy.Concurrency = 10, 2
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
	o.Policy.Concurrency = 3
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
	for _, want := range []string{"panic: first", "order_test.go", "ended its goroutine"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}
