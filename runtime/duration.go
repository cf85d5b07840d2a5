package runtime

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Duration is an ISO 8601 duration, "P1Y2M10DT2H30M". Its parts are kept apart
// as they were written, since a month has no fixed length: "PT90M" is not equal
// to "PT1H30M" by ==. The zero Duration is "PT0S".
//
// All durations of ISO 8601 are read that have a fraction in their seconds at
// most, to the nanosecond, and no sign. They are written as RFC 3339 appendix A
// has it, where a part between two others is not left out and zeros around them
// are: "PT1H2S" becomes "PT1H0M2S". A fraction is more than that grammar knows.
type Duration struct {
	// Years, Months, Weeks and Days are parts of the calendar. Weeks stand alone
	// in ISO 8601: beside other parts they are written as days.
	Years, Months, Weeks, Days int64
	// Hours, Minutes and Seconds are parts of the clock.
	Hours, Minutes, Seconds int64
	// Nanoseconds is the fraction of a second, less than a whole one.
	Nanoseconds int
}

// DurationOf returns a length of time as hours, minutes and seconds. It must
// not be negative; of one that is, MarshalText fails.
func DurationOf(d time.Duration) Duration {
	return Duration{
		Hours: int64(d / time.Hour), Minutes: int64(d % time.Hour / time.Minute),
		Seconds: int64(d % time.Minute / time.Second), Nanoseconds: int(d % time.Second),
	}
}

// Fixed returns the length of the duration with days of 24 hours, and whether
// there is one: neither years and months nor more than about 292 years.
func (d Duration) Fixed() (time.Duration, bool) {
	if d.Years != 0 || d.Months != 0 {
		return 0, false
	}
	total, ok := time.Duration(d.Nanoseconds), true
	for _, part := range []struct {
		n    int64
		unit time.Duration
	}{{d.Weeks, 7 * 24 * time.Hour}, {d.Days, 24 * time.Hour}, {d.Hours, time.Hour}, {d.Minutes, time.Minute}, {d.Seconds, time.Second}} {
		ok = ok && part.n >= 0 && part.n <= int64((math.MaxInt64-total)/part.unit)
		if ok {
			total += time.Duration(part.n) * part.unit
		}
	}
	return total, ok
}

// AddTo returns the moment that is the duration after t, as the calendar of
// t's time zone has it. Parts of the clock that Fixed cannot tell together, and
// years beyond those of time.Time, do not give a moment that means anything.
func (d Duration) AddTo(t time.Time) time.Time {
	t = t.AddDate(int(d.Years), int(d.Months), int(d.Weeks*7+d.Days))
	clock, _ := Duration{Hours: d.Hours, Minutes: d.Minutes, Seconds: d.Seconds, Nanoseconds: d.Nanoseconds}.Fixed()
	return t.Add(clock)
}

// ParseDuration reads an ISO 8601 duration.
func ParseDuration(text string) (Duration, error) {
	p, ok := parse.Duration(text)
	if !ok {
		return Duration{}, fmt.Errorf("%q is not a duration like P1DT2H30M", excerpt([]byte(text)))
	}
	return Duration(p), nil
}

// String returns the duration as RFC 3339 appendix A writes it.
func (d Duration) String() string { return string(d.append(nil)) }

func (d Duration) append(dst []byte) []byte {
	if d == (Duration{}) {
		return append(dst, "PT0S"...)
	}
	dst = append(dst, 'P')
	if d.Weeks != 0 && (d == Duration{Weeks: d.Weeks}) {
		return append(strconv.AppendInt(dst, d.Weeks, 10), 'W')
	}
	dst = appendUnits(dst, [3]int64{d.Years, d.Months, d.Weeks*7 + d.Days}, "YMD", 0)
	clock := [3]int64{d.Hours, d.Minutes, d.Seconds}
	if clock != [3]int64{} || d.Nanoseconds != 0 {
		dst = appendUnits(append(dst, 'T'), clock, "HMS", d.Nanoseconds)
	}
	return dst
}

// appendUnits appends the parts from the first to the last that is not zero. A
// fraction, in nanoseconds, belongs to the last of all.
func appendUnits(dst []byte, values [3]int64, letters string, fraction int) []byte {
	first, last := -1, -1
	for i, v := range values {
		if v != 0 || i == len(values)-1 && fraction != 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	for i := max(first, 0); i <= last; i++ {
		dst = strconv.AppendInt(dst, values[i], 10)
		if i == len(values)-1 {
			dst = appendFraction(dst, fraction)
		}
		dst = append(dst, letters[i])
	}
	return dst
}

// AppendText appends the duration as RFC 3339 appendix A writes it. It fails
// where a part is negative or the fraction is a second or more.
func (d Duration) AppendText(dst []byte) ([]byte, error) {
	if min(d.Years, d.Months, d.Weeks, d.Days, d.Hours, d.Minutes, d.Seconds, int64(d.Nanoseconds)) < 0 || d.Nanoseconds > 999_999_999 ||
		d.Weeks > math.MaxInt64/14 || d.Days > math.MaxInt64/2 && d.Weeks > 0 {
		return dst, errors.New("a part of the duration is out of its range")
	}
	return d.append(dst), nil
}

// MarshalText is AppendText.
func (d Duration) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText is ParseDuration.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// ReadJSON reads a duration from a string of JSON.
func (d *Duration) ReadJSON(r *codec.Reader) {
	if err := d.UnmarshalText(r.Text()); err != nil {
		r.Fail("must be a duration like P1DT2H30M")
	}
}

// WriteJSON writes a duration as a string of JSON. It fails where MarshalText does.
func (d Duration) WriteJSON(w *codec.Writer) {
	var room [64]byte
	text, err := d.AppendText(room[:0])
	w.Text(text)
	if err != nil {
		w.Fail(err.Error())
	}
}
