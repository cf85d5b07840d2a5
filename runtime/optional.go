package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// String returns the value as fmt prints it, or "absent".
func (o Optional[T]) String() string {
	if !o.present {
		return "absent"
	}
	return fmt.Sprint(o.value)
}

// MarshalJSON writes the value, or null when it is absent.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.present {
		return []byte("null"), nil
	}
	return marshal(o.value)
}

// UnmarshalJSON reads the value; null is read as absent.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		*o = Optional[T]{}
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Some(v)
	return nil
}
