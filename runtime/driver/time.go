package driver

import (
	"math"
	"time"
)

// Time is a moment as messages carry it: the nanoseconds from the beginning of 1970,
// UTC, to it. It takes a third of the room of a time.Time and has nothing for the
// collector to follow. Zero is no moment.
type Time int64

// At returns t. What lies beyond the years that nanoseconds reach, 1678 to 2262, is
// the first or last of them, a zero t is none, and the beginning of 1970 itself is the
// nanosecond behind it.
func At(t time.Time) Time {
	const second = int64(time.Second)
	switch s := t.Unix(); {
	case t.IsZero():
		return 0
	case s >= math.MaxInt64/second:
		return math.MaxInt64
	case s <= math.MinInt64/second:
		return math.MinInt64
	}
	if n := t.UnixNano(); n != 0 {
		return Time(n)
	}
	return 1
}

// IsZero tells whether there is no moment.
func (t Time) IsZero() bool { return t == 0 }

// Time returns the moment, in UTC; the zero time.Time when there is none.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(t)).UTC()
}
