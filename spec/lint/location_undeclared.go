package lint

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
)

var locationUndeclared = &Rule{
	Code:     "location-undeclared",
	Severity: diag.Warning,
	Title:    "a location leads to no declared property",
	Doc: `The location of a correlation id, of a channel's parameter or of a reply's address is a
runtime expression that points into the headers or the payload of a message. Where the schema there says which properties
there are, the location must lead to one of them. Schemas whose properties may be declared elsewhere (in an allOf,
by a pattern, by additionalProperties) are let be.`,
	Bad: `
components:
  messages:
    orderPlaced:
      correlationId:
        location: $message.header#/correlationID
      headers:
        type: object
        properties:
          correlationId:
            type: string`,
	Good: `
components:
  messages:
    orderPlaced:
      correlationId:
        location: $message.header#/correlationId
      headers:
        type: object
        properties:
          correlationId:
            type: string`,
	Check: checkLocationUndeclared,
}

func checkLocationUndeclared(p *Pass) {
	for m := range p.Doc.AllMessages() {
		if m.CorrelationID != nil {
			p.checkLocation(m.CorrelationID.Location, []*spec.Message{m})
		}
	}
	for c := range p.Doc.AllChannels() {
		for _, parameter := range c.Parameters {
			p.checkLocation(parameter.Parameter.Location, messages(c.Messages))
		}
	}
	for o := range p.Doc.AllOperations() {
		if o.Reply != nil && o.Reply.Address != nil {
			p.checkLocation(o.Reply.Address.Location, messages(o.Messages))
		}
	}
}

func messages(of []*spec.ChannelMessage) []*spec.Message {
	out := make([]*spec.Message, len(of))
	for i, cm := range of {
		out[i] = cm.Message
	}
	return out
}

// checkLocation reports a location that none of the messages declares.
func (p *Pass) checkLocation(location spec.Text, messages []*spec.Message) {
	base, pointer, found := strings.Cut(location.Value, "#")
	if !found || pointer == "" || pointer[0] != '/' {
		return
	}
	var first *dead
	for _, m := range messages {
		of := m.Payload
		if base == "$message.header" {
			of = m.Headers
		}
		end := deadEnd(of, resolve.Tokens(pointer))
		if end == nil {
			return
		}
		if first == nil {
			first = end
		}
	}
	if first == nil {
		return
	}
	d := p.Reportf(location.Part(len(base)+1, len(location.Value)), "the location leads to no declared property: there is no %q", first.name).
		Note(first.schema.KeyAt("properties"), "these are declared")
	if near := p.hints.Nearest(first.name, propertyNames(first.schema)); near != "" {
		d.WithHelp("did you mean %q?", near)
	}
}

// dead is where a way through schemas ends too early.
type dead struct {
	schema *schema.Schema
	name   string
}

// deadEnd is the schema that lacks a property on the way, or nil: also where the
// schemas do not say all.
func deadEnd(of *schema.Payload, way []string) *dead {
	if !isJSONSchema(of) {
		return nil
	}
	s := of.Schema.Deref()
	for _, name := range way {
		if s == nil || !declaresAll(s) {
			return nil
		}
		next := s.Property(name)
		if next == nil {
			return &dead{s, name}
		}
		s = next.Deref()
	}
	return nil
}
