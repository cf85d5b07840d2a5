package runtime

import (
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// What generated types call for their members, beside the methods of codec.JSON:
// one function for each type of value, since a generic one would be made anew for
// each package and type. Members of several types are alike for another reason: a
// function of an interface, or of a type parameter, that they had in common would
// have the compiler put every value that they are called for on the heap.

// Member reads or writes a member of an object.
//
//go:noinline
func (d *Date) Member(j *codec.JSON, name string) {
	if !j.At(name, true) {
		return
	}
	if r := j.Reader(); r != nil {
		d.ReadJSON(r)
	} else {
		d.WriteJSON(j.Writer())
	}
}

// Member reads or writes a member of an object.
//
//go:noinline
func (t *TimeOfDay) Member(j *codec.JSON, name string) {
	if !j.At(name, true) {
		return
	}
	if r := j.Reader(); r != nil {
		t.ReadJSON(r)
	} else {
		t.WriteJSON(j.Writer())
	}
}

// Member reads or writes a member of an object.
//
//go:noinline
func (d *Duration) Member(j *codec.JSON, name string) {
	if !j.At(name, true) {
		return
	}
	if r := j.Reader(); r != nil {
		d.ReadJSON(r)
	} else {
		d.WriteJSON(j.Writer())
	}
}

// Member reads or writes a member of an object.
//
//go:noinline
func (id *UUID) Member(j *codec.JSON, name string) {
	if !j.At(name, true) {
		return
	}
	if r := j.Reader(); r != nil {
		id.ReadJSON(r)
	} else {
		id.WriteJSON(j.Writer())
	}
}

// Member reads or writes a member of an object.
//
//go:noinline
func (d *Decimal) Member(j *codec.JSON, name string) {
	if !j.At(name, true) {
		return
	}
	if r := j.Reader(); r != nil {
		d.ReadJSON(r)
	} else {
		d.WriteJSON(j.Writer())
	}
}

// OptionalString reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalString(j *codec.JSON, name string, v *Optional[string]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.String(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.String())
	}
}

// OptionalBool reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalBool(j *codec.JSON, name string, v *Optional[bool]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.Bool(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.Bool())
	}
}

// OptionalInt32 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalInt32(j *codec.JSON, name string, v *Optional[int32]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.Int32(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.Int32())
	}
}

// OptionalInt64 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalInt64(j *codec.JSON, name string, v *Optional[int64]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.Int64(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.Int64())
	}
}

// OptionalFloat64 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalFloat64(j *codec.JSON, name string, v *Optional[float64]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.Float64(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.Float64())
	}
}

// OptionalTime reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalTime(j *codec.JSON, name string, v *Optional[time.Time]) {
	if r := j.Reader(); r == nil {
		if v.present {
			j.Time(name, &v.value)
		}
	} else if j.At(name, true) {
		*v = Some(r.Time())
	}
}

// OptionalDate reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalDate(j *codec.JSON, name string, v *Optional[Date]) {
	if !j.At(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		v.value.ReadJSON(r)
		v.present = true
	} else {
		v.value.WriteJSON(j.Writer())
	}
}

// OptionalUUID reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalUUID(j *codec.JSON, name string, v *Optional[UUID]) {
	if !j.At(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		v.value.ReadJSON(r)
		v.present = true
	} else {
		v.value.WriteJSON(j.Writer())
	}
}
