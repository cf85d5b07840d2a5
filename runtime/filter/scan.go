package filter

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// MaxNesting is how deep arrays and objects of a payload may lie in each other;
// a deeper payload cannot be judged.
const MaxNesting = 1000

// What makes a payload one that cannot be judged.
var (
	errNotJSON = errors.New("payload is not JSON")
	errTooDeep = errors.New("payload is nested too deeply")
)

// scan reads JSON (RFC 8259) from left to right, once, without building
// anything. After the first mistake err is set and at stands at the end.
type scan struct {
	text  []byte
	at    int
	depth int
	err   error
}

// fail ends scanning.
func (s *scan) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.at = len(s.text)
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scan) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// take skips white space and the byte c, which must be there.
func (s *scan) take(c byte) {
	if s.peek() != c || s.err != nil {
		s.fail(errNotJSON)
		return
	}
	s.at++
}

// more is called before each element of what began with open; it reads the
// separators and reports false behind the closing bracket.
func (s *scan) more(first bool, end byte) bool {
	switch c := s.peek(); {
	case s.err != nil:
		return false
	case c == end:
		s.at++
		return false
	case first:
		return true
	case c != ',':
		s.fail(errNotJSON)
		return false
	}
	s.at++
	if s.peek() == end {
		s.fail(errNotJSON)
	}
	return s.err == nil
}

// enter goes a level deeper.
func (s *scan) enter() {
	s.at++
	if s.depth++; s.depth > MaxNesting {
		s.fail(errTooDeep)
	}
}

// skip reads one value of any kind.
func (s *scan) skip() {
	switch s.peek() {
	case '{':
		s.enter()
		for first := true; s.more(first, '}'); first = false {
			s.str()
			s.take(':')
			s.skip()
		}
		s.depth--
	case '[':
		s.enter()
		for first := true; s.more(first, ']'); first = false {
			s.skip()
		}
		s.depth--
	default:
		s.scalar()
	}
}

// scalar reads one value that is no array or object.
func (s *scan) scalar() scalar {
	switch c := s.peek(); {
	case s.err != nil:
	case c == '"':
		return s.str()
	case c == 't' && s.word("true"):
		return scalar{kind: isTrue}
	case c == 'f' && s.word("false"):
		return scalar{kind: isFalse}
	case c == 'n' && s.word("null"):
		return scalar{kind: isNull}
	case c == '-' || '0' <= c && c <= '9':
		if n := numberLength(s.text[s.at:]); n > 0 {
			v := scalar{kind: isNumber, text: s.text[s.at : s.at+n]}
			s.at += n
			return v
		}
	}
	s.fail(errNotJSON)
	return scalar{}
}

// word skips a word, if it is there.
func (s *scan) word(word string) bool {
	if len(s.text)-s.at < len(word) || string(s.text[s.at:s.at+len(word)]) != word {
		return false
	}
	s.at += len(word)
	return true
}

// numberLength is the length of the number that text begins with, 0 if none.
func numberLength(text []byte) int {
	i := 0
	if text[0] == '-' {
		i++
	}
	whole := digitsLength(text[i:])
	if whole == 0 || whole > 1 && text[i] == '0' {
		return 0
	}
	i += whole
	if i < len(text) && text[i] == '.' {
		n := digitsLength(text[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		n := digitsLength(text[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

func digitsLength(text []byte) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// str reads one string. Its value is what stands between the quotes, raw.
func (s *scan) str() scalar {
	if s.peek() != '"' || s.err != nil {
		s.fail(errNotJSON)
		return scalar{}
	}
	begin := s.at + 1
	v := scalar{kind: isText}
	wide := false
	for i := begin + ordinary(s.text[begin:]); i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			v.text = s.text[begin:i]
			v.coded = v.coded || wide && !utf8.Valid(v.text)
			return v
		case c == '\\':
			_, n := escape.Rune(s.text[i:])
			if n == 0 {
				s.fail(errNotJSON)
				return scalar{}
			}
			v.coded = true
			i += n - 1
		case c < ' ':
			s.fail(errNotJSON)
			return scalar{}
		case c >= utf8.RuneSelf:
			wide = true
		}
	}
	s.fail(errNotJSON)
	return scalar{}
}

// ordinary returns how many bytes, eight at a time, text begins with that are
// neither quotes nor backslashes, control characters or beyond ASCII.
func ordinary(text []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(text[n:])
		quote, slash := x^ones*'"', x^ones*'\\'
		if (x|(x-ones*' ')|(quote-ones)|(slash-ones))&highs != 0 {
			break
		}
	}
	return n
}
