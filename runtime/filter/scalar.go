package filter

import (
	"unicode/utf16"
	"unicode/utf8"
)

// kind is what a value is.
type kind uint8

const (
	isNull kind = iota + 1
	isTrue
	isFalse
	isNumber
	isText
)

// scalar is one value as it stands in the message.
type scalar struct {
	kind  kind
	coded bool   // text holds escapes, or is not UTF-8
	text  []byte // of text and numbers
}

// plain returns the scalar with its text decoded, in memory of scratch.
func (v scalar) plain(scratch *[]byte) scalar {
	if !v.coded {
		return v
	}
	*scratch = unescape((*scratch)[:0], v.text)
	return scalar{kind: v.kind, text: *scratch}
}

// unescape appends what a checked string says. As in encoding/json, what is no
// character (a lone surrogate, a byte that is not UTF-8) becomes U+FFFD.
func unescape(out, text []byte) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\':
			var n int
			out, n = unescapeOne(out, text[i:])
			i += n
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	return out
}

// unescapeOne appends what the escape says that text begins with, and returns
// its length.
func unescapeOne(out, text []byte) ([]byte, int) {
	switch c := text[1]; c {
	case 'b':
		return append(out, '\b'), 2
	case 'f':
		return append(out, '\f'), 2
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		return append(out, '\r'), 2
	case 't':
		return append(out, '\t'), 2
	case 'u':
		r, _ := hex4(text)
		if utf16.IsSurrogate(r) {
			if low, ok := hex4(text[6:]); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return utf8.AppendRune(out, both), 12
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(out, r), 6
	default:
		return append(out, c), 2
	}
}
