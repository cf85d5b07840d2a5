package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Optional is a value that may be absent. The zero Optional is absent.
// Optionals are comparable when T is. As a field of a struct it wants the tag
// option omitzero, so that an absent value is left out of the JSON.
type Optional[T any] struct {
	value   T
	present bool
}

// Some returns v as a present value.
func Some[T any](v T) Optional[T] { return Optional[T]{value: v, present: true} }

// Get returns the value and whether it is present; an absent one is T's zero.
func (o Optional[T]) Get() (T, bool) { return o.value, o.present }

// Or returns the value, or def when it is absent.
func (o Optional[T]) Or(def T) T {
	if o.present {
		return o.value
	}
	return def
}

// IsZero reports whether the value is absent. The tag option omitzero asks it.
func (o Optional[T]) IsZero() bool { return !o.present }

// Format prints the value as it prints by itself, or "absent": for logs.
func (o Optional[T]) Format(f fmt.State, verb rune) {
	formatPart(f, verb, o.value, o.present, "absent", "runtime.Some", "runtime.Optional[%T]{}")
}

// MarshalJSON writes the value, or null when it is absent.
func (o Optional[T]) MarshalJSON() ([]byte, error) { return marshalPart(&o.value, o.present) }

// UnmarshalJSON reads the value; null is read as absent.
func (o *Optional[T]) UnmarshalJSON(data []byte) (err error) {
	*o = Optional[T]{}
	o.present, err = unmarshalPart(data, &o.value)
	return err
}

// What SetDefaults of generated types calls, one function for each type of value for the
// reason that is given in json.go.

// DefaultString gives an absent value a default.
//
//go:noinline
func DefaultString(v *Optional[string], def string) {
	if !v.present {
		*v = Some(def)
	}
}

// DefaultBool gives an absent value a default.
//
//go:noinline
func DefaultBool(v *Optional[bool], def bool) {
	if !v.present {
		*v = Some(def)
	}
}

// DefaultInt32 gives an absent value a default.
//
//go:noinline
func DefaultInt32(v *Optional[int32], def int32) {
	if !v.present {
		*v = Some(def)
	}
}

// DefaultInt64 gives an absent value a default.
//
//go:noinline
func DefaultInt64(v *Optional[int64], def int64) {
	if !v.present {
		*v = Some(def)
	}
}

// DefaultFloat64 gives an absent value a default.
//
//go:noinline
func DefaultFloat64(v *Optional[float64], def float64) {
	if !v.present {
		*v = Some(def)
	}
}

// DefaultDecimal gives an absent value a default, which is a number as JSON has it.
//
//go:noinline
func DefaultDecimal(v *Optional[Decimal], def string) {
	if !v.present {
		*v = Some(MustDecimal(def))
	}
}

// The compiler makes every method of a generic type anew for each type that it
// is used with. So there are few of them, and what they can share is here.

// marshalPart is what part points to as JSON, or null when it is not there.
func marshalPart(part any, present bool) ([]byte, error) {
	if !present {
		return []byte("null"), nil
	}
	return marshal(part)
}

// unmarshalPart reads a value into the zero value that part points to, and
// reports whether there is one: null is none. A failure leaves the zero value.
func unmarshalPart(data []byte, part any) (present bool, err error) {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return false, nil
	}
	if err := json.Unmarshal(data, part); err != nil {
		reflect.ValueOf(part).Elem().SetZero()
		return false, err
	}
	return true, nil
}
