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
				after := time.Now()
				if now.Before(before) || now.After(after) {
					t.Errorf("%v is not between %v and %v", now, before, after)
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
		}
	})
}
