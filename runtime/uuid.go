package runtime

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/codec"
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
	wrong := len(text) != 36
	for at, part := 0, 0; !wrong && part < 5; part++ {
		bytes := [5]int{4, 2, 2, 2, 6}[part]
		from := at*2 + part
		_, err := hex.Decode(id[at:at+bytes], []byte(text[from:from+2*bytes]))
		wrong = err != nil || part > 0 && text[from-1] != '-'
		at += bytes
	}
	if wrong {
		return UUID{}, fmt.Errorf("%q is not a UUID", excerpt([]byte(text)))
	}
	return id, nil
}

// String returns the UUID in small letters.
func (id UUID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// MarshalText is String.
func (id UUID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseUUID.
func (id *UUID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseUUID(string(text))
	return err
}

// ReadUUID reads a UUID from a string of JSON.
func ReadUUID(r *codec.Reader) (v UUID) {
	v.ReadJSON(r)
	return v
}

// ReadJSON reads a UUID from a string of JSON.
func (id *UUID) ReadJSON(r *codec.Reader) {
	if err := id.UnmarshalText(r.Text()); err != nil {
		r.Fail(err.Error())
	}
}

// WriteJSON writes a UUID as a string of JSON. It fails where MarshalText does.
func (id UUID) WriteJSON(w *codec.Writer) {
	text, err := id.MarshalText()
	w.Text(text)
	if err != nil {
		w.Fail(err.Error())
	}
}
