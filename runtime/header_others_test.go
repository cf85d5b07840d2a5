package runtime

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestOtherHeadersAreJudged: headers without a field are read by what is said of their names,
// received or published, and those of transports and traces count where they are named.
func TestOtherHeadersAreJudged(t *testing.T) {
	rules := check.ReadRules(`{
"H": {"properties": {"id": {"type": "string"}, "no": false}, "patternProperties": {"^n": {"type": "integer", "maximum": 9}, "^ce_x": {"maxLength": 2}}, "maxProperties": 3},
"n": {"pattern": "^n"},
"ce_x": {"pattern": "^ce_x"}
}`)
	names := []HeaderNames{{Name: "no"}, {Rules: rules, Schema: "n", Kinds: check.Number}, {Rules: rules, Schema: "ce_x"}}
	many := make([]Header, 40)
	for i := range many {
		many[i] = Header{Key: "again", Value: []byte("x")}
	}
	for _, c := range []struct {
		headers  []Header // besides id
		want     string
		received bool // this is of received headers alone
	}{
		{nil, "", false},
		{headersOf("n1=5", "other=5"), "", false},
		{many, "", false},
		{headersOf("n1=10"), "headers: /n1: must be at most 9, is 10", false},
		{headersOf("n1=x"), "headers: /n1: must be an integer, is a string", false},
		{headersOf("n1=\xff"), `header "n1": "\xff": must be UTF-8`, false},
		{headersOf("n1=10", "n1=5"), "", false},
		{headersOf("n1", "other=\xff"), "", false},
		{headersOf("no=x"), "headers: /no: ", false},
		{headersOf("a=x", "b=x", "c=x"), "headers: must have at most 3", false},
		{headersOf("a=x", "b=x", "traceparent=x", "ce_id=long", "asyncwire-x=x"), "", true},
		{headersOf("ce_xy=long"), "headers: /ce_xy: must have at most 2", true},
	} {
		read, written := othersJudged(rules, c.headers, names)
		for what, errs := range map[string][]error{"read": read, "written": written} {
			if what == "written" && c.received {
				continue
			}
			if c.want == "" && len(errs) > 0 || !strings.HasPrefix(fmt.Sprint(errs), "["+c.want) {
				t.Errorf("%s: %q: %s, want %s", what, c.headers, errs, c.want)
			}
		}
	}
}

// othersJudged returns what is wrong with headers beside id when they are received, and
// when they are sent.
func othersJudged(rules *check.Rules, others []Header, names []HeaderNames) (read, written []error) {
	received := append(headersOf("id=1"), others...)
	var given []Header
	for _, h := range received {
		if !strings.HasPrefix(h.Key, "ce_") {
			given = append(given, h)
		}
	}
	reads, writes := newJudge(), newJudge()
	reads.headers = HeaderCodec{reading: true, prefix: "ce_", given: given, all: &driver.Message{Headers: received}}
	for _, m := range []*MessageCodec{reads, writes} {
		id := "1"
		m.headers.String("id", &id)
		m.OtherHeaders(others, 0, names...)
		if j := m.CheckHeaders(rules, "H"); m == writes {
			w := j.Writer()
			w.Object()
			w.Member("id")
			w.String(id)
			w.EndObject()
		}
		m.end()
	}
	return reads.headers.errs, writes.headers.errs
}

// TestHeadersWithoutFieldsAreJudged: where none has one, and where there are none.
func TestHeadersWithoutFieldsAreJudged(t *testing.T) {
	rules := check.ReadRules(`{
"none": false,
"some": {"minProperties": 1}
}`)
	for _, reading := range []bool{true, false} {
		for schema, valid := range map[string][2]bool{"none": {false, false}, "some": {false, true}} {
			for n, want := range valid {
				headers := headersOf("a=x")[:n]
				m := newJudge()
				m.headers = HeaderCodec{reading: reading, given: headers}
				m.OtherHeaders(headers, 0)
				m.CheckOtherHeaders(rules, schema)
				if got := len(m.headers.errs) == 0; got != want {
					t.Errorf("reading %t: %d headers by %s are valid: %t", reading, n, schema, got)
				}
			}
		}
	}
}

// headersOf are headers written as name=value, those without = have no value.
func headersOf(all ...string) (headers []Header) {
	for _, one := range all {
		h := Header{}
		name, value, there := strings.Cut(one, "=")
		if h.Key = name; there {
			h.Value = []byte(value)
		}
		headers = append(headers, h)
	}
	return headers
}

func newJudge() *MessageCodec {
	m := messageCodecs.New().(*MessageCodec)
	m.judges = true
	return m
}
