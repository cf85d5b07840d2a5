package generator_test

import (
	"bytes"
	"strings"
	"testing"
)

// TestAttributesWithFieldsAreJudged: what is sent for an attribute or a trace in the place
// of an optional header that is not set is judged, as its consumer does.
func TestAttributesWithFieldsAreJudged(t *testing.T) {
	var code bytes.Buffer
	for _, f := range generate(t, readText(t, "attributes.yaml", `asyncapi: 3.0.0
info: {title: Attributes, version: '1'}
channels:
  c:
    address: c
    messages:
      m:
        payload: {type: object}
        headers:
          type: object
          required: [ce_type]
          properties:
            ce_type: {type: string, maxLength: 5}
            ce_id: {type: integer}
            traceparent: {type: string, maxLength: 5}
            Content-Type: {type: string, maxLength: 5}
            x: {type: string, maxLength: 5}
operations:
  run: {action: send, channel: {$ref: '#/channels/c'}}
`)) {
		code.Write(f.Content)
	}
	_, others, _ := strings.Cut(code.String(), "m.OtherHeaders(")
	others, _, _ = strings.Cut(others, ")\n")
	for name, want := range map[string]bool{
		`Name: "ce_id", Kinds: check.Number`: true, `Name: "traceparent"`: true, `Name: "Content-Type"`: true,
		`"ce_type"`: false, `"x"`: false,
	} {
		if strings.Contains(others, name) != want {
			t.Errorf("that %s is judged without its field is not %t: %s", name, want, others)
		}
	}
}
