package codec

import "unsafe"

// Lasting says that the text that is read is never changed, and that strings of at
// least so many bytes may be parts of it in place of copies: who keeps one keeps the
// text. 0 is none.
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
