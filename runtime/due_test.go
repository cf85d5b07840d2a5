package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// putDue publishes a message whose headers say when it is due.
func putDue(t testing.TB, tr driver.Transport, address, text string, size int, due time.Time, names ...string) {
	t.Helper()
	m := &driver.Message{Address: address, Key: []byte(text), Value: append([]byte(text), make([]byte, size)...)}
	for _, name := range append(names, "ce_duetime") {
		m.Headers = append(m.Headers, driver.Header{Key: name, Value: []byte(due.UTC().Format(time.RFC3339Nano))})
	}
	if err := tr.Publish(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

// times notes when each message was handled for the first time, and how often.
type times struct {
	begin time.Time
	mu    sync.Mutex
	first map[string]time.Duration
	count map[string]int
}

func newTimes() *times {
	return &times{begin: time.Now(), first: map[string]time.Duration{}, count: map[string]int{}}
}

func (x *times) handle(_ context.Context, in *runtime.Incoming) error {
	x.note(strings.TrimRight(value(in), "\x00"))
	return nil
}

func (x *times) note(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.count[text]++; x.count[text] == 1 {
		x.first[text] = time.Since(x.begin)
	}
}

// TestDueTimesHoldUpNobody: whatever due times come, the messages of all others
// are handled at once; what is due in time is handled then and not before, once;
// what is due too late is a dead letter.
func TestDueTimesHoldUpNobody(t *testing.T) {
	const hostile, others = 500, 200
	retry := []runtime.RetryAddress{{Address: "retry-1m", Delay: time.Minute}, {Address: "retry-0"}, {Address: "retry-10m", Delay: 10 * time.Minute}}
	for name, c := range map[string]struct {
		policy runtime.Policy
		due    time.Duration
		size   int
		dead   bool
	}{
		"far":          {runtime.Policy{DeadLetter: "dead"}, 80 * 365 * 24 * time.Hour, 0, true},
		"just too far": {runtime.Policy{DeadLetter: "dead", MaxDelay: time.Hour}, time.Hour + time.Second, 0, true},
		"at most once": {runtime.Policy{Guarantee: runtime.AtMostOnce}, 200 * time.Hour, 0, true},
		"many":         {runtime.Policy{DeadLetter: "dead", RetryAddresses: retry}, 2 * time.Hour, 0, false},
		"large": {
			runtime.Policy{DeadLetter: "dead", RetryAddresses: retry, MaxInFlight: 4000, MaxInFlightBytes: 8 << 20},
			2*time.Hour + time.Second, 30_000, false},
		"soon": {runtime.Policy{DeadLetter: "dead", RetryAddresses: retry}, time.Second, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 1})
				x := newTimes()
				for i := range hostile {
					putDue(t, tr, "a", fmt.Sprintf("due-%d", i), c.size, x.begin.Add(c.due))
				}
				for i := range others {
					put(t, tr, fmt.Sprintf("key-%d=0", i))
				}
				o := with(c.policy.Over(runtime.Policy{MaxInFlight: 32}))
				k := rawly(t, runtime.Open(tr.Connect(), o), x.handle)
				time.Sleep(200 * time.Hour)
				k.finish()
				for text, at := range x.first {
					switch {
					case x.count[text] != 1:
						t.Errorf("%s was handled %d times", text, x.count[text])
					case strings.HasPrefix(text, "key") && at > time.Second/2:
						t.Errorf("%s was handled after %v", text, at)
					case strings.HasPrefix(text, "due") && (at < c.due || at > c.due+time.Second):
						t.Errorf("%s was handled after %v, was due after %v", text, at, c.due)
					}
				}
				if want := others + hostile; !c.dead && len(x.first) != want || c.dead && len(x.first) != others {
					t.Errorf("%d messages were handled", len(x.first))
				}
				letters := stored(t, tr, "dead")
				if want := hostile; c.dead && o.Policy.DeadLetter != "" && len(letters) != want || !c.dead && len(letters) > 0 {
					t.Errorf("%d dead letters", len(letters))
				}
				for _, m := range letters {
					if l, _ := runtime.LetterOf(m); l.Class != "permanent" || !strings.HasPrefix(l.Reason, "due too far ahead: at ") || l.Attempts != 0 {
						t.Fatalf("the letter is %+v", l)
					}
				}
				if rest := remaining(t, tr); len(rest) > 0 {
					t.Errorf("%q are left", rest)
				}
			})
		})
	}
}

