package runtime

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// HeaderCodec reads or writes the declared headers of one message: a method of theirs
// says once what they are.
//
//	func (v *CommonHeaders) codeHeaders(h *runtime.HeaderCodec) {
//		h.String("region", &v.Region)
//		if h.Has("attempt", !v.Attempt.IsZero()) {
//			h.JSON("attempt").MemberOf(unsafe.Pointer(v), &jsonCommonHeaders, "attempt")
//		}
//	}
//
// As a header a JSON string travels as its plain text, and everything else as JSON
// text: "42", "true", "[1,2]". Names are matched exactly, but for the content type,
// which is content-type in any case of letters. Of repeated headers the last is read,
// the others count as undeclared. When one that must be there is missing, or
// malformed, the message cannot be decoded, and the reason names the header.
type HeaderCodec struct {
	reading bool
	errs    []error
	written []Header
	kindsOf []check.Types // that each written one is read as
	sent    sentHeaders
	given   []Header        // those received that carry no attributes
	read    []bool          // by index in given; nil: none
	all     *driver.Message // which has those that do as well
	got     []gotHeader     // those that were read, as they are judged, and those without a field
	prefix  string          // of the headers that are attributes

	// The header that is being read or written; without either there is none.
	name   string
	kinds  check.Types // that it is read as
	text   []byte      // as it was received
	writer *codec.Writer
	reader *codec.Reader
}

// gotHeader is a header that was read: text that is UTF-8, or the JSON that its text was
// taken for.
type gotHeader struct {
	name   string
	text   []byte
	isJSON bool
}

// object writes the headers that were read as one object: their texts are JSON, as was made
// sure of when they were read.
func (h *HeaderCodec) object(w *codec.Writer) {
	w.Object()
	for i := range h.got {
		w.Member(h.got[i].name)
		if h.got[i].isJSON {
			w.Judged(h.got[i].text)
		} else {
			w.Text(h.got[i].text)
		}
	}
	w.EndObject()
}

// forget makes room for the headers of another message, which are written until it is
// said that they are read.
func (h *HeaderCodec) forget() {
	h.reading = false
	if h.all != nil {
		h.all = nil
	}
	if h.given != nil || h.read != nil {
		h.given, h.read = nil, nil
	}
	if h.errs != nil {
		h.errs = nil
	}
	clear(h.written)
	clear(h.got)
	h.written, h.kindsOf, h.got = h.written[:0], h.kindsOf[:0], h.got[:0]
	if h.sent.rules != nil || h.sent.others {
		h.sent = sentHeaders{}
	}
}

// Reading tells whether headers are read; else they are written.
func (h *HeaderCodec) Reading() bool { return h.reading }

// Has tells whether a header that may be absent is to be read, or written, which must
// be done then: whether it was received with a value, or what there says.
//
//go:noinline // for each header, in generated code
func (h *HeaderCodec) Has(name string, there bool) bool {
	if !h.reading {
		return there
	}
	found, ok := h.find(name)
	return ok && found.Value != nil
}

// HasNull is Has for a header that may be null, as one without a value is.
//
//go:noinline // for each header, in generated code
func (h *HeaderCodec) HasNull(name string, there bool) bool {
	if !h.reading {
		return there
	}
	_, ok := h.find(name)
	return ok
}

// find returns the last header of that name, and marks it as read. A document
// may declare the header of an attribute too.
func (h *HeaderCodec) find(name string) (Header, bool) {
	if i := lastHeader(h.given, name); i >= 0 && !isContentType(name) {
		if h.read == nil {
			h.read = make([]bool, len(h.given))
		}
		h.read[i] = true
		return h.given[i], true
	}
	if h.all == nil {
		return Header{}, false
	}
	all := h.all.Headers
	if b := briefOf(h.all); b != nil && b.names.cover(name) {
		all = h.all.Whole().Headers
	}
	if i := lastHeader(all, name); i >= 0 {
		return all[i], true
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
func (h *HeaderCodec) undeclared() []Header {
	if h.read == nil {
		return h.given
	}
	var rest []Header
	for i, received := range h.given {
		if !h.read[i] {
			rest = append(rest, received)
		}
	}
	return rest
}

// fail records that a header cannot be read or written.
func (h *HeaderCodec) fail(name string, err error) {
	h.errs = append(h.errs, fmt.Errorf("header %q: %w", name, err))
}

// refuse records that a header cannot be read, with its text.
func (h *HeaderCodec) refuse(name string, text []byte, err error) {
	h.fail(name, fmt.Errorf("%q: %w", excerpt(text), err))
}

// excerpt shortens text for an error.
func excerpt(text []byte) []byte {
	const most = 60
	if len(text) <= most {
		return text
	}
	return append(bytes.Clone(text[:most]), "…"...)
}
