package runtime

import (
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

// Format prints the value as it prints by itself, or "null" or "absent": for logs.
func (n Nullable[T]) Format(f fmt.State, verb rune) {
	if n.state == isNull {
		formatPart(f, verb, n.value, false, "null", "", "runtime.Null[%T]()")
		return
	}
	formatPart(f, verb, n.value, n.state == isValue, "absent", "runtime.Value", "runtime.Nullable[%T]{}")
}

// MarshalJSON writes the value, or null when there is none. A list, map or
// []byte that is there is written as an empty one when it is nil.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	return marshalPart(notNil(&n.value), n.state == isValue)
}

// notNil returns an empty list, map or []byte where part points to one that is
// nil, else part.
func notNil(part any) any {
	r := reflect.ValueOf(part).Elem()
	switch {
	case r.Type() == reflect.TypeFor[json.RawMessage]():
	case r.Kind() == reflect.Slice && r.IsNil():
		return reflect.MakeSlice(r.Type(), 0, 0).Interface()
	case r.Kind() == reflect.Map && r.IsNil():
		return reflect.MakeMap(r.Type()).Interface()
	}
	return part
}

// UnmarshalJSON reads null or the value.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	*n = Nullable[T]{}
	present, err := unmarshalPart(data, &n.value)
	switch {
	case present:
		n.state = isValue
	case err == nil:
		n.state = isNull
	}
	return err
}