// TestTooManyDueTimesPauseTheirPartition: where there is no retry address the
// partition of what is not due waits, and the others do not. Also batches and
// pull.
func TestTooManyDueTimesPauseTheirPartition(t *testing.T) {
	one := func(x *times) func(context.Context, *runtime.Conn) error {
		return func(ctx context.Context, c *runtime.Conn) error {
			return runtime.Consume(ctx, c, at, nil, []runtime.Route{runtime.Handle("", x.handle)}, runtime.Group("g"))
		}
	}
	many := func(x *times) func(context.Context, *runtime.Conn) error {
		return func(ctx context.Context, c *runtime.Conn) error {
			return runtime.ConsumeBatch(ctx, c, at, nil, runtime.Batch{Size: 7}, func(ctx context.Context, batch []*runtime.Incoming) error {
				for _, in := range batch {
					x.note(value(in))
				}
				return nil
			}, runtime.Group("g"))
		}
	}
	pull := func(x *times) func(context.Context, *runtime.Conn) error {
		return func(ctx context.Context, c *runtime.Conn) error {
			p, err := runtime.Pull(ctx, c, at, nil, runtime.Group("g"))
			for err == nil {
				var list []*runtime.Fetched
				if list, err = p.Fetch(ctx, 9); err != nil {
					return p.Close(context.Background())
				}
				for _, f := range list {
					x.note(value(f.Incoming))
					err = errors.Join(err, f.Ack(ctx))
				}
			}
			return err
		}
	}
	for name, way := range map[string]func(*times) func(context.Context, *runtime.Conn) error{"one": one, "batch": many, "pull": pull} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const partitions, hostile, others = 8, 300, 400
				tr := memory.New(&memory.Options{Partitions: partitions})
				x := newTimes()
				for range hostile {
					putDue(t, tr, "a", "due", 0, x.begin.Add(time.Hour)) // one key: one partition
				}
				for i := range others {
					put(t, tr, fmt.Sprintf("key-%d=0", i))
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() {
					ended <- way(x)(ctx, runtime.Open(tr.Connect(), with(runtime.Policy{MaxInFlight: 32, MaxDelay: 2 * time.Hour})))
				}()
				time.Sleep(time.Minute)
				x.mu.Lock()
				if n := len(x.first); n < others*(partitions-3)/partitions {
					t.Errorf("%d messages were handled while others are not due", n)
				}
				x.mu.Unlock()
				time.Sleep(3 * time.Hour)
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if len(x.first) != others+1 || x.count["due"] != hostile || x.first["due"] != time.Hour {
					t.Errorf("%d messages were handled, %d were due, first after %v", len(x.first), x.count["due"], x.first["due"])
				}
				if rest := remaining(t, tr); len(rest) > 0 {
					t.Errorf("%q are left", rest)
				}
			})
		})
	}
}

