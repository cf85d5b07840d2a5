package runtime

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestNoHeadersAreJudged: that a message without headers is valid by one schema says nothing
// of another, nor of one of that name among other rules, nor of headers that are there.
func TestNoHeadersAreJudged(t *testing.T) {
	at := func(least check.MinProperties) *check.Rules {
		return check.NewRules(check.Set{
			{Name: "any", Schema: check.Schema{check.Object, check.MinProperties(0), check.MaxProperties(1)}},
			{Name: "some", Schema: check.Schema{check.Object, least}},
		})
	}
	one, two := at(1), at(0)
	m := newJudge()
	for i, c := range []struct {
		rules  *check.Rules
		schema string
		names  []string
		valid  bool
	}{
		{one, "any", nil, true}, {one, "any", nil, true}, {one, "some", nil, false}, {one, "some", nil, false},
		{two, "some", nil, true}, {one, "some", nil, false}, {one, "any", []string{"a", "b"}, false}, {one, "any", nil, true},
		{one, "some", []string{"a"}, true}, {two, "some", nil, true}, {nil, "", nil, true}, {one, "some", nil, false},
	} {
		for _, name := range c.names {
			m.headers.String(name, &name)
		}
		m.CheckHeaders(c.rules, c.schema)
		var err error
		if c.rules != nil {
			err = sent(m, m.headers.written)
		}
		if valid := err == nil; valid != c.valid {
			t.Errorf("%d: headers %q by %q are valid: %t", i, c.names, c.schema, valid)
		}
		m.headers.forget()
	}
}

// TestHeadersThatAreNoObjectAreNotKept: headers that nobody judges are written nowhere,
// though they are of another kind.
func TestHeadersThatAreNoObjectAreNotKept(t *testing.T) {
	m := messageCodecs.Get().(*MessageCodec)
	other := json.RawMessage(`"` + strings.Repeat("x", 1000) + `"`)
	for range 50 {
		m.CheckHeaders(nil, "").Writer().Raw(other)
	}
	if written, _ := m.mute.End(); cap(written) > 10*len(other) {
		t.Errorf("%d bytes are kept of 50 times %d", cap(written), len(other))
	}
}

// TestHeadersAreJudgedAsTheyCame: what was received counts, and not what it would be sent as
// again; and what has no value is null, or is missing.
func TestHeadersAreJudgedAsTheyCame(t *testing.T) {
	rules := check.ReadRules(`{
"H": {"properties": {"note": {"type": ["object", "null"], "required": ["text"]}, "id": {"type": "string", "maxLength": 3}}}
}`)
	for _, c := range []struct {
		headers []Header
		want    string
	}{
		{[]Header{{Key: "note", Value: []byte(`{"text":"x"}`)}, {Key: "id", Value: []byte("1")}}, ""},
		{[]Header{{Key: "note"}, {Key: "id", Value: []byte("")}}, ""},
		{[]Header{{Key: "note", Value: []byte(`{}`)}, {Key: "id", Value: []byte("1")}}, `headers: /note: required property "text" is missing`},
		{[]Header{{Key: "note"}, {Key: "id", Value: []byte("1234")}}, "headers: /id: must have at most 3 characters"},
		{[]Header{{Key: "note"}, {Key: "id", Value: []byte("\xff")}}, `header "id": "\xff": must be UTF-8`},
		{[]Header{{Key: "note"}, {Key: "id"}}, `header "id": has no value`},
		{[]Header{{Key: "id", Value: []byte("1")}}, `header "note": missing`},
	} {
		m := &MessageCodec{judges: true, scratch: []byte{}}
		m.headers = HeaderCodec{reading: true, given: c.headers, all: &driver.Message{Headers: c.headers}}
		m.headers.JSON("note").Reader().Raw()
		m.headers.String("id", new(string))
		if j := m.CheckHeaders(rules, "H"); j.Reader() != nil {
			t.Error("they are read again")
		}
		if got := fmt.Sprint(m.headers.errs); c.want == "" && len(m.headers.errs) > 0 || !strings.HasPrefix(got, "["+c.want) {
			t.Errorf("%q: %s, want %s", c.headers, got, c.want)
		}
	}
}
