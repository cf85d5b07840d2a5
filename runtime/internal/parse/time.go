package parse

import "time"

// Clock is what a full-time of RFC 3339 §5.6 says.
type Clock struct {
	Hour, Minute, Second int // a leap second is 60
	Nanosecond           int
	Offset               int // from UTC, in minutes
}

// FullTime reads an RFC 3339 §5.6 full-time. A second 60 is allowed where a leap second
// can be: at the end of a day in UTC. It is exact if its fraction of a second has no more
// than nanoseconds.
func FullTime(s string) (c Clock, exact, ok bool) {
	if len(s) < len("15:04:05Z") || s[2] != ':' || s[5] != ':' {
		return c, false, false
	}
	c = Clock{Hour: two(s, 0), Minute: two(s, 3), Second: two(s, 6)}
	if min(c.Hour, c.Minute, c.Second) < 0 || c.Hour > 23 || c.Minute > 59 || c.Second > 60 {
		return c, false, false
	}
	exact = true
	if s = s[8:]; s[0] == '.' {
		if c.Nanosecond, exact, s = fraction(s[1:]); s == "" {
			return c, false, false
		}
	}
	if len(s) == 1 && s[0]|0x20 == 'z' {
		return c, exact, c.Second < 60 || c.beforeMidnight()
	}
	if len(s) != len("+01:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return c, false, false
	}
	hours, minutes := two(s, 1), two(s, 4)
	if c.Offset = hours*60 + minutes; s[0] == '-' {
		c.Offset = -c.Offset
	}
	return c, exact, min(hours, minutes) >= 0 && hours <= 23 && minutes <= 59 && (c.Second < 60 || c.beforeMidnight())
}

// fraction reads the digits behind a decimal point, and returns what is behind them; "" where
// there are none.
func fraction(s string) (nanosecond int, exact bool, rest string) {
	unit, i := 100_000_000, 0
	for exact = true; i < len(s) && s[i]-'0' <= 9; i++ {
		digit := int(s[i] - '0')
		exact = exact && (unit > 0 || digit == 0)
		nanosecond += digit * unit
		unit /= 10
	}
	if i == 0 {
		return 0, false, ""
	}
	return nanosecond, exact, s[i:]
}

// beforeMidnight tells whether it is the last minute of a day in UTC.
func (c *Clock) beforeMidnight() bool {
	const day = 24 * 60
	return (c.Hour*60+c.Minute-c.Offset+day)%day == day-1
}

// FullDate reads an RFC 3339 §5.6 full-date, with real days of the month. It returns how many
// days it lies behind the first of January of the year 1, as the zero time.Time is.
func FullDate(s string) (days int, ok bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	year, month, day := two(s, 0)*100+two(s, 2), two(s, 5), two(s, 8)
	if min(year, month-1, day-1) < 0 || month > 12 || day > 28 && day > daysIn(year, month) {
		return 0, false
	}
	return daysTo(year, month, day), true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysTo counts the days from the year 1 on. Years begin in March here, so that leap days end
// them, and one cycle of the calendar earlier, so that none is below zero.
func daysTo(year, month, day int) int {
	const cycle, years, first = 146097, 400, 306
	if year += years; month > 2 {
		month -= 3
	} else {
		year, month = year-1, month+9
	}
	return year*365 + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1 - cycle - first
}

// two returns the number of the two digits at i, which must be within s; one that is far below
// zero when they are none.
func two(s string, i int) int {
	tens, ones := s[i]-'0', s[i+1]-'0'
	if tens > 9 || ones > 9 {
		return -1 << 16
	}
	return int(tens)*10 + int(ones)
}

// dateLength is how long a full-date is.
const dateLength = len("2006-01-02")

// DateTime tells whether s is an RFC 3339 §5.6 date-time.
func DateTime(s string) bool {
	_, _, _, ok := dateTime(s)
	return ok
}

func dateTime(s string) (days int, c Clock, exact, ok bool) {
	if len(s) <= dateLength || s[dateLength]|0x20 != 't' {
		return 0, c, false, false
	}
	if days, ok = FullDate(s[:dateLength]); ok {
		c, exact, ok = FullTime(s[dateLength+1:])
	}
	return days, c, exact, ok
}

// IsTime tells whether s is a date-time that a time.Time holds: it knows neither leap seconds nor
// fractions of a nanosecond.
func IsTime(s string) bool {
	_, c, exact, ok := dateTime(s)
	return ok && exact && c.Second < 60
}

// Time reads what IsTime is about. The time keeps the offset from UTC.
func Time(s string) (time.Time, bool) {
	days, c, exact, ok := dateTime(s)
	if !ok || !exact || c.Second == 60 {
		return time.Time{}, false
	}
	const day, toUnix = 24 * 60 * 60, 719162 // days
	t := time.Unix(int64(days-toUnix)*day+int64((c.Hour*60+c.Minute-c.Offset)*60+c.Second), int64(c.Nanosecond))
	if c.Offset == 0 {
		return t.UTC(), true
	}
	return t.In(time.FixedZone("", c.Offset*60)), true
}