// TestDueAtARetryAddress: who writes to a retry address what is due some day holds
// up no retries. More than half a window rests there while there is more to come,
// and goes on after the delay, so that all of it has gone by after as many delays
// as it has half windows.
func TestDueAtARetryAddress(t *testing.T) {
	const window, near, delay = 32, 300, time.Minute
	const round = (near + 2 + window/2 - 1) / (window / 2) * delay // with the letter and the retry
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		x := newTimes()
		for i := range near {
			putDue(t, tr, "retry", fmt.Sprintf("far-%d", i), 0, x.begin.Add(1000*time.Hour), runtime.HeaderDue)
			putDue(t, tr, "retry", fmt.Sprintf("near-%d", i), 0, x.begin.Add(5*time.Hour))
		}
		m := &driver.Message{Address: "retry", Value: []byte("letter"), Headers: []driver.Header{
			{Key: runtime.HeaderDue, Value: []byte("9999-12-31T23:59:59Z")}}}
		if err := tr.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		stranger := *m
		stranger.Address, stranger.Value = "a", []byte("stranger") // is not believed elsewhere
		if err := tr.Publish(t.Context(), &stranger); err != nil {
			t.Fatal(err)
		}
		put(t, tr, "bad=0")
		p := runtime.Policy{
			MaxInFlight: window, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 1},
			RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: delay}},
		}
		k := rawly(t, runtime.Open(tr.Connect(), with(p)), func(ctx context.Context, in *runtime.Incoming) error {
			if in.Position().Address == "a" && value(in) == "bad=0" {
				return errOnPurpose
			}
			return x.handle(ctx, in)
		})
		time.Sleep(6 * time.Hour)
		k.finish()
		if len(x.first) != near+3 || len(stored(t, tr, "dead")) != near {
			t.Errorf("%d messages were handled, %d are dead letters", len(x.first), len(stored(t, tr, "dead")))
		}
		for text, at := range x.first {
			want, late := 5*time.Hour, round
			switch text {
			case "letter", "bad=0":
				want = delay
			case "stranger":
				want, late = 0, 0
			}
			if at < want || at > want+late || x.count[text] != 1 {
				t.Errorf("%s was handled %d times, first after %v, want %v and at most %v more", text, x.count[text], at, want, late)
			}
		}
	})
}

// TestDueTooFarWithoutADeadLetterStops: nothing is given up, and it is said.
func TestDueTooFarWithoutADeadLetterStops(t *testing.T) {
	tr := memory.New(nil)
	putDue(t, tr, "a", "m", 0, time.Now().Add(100*time.Hour))
	o := quiet()
	o.Classify = func(error) runtime.Class { return runtime.ClassRetryable } // is not asked
	k := rawly(t, runtime.Open(tr.Connect(), o), func(context.Context, *runtime.Incoming) error {
		t.Error("handled")
		return nil
	})
	var failed *runtime.FailedError
	if err := k.end(); !errors.Is(err, runtime.ErrNotDue) || !errors.As(err, &failed) {
		t.Errorf("Consume: %v", err)
	}
	if rest := remaining(t, tr); len(rest) != 1 {
		t.Errorf("%q are left", rest)
	}
}

// TestWhatWaitedHasAllItsAttempts: a message that waited at a retry address for
// its time has not failed by that.
func TestWhatWaitedHasAllItsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		begin := time.Now()
		putDue(t, tr, "a", "first", 0, begin.Add(time.Hour))
		putDue(t, tr, "a", "second", 0, begin.Add(time.Hour))
		p := runtime.Policy{
			MaxInFlight: 1, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3, Min: time.Second, Max: time.Second, Jitter: -1},
			RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: 10 * time.Minute}},
		}
		var after []time.Duration
		k := rawly(t, runtime.Open(tr.Connect(), with(p)), func(_ context.Context, in *runtime.Incoming) error {
			if strings.HasPrefix(value(in), "second") {
				after = append(after, time.Since(begin).Round(time.Minute))
				return errOnPurpose
			}
			return nil
		})
		time.Sleep(3 * time.Hour)
		k.finish()
		letters := stored(t, tr, "dead")
		if len(letters) != 1 || len(after) != 4 || after[0] != time.Hour || after[3] != 70*time.Minute {
			t.Fatalf("tried after %v, %d dead letters", after, len(letters))
		}
		if l, _ := runtime.LetterOf(letters[0]); l.Attempts != 4 || l.Address != "a" || l.Class != "retryable" {
			t.Errorf("the letter is %+v", l)
		}
	})
}

