package codec

import (
	"encoding/json"
	"math"
	"net/netip"
	"time"
)

// JSON reads or writes one JSON value: what has a method CodeJSON says once which
// members it has, and that is how it is read as well as written:
//
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		if j.Object() { // it is read
//			*v = Order{}
//		}
//		for j.Members() {
//			j.String("id", &v.ID)
//			if j.Member("price", v.Price != nil) {
//				if j.Reading() {
//					v.Price = new(Money)
//				}
//				v.Price.CodeJSON(j)
//			}
//			j.Rest()
//		}
//	}
//
// The body of the loop stands for the members in their order. When an object is
// read it is passed through until all members are read, once where they come in
// that order. What reads and writes differently asks for the Reader and the Writer.
//
// Its methods are kept from being inlined, as those of a Writer are.
type JSON struct {
	r *Reader // nil when writing
	w *Writer // nil when reading

	// The object that is read, or written:
	key   int  // how long the name is of the member that the Reader has gone to, or:
	moved bool // this pass has read a member
	begun bool // the Writer is in the only pass
}

// What JSON.key may be beside the length of a name.
const (
	notGone = -1          // the Reader is behind a value
	ended   = math.MaxInt // the Reader is behind the object
)

// JSON returns what reads the next value.
func (r *Reader) JSON() *JSON { return &r.json }

// JSON returns what writes the next value.
func (w *Writer) JSON() *JSON { return &w.json }

// Reader returns the Reader, or nil when a value is written.
func (j *JSON) Reader() *Reader { return j.r }

// Writer returns the Writer, or nil when a value is read.
func (j *JSON) Writer() *Writer { return j.w }

// Reading tells whether a value is read; else one is written.
func (j *JSON) Reading() bool { return j.r != nil }

// Object begins an object, and tells whether it is read; else it is written. Its
// members follow in a loop over Members.
//
//go:noinline
func (j *JSON) Object() bool {
	if j.r == nil {
		j.w.Object()
		j.begun = true
		return false
	}
	j.r.Object()
	j.key, j.moved = notGone, true
	return true
}

// Other reads or writes a value that is of another kind than others of its type are,
// and tells whether it is: there is one to be written when *v is not nil.
//
//go:noinline
func (j *JSON) Other(kind Kind, v *json.RawMessage) bool {
	switch {
	case j.r == nil && *v != nil:
		j.w.Raw(*v)
	case j.r != nil && j.r.Peek() != kind:
		*v = j.r.Raw()
	default:
		return false
	}
	return true
}

// Members tells whether to pass through the members of the object (again). The
// last call ends the object.
//
//go:noinline
func (j *JSON) Members() bool {
	if j.r == nil {
		if j.begun {
			j.begun = false
			return true
		}
		j.w.EndObject()
		return false
	}
	if j.key >= 0 && j.key != ended && !j.moved { // a pass has found nobody to read it
		j.r.Skip()
		j.key = notGone
	}
	if j.key == notGone {
		j.advance()
	}
	if j.key == ended {
		j.key, j.moved = notGone, true // of the object around, a member is read
		return false
	}
	j.moved = false
	return true
}

// advance goes to the next member, or behind the object.
func (j *JSON) advance() {
	j.key = ended
	if j.r.Member() {
		j.key = len(j.r.key)
	}
}

// at goes to the next member unless it is there, and tells whether it is the one
// of that name, which must be read then. Most names differ in their lengths.
func (j *JSON) at(name string) bool {
	return (j.key == notGone || j.key == len(name)) && j.found(name)
}

// found is at where lengths do not tell.
func (j *JSON) found(name string) bool {
	if j.key == notGone {
		if j.r.memberIs(name) {
			j.moved = true
			return true
		}
		j.advance()
	}
	if j.key != len(name) || string(j.r.key) != name {
		return false
	}
	j.key, j.moved = notGone, true
	return true
}

// name begins a member that is written, of a name like those of Writer.Field.
func (j *JSON) name(name string) *Writer {
	w := j.w
	w.comma()
	w.buf = append(append(append(w.buf, '"'), name...), '"', ':')
	return w
}

// Field tells whether the member of that name is to be read, or written, which
// must be done then; whether one is written there says. The name stands for itself
// in a string, as that of Writer.Field.
//
//go:noinline
func (j *JSON) Field(name string, there bool) bool {
	if j.r != nil {
		return j.at(name)
	}
	if there {
		j.name(name)
	}
	return there
}

// Member is Field for any name.
//
//go:noinline
func (j *JSON) Member(name string, there bool) bool {
	if j.r != nil {
		if j.key == notGone {
			j.advance() // by what names say, not as they are written
		}
		return j.at(name)
	}
	if there {
		j.w.Member(name)
	}
	return there
}

// Unread returns the Reader when it has gone to a member that the pass has not
// read, which must be done then; else nil. It is called at the end of the pass.
//
//go:noinline
func (j *JSON) Unread() *Reader {
	if j.moved || j.key == notGone || j.key == ended {
		return nil
	}
	j.key = notGone
	return j.r
}

// SomeString is String for a text that is absent when it is empty.
//
//go:noinline
func (j *JSON) SomeString(name string, v *string) {
	if j.r != nil {
		if j.at(name) {
			*v = j.r.String()
		}
	} else if *v != "" {
		j.name(name).String(*v)
	}
}

// String reads or writes a member.
//
//go:noinline
func (j *JSON) String(name string, v *string) {
	if j.r == nil {
		j.name(name).String(*v)
	} else if j.at(name) {
		*v = j.r.String()
	}
}

// Bool reads or writes a member.
//
//go:noinline
func (j *JSON) Bool(name string, v *bool) {
	if j.r == nil {
		j.name(name).Bool(*v)
	} else if j.at(name) {
		*v = j.r.Bool()
	}
}

// Int8 reads or writes a member.
//
//go:noinline
func (j *JSON) Int8(name string, v *int8) {
	if j.r == nil {
		j.name(name).Int8(*v)
	} else if j.at(name) {
		*v = j.r.Int8()
	}
}

// Int16 reads or writes a member.
//
//go:noinline
func (j *JSON) Int16(name string, v *int16) {
	if j.r == nil {
		j.name(name).Int16(*v)
	} else if j.at(name) {
		*v = j.r.Int16()
	}
}

// Int32 reads or writes a member.
//
//go:noinline
func (j *JSON) Int32(name string, v *int32) {
	if j.r == nil {
		j.name(name).Int32(*v)
	} else if j.at(name) {
		*v = j.r.Int32()
	}
}

// Int64 reads or writes a member.
//
//go:noinline
func (j *JSON) Int64(name string, v *int64) {
	if j.r == nil {
		j.name(name).Int64(*v)
	} else if j.at(name) {
		*v = j.r.Int64()
	}
}

// Uint8 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint8(name string, v *uint8) {
	if j.r == nil {
		j.name(name).Uint8(*v)
	} else if j.at(name) {
		*v = j.r.Uint8()
	}
}

