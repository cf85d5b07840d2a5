package codec

import (
	"encoding/json"
	"net/netip"
	"time"
)

// JSON reads or writes one JSON value: what has a method CodeJSON says once which
// members it has, and that is how it is read as well as written. A struct may say it by a
// table (see Struct), or by statements:
//
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		if j.Object() { // it may hold something that is not to stay
//			*v = Order{}
//		}
//		for j.Members() {
//			j.String("id", &v.ID)
//			if j.Member("price", v.Price != nil) {
//				if v.Price == nil {
//					v.Price = new(Money)
//				}
//				v.Price.CodeJSON(j)
//			}
//		}
//	}
//
// The body of the loop stands for the members in their order. When an object is
// read it is passed through until all members are read, once where they come in
// that order. What reads and writes differently asks for the Reader and the Writer.
//
// What generated code calls for each member is kept from being inlined, as the methods
// of a Writer are.
type JSON struct {
	r *Reader // nil when writing
	w *Writer // nil when reading

	// The object that is read, or written:
	key   int  // how long the name is of the member that the Reader has gone to, or:
	pass  int  // where the Reader was when this pass began
	begun bool // the first pass is due

	asks *asking // nil, unless nothing is to be read; see tableOf
}

// What JSON.key may be beside the length of a name.
const (
	notGone = -1 // the Reader is behind a value, or none reads
	ended   = -2 // the Reader is behind the object
)

// nowhere is a place that no pass begins at.
const nowhere = -1

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

// Object begins an object, and tells whether its value is to be cleared first: one that
// is read may hold something, unless it was made for this (see Reader.Fresh). Its members
// follow in a loop over Members.
//
//go:noinline
func (j *JSON) Object() bool {
	j.key, j.begun = notGone, true
	if r := j.r; r != nil {
		if r.pos < len(r.data) && r.data[r.pos] == '{' && r.depth < MaxDepth {
			r.at = r.pos
			r.pos++
			r.depth++
		} else {
			r.Object()
		}
		return !r.fresh
	}
	j.begun = j.w.open('{')
	return false
}

// External reads or writes what v points to, in the way that its type has; see
// Reader.External and Writer.External.
func (j *JSON) External(v any) {
	if j.r != nil {
		j.r.External(v)
	} else {
		j.w.External(v)
	}
}

// Members tells whether to pass through the members of the object (again). The
// last call ends the object.
//
//go:noinline
func (j *JSON) Members() bool {
	if j.First() {
		return true
	}
	r := j.r
	if r == nil {
		j.w.buf = append(j.w.buf, '}')
		j.w.depth--
		return false
	}
	if j.key >= 0 && r.pos == j.pass { // a pass has found nobody to read it
		r.Skip()
		j.key = notGone
	}
	if j.key == notGone && !r.endObject() {
		j.advance()
	}
	if j.key < 0 {
		j.key, j.pass = notGone, nowhere // of the object around, a member is read
		return false
	}
	j.pass = r.pos
	return true
}

// First tells whether the first pass through the members is due, and begins it: it is
// for loops that do something behind each pass, and call Members else.
func (j *JSON) First() bool {
	if !j.begun {
		return false
	}
	j.begun = false
	if j.r != nil {
		j.pass = j.r.pos
	}
	return true
}

// advance goes to the next member, or behind the object.
func (j *JSON) advance() {
	r := j.r
	before := r.pos == j.pass
	if r.Member() {
		j.key = len(r.Key())
	} else {
		j.key = ended
	}
	if before { // the pass has read nothing yet
		j.pass = r.pos
	}
}

// At is Field for what is no generated code, and may have it inlined. Most names
// differ in their lengths.
func (j *JSON) At(name string, there bool) bool {
	return (j.key == notGone || j.key == len(name)) && j.found(name, there)
}

// found is At where lengths do not tell.
func (j *JSON) found(name string, there bool) bool {
	r := j.r
	if r == nil {
		if there {
			j.w.Field(name)
		}
		return there
	}
	if j.key >= 0 {
		return j.gone(name)
	}
	if value := r.due(name); value > 0 {
		r.passName(name, value)
		return true
	}
	return j.isNext(name)
}

// reads is At for what is read, where nothing asks for the name again.
func (j *JSON) reads(name string) bool {
	if j.key != notGone {
		return j.key == len(name) && j.gone(name)
	}
	if value := j.r.due(name); value > 0 {
		j.r.pos = value
		return true
	}
	return j.isNext(name)
}

// isNext goes to the next member, and tells whether it has that name.
func (j *JSON) isNext(name string) bool {
	r, start := j.r, j.r.pos
	if r.passSpace() {
		if j.pass == start { // the pass has read nothing yet
			j.pass = r.pos
		}
		if value := r.due(name); value > 0 {
			r.passName(name, value)
			r.next()
			return true
		}
	}
	j.advance()
	return j.key == len(name) && j.gone(name)
}

// passSpace passes over white space before the next name, with the comma before it, and
// tells whether there was some.
func (r *Reader) passSpace() bool {
	data, pos := r.data, r.pos
	if pos < len(data) && data[pos] == ',' {
		pos++
	}
	if pos >= len(data) || data[pos] > ' ' {
		return false
	}
	r.pos = pos
	r.space()
	return true
}

// passName passes over the name of the next member, behind whose colon is a place.
func (r *Reader) passName(name string, value int) {
	end := value - len(`":`)
	r.name, r.nameEnd, r.escaped, r.pos = end-len(name), end, false, value
	r.at = r.name - 1
}

// gone tells whether the Reader has gone to the member of that name, whose length
// is right.
func (j *JSON) gone(name string) bool {
	if string(j.r.Key()) != name {
		return false
	}
	j.key = notGone
	return true
}

// Field tells whether the member of that name is to be read, or written, which
// must be done then; whether one is written there says. The name stands for itself
// in a string, as that of Writer.Field.
//
//go:noinline
func (j *JSON) Field(name string, there bool) bool {
	if j.r != nil {
		return j.At(name, there)
	}
	if there {
		j.w.Field(name)
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
		return j.At(name, there)
	}
	if there {
		j.w.Member(name)
	}
	return there
}

// Unread returns the Reader when it has gone to a member that the pass has not
// read, which must be done then; else nil. It is called behind the pass.
func (j *JSON) Unread() *Reader {
	if j.key < 0 || j.r.pos != j.pass {
		return nil
	}
	j.key = notGone
	return j.r
}

// String reads or writes a member.
//
//go:noinline
func (j *JSON) String(name string, v *string) {
	if j.r == nil {
		j.w.text(name, *v)
	} else if j.reads(name) {
		*v = j.r.String()
	}
}

// Bool reads or writes a member.
//
//go:noinline
func (j *JSON) Bool(name string, v *bool) {
	if j.r == nil {
		j.w.Field(name)
		j.w.Bool(*v)
	} else if j.reads(name) {
		*v = j.r.Bool()
	}
}

// Int8 reads or writes a member.
//
//go:noinline
func (j *JSON) Int8(name string, v *int8) {
	if j.r == nil {
		j.w.int(name, int64(*v))
	} else if j.reads(name) {
		*v = j.r.Int8()
	}
}

// Int16 reads or writes a member.
//
//go:noinline
func (j *JSON) Int16(name string, v *int16) {
	if j.r == nil {
		j.w.int(name, int64(*v))
	} else if j.reads(name) {
		*v = j.r.Int16()
	}
}

// Int32 reads or writes a member.
//
//go:noinline
func (j *JSON) Int32(name string, v *int32) {
	if j.r == nil {
		j.w.int(name, int64(*v))
	} else if j.reads(name) {
		*v = j.r.Int32()
	}
}

// Int64 reads or writes a member.
//
//go:noinline
func (j *JSON) Int64(name string, v *int64) {
	if j.r == nil {
		j.w.int(name, *v)
	} else if j.reads(name) {
		*v = j.r.Int64()
	}
}

// Uint8 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint8(name string, v *uint8) {
	if j.r == nil {
		j.w.uint(name, uint64(*v))
	} else if j.reads(name) {
		*v = j.r.Uint8()
	}
}

