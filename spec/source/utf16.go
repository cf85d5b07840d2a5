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

// Encoding is how a text is stored.
type Encoding uint8

// The encodings that are read.
const (
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE

	unmarked Encoding = 0x80 // UTF-16 without a byte order mark
)

// encodingOf tells UTF-16 by its byte order mark, and where there is none by the
// first two characters: they are ASCII in YAML and JSON alike (YAML 1.2, section
// 5.2). All else is UTF-8.
func encodingOf(text []byte) Encoding {
	switch {
	case bytes.HasPrefix(text, []byte(bomUTF16LE)):
		return UTF16LE
	case bytes.HasPrefix(text, []byte(bomUTF16BE)):
		return UTF16BE
	case len(text) < 4 || len(text)%2 != 0:
	case isASCII(text[0]) && text[1] == 0 && isASCII(text[2]) && text[3] == 0:
		return UTF16LE | unmarked
	case text[0] == 0 && isASCII(text[1]) && text[2] == 0 && isASCII(text[3]):
		return UTF16BE | unmarked
	}
	return UTF8
}

// isASCII tells whether a byte is a character of ASCII that text has.
func isASCII(c byte) bool {
	return ' ' <= c && c < 0x7F || c == '\t' || c == '\n' || c == '\r'
}

// byteOrder reads and appends numbers.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// order is that of the bytes of a code unit; nil for UTF-8.
func (e Encoding) order() byteOrder {
	switch e &^ unmarked {
	case UTF16LE:
		return binary.LittleEndian
	case UTF16BE:
		return binary.BigEndian
	}
	return nil
}

// Encode turns UTF-8 into the encoding. In UTF-16 a byte order mark comes first,
// unless the encoding is that of a text without one.
func (e Encoding) Encode(text []byte) []byte {
	order := e.order()
	if order == nil {
		return text
	}
	out := make([]byte, 0, 2*len(text)+2)
	if e&unmarked == 0 {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// decode converts text to UTF-8, without the byte order mark of UTF-16. What
// UTF-16 does not allow, half a surrogate pair or half a code unit, becomes what
// UTF-8 does not allow, so that whoever reads the text notices.
func (e Encoding) decode(text []byte) []byte {
	order := e.order()
	if order == nil {
		return text
	}
	if e&unmarked == 0 {
		text = text[2:]
	}
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
