package source

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Byte order marks.
const (
	bomUTF8    = "\xEF\xBB\xBF"
	bomUTF16LE = "\xFF\xFE"
	bomUTF16BE = "\xFE\xFF"
)

// toUTF8 converts text in UTF-16, whose byte order mark it drops, and returns any
// other text as it is. What UTF-16 does not allow, half a surrogate pair or half
// a code unit, becomes what UTF-8 does not allow, so that whoever reads the text
// notices.
func toUTF8(text []byte) []byte {
	order, mark := utf16Order(text)
	if order == nil {
		return text
	}
	text = text[mark:]
	const broken = 0xFF
	out := make([]byte, 0, len(text)/2+len(text)/8)
	for ; len(text) >= 2; text = text[2:] {
		r := rune(order.Uint16(text))
		if utf16.IsSurrogate(r) {
			var low rune
			if len(text) >= 4 {
				low = rune(order.Uint16(text[2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				out = append(out, broken)
				continue
			}
			text = text[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	if len(text) > 0 {
		out = append(out, broken)
	}
	return out
}

// utf16Order is the byte order of text in UTF-16 and the length of its byte order
// mark, or nil. Where there is no mark the first two characters tell: they are
// ASCII in YAML and JSON alike (YAML 1.2, section 5.2).
func utf16Order(text []byte) (order binary.ByteOrder, mark int) {
	switch {
	case bytes.HasPrefix(text, []byte(bomUTF16LE)):
		return binary.LittleEndian, len(bomUTF16LE)
	case bytes.HasPrefix(text, []byte(bomUTF16BE)):
		return binary.BigEndian, len(bomUTF16BE)
	case len(text) < 4 || len(text)%2 != 0:
	case isASCII(text[0]) && text[1] == 0 && isASCII(text[2]) && text[3] == 0:
		return binary.LittleEndian, 0
	case text[0] == 0 && isASCII(text[1]) && text[2] == 0 && isASCII(text[3]):
		return binary.BigEndian, 0
	}
	return nil, 0
}

// isASCII tells whether a byte is a character of ASCII that text has.
func isASCII(c byte) bool {
	return ' ' <= c && c < 0x7F || c == '\t' || c == '\n' || c == '\r'
}
