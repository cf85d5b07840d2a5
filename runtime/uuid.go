package runtime

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// UUID is a universally unique identifier, RFC 9562:
// "f81d4fae-7dec-11d0-a765-00a0c91e6bf6". It is written in small letters and
// read in either case. The zero UUID is the Nil UUID, all zeros.
type UUID [16]byte

// NewUUID returns a random UUID, version 4. It may be called concurrently.
func NewUUID() UUID {
	var id UUID
	rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseUUID reads a UUID in its one form of 36 characters.
func ParseUUID(text string) (UUID, error) {
	var id UUID
	if !parse.UUID(text, (*[16]byte)(&id)) {
		return UUID{}, fmt.Errorf("%q is not a UUID", excerpt([]byte(text)))
	}
	return id, nil
}

// eachOne is a pattern for eight digits at once.
const eachOne = 0x0101010101010101

// toHex returns the digits, in small letters, that four bytes are written with. The first is
// the lowest byte.
func toHex(value uint32) uint64 {
	x := (uint64(value) | uint64(value)<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	nibbles := x>>4&0x000f000f000f000f | x&0x000f000f000f000f<<8
	letters := (nibbles + (0x80-10)*eachOne) >> 7 & eachOne
	return nibbles + '0'*eachOne + letters*('a'-'0'-10)
}

// String returns the UUID in small letters.
func (id UUID) String() string {
	var text [lengthOfID]byte
	id.put(&text)
	return string(text[:])
}

func (id UUID) append(dst []byte) []byte {
	var text [lengthOfID]byte
	id.put(&text)
	return append(dst, text[:]...)
}

// put writes the UUID in small letters.
func (id *UUID) put(text *[lengthOfID]byte) {
	second, third := toHex(binary.LittleEndian.Uint32(id[4:])), toHex(binary.LittleEndian.Uint32(id[8:]))
	binary.LittleEndian.PutUint64(text[0:], toHex(binary.LittleEndian.Uint32(id[0:])))
	binary.LittleEndian.PutUint32(text[9:], uint32(second))
	binary.LittleEndian.PutUint32(text[14:], uint32(second>>32))
	binary.LittleEndian.PutUint32(text[19:], uint32(third))
	binary.LittleEndian.PutUint32(text[24:], uint32(third>>32))
	binary.LittleEndian.PutUint64(text[28:], toHex(binary.LittleEndian.Uint32(id[12:])))
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
}

// AppendText appends what String returns.
func (id UUID) AppendText(dst []byte) ([]byte, error) { return id.append(dst), nil }

// MarshalText is AppendText.
func (id UUID) MarshalText() ([]byte, error) { return id.append(nil), nil }

// UnmarshalText is ParseUUID.
func (id *UUID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseUUID(parse.View(text))
	return err
}

// ReadJSON reads a UUID from a string of JSON.
func (id *UUID) ReadJSON(r *codec.Reader) {
	if !parse.UUID(parse.View(r.Text()), (*[16]byte)(id)) {
		*id = UUID{}
		r.Fail("must be a UUID")
	}
}

// WriteJSON writes a UUID as a string of JSON.
func (id UUID) WriteJSON(w *codec.Writer) {
	text := [lengthOfID + 2]byte{0: '"', lengthOfID + 1: '"'}
	id.put((*[lengthOfID]byte)(text[1:]))
	w.Judged(text[:]) // which has nothing to escape
}
