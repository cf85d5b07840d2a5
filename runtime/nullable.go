package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Nullable is a value that may be absent and may be null, and tells both from
// each other and from T's zero. The zero Nullable is absent. Nullables are
// comparable when T is. As a field of a struct it wants the tag option omitzero,
// so that an absent value is left out of the JSON; where a value must stand, in
// a list or for a required member, an absent one is written as null.
//
//	order.Note = runtime.Value("call first") // "note": "call first"
//	order.Note = runtime.Null[string]()      // "note": null
//	order.Note = runtime.Nullable[string]{}  // no note at all
type Nullable[T any] struct {
	value T
	state state
}

type state uint8

const (
	isAbsent state = iota
	isNull
	isValue
)

// Value returns v as a value that is there.
func Value[T any](v T) Nullable[T] { return Nullable[T]{value: v, state: isValue} }

// Null returns null.
func Null[T any]() Nullable[T] { return Nullable[T]{state: isNull} }

// Get returns the value and whether there is one; for one that is absent or null
// it is T's zero.
func (n Nullable[T]) Get() (T, bool) { return n.value, n.state == isValue }

// Or returns the value, or def when it is absent or null.
func (n Nullable[T]) Or(def T) T {
	if n.state == isValue {
		return n.value
	}
	return def
}

// IsNull reports whether it is null, not absent.
func (n Nullable[T]) IsNull() bool { return n.state == isNull }

// IsZero reports whether it is absent, not null. The tag option omitzero asks
// it.
func (n Nullable[T]) IsZero() bool { return n.state == isAbsent }

// String returns the value as fmt prints it, or "null" or "absent".
func (n Nullable[T]) String() string {
	switch n.state {
	case isNull:
		return "null"
	case isAbsent:
		return "absent"
	}
	return fmt.Sprint(n.value)
}

// MarshalJSON writes the value, or null when there is none. A list, map or
// []byte that is there is written as an empty one when it is nil.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if n.state != isValue {
		return []byte("null"), nil
	}
	return marshal(notNil(n.value))
}

// notNil returns an empty list, map or []byte for one that is nil.
func notNil(v any) any {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid() || r.Type() == reflect.TypeFor[json.RawMessage]():
	case r.Kind() == reflect.Slice && r.IsNil():
		return reflect.MakeSlice(r.Type(), 0, 0).Interface()
	case r.Kind() == reflect.Map && r.IsNil():
		return reflect.MakeMap(r.Type()).Interface()
	}
	return v
}

// UnmarshalJSON reads null or the value.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		*n = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*n = Value(v)
	return nil
}
