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
		headers []Header // besides id
		want    string
	}{
		{nil, ""},
		{headersOf("n1=5", "other=5"), ""},
		{many, ""},
		{headersOf("n1=10"), "headers: /n1: must be at most 9, is 10"},
		{headersOf("n1=x"), "headers: /n1: must be an integer, is a string"},
		{headersOf("n1=\xff"), `header "n1": "\xff": must be UTF-8`},
		{headersOf("n1=10", "n1=5"), ""},
		{headersOf("n1", "other=\xff"), ""},
		{headersOf("no=x"), "headers: /no: "},
		{headersOf("a=x", "b=x", "c=x"), "headers: must have at most 3"},
		{headersOf("a=x", "b=x", "traceparent=x", "ce_id=long", "asyncwire-x=x"), ""},
		{headersOf("ce_xy=long"), "headers: /ce_xy: must have at most 2"},
	} {
		read, written := othersJudged(rules, c.headers, names)
		for what, err := range map[string]error{"read": read, "written": written} {
			if c.want == "" && err != nil || err != nil && !strings.HasPrefix(strings.TrimPrefix(err.Error(), ": invalid: "), c.want) || c.want != "" && err == nil {
				t.Errorf("%s: %q: %v, want %s", what, c.headers, err, c.want)
			}
		}
	}
}

// othersJudged returns what is wrong with headers beside id when they are received, and
// when they are sent.
func othersJudged(rules *check.Rules, others []Header, names []HeaderNames) (read, written error) {
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
		m.OtherHeaders(0, names...)
		m.CheckHeaders(rules, "H")
		m.end()
	}
	if len(reads.headers.errs) > 0 {
		read = joined(reads.headers.errs)
	}
	return read, sent(writes, received)
}

// sent judges headers that are sent.
func sent(m *MessageCodec, headers []Header) error {
	m.outgoing.conn = &Conn{features: driver.Features{AttributePrefix: "ce_"}}
	return m.judgeSent(&driver.Message{Headers: headers})
}

// TestKindsOfSeveralPatterns: what several patterns of one name say is what they name
// together, and only where none does what they hint at.
func TestKindsOfSeveralPatterns(t *testing.T) {
	rules := check.ReadRules("{\n\"any\": {\"pattern\": \"^n\"}\n}")
	of := func(kinds check.Types, hinted bool) HeaderNames {
		return HeaderNames{Rules: rules, Schema: "any", Kinds: kinds, Hinted: hinted}
	}
	for i, c := range []struct {
		names []HeaderNames
		want  check.Types
	}{
		{[]HeaderNames{of(check.String|check.Number, false), of(check.String|check.Boolean, false)}, check.String},
		{[]HeaderNames{of(check.String, false), of(check.String|check.Number, false)}, check.String},
		{[]HeaderNames{of(check.String, false), of(check.Number, false)}, check.String | check.Number},
		{[]HeaderNames{of(check.Object, true), of(check.Number, false)}, check.Number},
		{[]HeaderNames{of(check.Object, true), of(check.Number|check.Object, true), of(0, false)}, check.Object | check.Number},
	} {
		if got, named := kindsOfNamed("n", c.names); got != c.want || !named {
			t.Errorf("case %d: %b, %t, want %b", i, got, named, c.want)
		}
	}
}

// TestAttributesAreJudgedAsTheyAreSent: headers of attributes count where the document
// speaks of their names, also in the place of a field that is empty.
func TestAttributesAreJudgedAsTheyAreSent(t *testing.T) {
	rules := check.ReadRules(`{
"H": {"properties": {"ce_id": {"minLength": 3}, "n": {"type": "integer"}}, "patternProperties": {"^ce_s": {"maxLength": 4}}},
"ce_s": {"pattern": "^ce_s"}
}`)
	for _, c := range []struct {
		attributes []Header
		id, want   string
	}{
		{headersOf("ce_id=long", "ce_source=here"), "", ""},
		{headersOf("ce_id=x", "ce_source=here"), "long", ""},
		{headersOf("ce_id=x", "ce_source=here"), "", "at /ce_id: must have at least 3"},
		{headersOf("ce_id=long", "ce_source=elsewhere"), "", "at /ce_source: must have at most 4"},
	} {
		m := newJudge()
		m.headers.String("ce_id", &c.id)
		m.headers.JSON("n").Writer().Int64(5)
		m.OtherHeaders(0, HeaderNames{Rules: rules, Schema: "ce_s"})
		m.CheckHeaders(rules, "H")
		m.end()
		m.headers.end()
		err := sent(m, merge(c.attributes, m.headers.written, nil))
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(strings.ReplaceAll(got, "headers: /", "at /"), c.want) {
			t.Errorf("%q, id %q: %v, want %q", c.attributes, c.id, err, c.want)
		}
	}
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
				m.OtherHeaders(0)
				m.CheckOtherHeaders(rules, schema)
				if !reading {
					_ = sent(m, headers)
				}
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
