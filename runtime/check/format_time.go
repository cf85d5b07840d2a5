package check

import (
	"strings"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// isDate follows RFC 3339 §5.6: full-date, with real days of the month.
func isDate(s string) bool {
	_, ok := parse.FullDate(s)
	return ok
}

// isTime follows RFC 3339 §5.6: full-time.
func isTime(s string) bool {
	_, _, ok := parse.FullTime(s)
	return ok
}

// isGoTime tells whether a time has no fraction of a nanosecond.
func isGoTime(s string) bool {
	_, exact, ok := parse.FullTime(s)
	return ok && exact
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
