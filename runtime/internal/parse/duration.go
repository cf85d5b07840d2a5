package parse

import (
	"strconv"
	"strings"
)

// Period is what a duration of ISO 8601 says, part by part.
type Period struct {
	Years, Months, Weeks, Days int64
	Hours, Minutes, Seconds    int64
	Nanoseconds                int
}

// Duration reads a duration of ISO 8601 that has a fraction in its seconds at most, to the
// nanosecond, and no sign.
func Duration(text string) (d Period, ok bool) {
	s := scan{text: text}
	s.char('P')
	parts := s.parts([]unit{{'Y', &d.Years}, {'M', &d.Months}, {'W', &d.Weeks}, {'D', &d.Days}}, nil)
	if s.at("T") {
		clock := s.parts([]unit{{'H', &d.Hours}, {'M', &d.Minutes}, {'S', &d.Seconds}}, &d.Nanoseconds)
		s.failed = s.failed || clock == 0
		parts += clock
	}
	weeks := strings.Contains(text, "W")
	return d, !s.failed && s.text == "" && parts > 0 && (!weeks || parts == 1)
}

// unit is a part of a duration: the letter behind it, and where it goes.
type unit struct {
	letter byte
	value  *int64
}

// parts takes numbers with their units, in order, and counts them. The last
// unit may have a fraction where there is a place for it.
func (s *scan) parts(units []unit, fraction *int) int {
	count := 0
	for !s.failed && s.text != "" && s.text[0] != 'T' {
		n, err := strconv.ParseInt(s.digits(), 10, 64)
		s.failed = s.failed || err != nil
		fractional := fraction != nil && (s.at(".") || s.at(","))
		if fractional {
			*fraction = s.fraction()
		}
		for len(units) > 0 && !s.at(string(rune(units[0].letter))) {
			units = units[1:]
		}
		if s.failed || len(units) == 0 || fractional && len(units) > 1 {
			s.failed = true
			return count
		}
		*units[0].value, units = n, units[1:]
		count++
	}
	return count
}

// scan reads a short text from left to right. Once something is not as it must
// be it has failed, and what it returns means nothing.
type scan struct {
	text   string // what is left
	failed bool
}

// at skips a prefix, if it is there.
func (s *scan) at(prefix string) bool {
	rest, ok := strings.CutPrefix(s.text, prefix)
	s.text = rest
	return ok
}

// char skips a character that must be there.
func (s *scan) char(c byte) {
	if !s.at(string(rune(c))) {
		s.failed = true
	}
}

// digits takes all digits that follow; one at least must.
func (s *scan) digits() string {
	n := 0
	for n < len(s.text) && '0' <= s.text[n] && s.text[n] <= '9' {
		n++
	}
	digits := s.text[:n]
	s.text = s.text[n:]
	s.failed = s.failed || n == 0
	return digits
}

// fraction takes the digits behind a decimal point, in nanoseconds.
func (s *scan) fraction() int {
	digits := s.digits()
	digits = strings.TrimRight(digits, "0")
	if len(digits) > 9 {
		s.failed = true
		return 0
	}
	n, _ := strconv.Atoi((digits + "000000000")[:9])
	return n
}
