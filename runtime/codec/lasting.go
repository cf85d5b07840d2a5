package codec

import (
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// UnmarshalLasting is Unmarshal of data that is never changed, of which v may keep
// strings of at least so many bytes: who keeps one keeps the data.
func UnmarshalLasting(data []byte, rules Checker, v Value, least int) error {
	if rules == nil {
		rules = check.Any()
	}
	if err := rules.Check(data); err != nil {
		return err
	}
	r := newReader(data)
	r.Lasting(least)
	v.CodeJSON(&r.json)
	return r.end()
}

// Lasting says that the text that is read is never changed, and that strings of at
// least so many bytes, which is more than none, may be parts of it in place of
// copies.
func (r *Reader) Lasting(least int) { r.lasting = least }

// large returns text as a string by itself.
func (r *Reader) large(text []byte) string {
	if r.lasting > 0 && len(text) >= r.lasting && r.has(text) {
		return unsafe.String(unsafe.SliceData(text), len(text))
	}
	return string(text)
}

// has reports whether text is a part of what is read, which it is not when escapes
// were resolved.
func (r *Reader) has(text []byte) bool {
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(r.data)))
	return uintptr(unsafe.Pointer(unsafe.SliceData(text)))-begin < uintptr(len(r.data))
}