// Uint16 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint16(name string, v *uint16) {
	if j.r == nil {
		j.w.uint(name, uint64(*v))
	} else if j.reads(name) {
		*v = j.r.Uint16()
	}
}

// Uint32 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint32(name string, v *uint32) {
	if j.r == nil {
		j.w.uint(name, uint64(*v))
	} else if j.reads(name) {
		*v = j.r.Uint32()
	}
}

// Uint64 reads or writes a member.
//
//go:noinline
func (j *JSON) Uint64(name string, v *uint64) {
	if j.r == nil {
		j.w.uint(name, *v)
	} else if j.reads(name) {
		*v = j.r.Uint64()
	}
}

// Float32 reads or writes a member.
//
//go:noinline
func (j *JSON) Float32(name string, v *float32) {
	if j.r == nil {
		j.w.Field(name)
		j.w.float(float64(*v), 32)
	} else if j.reads(name) {
		*v = j.r.Float32()
	}
}

// Float64 reads or writes a member.
//
//go:noinline
func (j *JSON) Float64(name string, v *float64) {
	if j.r == nil {
		j.w.Field(name)
		j.w.float(*v, 64)
	} else if j.reads(name) {
		*v = j.r.Float64()
	}
}

// Bytes reads or writes a member.
//
//go:noinline
func (j *JSON) Bytes(name string, v *[]byte) {
	if j.r == nil {
		j.w.Field(name)
		j.w.Bytes(*v)
	} else if j.reads(name) {
		*v = j.r.Bytes()
	}
}

// Time reads or writes a member.
//
//go:noinline
func (j *JSON) Time(name string, v *time.Time) {
	if j.r == nil {
		j.w.Field(name)
		j.w.Time(*v)
	} else if j.reads(name) {
		*v = j.r.Time()
	}
}

// Addr reads or writes a member.
//
//go:noinline
func (j *JSON) Addr(name string, v *netip.Addr) {
	if j.r == nil {
		j.w.Field(name)
		j.w.Addr(*v)
	} else if j.reads(name) {
		*v = j.r.Addr()
	}
}

// Raw reads or writes a member.
//
//go:noinline
func (j *JSON) Raw(name string, v *json.RawMessage) {
	if j.r == nil {
		j.w.Field(name)
		j.w.Raw(*v)
	} else if j.reads(name) {
		*v = j.r.Raw()
	}
}
