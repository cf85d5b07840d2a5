package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

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

// TestExpiredBetweenAttempts: a message counts as tried as often as it was, before its time
// was over, and Options.Classify has no word in what becomes of it.
func TestExpiredBetweenAttempts(t *testing.T) {
	fail := func(context.Context, *runtime.Incoming) error { return errOnPurpose }
	failAll := func(context.Context, []*runtime.Incoming) error { return errOnPurpose }
	for name, consume := range map[string]func(context.Context, *runtime.Conn) error{
		"single": func(ctx context.Context, c *runtime.Conn) error {
			return runtime.Consume(ctx, c, at, nil, []runtime.Route{runtime.Handle("", fail)})
		},
		"batch": func(ctx context.Context, c *runtime.Conn) error {
			return runtime.ConsumeBatch(ctx, c, at, nil, runtime.Batch{}, failAll)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 1})
				put(t, tr, "old=0")
				time.Sleep(time.Hour)
				put(t, tr, "new=1")
				o := with(runtime.Policy{TTL: time.Minute, DeadLetter: "dead", Retry: runtime.Retry{Min: time.Hour, Max: time.Hour}})
				o.Classify = func(error) runtime.Class { return runtime.ClassRetryable }
				ctx, stop := context.WithTimeout(t.Context(), 2*time.Hour)
				defer stop()
				if err := consume(ctx, runtime.Open(tr, o)); err != nil {
					t.Error(err)
				}
				letters := stored(t, tr, "dead")
				if len(letters) != 2 {
					t.Errorf("%d dead letters, want 2", len(letters))
				}
				for _, m := range letters {
					if l, _ := runtime.LetterOf(m); fmt.Sprintf("%s=%d", m.Key, l.Attempts) != string(m.Value) || l.Class != "expired" {
						t.Errorf("%s has the letter %+v", m.Value, l)
					}
				}
			})
		})
	}
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

// TestTimesBeyondTheCalendar: years that RFC 3339 cannot write are far ahead, or long ago,
// and not forgotten.
func TestTimesBeyondTheCalendar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		conn := runtime.Open(tr, with(runtime.Policy{DeadLetter: "dead"}))
		for _, o := range []runtime.PublishOption{
			runtime.Due(time.Date(123_456, 1, 1, 0, 0, 0, 0, time.UTC)), runtime.Expires(time.Date(-3, 1, 1, 0, 0, 0, 0, time.UTC)),
			runtime.Due(time.Date(-3, 1, 1, 0, 0, 0, 0, time.UTC)), runtime.Expires(time.Date(123_456, 1, 1, 0, 0, 0, 0, time.UTC)),
		} {
			if err := publish(t.Context(), conn, at, nil, text("m"), &textEnvelope{}, o); err != nil {
				t.Fatal(err)
			}
		}
		handled := 0
		k := start(t, conn, func(context.Context, *textEnvelope) error { handled++; return nil }, runtime.WithPolicy(runtime.Policy{Concurrency: 1}))
		synctest.Wait()
		k.finish()
		var why []string
		for _, m := range stored(t, tr, "dead") {
			l, _ := runtime.LetterOf(m)
			why = append(why, l.Class)
		}
		slices.Sort(why)
		if handled != 2 || !slices.Equal(why, []string{"expired", "permanent"}) {
			t.Errorf("%d were handled, and dead letters are %q", handled, why)
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

// TestRateCountsHandlers: what is past its time, known, or left out by middleware
// takes nothing of the rate, so that a consumer catches up.
func TestRateCountsHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		conn := runtime.Open(tr, with(runtime.Policy{Rate: runtime.Rate{PerSecond: 10}, TTL: time.Hour}))
		for i := range 1000 {
			m := &driver.Message{Address: "a", Key: fmt.Append(nil, i%7), Value: []byte("old"), Time: driver.At(time.Now().Add(-2 * time.Hour))}
			switch {
			case i%100 == 99:
				m.Time, m.Value = driver.At(time.Now()), []byte("good")
			case i%2 == 0:
				m.Time, m.Value = driver.At(time.Now()), []byte("left out")
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		begin, left, handled := time.Now(), 0, make(chan time.Duration, 100)
		k := rawly(t, conn, func(_ context.Context, in *runtime.Incoming) error {
			handled <- time.Since(begin)
			return nil
		}, runtime.Use(func(next runtime.Handler) runtime.Handler {
			return func(ctx context.Context, in *runtime.Incoming) error {
				if string(in.Value()) == "left out" {
					left++
					return runtime.ErrSkip
				}
				return next(ctx, in)
			}
		}), runtime.WithPolicy(runtime.Policy{Concurrency: 1}))
		time.Sleep(time.Minute)
		k.finish()
		close(handled)
		n := 0
		for at := range handled {
			if want := time.Duration(n) * time.Second / 10; at != want {
				t.Errorf("%d. after %v, want %v", n, at, want)
			}
			n++
		}
		if n != 10 || left != 500 {
			t.Errorf("%d were handled, %d left out", n, left)
		}
	})
}

// TestRateLeavesOutTheUndecodable: no handler is started for what cannot be decoded, so
// that a run of it takes nothing of the rate from what can.
func TestRateLeavesOutTheUndecodable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		for i := range 100 {
			m := &driver.Message{Address: "a", Key: fmt.Append(nil, i%7), Value: []byte("good")}
			if i%20 != 19 {
				m.Headers = []driver.Header{{Key: "content-type", Value: []byte("application/cloudevents+json")}}
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		var times []time.Duration
		conn := runtime.Open(tr, with(runtime.Policy{Rate: runtime.Rate{PerSecond: 10}, DeadLetter: "bad", Concurrency: 1}))
		k := start(t, conn, func(context.Context, *textEnvelope) error {
			times = append(times, time.Since(begin))
			return nil
		})
		time.Sleep(time.Minute)
		k.finish()
		for n, at := range times {
			if want := time.Duration(n) * time.Second / 10; at != want {
				t.Errorf("%d. after %v, want %v", n, at, want)
			}
		}
		if len(times) != 5 {
			t.Errorf("%d were handled", len(times))
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