// Uint16 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint16(name string, v *uint16) {
	if j.r == nil {
		j.name(name).Uint16(*v)
	} else if j.at(name) {
		*v = j.r.Uint16()
	}
}

// Uint32 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint32(name string, v *uint32) {
	if j.r == nil {
		j.name(name).Uint32(*v)
	} else if j.at(name) {
		*v = j.r.Uint32()
	}
}

// Uint64 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint64(name string, v *uint64) {
	if j.r == nil {
		j.name(name).Uint64(*v)
	} else if j.at(name) {
		*v = j.r.Uint64()
	}
}

// Float32 reads or writes a member.
//
//go:noinline
func (j *JSON) Float32(name string, v *float32) {
	if j.r == nil {
		j.name(name).Float32(*v)
	} else if j.at(name) {
		*v = j.r.Float32()
	}
}

// Float64 reads or writes a member.
//
//go:noinline
func (j *JSON) Float64(name string, v *float64) {
	if j.r == nil {
		j.name(name).Float64(*v)
	} else if j.at(name) {
		*v = j.r.Float64()
	}
}

// Bytes reads or writes a member.
//
//go:noinline
func (j *JSON) Bytes(name string, v *[]byte) {
	if j.r == nil {
		j.name(name).Bytes(*v)
	} else if j.at(name) {
		*v = j.r.Bytes()
	}
}

// Time reads or writes a member.
//
//go:noinline
func (j *JSON) Time(name string, v *time.Time) {
	if j.r == nil {
		j.name(name).Time(*v)
	} else if j.at(name) {
		*v = j.r.Time()
	}
}

// Addr reads or writes a member.
//
//go:noinline
func (j *JSON) Addr(name string, v *netip.Addr) {
	if j.r == nil {
		j.name(name).Addr(*v)
	} else if j.at(name) {
		*v = j.r.Addr()
	}
}

// Raw reads or writes a member.
//
//go:noinline
func (j *JSON) Raw(name string, v *json.RawMessage) {
	if j.r == nil {
		j.name(name).Raw(*v)
	} else if j.at(name) {
		*v = j.r.Raw()
	}
}
