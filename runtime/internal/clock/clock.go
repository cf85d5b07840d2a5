// Package clock tells the time at half the cost of time.Now, which reads two
// clocks of the machine: the one that people set, and the one that only goes
// forward. It reads the second alone, and the first once a millisecond.
//
// Its law: what it says is what time.Now says, but for a clock that was set
// within the last millisecond. It imports the standard library alone.
//
// Steady is for ages: it is told slowly that a clock was set.
//
//	var c clock.Clock
//	now := c.Now()
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells the time. Zero is ready for use, by several goroutines at once.
type Clock struct{ read atomic.Pointer[reading] }

// reading is one of both clocks.
type reading struct {
	at    time.Time
	nanos int64 // since 1970
}

// trusted is how long a reading of both clocks counts.
const trusted = time.Millisecond

// since returns the last reading, and what has gone by since, a new one if need be.
func (c *Clock) since() (*reading, time.Duration) {
	if r := c.read.Load(); r != nil {
		if d := time.Since(r.at); d >= 0 && d < trusted {
			return r, d
		}
	}
	now := time.Now()
	r := &reading{now, now.UnixNano()}
	c.read.Store(r)
	return r, 0
}

// Now returns the time, as time.Now does.
func (c *Clock) Now() time.Time {
	r, d := c.since()
	return r.at.Add(d)
}

// Nanos returns the nanoseconds since 1970, as those of Now, in less time.
func (c *Clock) Nanos() int64 {
	r, d := c.since()
	return r.nanos + int64(d)
}
