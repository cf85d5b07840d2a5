package demo

import (
	"strconv"
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/diag"
)

func finding(code diag.Code, offset int, pointer, rule string) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: code, Severity: diag.Error}
	d.With("topic", "orders").With("partition", "0").With("offset", strconv.Itoa(offset))
	if rule != "" {
		d.With("pointer", pointer).With("rule", rule)
	}
	return d
}

func TestCompare(t *testing.T) {
	planted := []*Message{
		{ID: "a", Breach: &Breach{Code: "payload-invalid", Pointer: "/total", Rule: "type"}},
		{ID: "b", Breach: &Breach{Code: "message-unknown"}},
	}
	lies := map[string]position{"a": {"orders", 0, 7}, "b": {"orders", 0, 9}}
	asPlanned := diag.List{finding("payload-invalid", 7, "/total", "type"), finding("message-unknown", 9, "", "")}
	remark := &diag.Diagnostic{Code: "more-findings", Severity: diag.Info}
	broken := &diag.Diagnostic{Code: "bad-pattern", Severity: diag.Error}
	for _, c := range []struct {
		name                 string
		found                diag.List
		hits, missed, extras int
	}{
		{"as planned", asPlanned, 2, 0, 0},
		{"with a remark", append(diag.List{remark}, asPlanned...), 2, 0, 0},
		{"nothing", nil, 0, 2, 0},
		{"one missing", asPlanned[:1], 1, 1, 0},
		{"one more", append(diag.List{finding("headers-invalid", 8, "/x", "type")}, asPlanned...), 2, 0, 1},
		{"the same twice", append(diag.List{finding("payload-invalid", 7, "/total", "type")}, asPlanned...), 2, 0, 1},
		{"another message", diag.List{finding("payload-invalid", 6, "/total", "type"), asPlanned[1]}, 1, 1, 1},
		{"another place", diag.List{finding("payload-invalid", 7, "/total/amount", "type"), asPlanned[1]}, 1, 1, 1},
		{"another rule", diag.List{finding("payload-invalid", 7, "/total", "required"), asPlanned[1]}, 1, 1, 1},
		{"another code", diag.List{finding("headers-invalid", 7, "/total", "type"), asPlanned[1]}, 1, 1, 1},
		{"not about a message", append(diag.List{broken}, asPlanned...), 2, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := compare(planted, lies, c.found)
			if len(got.Found) != c.hits || len(got.Missed) != c.missed || len(got.Extra) != c.extras {
				t.Errorf("found %d, missed %d, extra %d; want %d, %d, %d", len(got.Found), len(got.Missed), len(got.Extra), c.hits, c.missed, c.extras)
			}
			if got.Exact() != (c.missed == 0 && c.extras == 0) {
				t.Errorf("exact: %t", got.Exact())
			}
		})
	}
}

// TestBrokenHeadersTravel: what is sent past the producer has all headers that were
// planted, one without a name too, and those of the document in place of attributes.
func TestBrokenHeadersTravel(t *testing.T) {
	m := &Message{
		Operation: &ir.Operation{Messages: []*ir.Message{{Wire: "m", ContentType: "application/json"}}},
		Name:      "m",
		Headers:   []byte(`{"":"no number","a":1,"b":2,"c":3,"d":4,"Content-Type":"text/plain"}`),
		Breach:    &Breach{},
	}
	for range 20 { // whatever the order of a map
		out, err := m.sending()
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"": `"no number"`, "a": "1", "d": "4", "Content-Type": `"text/plain"`, "content-type": ""} {
			if got := string(out.Headers[name]); got != want {
				t.Fatalf("header %q is %s, want %s", name, got, want)
			}
		}
	}
}
