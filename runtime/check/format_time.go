package check

import "strings"

// isDateTime follows RFC 3339 §5.6: date-time. A second 60 is allowed where a
// leap second can be: at the end of a day in UTC.
func isDateTime(s string) bool {
	return len(s) > 11 && isDate(s[:10]) && s[10]|0x20 == 't' && isTime(s[11:])
}

// isDate follows RFC 3339 §5.6: full-date, with real days of the month.
func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	year, ok := digits2(s, 0)
	low, ok2 := digits2(s, 2)
	month, ok3 := digits2(s, 5)
	day, ok4 := digits2(s, 8)
	if !ok || !ok2 || !ok3 || !ok4 {
		return false
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year*100+low, month)
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

// digits2 reads two digits at i, which must be within s.
func digits2(s string, i int) (int, bool) {
	a, b := s[i]-'0', s[i+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// isTime follows RFC 3339 §5.6: full-time.
func isTime(s string) bool {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' {
		return false
	}
	hour, ok := digits2(s, 0)
	minute, ok2 := digits2(s, 3)
	second, ok3 := digits2(s, 6)
	if !ok || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	i := 8
	if s[i] == '.' {
		for i++; i < len(s) && isDigit(s[i]); i++ {
		}
		if i == 9 {
			return false
		}
	}
	offset, ok := timeOffset(s[i:])
	if !ok {
		return false
	}
	const day = 24 * 60
	return second < 60 || (hour*60+minute-offset+day)%day == day-1
}

// timeOffset reads Z or a numeric offset, in minutes.
func timeOffset(s string) (minutes int, ok bool) {
	if len(s) == 1 {
		return 0, s[0]|0x20 == 'z'
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hour, ok := digits2(s, 1)
	minute, ok2 := digits2(s, 4)
	if !ok || !ok2 || hour > 23 || minute > 59 {
		return 0, false
	}
	minutes = hour*60 + minute
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

// isDuration follows RFC 3339 appendix A: weeks alone, or units in order without
// a gap between the largest and the smallest.
func isDuration(s string) bool {
	if len(s) < 3 || s[0] != 'P' {
		return false
	}
	s = s[1:]
	if weeks, ok := durationUnits(s, "W"); ok && weeks == "" {
		return true
	}
	rest, ok := durationUnits(s, "YMD")
	if rest == "" || rest[0] != 'T' {
		return ok && rest == ""
	}
	rest, ok = durationUnits(rest[1:], "HMS")
	return ok && rest == ""
}

// durationUnits passes over numbers, each followed by the next of the units: any
// may come first. It tells whether there was one.
func durationUnits(s, units string) (rest string, some bool) {
	for s != "" && isDigit(s[0]) {
		i := 0
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == len(s) {
			return s, some
		}
		unit := strings.IndexByte(units, s[i])
		if unit < 0 || some && unit > 0 {
			return s, some
		}
		s, units, some = s[i+1:], units[unit+1:], true
	}
	return s, some
}

// isGoDateTime tells whether a date-time has no leap second and no fraction of a
// nanosecond: time.Time knows neither.
func isGoDateTime(s string) bool {
	return isDateTime(s) && isExact(s[11:]) && s[17:19] != "60"
}

// isGoTime tells whether a time has no fraction of a nanosecond.
func isGoTime(s string) bool { return isTime(s) && isExact(s) }

// isExact tells whether a time, which is one, has no more than nanoseconds.
func isExact(s string) bool {
	const second, most = len("15:04:05."), 9
	for i := second; s[second-1] == '.' && isDigit(s[i]); i++ { // the offset ends it
		if i >= second+most && s[i] != '0' {
			return false
		}
	}
	return true
}

// isGoDuration tells whether each part of a duration surely fits int64.
func isGoDuration(s string) bool {
	digits, most := 0, 0
	for i := range len(s) {
		if digits++; !isDigit(s[i]) {
			digits = 0
		}
		most = max(most, digits)
	}
	return most < len("9223372036854775807") && isDuration(s)
}