// TestManyRetriesHoldUpNobody: however many messages wait at a retry address, those
// that have not failed are handled at once, and each that has is tried again after
// its delay.
func TestManyRetriesHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bad = 2000
		tr := memory.New(&memory.Options{Partitions: 2})
		x := newTimes()
		p := runtime.Policy{
			MaxInFlight: 32, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 1},
			RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: time.Minute}},
		}
		k := rawly(t, runtime.Open(tr.Connect(), with(p)), func(ctx context.Context, in *runtime.Incoming) error {
			if in.Position().Address == "a" && strings.HasPrefix(value(in), "bad") {
				return errOnPurpose
			}
			return x.handle(ctx, in)
		})
		for i := range bad {
			put(t, tr, fmt.Sprintf("bad-%d=0", i))
		}
		time.Sleep(time.Second)
		for i := range 100 {
			put(t, tr, fmt.Sprintf("good-%d=0", i))
		}
		time.Sleep(time.Hour)
		k.finish()
		for text, at := range x.first {
			if good := strings.HasPrefix(text, "good"); x.count[text] != 1 || good && at > 2*time.Second || !good && (at < time.Minute || at > 2*time.Minute) {
				t.Errorf("%s was handled %d times, first after %v", text, x.count[text], at)
			}
		}
		if len(x.first) != bad+100 || len(stored(t, tr, "dead")) > 0 {
			t.Errorf("%d messages were handled, %d are dead letters", len(x.first), len(stored(t, tr, "dead")))
		}
	})
}

// TestManyDueTimesOfOneMessage: the last counts, as of all attributes, and what is
// no time is none.
func TestManyDueTimesOfOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		x := newTimes()
		at := func(d time.Duration) string { return x.begin.Add(d).UTC().Format(time.RFC3339Nano) }
		for text, list := range map[string][]string{
			"last": {at(time.Hour), at(time.Minute)}, "later": {at(time.Minute), at(time.Hour)}, "none": {at(time.Hour), "soon"},
			"long": {at(time.Hour) + strings.Repeat(" ", 1<<20)}, "empty": {""},
		} {
			m := &driver.Message{Address: "a", Value: []byte(text)}
			for _, v := range list {
				m.Headers = append(m.Headers, driver.Header{Key: "ce_duetime", Value: []byte(v)})
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		k := rawly(t, runtime.Open(tr.Connect(), quiet()), x.handle)
		time.Sleep(2 * time.Hour)
		k.finish()
		want := map[string]time.Duration{"last": time.Minute, "later": time.Hour, "none": 0, "long": 0, "empty": 0}
		if fmt.Sprint(x.first) != fmt.Sprint(want) {
			t.Errorf("handled after %v, want %v", x.first, want)
		}
	})
}

// overdue is a transport without end whose messages are due some day.
type overdue struct{ *endless }

func (o *overdue) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	r, err := o.endless.Subscribe(ctx, s)
	return &overdueReceiver{r.(*endlessReceiver)}, err
}

type overdueReceiver struct{ *endlessReceiver }

func (r *overdueReceiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	batch, err := r.endlessReceiver.Receive(ctx)
	due := []driver.Header{{Key: "ce_duetime", Value: []byte(time.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano))}}
	for _, d := range batch {
		d.Message().Headers = due
	}
	return batch, err
}

// TestMemoryIsBoundedWithDueTimes: whatever waits for its time, what is held is two
// windows by count, one and a half by bytes, and what still comes of paused
// partitions.
func TestMemoryIsBoundedWithDueTimes(t *testing.T) {
	for name, c := range map[string]struct {
		policy runtime.Policy
		most   int64
	}{
		"count": {runtime.Policy{MaxInFlight: 500}, 2*500 + 4096 + 2*64},
		"bytes": {runtime.Policy{MaxInFlight: 1 << 20, MaxInFlightBytes: 2 << 20}, 3*512/2 + 2*64},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &overdue{&endless{Transport: memory.New(nil)}}
				k := rawly(t, runtime.Open(e, with(c.policy)), func(context.Context, *runtime.Incoming) error { return nil })
				synctest.Wait() // receiving has come to rest
				if handed := e.handed.Load(); handed > c.most || handed < 100 {
					t.Errorf("%d messages were received, want at most %d", handed, c.most)
				}
				k.stop()
				if err := k.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
