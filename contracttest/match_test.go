package contracttest_test

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// only returns the report's one finding.
func only(t *testing.T, r *contracttest.Report) *diag.Diagnostic {
	t.Helper()
	if len(r.Findings) != 1 {
		t.Fatalf("%d findings, want one: %v", len(r.Findings), r.Findings)
	}
	return r.Findings[0]
}

// seenAs tells which channel and message the only message was counted for.
func seenAs(r *contracttest.Report) string {
	for _, c := range r.Channels {
		for _, m := range c.Messages {
			if m.Seen > 0 {
				return c.Channel + "/" + m.Message
			}
		}
	}
	return ""
}

const evidence = `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  c:
    address: c
    messages:
      a:
        name: A
        payload: {type: object, required: [a], properties: {a: {type: integer}}}
      b:
        name: B
        contentType: application/b+json
        payload: {type: object, properties: {b: {type: integer}}}
      d:
        name: D
        headers: {type: object, required: [ce_type], properties: {ce_type: {const: com.example.d}}}
        payload: {type: object}
      x:
        name: X
        contentType: application/xml
        payload: {type: object}
`

// TestEvidence: the type tells first, then the content type, then what fits.
func TestEvidence(t *testing.T) {
	doc := loadText(t, evidence)
	for _, c := range []struct {
		name    string
		value   string
		headers []string
		want    string
		code    diag.Code
	}{
		{"type is the name", `{"a":1}`, []string{"ce_type", "A"}, "c/a", ""},
		{"type is the key", `{"a":1}`, []string{"ce_type", "a"}, "c/a", ""},
		{"type is a const of the headers", `{}`, []string{"ce_type", "com.example.d"}, "c/d", ""},
		{"type outweighs the payload", `{"b":1}`, []string{"ce_type", "A"}, "c/a", "payload-invalid"},
		{"type outweighs the content type", `{"a":1}`, []string{"ce_type", "A", "content-type", "application/b+json"}, "c/a", "content-type-mismatch"},
		{"type names none", `{"a":1}`, []string{"ce_type", "Z"}, "c/", "message-unknown"},
		{"content type", `{"a":1}`, []string{"content-type", "application/b+json"}, "c/b", ""},
		{"content type that is not JSON", `<x/>`, []string{"content-type", "application/xml"}, "c/x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(c.value), Headers: headers(c.headers...)})
			if got := seenAs(r); got != c.want {
				t.Errorf("counted for %q, want %q; findings %v", got, c.want, r.Findings)
			}
			if c.code != "" && only(t, r).Code != c.code {
				t.Errorf("finding %s, want %s", r.Findings[0], c.code)
			}
			if c.code == "" && len(r.Findings) > 0 {
				t.Errorf("findings %v", r.Findings)
			}
		})
	}
}

// TestFitting: without other evidence the one message whose schemas hold is it;
// two make it ambiguous, none unknown.
func TestFitting(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  c:
    address: c
    messages:
      a: {payload: {type: object, required: [a]}}
      b: {payload: {type: object, required: [b]}}
`)
	one := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{"b":1}`)})
	if seenAs(one) != "c/b" || one.Passed != 1 {
		t.Errorf("fits b alone: %q, %+v", seenAs(one), one.Counts)
	}
	both := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{"a":1,"b":1}`)})
	if d := only(t, both); d.Code != "message-ambiguous" || !strings.Contains(d.Message, `"a", "b"`) || both.Unknown != 1 {
		t.Errorf("fits both: %s, %+v", d, both.Counts)
	}
	none := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{}`)})
	d := only(t, none)
	if d.Code != "message-unknown" || len(d.Notes) != 2 || !strings.Contains(d.Notes[0].Text, `not "a": payload: required property "a" is missing`) {
		t.Errorf("fits none: %s, notes %v", d, d.Notes)
	}
}

// TestUncheckableCandidate: a candidate that cannot be checked is the one only
// when the others are ruled out.
func TestUncheckableCandidate(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  c:
    address: c
    messages:
      a: {contentType: application/json, payload: {type: object}}
      x: {contentType: application/xml, payload: {type: object}}
`)
	ruledOut := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`<x/>`)})
	if seenAs(ruledOut) != "c/x" || ruledOut.Unchecked != 1 {
		t.Errorf("%q, %+v", seenAs(ruledOut), ruledOut.Counts)
	}
	open := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{}`)})
	if only(t, open).Code != "message-ambiguous" {
		t.Errorf("%v", open.Findings)
	}
}

