package filter

import (
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
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
			r, n := escape.Rune(text[i:])
			out = utf8.AppendRune(out, r)
			i += max(n, 1)
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
