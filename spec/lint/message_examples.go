package lint

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var messageExamples = &Rule{
	Code:     "message-examples",
	Severity: diag.Error,
	Title:    "an example contradicts its message",
	Doc: `The payload and the headers of a message's example must be valid by the schemas of the
message (AsyncAPI 3.1 "Message Example Object"): readers copy examples, and mocks and tests are made of them. A text
that merely misses its "format" is a warning. Schemas in Avro, Protobuf and RAML are not compared.`,
	Bad: `
components:
  messages:
    orderPlaced:
      payload:
        type: object
        properties:
          total:
            type: number
      examples:
        - payload:
            total: '12.50'`,
	Good: `
components:
  messages:
    orderPlaced:
      payload:
        type: object
        properties:
          total:
            type: number
      examples:
        - payload:
            total: 12.50`,
	Check: checkMessageExamples,
}

func checkMessageExamples(p *Pass) {
	for m := range p.Doc.AllMessages() {
		for _, e := range m.Examples {
			p.compareExample(m.Payload, e.Payload, e.PayloadKey, "payload")
			p.compareExample(m.Headers, e.Headers, e.HeadersKey, "headers")
		}
	}
}

// compareExample holds one part of an example against its schema.
func (p *Pass) compareExample(by *schema.Payload, value *syntax.Node, key source.Span, part string) {
	if value == nil || !isJSONSchema(by) {
		return
	}
	for _, b := range p.judge.judge(by.Schema, value, key) {
		d := p.Reportf(b.at, "the example breaks the schema of the %s: %s", part, b.words)
		if b.keyword == "format" {
			d.Severity = diag.Warning
		}
		b.note(d)
	}
}

// isJSONSchema tells whether a schema says of JSON values what it says.
func isJSONSchema(p *schema.Payload) bool {
	if p == nil || p.Schema == nil {
		return false
	}
	kind, _ := schema.ParseFormat(p.Format)
	return kind == schema.FormatJSONSchema || kind == schema.FormatOpenAPI
}
