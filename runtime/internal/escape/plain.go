package escape

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Byte-wise patterns for looking at eight bytes at once.
const (
	eachOne    = 0x0101010101010101
	eachHigh   = 0x8080808080808080
	eachTwo    = 0x0202020202020202
	eachSpace  = 0x2020202020202020
	eachAbove  = 0x2121212121212121
	eachEscape = 0x5c5c5c5c5c5c5c5c
)

// Word returns the eight bytes at pos. Behind data, where it has room, it reads what
// lies there: it is for places that are known to lie before the last eight. A slice
// with an end of its own takes the processor two comparisons, one without it five
// operations more.
func Word(data []byte, pos int) uint64 { return binary.LittleEndian.Uint64(data[pos : pos+8]) }

// Special marks the bytes of a word, in their highest bits, that do not stand for
// themselves in a string or may not be ASCII: a quote, a backslash, a control
// character or a byte from 0x80. The lowest marked one is sure, those above it are
// not.
func Special(x uint64) uint64 { return marks(x) & eachHigh }

// marks is Special with other bits set. With the bit flipped that tells a space from
// a quote, control characters and the quote are the ones below 0x21.
func marks(x uint64) uint64 { return ((x ^ eachTwo) - eachAbove) | ((x ^ eachEscape) - eachOne) | x }

// Plain returns the first place at or behind pos that is Special, or the end.
func Plain(data []byte, pos int) int {
	pos = passPlain(data, pos)
	for ; pos+8 <= len(data); pos += 8 {
		if marked := Special(Word(data, pos)); marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
	}
	for pos < len(data) && data[pos] >= ' ' && data[pos] != '"' && data[pos] != '\\' && data[pos] < utf8.RuneSelf {
		pos++
	}
	return pos
}

// passPlain passes over as many bytes as it can, 32 at a time, that are not Special,
// and returns where it stops.
func passPlain(data []byte, pos int) int {
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

// window is how far LongPlain looks at once. What it finds beyond another special byte
// is found in vain: no more than this.
const window = 1 << 10

// LongPlain is Plain for what is likely to be long, which it passes over in half the
// time: quotes and backslashes are searched in the way of the processor, so that the
// words have only to be looked at for other bytes. Where it is not, it is slower.
func LongPlain(data []byte, pos int) int {
	for pos+wideBlock <= len(data) {
		b := data[pos:min(pos+window, len(data))]
		size := len(b)
		if i := bytes.IndexByte(b, '"'); i >= 0 {
			b = b[:i]
		}
		if i := bytes.IndexByte(b, '\\'); i >= 0 {
			b = b[:i]
		}
		passed := printable(b)
		if pos += passed; passed < size {
			return pos
		}
	}
	return Plain(data, pos)
}

// wideBlock is how much printable looks at before it decides.
const wideBlock = 64

// printable returns the place of the first control character, or byte from 0x80, or
// the end.
func printable(b []byte) int {
	pos := 0
	for ; pos+wideBlock <= len(b); pos += wideBlock {
		if block := (*[wideBlock]byte)(b[pos : pos+wideBlock]); odd(block, 0)|odd(block, wideBlock/2) != 0 {
			break
		}
	}
	if last := len(b) - wideBlock; last >= 0 && last < pos && pos < len(b) {
		if block := (*[wideBlock]byte)(b[last:]); odd(block, 0)|odd(block, wideBlock/2) == 0 {
			return len(b)
		}
	}
	for ; pos+8 <= len(b); pos += 8 {
		if marked := oddMarks(Word(b, pos)) & eachHigh; marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
	}
	for pos < len(b) && b[pos] >= ' ' && b[pos] < utf8.RuneSelf {
		pos++
	}
	return pos
}

// odd marks whether half of a block holds a control character, or a byte from 0x80.
func odd(b *[wideBlock]byte, at int) uint64 {
	half := b[at : at+wideBlock/2]
	return (oddMarks(binary.LittleEndian.Uint64(half)) | oddMarks(binary.LittleEndian.Uint64(half[8:])) |
		oddMarks(binary.LittleEndian.Uint64(half[16:])) | oddMarks(binary.LittleEndian.Uint64(half[24:]))) & eachHigh
}

// oddMarks is marks for control characters, and bytes from 0x80, alone.
func oddMarks(x uint64) uint64 { return (x - eachSpace) | x }
