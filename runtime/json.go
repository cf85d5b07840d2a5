package runtime

import (
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// What generated types call for their members, beside the methods of codec.JSON:
// one function for each type of value, since a generic one would be made anew for
// each package and type.

// Member reads or writes a member of an object.
//
//go:noinline
func (d *Date) Member(j *codec.JSON, name string) {
	if !j.Field(name, true) {
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
	if !j.Field(name, true) {
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
	if !j.Field(name, true) {
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
	if !j.Field(name, true) {
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
	if !j.Field(name, true) {
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
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.String())
	} else {
		j.Writer().String(v.value)
	}
}

// OptionalBool reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalBool(j *codec.JSON, name string, v *Optional[bool]) {
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.Bool())
	} else {
		j.Writer().Bool(v.value)
	}
}

// OptionalInt32 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalInt32(j *codec.JSON, name string, v *Optional[int32]) {
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.Int32())
	} else {
		j.Writer().Int32(v.value)
	}
}

// OptionalInt64 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalInt64(j *codec.JSON, name string, v *Optional[int64]) {
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.Int64())
	} else {
		j.Writer().Int64(v.value)
	}
}

// OptionalFloat64 reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalFloat64(j *codec.JSON, name string, v *Optional[float64]) {
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.Float64())
	} else {
		j.Writer().Float64(v.value)
	}
}

// OptionalTime reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalTime(j *codec.JSON, name string, v *Optional[time.Time]) {
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		*v = Some(r.Time())
	} else {
		j.Writer().Time(v.value)
	}
}

// OptionalDate reads or writes a member of an object that may be absent.
//
//go:noinline
func OptionalDate(j *codec.JSON, name string, v *Optional[Date]) {
	if !j.Field(name, v.present) {
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
	if !j.Field(name, v.present) {
		return
	}
	if r := j.Reader(); r != nil {
		v.value.ReadJSON(r)
		v.present = true
	} else {
		v.value.WriteJSON(j.Writer())
	}
}
