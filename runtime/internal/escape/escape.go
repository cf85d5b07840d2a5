// Package escape reads the escapes of JSON strings (RFC 8259 section 7), for all
// that walk over JSON text in a way of their own.
//
//	c, size := escape.Rune([]byte(`\u00e4 and more`)) // 'ä', 6
//
// It imports the standard library alone.
package escape

import "unicode/utf16"

// Rune returns the character that the escape at the beginning of text stands
// for, and its length: 2, 6, or 12 for a surrogate pair. Half of a pair is
// returned as it is, which utf16.IsSurrogate tells and utf8.AppendRune makes
// U+FFFD of. Length 0 is that text begins with no escape.
func Rune(text []byte) (c rune, size int) {
	if len(text) < 2 || text[0] != '\\' {
		return 0, 0
	}
	switch text[1] {
	case '"', '\\', '/':
		return rune(text[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return coded(text)
	}
	return 0, 0
}

// coded is Rune for \uXXXX and pairs of them.
func coded(text []byte) (c rune, size int) {
	c = hex4(text)
	switch {
	case c < 0:
		return 0, 0
	case utf16.IsSurrogate(c) && len(text) >= 12 && text[6] == '\\' && text[7] == 'u':
		const replaced = '\uFFFD' // what DecodeRune makes of two that are no pair
		if both := utf16.DecodeRune(c, hex4(text[6:])); both != replaced {
			return both, 12
		}
	}
	return c, 6
}

// hex4 returns the number in \uXXXX, -1 when there is none.
func hex4(text []byte) rune {
	if len(text) < 6 {
		return -1
	}
	var n rune
	for _, c := range text[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		n = n<<4 | rune(c)
	}
	return n
}
