package runtime

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// HeaderNames says of which kinds of JSON a header's text may be, besides text: that of
// the name, or those whose name is valid by the schema of Rules.
type HeaderNames struct {
	Name   string
	Rules  *check.Rules // nil: the header is the one of that name
	Schema string
	Kinds  check.Types
	Hinted bool // they count where no other Rules of the name have kinds that are not
}

// OtherHeaders has headers judged too that have no field, as what the document says of
// their names has them read: those received, or those that are sent. Kinds are those of
// headers whose name it does not speak of. CheckHeaders, or CheckOtherHeaders, follows.
func (m *MessageCodec) OtherHeaders(kinds check.Types, names ...HeaderNames) {
	m.end()
	m.headers.end()
	switch h := &m.headers; {
	case !m.judges || len(h.errs) > 0:
	case h.reading:
		h.others(kinds, names)
	default:
		h.sent.others, h.sent.kinds, h.sent.names = true, kinds, slices.Clone(names)
	}
}

// CheckOtherHeaders is CheckHeaders where no header has a field.
func (m *MessageCodec) CheckOtherHeaders(rules *check.Rules, schema string) {
	m.CheckHeaders(rules, schema)
}

// others notes the headers that have no field. Those of transports and traces count where
// the document speaks of their names.
func (h *HeaderCodec) others(kinds check.Types, names []HeaderNames) {
	list := h.given
	if h.all != nil && len(names) > 0 {
		list = h.all.Whole().Headers
	}
	taken := make(map[string]bool, len(h.got)+len(list))
	for i := range h.got {
		taken[headerKey(h.got[i].name)] = true
	}
	for i, known := range h.read { // also what has no value
		if known {
			taken[headerKey(h.given[i].Key)] = true
		}
	}
	for i := len(list) - 1; i >= 0; i-- { // of repeated headers the last counts
		one := list[i]
		if key := headerKey(one.Key); !taken[key] && !strings.HasPrefix(key, letterPrefix) {
			taken[key] = true
			h.other(one, kinds, names)
		}
	}
}

// headerKey is the name of a header, the same for all names of one.
func headerKey(name string) string {
	if isContentType(name) {
		return contentTypeHeader
	}
	return name
}

// other notes one of them.
func (h *HeaderCodec) other(one Header, kinds check.Types, names []HeaderNames) {
	spoken, named := kindsOfNamed(one.Key, names)
	switch {
	case named:
		kinds = spoken
	case h.isTransports(one.Key):
		return
	}
	if one.Value == nil && kinds&check.Null == 0 {
		return
	}
	text := one.Value
	if !named && !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
	}
	value, err := asJSON(text, kinds|check.String)
	if err != nil {
		h.refuse(one.Key, text, err)
		return
	}
	h.got = append(h.got, gotHeader{name: strings.ToValidUTF8(one.Key, "\ufffd"), text: value, isJSON: true})
}

// kindsOfNamed are the kinds of a header whose name the document speaks of, and whether it
// does: that of several that speak of it, all of which hold, are those that all of them name,
// or either's where they contradict each other.
func kindsOfNamed(name string, names []HeaderNames) (kinds check.Types, named bool) {
	var hinted check.Types
	for i := range names {
		n := &names[i]
		switch {
		case n.Rules == nil && !sameHeader(n.Name, name):
			continue
		case n.Rules == nil:
			return n.Kinds, true
		case !utf8.ValidString(name) || !n.Rules.Of(n.Schema).Valid(asString([]byte(name))):
			continue
		}
		named = true
		if n.Hinted {
			hinted |= n.Kinds
		} else if both := kinds & n.Kinds; both != 0 {
			kinds = both
		} else {
			kinds |= n.Kinds
		}
	}
	return cmp.Or(kinds, hinted), named
}

// isTransports tells whether a header is of the transport or of a trace, rather than of the
// application.
func (h *HeaderCodec) isTransports(name string) bool {
	return isContentType(name) || name == traceParentHeader || name == traceStateHeader || h.prefix != "" && strings.HasPrefix(name, h.prefix)
}
