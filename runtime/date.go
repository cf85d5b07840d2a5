package runtime

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Date is a day of the calendar without a time: RFC 3339 §5.6 full-date,
// "2026-05-04", in the years 0 to 9999. Dates are comparable with ==. The zero
// Date is the first of January of the year 1, as is that of time.Time.
type Date struct{ day int32 } // since the zero Date

// dateLayout is a full-date for package time.
const dateLayout = "2006-01-02"

const secondsPerDay = 24 * 60 * 60

// NewDate returns a day. Months and days beyond their range are carried over
// as by time.Date: the 32nd of May is the first of June.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day on which t is, in t's own time zone.
func DateOf(t time.Time) Date {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return Date{int32((midnight.Unix() - time.Time{}.Unix()) / secondsPerDay)}
}

// ParseDate reads a day as RFC 3339 writes it. Days that the month does not
// have are errors.
func ParseDate(text string) (Date, error) {
	days, ok := parse.FullDate(text)
	if !ok {
		return Date{}, fmt.Errorf("%q is not a date like 2006-01-02", excerpt([]byte(text)))
	}
	return Date{int32(days)}, nil
}

// In returns the midnight that the day begins with in a time zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(1, time.January, 1+int(d.day), 0, 0, 0, 0, zone)
}

// Year returns the year.
func (d Date) Year() int { return d.In(time.UTC).Year() }

// Month returns the month.
func (d Date) Month() time.Month { return d.In(time.UTC).Month() }

// Day returns the day of the month, 1 to 31.
func (d Date) Day() int { return d.In(time.UTC).Day() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// AddDays returns the day n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return Date{d.day + int32(n)} }

// DaysSince returns how many days later d is than other.
func (d Date) DaysSince(other Date) int { return int(d.day) - int(other.day) }

// Compare returns -1, 0 or 1 as d is before, on or after other.
func (d Date) Compare(other Date) int { return cmp.Compare(d.day, other.day) }

// String returns the day as RFC 3339 writes it.
func (d Date) String() string { return d.In(time.UTC).Format(dateLayout) }

// AppendText appends the day as RFC 3339 writes it. It fails for years that RFC
// 3339 cannot write.
func (d Date) AppendText(dst []byte) ([]byte, error) {
	year, month, day := d.In(time.UTC).Date()
	if year < 0 || year > 9999 {
		return dst, errors.New("the year of a date must be within 0 to 9999")
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	return append(dst, digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(int(month)/10), digit(int(month)), '-', digit(day/10), digit(day)), nil
}

// MarshalText is AppendText.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText is ParseDate.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// ReadJSON reads a day from a string of JSON.
func (d *Date) ReadJSON(r *codec.Reader) {
	days, ok := parse.FullDate(parse.View(r.Text()))
	if !ok {
		r.Fail("must be a date like 2006-01-02")
		return
	}
	*d = Date{int32(days)}
}

// WriteJSON writes a day as a string of JSON. It fails where MarshalText does.
func (d Date) WriteJSON(w *codec.Writer) {
	var room [64]byte
	text, err := d.AppendText(room[:0])
	w.Text(text)
	if err != nil {
		w.Fail(err.Error())
	}
}
