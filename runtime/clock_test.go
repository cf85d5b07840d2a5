package runtime_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// wall is a clock of the system that somebody sets.
type wall struct{ off atomic.Int64 }

func (w *wall) now() time.Time { return time.Now().Add(time.Duration(w.off.Load())) }

// set moves the clock, forward or back.
func (w *wall) set(by time.Duration) { w.off.Add(int64(by)) }

// TestDueByTheClock: what is due at a time of day is handled when the clock shows
// it, also when the clock was set meanwhile, and whatever came to rest beside it.
func TestDueByTheClock(t *testing.T) {
	for name, c := range map[string]struct {
		set  time.Duration // after ten minutes
		want time.Duration // when what was due after two hours is handled
	}{
		"not set":         {0, 2 * time.Hour},
		"forward":         {time.Hour, time.Hour},
		"past the time":   {10 * time.Hour, 10 * time.Minute},
		"back":            {-time.Hour, 3 * time.Hour},
		"back by a day":   {-24 * time.Hour, 26 * time.Hour},
		"back by a blink": {-time.Millisecond, 2*time.Hour + time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 1})
				x, clock := newTimes(), &wall{}
				for i := range 20 {
					putDue(t, tr, "a", fmt.Sprintf("due-%d", i), 0, x.begin.Add(2*time.Hour))
				}
				o := quiet()
				o.Now = clock.now
				k := rawly(t, runtime.Open(tr.Connect(), o), x.handle)
				time.Sleep(10 * time.Minute)
				clock.set(c.set)
				time.Sleep(48 * time.Hour)
				k.finish()
				for text, at := range x.first {
					if at < c.want || at > c.want+time.Minute || x.count[text] != 1 {
						t.Errorf("%s was handled %d times, first after %v, want %v", text, x.count[text], at, c.want)
					}
				}
				if len(x.first) != 20 {
					t.Errorf("%d messages were handled", len(x.first))
				}
			})
		})
	}
}

// TestDelaysDoNotGoByTheClock: how long a failed message rests, in its place or at
// a retry address, and how many are handled in a second, are times that pass,
// whatever the clock shows meanwhile.
func TestDelaysDoNotGoByTheClock(t *testing.T) {
	for _, set := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour, 20 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 1})
				begin, clock := time.Now(), &wall{}
				o := with(runtime.Policy{
					Rate: runtime.Rate{PerSecond: 1}, DeadLetter: "dead",
					Retry:          runtime.Retry{Attempts: 2, Min: 20 * time.Minute, Max: 20 * time.Minute, Jitter: -1},
					RetryAddresses: []runtime.RetryAddress{{Address: "retry", Delay: 30 * time.Minute}},
				})
				o.Now = clock.now
				var after []time.Duration
				put(t, tr, "m=0")
				k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
					after = append(after, time.Since(begin))
					if in.Position().Address == "a" && value(in) == "m=0" {
						return errOnPurpose
					}
					return nil
				})
				for _, at := range []time.Duration{10 * time.Minute, 30 * time.Minute} { // between the attempts
					time.Sleep(at - time.Since(begin))
					clock.set(set)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if want := []time.Duration{0, 20 * time.Minute, 50 * time.Minute}; fmt.Sprint(after) != fmt.Sprint(want) {
					t.Errorf("tried after %v, want %v", after, want)
				}
				after, begin = nil, time.Now()
				for i := range 5 {
					put(t, tr, fmt.Sprintf("more-%d=0", i))
				}
				for range 10 {
					clock.set(set)
					time.Sleep(time.Second)
				}
				k.finish()
				if want := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second}; fmt.Sprint(after) != fmt.Sprint(want) {
					t.Errorf("handled after %v, want %v", after, want)
				}
			})
		})
	}
}

// TestAClockThatStands: a message that waits does not keep a processor busy, though
// its time does not come.
func TestAClockThatStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		x, now := newTimes(), time.Now()
		putDue(t, tr, "a", "due", 0, now.Add(time.Nanosecond))
		put(t, tr, "other=0")
		var asked atomic.Int64
		o := quiet()
		o.Now = func() time.Time { asked.Add(1); return now }
		k := rawly(t, runtime.Open(tr.Connect(), o), x.handle)
		time.Sleep(time.Minute)
		before := asked.Load()
		time.Sleep(time.Minute)
		if n := asked.Load() - before; n > 6100 {
			t.Errorf("the clock was looked at %d times in a minute", n)
		}
		k.stop()
		<-k.ended
		if len(x.first) != 1 || x.count["other=0"] != 1 {
			t.Errorf("handled %v", x.first)
		}
	})
}
