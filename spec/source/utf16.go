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

// toUTF8 converts text that begins with the byte order mark of UTF-16, which it
// drops, and returns any other text as it is. What UTF-16 does not allow, half
// a surrogate pair or half a code unit, becomes what UTF-8 does not allow, so
// that whoever reads the text notices.
func toUTF8(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte(bomUTF16LE)):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte(bomUTF16BE)):
		order = binary.BigEndian
	default:
		return text
	}
	const broken = 0xFF
	text = text[2:]
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
