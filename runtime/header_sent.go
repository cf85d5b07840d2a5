package runtime

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// sentHeaders is by what the headers of a message are judged that is published.
type sentHeaders struct {
	rules  *check.Rules
	schema string
	others bool // headers without a field as well
	kinds  check.Types
	names  []HeaderNames
}

// judgeSent judges the headers of a message that is about to be sent, those of its
// attributes among them, as its consumer does.
func (m *MessageCodec) judgeSent(out *driver.Message) error {
	h := &m.headers
	headers := out.Headers
	if len(h.sent.names) > 0 { // else no header of a brief counts
		headers = out.Whole().Headers
	}
	h.prefix = m.outgoing.conn.features.AttributePrefix
	h.take(headers)
	if len(h.errs) == 0 {
		m.judgeHeaders(h.sent.rules, h.sent.schema)
	}
	if len(h.errs) > 0 {
		return fmt.Errorf("%s: %w: %w", m.outgoing.name, driver.ErrInvalid, joined(h.errs))
	}
	return nil
}

// take notes headers that are sent: of repeated ones the last counts.
func (h *HeaderCodec) take(list []Header) {
	h.got = h.got[:0]
	taken := make(map[string]bool, len(list))
	for _, one := range slices.Backward(list) {
		key := headerKey(one.Key)
		if taken[key] {
			continue
		}
		taken[key] = true
		if i := lastHeader(h.written, one.Key); i >= 0 {
			h.field(h.written[i].Key, one.Value, h.kindsOf[i])
		} else if h.sent.others && !strings.HasPrefix(key, letterPrefix) {
			h.other(one, h.sent.kinds, h.sent.names)
		}
	}
	slices.Reverse(h.got)
}

// field notes a header that has a field.
func (h *HeaderCodec) field(name string, text []byte, kinds check.Types) {
	value, err := asJSON(text, kinds)
	if err != nil {
		h.refuse(name, text, err)
		return
	}
	h.got = append(h.got, gotHeader{name: name, text: value, isJSON: true})
}
