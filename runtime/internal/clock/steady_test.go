package clock_test

import (
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/internal/clock"
)

// TestSteady takes a clock through what people and machines do with it.
func TestSteady(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const year = 365 * 24 * time.Hour
	set, gone := begin, time.Duration(0)
	s := clock.NewSteady(time.Hour, func() (time.Time, time.Duration) { return set, gone })
	for _, c := range []struct {
		what     string
		goes, by time.Duration // time, and what the clock is set by behind that
		want     time.Duration // since the beginning
	}{
		{"goes on", 24 * time.Hour, 0, 24 * time.Hour},
		{"is set a little", 0, 50 * time.Second, 24*time.Hour + 50*time.Second},
		{"is ten years ahead", 0, 10 * year, 24*time.Hour + 50*time.Second},
		{"stays there", 59 * time.Minute, 0, 25*time.Hour - 10*time.Second},
		{"is set right", 0, -10 * year, 25*time.Hour - 10*time.Second},
		{"is ahead again, for less than an hour", 2 * time.Hour, 10 * year, 27*time.Hour - 10*time.Second},
		{"is believed at last", time.Hour, 0, 10*year + 28*time.Hour - 10*time.Second},
		{"is set back", 0, -10 * year, 28*time.Hour - 10*time.Second},
		{"is set back in earnest", time.Hour, -year, 29*time.Hour - 10*time.Second - year},
		{"is ahead by a year", 0, year, 29*time.Hour - 10*time.Second - year},
		{"was right", 90 * time.Minute, 0, 30*time.Hour + 30*time.Minute - 10*time.Second},
	} {
		gone += c.goes
		set = set.Add(c.goes + c.by)
		if got := s.Now().Sub(begin); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// TestSteadyIsTheMachinesClock as long as nobody sets that.
func TestSteadyIsTheMachinesClock(t *testing.T) {
	s := clock.NewSteady(time.Hour, nil)
	before := time.Now()
	now := s.Now()
	if after := time.Now(); now.Before(before.Round(0)) || now.After(after.Round(0)) {
		t.Errorf("%v is not between %v and %v", now, before, after)
	}
}
