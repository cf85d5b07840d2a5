package runtime

import (
	"strconv"
	"strings"
)

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
