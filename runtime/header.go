package runtime

import (
	"bytes"
	"fmt"
	"strings"
)

// HeaderWriter collects the headers of one message that is being published. As
// a header a JSON string travels as its plain text, and everything else as JSON
// text: "42", "true", "[1,2]". Its methods that need a closure are kept from being
// inlined: generated code would have a copy of it for each header.
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
// undeclared. It is not inlined for the reason that HeaderWriter is not.
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
	for i := len(headers) - 1; i >= 0; i-- {
		if sameHeader(headers[i].Key, name) {
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

// excerpt shortens text for an error.
func excerpt(text []byte) []byte {
	const most = 60
	if len(text) <= most {
		return text
	}
	return append(bytes.Clone(text[:most]), "…"...)
}
