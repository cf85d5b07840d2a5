package check

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// stop is what the walking functions return instead of an end: the bytes are
// not JSON, or a rule is broken and nobody wants to know more.
const stop = -1

// space returns the first place at or behind pos that is not white space.
func (w *walker) space(pos int) int {
	if pos < len(w.data) && w.data[pos] <= ' ' {
		return w.blank(pos)
	}
	return pos
}

func (w *walker) blank(start int) int {
	pos := start
	for pos < len(w.data) && w.data[pos] <= ' ' {
		if c := w.data[pos]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			break
		}
		pos++
	}
	w.fuel -= (pos - start) >> stretch
	return pos
}

// textKind tells what a string's raw text may hold beside plain ASCII.
type textKind uint8

const (
	hasEscape textKind = 1 << iota
	hasHigh            // bytes from 0x80
)

// scanString scans the string whose opening quote is at pos. The end is behind
// the closing quote.
func (w *walker) scanString(pos int) (end int, kind textKind) {
	return w.scanRest(escape.Plain(w.data, pos+1))
}

// scanRest is scanString from a place within the string that escape.Plain has found.
func (w *walker) scanRest(i int) (end int, kind textKind) {
	for ; ; i = w.plainRun(i) {
		if i >= len(w.data) {
			return w.broken(i, "the text ends within a string"), kind
		}
		switch c := w.data[i]; {
		case c == '"':
			return i + 1, kind
		case c == '\\':
			kind |= hasEscape
			i = w.scanEscape(i)
		case c < ' ':
			return w.broken(i, "a control character stands within a string"), kind
		default:
			kind |= hasHigh
			i = w.scanHigh(i)
		}
		if i < 0 {
			return stop, kind
		}
	}
}

// plainRun is escape.Plain where little is plain as a rule: between letters that are not
// of ASCII.
func (w *walker) plainRun(pos int) int {
	for range fewWords / 2 {
		if pos+8 > len(w.data) {
			break
		}
		if marked := escape.Special(escape.Word(w.data, pos)); marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
		pos += 8
	}
	return escape.Plain(w.data, pos)
}

// scanHigh passes over the run of bytes from 0x80 at pos.
func (w *walker) scanHigh(pos int) int {
	for pos < len(w.data) && w.data[pos] >= utf8.RuneSelf {
		if c := w.data[pos]; pos+1 < len(w.data) && 0xC2 <= c && c <= 0xDF && w.data[pos+1]&0xC0 == 0x80 {
			pos += 2 // most of the letters that are not of ASCII
			continue
		}
		size := 1
		if !w.trusted {
			var r rune
			r, size = utf8.DecodeRune(w.data[pos:])
			if r == utf8.RuneError && size == 1 && !w.allows(AllowInvalidUTF8) && !w.fail(nil, ruleUTF8, pos, pos+1) {
				return stop
			}
		}
		pos += size
	}
	return pos
}

// scanEscape passes over the escape whose backslash is at pos, and over both
// halves of a surrogate pair.
func (w *walker) scanEscape(pos int) int {
	c, size := escape.Rune(w.data[pos:])
	switch {
	case size == 0:
		return w.broken(pos, w.noEscape(pos))
	case utf16.IsSurrogate(c) && !w.trusted && !w.allows(AllowLoneSurrogates) && !w.fail(nil, ruleSurrogate, pos, pos+size):
		return stop
	}
	return pos + size
}

// noEscape says what is wrong with the escape at pos.
func (w *walker) noEscape(pos int) string {
	switch {
	case pos+1 >= len(w.data):
		return "the text ends within a string"
	case w.data[pos+1] == 'u':
		return `\u wants four hexadecimal digits`
	}
	return "no such escape in JSON"
}

// unescape appends the text of a string, given without its quotes, to dst. The
// string has been scanned before; halves of surrogate pairs that stand alone
// become U+FFFD.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		c, size := escape.Rune(raw[i:])
		dst = utf8.AppendRune(dst, c)
		i += max(size, 1)
	}
	return dst
}

// numeral is a scanned number, and its value when short is set: it has at most
// 18 digits and no exponent.
type numeral struct {
	fixedPoint
	end   int
	short bool
}

// scanNumber scans the number at pos (RFC 8259 §6); its end is stop when there
// is none.
func (w *walker) scanNumber(pos int) numeral {
	data, i := w.data, pos
	if data[i] == '-' {
		i++
	}
	first := i
	var fixed int64 // meaningless beyond 18 digits
	for ; i < len(data) && data[i]-'0' <= 9; i++ {
		fixed = fixed*10 + int64(data[i]-'0')
	}
	digits := i - first
	if digits == 0 || (digits > 1 && data[first] == '0') {
		return numeral{end: w.broken(pos, "not a number: want digits without leading zeros")}
	}
	dot := i
	if i+1 < len(data) && data[i] == '.' && data[i+1]-'0' <= 9 {
		for i++; i < len(data) && data[i]-'0' <= 9; i++ {
			fixed = fixed*10 + int64(data[i]-'0')
		}
		digits = i - first - 1
	}
	if i < len(data) && (data[i] == '.' || data[i]|0x20 == 'e') {
		return numeral{end: w.long(pos, w.scanFraction(dot))}
	}
	if digits > maxShort {
		return numeral{end: w.long(pos, i)}
	}
	if first > pos {
		fixed = -fixed
	}
	v := numeral{end: i, short: true, fixedPoint: fixedPoint{fixed: fixed}}
	if i > dot {
		v.scale = uint8(i - dot - 1)
	}
	return v
}

// long counts the work for a number that may be long.
func (w *walker) long(start, end int) int {
	w.fuel -= (end - start) >> stretch
	return end
}

// scanFraction scans the fraction and the exponent at pos.
func (w *walker) scanFraction(pos int) int {
	i := pos
	if w.data[i] == '.' {
		if i = w.scanDigits(i + 1); i < 0 {
			return stop
		}
	}
	if i < len(w.data) && w.data[i]|0x20 == 'e' {
		i++
		if i < len(w.data) && (w.data[i] == '+' || w.data[i] == '-') {
			i++
		}
		i = w.scanDigits(i)
	}
	return i
}

// scanDigits passes over at least one digit.
func (w *walker) scanDigits(pos int) int {
	i := pos
	for i < len(w.data) && w.data[i]-'0' <= 9 {
		i++
	}
	if i == pos {
		return w.broken(pos, "not a number: want a digit")
	}
	return i
}

// scanWord scans true, false or null.
func (w *walker) scanWord(pos int) int {
	const isTrue, isNull, isAlse = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24, 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24, 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
	at, want := pos, uint32(isNull)
	switch w.data[pos] {
	case 't':
		want = isTrue
	case 'f':
		at, want = pos+1, isAlse
	}
	if at+4 <= len(w.data) && binary.LittleEndian.Uint32(w.data[at:]) == want {
		return at + 4
	}
	return w.broken(pos, "not a JSON value")
}
