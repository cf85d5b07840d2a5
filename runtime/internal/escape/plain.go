package escape

import "encoding/binary"

// Byte-wise patterns for looking at eight bytes at once.
const (
	eachOne    = 0x0101010101010101
	eachHigh   = 0x8080808080808080
	eachTwo    = 0x0202020202020202
	eachAbove  = 0x2121212121212121
	eachEscape = 0x5c5c5c5c5c5c5c5c
)

// Special marks the bytes of a word, in their highest bits, that do not stand for
// themselves in a string or may not be ASCII: a quote, a backslash, a control
// character or a byte from 0x80. The lowest marked one is sure, those above it are
// not.
func Special(x uint64) uint64 { return marks(x) & eachHigh }

// marks is Special with other bits set. With the bit flipped that tells a space from
// a quote, control characters and the quote are the ones below 0x21.
func marks(x uint64) uint64 { return ((x ^ eachTwo) - eachAbove) | ((x ^ eachEscape) - eachOne) | x }

// PassPlain passes over as many bytes as it can, 32 at a time, that are not Special,
// and returns where it stops.
func PassPlain(data []byte, pos int) int {
	const wide = 32
	for ; pos+wide <= len(data); pos += wide {
		b := data[pos : pos+wide]
		marked := marks(binary.LittleEndian.Uint64(b)) | marks(binary.LittleEndian.Uint64(b[8:])) |
			marks(binary.LittleEndian.Uint64(b[16:])) | marks(binary.LittleEndian.Uint64(b[24:]))
		if marked&eachHigh != 0 {
			break
		}
	}
	return pos
}
