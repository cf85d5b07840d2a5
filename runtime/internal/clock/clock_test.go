package clock_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime/internal/clock"
)

// TestNowLiesBetweenReadings: a reading is neither before one that was made by
// time.Now earlier, nor behind one that is made later, by either clock.
func TestNowLiesBetweenReadings(t *testing.T) {
	var c clock.Clock
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20_000 {
				before := time.Now()
				now := c.Now()
				nanos := c.Nanos()
				after := time.Now()
				if now.Before(before) || now.After(after) {
					t.Errorf("%v is not between %v and %v", now, before, after)
					return
				}
				if n := after.UnixNano(); nanos > n+int64(time.Second) || nanos < n-int64(time.Minute) {
					t.Errorf("%d nanoseconds at %d", nanos, n)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestNowFollowsAClockThatJumps: in a bubble time stands still and jumps; the
// clock of before is nothing to go by.
func TestNowFollowsAClockThatJumps(t *testing.T) {
	var c clock.Clock
	c.Now()
	synctest.Test(t, func(t *testing.T) {
		for d := time.Microsecond; d < time.Hour; d *= 3 {
			time.Sleep(d)
			if got, want := c.Now(), time.Now(); !got.Equal(want) || got.Round(0) != want.Round(0) {
				t.Fatalf("%v after a jump by %v, want %v", got, d, want)
			}
			if got, want := c.Nanos(), time.Now().UnixNano(); got != want {
				t.Fatalf("%d nanoseconds after a jump by %v, want %d", got, d, want)
			}
		}
	})
}
