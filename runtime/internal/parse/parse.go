// Package parse reads texts of formats: the judge of messages asks it whether a text has its
// format, and who reads a value gets it from the same function, so that the two cannot
// disagree.
//
//	var id [16]byte
//	ok := parse.UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", &id)
//
// Nothing but a URL keeps a text, or a part of it. It imports the standard library alone.
package parse

import (
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"strings"
	"unsafe"
)

// View returns a text as a string without a copy: for what does not keep it.
func View(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// UUID reads a UUID in its one form of 36 characters, RFC 9562 §4, in any case of letters. What
// it leaves of another text in id means nothing.
func UUID(s string, id *[16]byte) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	first, second := half(s)|half(s[4:])<<32, half(s[9:])|half(s[14:])<<32
	third, fourth := half(s[19:])|half(s[24:])<<32, half(s[28:])|half(s[32:])<<32
	binary.LittleEndian.PutUint32(id[0:], fromHex(first))
	binary.LittleEndian.PutUint32(id[4:], fromHex(second))
	binary.LittleEndian.PutUint32(id[8:], fromHex(third))
	binary.LittleEndian.PutUint32(id[12:], fromHex(fourth))
	return hexMarks(first)&hexMarks(second)&hexMarks(third)&hexMarks(fourth)&eachHigh == eachHigh
}

// half returns the first four bytes of s.
func half(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// Byte-wise patterns for eight hexadecimal digits at once.
const (
	eachOne  = 0x0101010101010101
	eachHigh = 0x80 * eachOne
)

// hexMarks marks the bytes of a word, in their highest bits, that are hexadecimal digits.
func hexMarks(x uint64) uint64 {
	small := x | 0x20*eachOne
	// The high bit of a byte below 0x80 is set by what it lacks to be that large.
	numbers := (x + (0x80-'0')*eachOne) &^ (x + (0x80-'9'-1)*eachOne)
	letters := (small + (0x80-'a')*eachOne) &^ (small + (0x80-'f'-1)*eachOne)
	return (numbers | letters) &^ x
}

// fromHex returns the four bytes that eight hexadecimal digits stand for. The first is the
// lowest byte.
func fromHex(x uint64) uint32 {
	nibbles := x&(0x0f*eachOne) + x>>6&eachOne*9
	pairs := (nibbles<<4 | nibbles>>8) & 0x00ff00ff00ff00ff
	pairs = (pairs | pairs>>8) & 0x0000ffff0000ffff
	return uint32(pairs | pairs>>16)
}

// IPv4 reads an address as RFC 2673 §3.2 has it: four numbers without leading zeros.
func IPv4(s string) (netip.Addr, bool) {
	if len(s) > len("255.255.255.255") || strings.IndexByte(s, ':') >= 0 { // and so no zone
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

// IPv6 reads an address as RFC 4291 §2.2 has it, without a zone.
func IPv6(s string) (netip.Addr, bool) {
	if len(s) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") || strings.IndexByte(s, ':') < 0 || strings.IndexByte(s, '%') >= 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

// Addr reads an address of either kind, which may have a zone.
func Addr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

// IsBase64 tells whether s is base64 with padding, RFC 4648 §4.
func IsBase64(s string) bool {
	if len(s)%4 != 0 {
		return false
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	for i := range len(s) {
		if c := s[i]; c|0x20-'a' >= 26 && c-'0' > 9 && c != '+' && c != '/' {
			return false
		}
	}
	return len(s)%4 != 1
}

// Base64 reads what IsBase64 is about, of which the library would take line breaks as well.
func Base64(text []byte) ([]byte, bool) {
	size := base64.StdEncoding.DecodedLen(len(text))
	out := make([]byte, size)
	n, err := base64.StdEncoding.Decode(out, text)
	return out[:n], err == nil && len(text)%4 == 0 && size-n <= 2
}
