package runtime

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// TimeOfDay is a time of the day with its offset from UTC: RFC 3339 §5.6
// full-time, "09:30:00.5+02:00". The zero TimeOfDay is "00:00:00Z". Values are
// equal by == when clock and offset are: "10:00:00Z" is not "11:00:00+01:00".
//
// Fractions are kept to the nanosecond; a longer one is an error. An offset of
// zero is written as Z.
type TimeOfDay struct {
	// Hour is 0 to 23, Minute 0 to 59, Second 0 to 60: 60 is a leap second.
	Hour, Minute, Second int
	// Nanosecond is 0 to 999,999,999.
	Nanosecond int
	// Offset is what the clock is ahead of UTC, in minutes, within 24 hours.
	Offset int
}

// TimeOfDayOf returns the time of the day of t, in t's own time zone. Seconds
// of an offset are dropped.
func TimeOfDayOf(t time.Time) TimeOfDay {
	_, offset := t.Zone()
	return TimeOfDay{Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), Nanosecond: t.Nanosecond(), Offset: offset / 60}
}

// ParseTimeOfDay reads a time of the day as RFC 3339 writes it.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	c, exact, ok := parse.FullTime(text)
	if !ok || !exact {
		return TimeOfDay{}, fmt.Errorf("%q is not a time of day like 15:04:05Z", excerpt([]byte(text)))
	}
	return TimeOfDay(c), nil
}

// valid tells whether all parts are within their range. A leap second is one
// before midnight in UTC.
func (t TimeOfDay) valid() bool {
	const day = 24 * 60
	within := func(n, most int) bool { return 0 <= n && n <= most }
	minute := (t.Hour*60 + t.Minute - t.Offset + day) % day
	return within(t.Hour, 23) && within(t.Minute, 59) && within(t.Second, 60) && within(t.Nanosecond, 999_999_999) &&
		-day < t.Offset && t.Offset < day && (t.Second < 60 || minute == day-1)
}

// On returns the moment at which it is that time on a day.
func (t TimeOfDay) On(d Date) time.Time {
	zone := time.UTC
	if t.Offset != 0 {
		zone = time.FixedZone("", t.Offset*60)
	}
	return time.Date(d.Year(), d.Month(), d.Day(), t.Hour, t.Minute, t.Second, t.Nanosecond, zone)
}

// String returns the time as RFC 3339 writes it.
func (t TimeOfDay) String() string { return string(t.append(nil)) }

func (t TimeOfDay) append(dst []byte) []byte {
	dst = appendTwo(dst, t.Hour)
	dst = appendTwo(append(dst, ':'), t.Minute)
	dst = appendTwo(append(dst, ':'), t.Second)
	dst = appendFraction(dst, t.Nanosecond)
	offset, sign := t.Offset, byte('+')
	if offset == 0 {
		return append(dst, 'Z')
	}
	if offset < 0 {
		offset, sign = -offset, '-'
	}
	dst = appendTwo(append(dst, sign), offset/60)
	return appendTwo(append(dst, ':'), offset%60)
}

// appendTwo appends a number with two digits at least.
func appendTwo(dst []byte, n int) []byte {
	if 0 <= n && n <= 9 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// appendFraction appends ".5" for half a second in nanoseconds.
func appendFraction(dst []byte, nanoseconds int) []byte {
	if nanoseconds == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := 100_000_000; nanoseconds > 0 && unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+nanoseconds/unit%10))
		nanoseconds %= unit
	}
	return dst
}

// AppendText appends the time as RFC 3339 writes it. It fails where a part is
// out of its range.
func (t TimeOfDay) AppendText(dst []byte) ([]byte, error) {
	if !t.valid() {
		return dst, errors.New("a part of the time of day is out of its range")
	}
	return t.append(dst), nil
}

// MarshalText is AppendText.
func (t TimeOfDay) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// UnmarshalText is ParseTimeOfDay.
func (t *TimeOfDay) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTimeOfDay(string(text))
	return err
}

// ReadJSON reads a time of the day from a string of JSON.
func (t *TimeOfDay) ReadJSON(r *codec.Reader) {
	if err := t.UnmarshalText(r.Text()); err != nil {
		r.Fail("must be a time of day like 15:04:05Z")
	}
}

// WriteJSON writes a time of the day as a string of JSON. It fails where MarshalText does.
func (t TimeOfDay) WriteJSON(w *codec.Writer) {
	var room [64]byte
	text, err := t.AppendText(room[:0])
	w.Text(text)
	if err != nil {
		w.Fail(err.Error())
	}
}
