package contracttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

const notes = `asyncapi: 3.0.0
info: {title: Notes, version: 1.0.0}
channels:
  word:
    address: word
    messages:
      m: {contentType: text/plain, payload: {type: string, pattern: '^[a-zä" ]+$', maxLength: 6}}
  number:
    address: number
    messages:
      m: {contentType: text/plain; charset=utf-8, payload: {type: integer, maximum: 9}}
  free:
    address: free
    messages:
      m: {contentType: text/csv}
  any:
    address: any
    messages:
      m: {contentType: text/csv, payload: {maxLength: 3}}
  table:
    address: table
    messages:
      m: {contentType: text/csv, payload: {type: object}}
  latin:
    address: latin
    messages:
      m: {contentType: text/plain; charset=ISO-8859-1, payload: {type: string}}
  open:
    address: open
    messages:
      m: {payload: {type: string, minLength: 2}}
  ping:
    address: ping
    messages:
      m: {}
  tied:
    address: tied
    messages:
      m: {contentType: text/plain, correlationId: {location: $message.payload#}, payload: {type: string}}
  two:
    address: two
    messages:
      short: {contentType: text/plain, payload: {type: string, maxLength: 2}}
      long: {contentType: text/plain, payload: {type: string, minLength: 3}}
`

// TestText: payloads that are text are held to their schema as strings, or as the
// numbers and booleans that they say, and are to be UTF-8.
func TestText(t *testing.T) {
	doc := loadText(t, notes)
	at := func(address, value string, more ...string) *message {
		return &message{Address: address, Value: []byte(value), Headers: headers(more...)}
	}
	const plain = "content-type"
	for name, c := range map[string]struct {
		message *message
		want    string // what is wrong, or why it is unchecked; empty: it passes
	}{
		"string":             {at("word", `a "ä" b`[:7]), ""},
		"typed":              {at("word", "abc", plain, "text/plain; charset=UTF-8"), ""},
		"pattern":            {at("word", "a1"), `payload: must match the pattern ^[a-zä" ]+$, is "a1"`},
		"length":             {at("word", "aaaaaaa"), `payload: must have at most 6 characters, has 7: "aaaaaaa"`},
		"quotes are escaped": {at("word", "a\\\n"), `payload: must match the pattern ^[a-zä" ]+$, is "a\\\u000a"`},
		"not UTF-8":          {at("open", "ab\xff", plain, "text/plain"), `payload: the byte 0xFF is not valid UTF-8`},
		"no text at all":     {&message{Address: "word"}, `payload: must be a string, is null`},
		"empty text":         {at("word", ""), `payload: must match the pattern ^[a-zä" ]+$, is ""`},
		"other charset":      {at("word", "a\xe4", plain, "text/plain; charset=latin1"), "payload: text in the charset latin1 is not checked"},
		"number":             {at("number", "7"), ""},
		"number too large":   {at("number", "17"), `payload: must be at most 9, is 17`},
		"no number":          {at("number", "seven"), `payload: `},
		"free":               {at("free", "a;b"), ""},
		"free, not UTF-8":    {at("free", "a\xff"), "payload is not text in UTF-8"},
		"free, in latin1":    {at("free", "a\xff", plain, "text/csv; charset=latin1"), "payload: the document declares no payload"},
		"no type":            {at("any", "a;b;c"), `payload: must have at most 3 characters, has 5: "a;b;c"`},
		"table":              {at("table", "a;b"), "payload: text that is neither a string nor a number or boolean is not checked"},
		"latin":              {at("latin", "\xe4"), "payload: text in the charset iso-8859-1 is not checked"},
		"latin says UTF-8":   {at("latin", "ä", plain, "text/plain; charset=utf-8"), ""},
		"JSON":               {at("open", `"ab"`), ""},
		"text where nothing": {at("open", `a`, plain, "text/plain"), `payload: must have at least 2 characters, has 1: "a"`},
		"nothing said":       {&message{Address: "ping"}, ""},
		"nothing said, sent": {at("ping", "x"), "payload: the document declares no payload"},
		"correlated":         {at("tied", "x"), ""},
		"told by its text":   {at("two", "x"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, doc, contracttest.Options{}, c.message)
			got := reasons(r)
			for _, d := range r.Findings {
				got = append(got, d.Message)
			}
			if c.want == "" && (len(got) > 0 || r.Passed != 1) ||
				c.want != "" && (len(got) != 1 || r.Passed != 0 || !strings.HasPrefix(got[0], c.want)) {
				t.Errorf("got %q, %+v, want %q", got, r.Counts, c.want)
			}
		})
	}
}

// TestNoPayloadIsSaid: null is not what was sent, and nobody would look for it.
func TestNoPayloadIsSaid(t *testing.T) {
	doc := loadText(t, notes)
	for _, m := range []*message{{Address: "word"}, {Address: "word", Value: []byte("a1")}} {
		var said []string
		for _, d := range verify(t, doc, contracttest.Options{}, m).Findings {
			for _, n := range d.Notes {
				said = append(said, n.Text)
			}
		}
		if got := slices.Contains(said, "the message has no payload, which counts as null"); got != (m.Value == nil) {
			t.Errorf("payload %q: %q", m.Value, said)
		}
	}
}

// TestTextIsNotJSON: which of the two a payload is, document and message have to
// agree on.
func TestTextIsNotJSON(t *testing.T) {
	doc := loadText(t, notes)
	r := verify(t, doc, contracttest.Options{},
		&message{Address: "word", Value: []byte(`"a"`), Headers: []driver.Header{{Key: "content-type", Value: []byte("application/json")}}})
	var codes []string
	for _, d := range r.Findings {
		codes = append(codes, string(d.Code))
	}
	if r.Failed != 1 || !slices.Equal(codes, []string{"content-type-mismatch"}) {
		t.Errorf("%+v, %q", r.Counts, codes)
	}
}
