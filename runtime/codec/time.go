package codec

import "time"

// Time reads a string with an RFC 3339 date-time. time.Time knows neither leap
// seconds nor fractions of nanoseconds: they fail. Of an offset from UTC it
// keeps the offset.
func (r *Reader) Time() time.Time {
	text := r.Text()
	t, ok := parseTime(text)
	if !ok {
		r.Fail("must be a date-time like 2006-01-02T15:04:05Z, without a leap second")
	}
	return t
}

// parseTime reads an RFC 3339 §5.6 date-time.
func parseTime(text []byte) (time.Time, bool) {
	const least = len("2006-01-02T15:04:05Z")
	if len(text) < least || text[4] != '-' || text[7] != '-' || text[10]|0x20 != 't' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, false
	}
	year, month, day := two(text)*100+two(text[2:]), two(text[5:]), two(text[8:])
	hour, minute, second := two(text[11:]), two(text[14:]), two(text[17:])
	nanosecond, rest := fraction(text[19:])
	zone, ok := offset(rest)
	if !ok || min(year, nanosecond, hour, minute, second) < 0 || hour > 23 || minute > 59 || second > 59 ||
		month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, zone)
	return t, day <= 28 || t.Day() == day
}

// two returns the number of two digits that text begins with; one that is far
// below zero when they are none.
func two(text []byte) int {
	tens, ones := text[0]-'0', text[1]-'0'
	if tens > 9 || ones > 9 {
		return -1 << 16
	}
	return int(tens)*10 + int(ones)
}

// fraction returns the nanoseconds of the fraction of a second that text may
// begin with, and what is behind it; -1 where they are no whole number.
func fraction(text []byte) (nanoseconds int, rest []byte) {
	if text[0] != '.' {
		return 0, text
	}
	unit, i := 100_000_000, 1
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		digit := int(text[i] - '0')
		if unit == 0 && digit > 0 {
			return -1, nil
		}
		nanoseconds += digit * unit
		unit /= 10
	}
	if i == 1 {
		return -1, nil
	}
	return nanoseconds, text[i:]
}

// offset returns the time zone of an RFC 3339 time-offset.
func offset(text []byte) (*time.Location, bool) {
	if len(text) == 1 && text[0]|0x20 == 'z' {
		return time.UTC, true
	}
	if len(text) != len("+01:00") || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return nil, false
	}
	hours, minutes := two(text[1:]), two(text[4:])
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return nil, false
	}
	seconds := (hours*60 + minutes) * 60
	switch {
	case seconds == 0:
		return time.UTC, true
	case text[0] == '-':
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

// Time writes a time as RFC 3339 has it, with what it has of nanoseconds. Years
// beyond 0 to 9999 and time zones that are off by a day or more fail. A zone
// whose offset has seconds is written in UTC.
func (w *Writer) Time(t time.Time) {
	w.comma()
	if _, seconds := t.Zone(); seconds%60 != 0 {
		t = t.UTC()
	}
	text, err := t.AppendText(append(w.buf, '"'))
	if err != nil {
		w.Fail("must be a time that RFC 3339 can write")
		return
	}
	w.buf = append(text, '"')
}
