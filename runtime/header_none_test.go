package runtime

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
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
	var m MessageCodec
	m.judges = true
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
		j := m.CheckHeaders(c.rules, c.schema)
		j.Object()
		for j.Members() {
			for _, name := range c.names {
				j.String(name, &name)
			}
		}
		m.end()
		if valid := len(m.headers.errs) == 0; valid != c.valid {
			t.Errorf("%d: headers %q by %q are valid: %t", i, c.names, c.schema, valid)
		}
		m.headers.errs = nil
	}
}