// TestAddresses: which channel an address belongs to.
func TestAddresses(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  wide: {address: 'a.{x}', parameters: {x: {}}}
  middle: {address: 'a.b.{y}', parameters: {y: {}}}
  exact: {address: a.b.c}
  enum: {address: 'a.{z}', parameters: {z: {enum: [p, q]}}}
  twice: {address: 't.{i}.{i}', parameters: {i: {}}}
  bound: {address: ignored, bindings: {kafka: {topic: the-topic}}}
  regexp: {address: 'r.(x)+.{n}', parameters: {n: {}}}
  lone: {address: '{only}', parameters: {only: {enum: [m]}}}
`)
	for address, want := range map[string]string{
		"a.x":         "wide",
		"a.x.y/z":     "wide",
		"a.b.z":       "middle",
		"a.b.c":       "exact",
		"a.p":         "enum",
		"t.1.1":       "twice",
		"the-topic":   "bound",
		"r.(x)+.1":    "regexp",
		"m":           "lone",
		"a.":          "",
		"t.1.2":       "",
		"ignored":     "",
		"r.xx.1":      "",
		"n":           "",
		"__internal":  "",
		"xa.x":        "",
		"a.\nnewline": "wide",
	} {
		// A second message at a known address tells that the first was passed over.
		r := verify(t, doc, contracttest.Options{Max: 1}, &message{Address: address}, &message{Address: "a.b.c"})
		got := ""
		for _, c := range r.Channels {
			for _, a := range c.Addresses {
				if a.Address == address {
					got = c.Channel
				}
			}
		}
		if got != want {
			t.Errorf("%q belongs to %q, want %q", address, got, want)
		}
	}
}

// TestChoiceKeepsClaims: a channel that was not chosen still claims its address.
func TestChoiceKeepsClaims(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  wide: {address: 'a.{x}', parameters: {x: {}}}
  exact: {address: a.b}
`)
	r := verify(t, doc, contracttest.Options{Channels: []string{"wide"}, Max: 1}, &message{Address: "a.b"}, &message{Address: "a.c"})
	if len(r.Channels) != 1 || len(r.Channels[0].Addresses) != 1 || r.Channels[0].Addresses[0].Address != "a.c" {
		t.Errorf("%+v", r.Channels)
	}
}

// TestSharedAddress: channels at one address share its messages.
func TestSharedAddress(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  one: {address: 'a.{x}', parameters: {x: {}}, messages: {m: {payload: {type: string}}}}
  two: {address: 'a.{y}', parameters: {y: {}}, messages: {n: {payload: {type: integer}}}}
`)
	r := verify(t, doc, contracttest.Options{}, &message{Address: "a.1", Value: []byte(`1`)})
	if seenAs(r) != "two/n" || r.Passed != 1 {
		t.Errorf("%q, %+v, %v", seenAs(r), r.Counts, r.Findings)
	}
}

// TestCorrelation: the id must be where the document says.
func TestCorrelation(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  h: {address: h, messages: {m: {correlationId: {location: '$message.header#/id'}, payload: true}}}
  deep: {address: deep, messages: {m: {correlationId: {location: '$message.header#/MQMD/CorrelId'}, payload: true}}}
  p: {address: p, messages: {m: {correlationId: {location: '$message.payload#/a~1b/1'}, payload: true}}}
  r: {address: r, messages: {m: {correlationId: {location: '$message.payload#/id'}, payload: {type: object, required: [id]}}}}
`)
	for _, c := range []struct {
		address, value string
		headers        []string
		code           diag.Code
	}{
		{"h", `{}`, []string{"id", "1"}, ""},
		{"h", `{}`, nil, "correlation-id-missing"},
		{"deep", `{}`, []string{"MQMD", `{"CorrelId":"1"}`}, ""},
		{"deep", `{}`, []string{"MQMD", `{"CorrelID":"1"}`}, "correlation-id-missing"},
		{"deep", `{}`, []string{"MQMD", `{`}, "correlation-id-missing"},
		{"p", ` {"a/b":[0,"x"]}`, nil, ""},
		{"p", `{"a/b":[0]}`, nil, "correlation-id-missing"},
		{"p", `[]`, nil, "correlation-id-missing"},
		{"p", `{"a`, nil, "payload-invalid"},
		{"r", `{}`, nil, "payload-invalid"},
	} {
		r := verify(t, doc, contracttest.Options{}, &message{Address: c.address, Value: []byte(c.value), Headers: headers(c.headers...)})
		if c.code == "" && r.Passed != 1 {
			t.Errorf("%s %s %v: %v", c.address, c.value, c.headers, r.Findings)
		}
		if c.code != "" && only(t, r).Code != c.code {
			t.Errorf("%s %s %v: %s, want %s", c.address, c.value, c.headers, r.Findings[0], c.code)
		}
	}
}

