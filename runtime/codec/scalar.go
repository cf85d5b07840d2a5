package codec

import (
	"encoding"
	"encoding/json"
	"net/netip"
	"net/url"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Bool reads a boolean.
func (r *Reader) Bool() bool {
	switch r.next() {
	case 't':
		r.at = r.pos
		r.literal("true")
		return r.err == nil
	case 'f':
		r.at = r.pos
		r.literal("false")
	default:
		r.expected("a boolean")
	}
	return false
}

// Addr reads a string with an IP address.
func (r *Reader) Addr() netip.Addr {
	text := r.Text()
	if r.err != nil {
		return netip.Addr{}
	}
	addr, ok := parse.Addr(parse.View(text))
	if !ok {
		r.Fail("must be an IP address")
	}
	return addr
}

// URL reads a string with a URI, or a reference, into a new URL that is written as the same text
// again, whatever that is. Its parts are those that url.Parse finds, but for the case of the scheme; what
// net/url cannot hold is in Opaque, which String writes in place of user, host and path.
func (r *Reader) URL() *url.URL {
	text := r.String()
	if r.err != nil {
		return nil
	}
	return parse.URL(text)
}

// External reads the next value into what target points to, in the way that its
// type has: as a Value, Readable, json.Unmarshaler or encoding.TextUnmarshaler, else as
// encoding/json reads it. It is for types that are not generated.
func (r *Reader) External(target any) {
	var err error
	switch t := target.(type) {
	case Value, Readable:
		fresh := r.fresh
		r.fresh = false // it may fill in something first
		if v, ok := t.(Value); ok {
			v.CodeJSON(&r.json)
		} else {
			t.(Readable).ReadJSON(r)
		}
		r.fresh = fresh
	case json.Unmarshaler:
		if raw := r.skip(); r.err == nil {
			err = t.UnmarshalJSON(raw)
		}
	case encoding.TextUnmarshaler:
		if text := r.Text(); r.err == nil {
			err = t.UnmarshalText(text)
		}
	default:
		if raw := r.skip(); r.err == nil {
			err = json.Unmarshal(raw, target)
		}
	}
	if err != nil {
		r.failed(err)
	}
}
