package runtime

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// WriteHeader writes one header. A value that is not JSON makes publishing
// fail.
func WriteHeader[T any](w *HeaderWriter, name string, v T) {
	text, err := headerText(v)
	if err != nil {
		w.fail(name, err)
		return
	}
	w.headers = append(w.headers, Header{Key: name, Value: text})
}

// WriteOptionalHeader writes one header unless v is absent.
func WriteOptionalHeader[T any](w *HeaderWriter, name string, v Optional[T]) {
	if value, ok := v.Get(); ok {
		WriteHeader(w, name, value)
	}
}

// ReadHeader reads one header. When it is missing or malformed the message
// cannot be decoded, and the reason names the header.
func ReadHeader[T any](r *HeaderReader, name string) T {
	var v T
	h, ok := r.find(name)
	switch {
	case !ok:
		r.fail(name, errors.New("missing"))
	case h.Value == nil:
		r.fail(name, errors.New("has no value"))
	default:
		if err := parseHeader(h.Value, &v); err != nil {
			r.fail(name, err)
		}
	}
	return v
}

// ReadOptionalHeader reads one header; it is absent when the header is missing
// or has no value. A malformed one is as with ReadHeader.
func ReadOptionalHeader[T any](r *HeaderReader, name string) Optional[T] {
	h, ok := r.find(name)
	if !ok || h.Value == nil {
		return Optional[T]{}
	}
	var v T
	if err := parseHeader(h.Value, &v); err != nil {
		r.fail(name, err)
		return Optional[T]{}
	}
	return Some(v)
}

// headerText returns v as the text of a header.
func headerText(v any) ([]byte, error) {
	if s, ok := plainText(reflect.ValueOf(v)); ok {
		return []byte(s), nil
	}
	text, err := marshal(v)
	if err != nil || len(text) == 0 || text[0] != '"' {
		return text, err
	}
	var s string
	err = json.Unmarshal(text, &s)
	return []byte(s), err
}

// parseHeader reads text into *target. What can be a JSON string takes the
// text as it is; everything else reads it as JSON.
func parseHeader[T any](text []byte, target *T) error {
	v := reflect.ValueOf(target).Elem()
	if _, ok := plainText(v); ok {
		v.SetString(string(text))
		return nil
	}
	if anyJSON(target) && json.Valid(text) && text[0] != '"' {
		return json.Unmarshal(text, target)
	}
	if utf8.Valid(text) {
		quoted, err := marshal(string(text))
		if err == nil && json.Unmarshal(quoted, target) == nil {
			return nil
		}
	}
	var fresh T
	*target = fresh
	if err := json.Unmarshal(text, target); err != nil {
		return fmt.Errorf("%q: %w", excerpt(text), err)
	}
	return nil
}

// plainText returns the string that v is when its JSON is that string and
// nothing else.
func plainText(v reflect.Value) (string, bool) {
	if !v.IsValid() || v.Kind() != reflect.String || v.Type() == reflect.TypeFor[json.Number]() {
		return "", false
	}
	switch reflect.New(v.Type()).Interface().(type) {
	case json.Marshaler, json.Unmarshaler, encoding.TextMarshaler, encoding.TextUnmarshaler:
		return "", false
	}
	return v.String(), true
}

// anyJSON reports whether target takes every JSON value, so that a number can
// only be told from a string by its looks.
func anyJSON(target any) bool {
	switch target.(type) {
	case *any, *json.RawMessage:
		return true
	}
	return false
}