// TestParameterLocation: an address parameter must be what the message has where
// the document says it comes from.
func TestParameterLocation(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  u:
    address: 'user.{id}'
    parameters: {id: {location: '$message.payload#/user/id'}}
    messages: {m: {payload: {type: object}}}
`)
	for value, code := range map[string]diag.Code{
		`{"user":{"id":"7"}}`: "",
		`{"user":{"id":7}}`:   "",
		`{"user":{"id":8}}`:   "parameter-invalid",
		`{}`:                  "",
	} {
		r := verify(t, doc, contracttest.Options{}, &message{Address: "user.7", Value: []byte(value)})
		if code == "" && r.Passed != 1 {
			t.Errorf("%s: %v", value, r.Findings)
		}
		if code != "" && only(t, r).Code != code {
			t.Errorf("%s: %v", value, r.Findings)
		}
	}
}

// TestParameterSchema: an address parameter of 2.x must be what its schema says, by the kind
// of value that it names.
func TestParameterSchema(t *testing.T) {
	doc := loadText(t, `
asyncapi: 2.6.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  'e.{e}':
    parameters:
      e: {schema: {enum: ['1', 2]}}
    publish: {message: {payload: {type: object}}}
  'u.{id}.{n}':
    parameters:
      id: {schema: {type: string, pattern: '^[a-z0-9]+$', maxLength: 3}}
      n: {schema: {type: integer, minimum: 5}}
    publish: {message: {payload: {type: object}}}
`)
	for address, words := range map[string]string{
		"u.abc.5":  "",
		"u.12.17":  "",
		"e.1":      "",
		"e.2":      "",
		"u.abcd.5": `address parameter "id": must have at most 3 characters`,
		"u.A.5":    `address parameter "id": must match the pattern`,
		"u.abc.4":  `address parameter "n": must be at least 5`,
		"u.abc.x":  `address parameter "n": must be an integer`,
	} {
		r := verify(t, doc, contracttest.Options{}, &message{Address: address, Value: []byte("{}")})
		if words == "" && r.Passed != 1 {
			t.Errorf("%s: %v", address, r.Findings)
		}
		if words != "" && (only(t, r).Code != "parameter-invalid" || !strings.Contains(r.Findings[0].Message, words)) {
			t.Errorf("%s: %v", address, r.Findings)
		}
	}
}

// TestNoMessages: where the document declares no message there is nothing to hold
// traffic to, and that is said.
func TestNoMessages(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  c: {address: c}
`)
	r := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{}`)})
	if r.Unchecked != 1 || reasons(r)[0] != "the channel declares no message" {
		t.Errorf("%+v %v", r.Counts, reasons(r))
	}
}

// TestVersion2: a 2.x document is held to in the same way.
func TestVersion2(t *testing.T) {
	doc := loadText(t, `
asyncapi: 2.6.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  'light.{id}':
    parameters: {id: {schema: {type: string}}}
    publish:
      message:
        oneOf:
          - {name: on, payload: {type: object, required: [on]}}
          - {name: off, payload: {type: object, required: [off]}}
`)
	good := verify(t, doc, contracttest.Options{}, &message{Address: "light.1", Value: []byte(`{"off":1}`)})
	if good.Passed != 1 || seenAs(good) != "light.{id}/off" {
		t.Errorf("%+v, %q, %v", good.Counts, seenAs(good), good.Findings)
	}
	bad := verify(t, doc, contracttest.Options{}, &message{Address: "light.1", Value: []byte(`{}`), Headers: headers("ce_type", "on")})
	if d := only(t, bad); d.Code != "payload-invalid" || after(d.At) != "required: [on]}}" && !strings.HasPrefix(after(d.At), "required") {
		t.Errorf("%s at %q", d, after(d.At))
	}
}

// TestBrokenSchema: a schema that cannot be compiled is a finding of its own, and
// its messages are unchecked rather than passed.
func TestBrokenSchema(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
defaultContentType: application/json
channels:
  c: {address: c, messages: {m: {payload: {$ref: '#/components/schemas/endless'}}, n: {payload: {$ref: '#/components/schemas/endless'}}}}
components:
  schemas:
    endless: {allOf: [{$ref: '#/components/schemas/endless'}]}
`)
	r := verify(t, doc, contracttest.Options{}, &message{Address: "c", Value: []byte(`{}`), Headers: headers("ce_type", "m")})
	if r.Unchecked != 1 || reasons(r)[0] != "payload: its schema cannot be compiled" || r.Clean() {
		t.Errorf("%+v %v", r.Counts, reasons(r))
	}
	if d := only(t, r); d.Severity != diag.Error || after(d.At) == "" {
		t.Errorf("%s", d)
	}
}

// TestOddAddresses: an address is text, whatever it holds.
func TestOddAddresses(t *testing.T) {
	for _, address := range []string{"{", "}", "{}", "{a", "a}", "{{a}}", "{a}{b}", "a{b}{b}c", `\Q{a}\E`, "(?i){a}", "(", "*", "[", strings.Repeat("{a}", 500)} {
		doc := loadText(t, "asyncapi: 3.0.0\ninfo: {title: T, version: 1.0.0}\nchannels:\n  odd: {address: '"+address+"'}\n  end: {address: the end}\n")
		r := verify(t, doc, contracttest.Options{Max: 1}, &message{Address: "other"}, &message{Address: "the end"})
		if r.Seen != 1 {
			t.Errorf("%q: %+v", address, r.Counts)
		}
	}
}
