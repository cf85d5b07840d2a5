package runtime

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// HeaderWriter collects the headers of one message that is being published. As
// a header a JSON string travels as its plain text, and everything else as JSON
// text: "42", "true", "[1,2]".
type HeaderWriter struct {
	headers []Header
	errs    []error
}

// fail records that a header cannot be written.
func (w *HeaderWriter) fail(name string, err error) {
	w.errs = append(w.errs, fmt.Errorf("header %q: %w", name, err))
}

// HeaderReader hands out the headers of one received message by name. Names
// are matched exactly, but for the content type, which is content-type in any
// case of letters. Of repeated headers the last is read, the others count as
// undeclared.
type HeaderReader struct {
	headers []Header // those that carry no attributes
	read    []bool   // by index in headers; nil: none
	all     []Header // those that do as well
	errs    []error
}

// find returns the last header of that name, and marks it as read. A document
// may declare the header of an attribute too.
func (r *HeaderReader) find(name string) (Header, bool) {
	if i := lastHeader(r.headers, name); i >= 0 && !isContentType(name) {
		if r.read == nil {
			r.read = make([]bool, len(r.headers))
		}
		r.read[i] = true
		return r.headers[i], true
	}
	if i := lastHeader(r.all, name); i >= 0 {
		return r.all[i], true
	}
	return Header{}, false
}

// lastHeader finds the last header of that name, or returns -1.
func lastHeader(headers []Header, name string) int {
	for i, h := range slices.Backward(headers) {
		if sameHeader(h.Key, name) {
			return i
		}
	}
	return -1
}

// sameHeader reports whether two names are of one header.
func sameHeader(a, b string) bool { return a == b || isContentType(a) && isContentType(b) }

// isContentType reports whether a header is that of the data content type,
// which producers spell in different cases of letters.
func isContentType(name string) bool {
	return len(name) == len(contentTypeHeader) && strings.EqualFold(name, contentTypeHeader)
}

// undeclared returns the headers that were not asked for, in order.
func (r *HeaderReader) undeclared() []Header {
	if r.read == nil {
		return r.headers
	}
	var rest []Header
	for i, h := range r.headers {
		if !r.read[i] {
			rest = append(rest, h)
		}
	}
	return rest
}

// fail records that a header cannot be read.
func (r *HeaderReader) fail(name string, err error) {
	r.errs = append(r.errs, fmt.Errorf("header %q: %w", name, err))
}

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

// excerpt shortens text for an error.
func excerpt(text []byte) []byte {
	const most = 60
	if len(text) <= most {
		return text
	}
	return append(bytes.Clone(text[:most]), "…"...)
}
