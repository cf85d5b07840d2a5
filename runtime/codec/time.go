package codec

import (
	"encoding/binary"
	"time"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Time reads a string with an RFC 3339 date-time. time.Time knows neither leap
// seconds nor fractions of nanoseconds: they fail. Of an offset from UTC it
// keeps the offset.
func (r *Reader) Time() time.Time {
	t, ok := parse.Time(parse.View(r.Text()))
	if !ok {
		r.Fail("must be a date-time like 2006-01-02T15:04:05Z, without a leap second")
	}
	return t
}

// Time writes a time as RFC 3339 has it, with what it has of nanoseconds. Years
// beyond 0 to 9999 and time zones that are off by a day or more fail. A zone
// whose offset has seconds is written in UTC.
func (w *Writer) Time(t time.Time) {
	w.comma()
	_, offset := t.Zone()
	if offset%60 != 0 {
		t, offset = t.UTC(), 0
	}
	if w.usualTime(t, offset) {
		return
	}
	text, err := t.AppendText(append(w.buf, '"'))
	if err != nil {
		w.Fail("must be a time that RFC 3339 can write")
		return
	}
	w.buf = append(text, '"')
}

const (
	secondsPerDay = 24 * 60 * 60
	// daysToUnix is how many days the first of March of the year 0 lies before 1970.
	daysToUnix = 719468
	// Of the years 1 to 9999, in days behind the first of March of the year 0.
	firstDay, lastDay = 306, 3652364
)

// longestTime is how long a usual time is at most.
const longestTime = len(`"2006-01-02T15:04:05.999999999+01:00"`)

// usualTime writes a time of the years 1 to 9999, as all usual ones are, and tells
// whether it is one. Its offset from UTC has whole minutes.
func (w *Writer) usualTime(t time.Time, offset int) bool {
	seconds := t.Unix() + int64(offset) + daysToUnix*secondsPerDay
	if seconds < firstDay*secondsPerDay || seconds >= (lastDay+1)*secondsPerDay || offset <= -secondsPerDay || offset >= secondsPerDay {
		return false
	}
	at := len(w.buf)
	b := (*[longestTime]byte)(w.behind(longestTime))
	day, second := uint(seconds/secondsPerDay), uint(seconds%secondsPerDay) // which fit 32 bits, as the seconds do not
	year, month, date := calendar(day)
	putTwo(b[1:], year/100)
	putTwo(b[3:], year%100)
	putTwo(b[6:], month)
	putTwo(b[9:], date)
	putTwo(b[12:], second/3600)
	putTwo(b[15:], second/60%60)
	putTwo(b[18:], second%60)
	b[0], b[5], b[8], b[11], b[14], b[17] = '"', '-', '-', 'T', ':', ':'
	n := len(`"2006-01-02T15:04:05`)
	if nanos := t.Nanosecond(); nanos != 0 {
		n = len(appendFraction(b[:n], uint(nanos)))
	}
	n += putOffset(b[n:], offset)
	b[n] = '"'
	w.wrote(at + n + 1)
	return true
}

// putOffset writes an offset from UTC in seconds, and returns how long it is.
func putOffset(b []byte, offset int) int {
	if offset == 0 {
		b[0] = 'Z'
		return 1
	}
	n := copy(b, "+00:00")
	if offset < 0 {
		b[0], offset = '-', -offset
	}
	putTwo(b[1:], uint(offset)/3600)
	putTwo(b[4:], uint(offset)/60%60)
	return n
}

// calendar returns the date of a day behind the first of March of the year 0. Years
// are counted from March on, so that leap days end them, and months begin in them
// at a place that a line through them gives.
func calendar(day uint) (year, month, date uint) {
	const days400, days100, days4, days1 = 146097, 36524, 1461, 365
	cycle, day := day/days400, day%days400
	within := (day - day/(days4-1) + day/days100 - day/(days400-1)) / days1
	day -= within*days1 + within/4 - within/100
	shifted := (5*day + 2) / 153 // from March on
	date = day - (153*shifted+2)/5 + 1
	year, month = cycle*400+within, shifted+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, date
}

// putTwo writes a number below 100 as two digits.
func putTwo(dst []byte, n uint) { binary.LittleEndian.PutUint16(dst, pair(uint64(n))) }

// appendFraction appends the fraction of a second that has so many nanoseconds,
// without zeros at its end.
func appendFraction(dst []byte, nanoseconds uint) []byte {
	dst = append(dst, ".000000000"...)
	for at := len(dst) - 1; nanoseconds > 0; at-- {
		dst[at] = byte('0' + nanoseconds%10)
		nanoseconds /= 10
	}
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
