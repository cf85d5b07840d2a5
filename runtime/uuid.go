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
	id, ok := parseUUID(text)
	if !ok {
		return UUID{}, fmt.Errorf("%q is not a UUID", excerpt([]byte(text)))
	}
	return id, nil
}

// places are where the bytes of a UUID stand in its text.
const places = "\x00\x02\x04\x06\x09\x0b\x0e\x10\x13\x15\x18\x1a\x1c\x1e\x20\x22"

func parseUUID[T string | []byte](text T) (id UUID, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return UUID{}, false
	}
	for i := range id {
		at := places[i]
		high, low := hexDigit(text[at]), hexDigit(text[at+1])
		if high|low > 0xf {
			return UUID{}, false
		}
		id[i] = high<<4 | low
	}
	return id, true
}

// hexDigit returns the value of a hexadecimal digit, or 0xff.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// String returns the UUID in small letters.
func (id UUID) String() string {
	var text [36]byte
	return string(id.append(text[:0]))
}

func (id UUID) append(dst []byte) []byte {
	dst = hex.AppendEncode(dst, id[:4])
	dst = hex.AppendEncode(append(dst, '-'), id[4:6])
	dst = hex.AppendEncode(append(dst, '-'), id[6:8])
	dst = hex.AppendEncode(append(dst, '-'), id[8:10])
	return hex.AppendEncode(append(dst, '-'), id[10:])
}

// AppendText appends what String returns.
func (id UUID) AppendText(dst []byte) ([]byte, error) { return id.append(dst), nil }

// MarshalText is AppendText.
func (id UUID) MarshalText() ([]byte, error) { return id.append(nil), nil }

// UnmarshalText is ParseUUID.
func (id *UUID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseUUID(string(text))
	return err
}

// ReadUUID reads a UUID from a string of JSON.
//
//go:noinline // in generated code, which would take longer to build
func ReadUUID(r *codec.Reader) (v UUID) {
	v.ReadJSON(r)
	return v
}

// ReadJSON reads a UUID from a string of JSON.
func (id *UUID) ReadJSON(r *codec.Reader) {
	var ok bool
	if *id, ok = parseUUID(r.Text()); !ok {
		r.Fail("must be a UUID")
	}
}

// WriteJSON writes a UUID as a string of JSON.
func (id UUID) WriteJSON(w *codec.Writer) {
	var text [36]byte
	w.Text(id.append(text[:0]))
}
