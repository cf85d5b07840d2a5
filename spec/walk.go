package spec

import (
	"iter"
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// AllMessages yields every message of the document once: those of channels in
// their order, then those that only components hold.
func (d *Document) AllMessages() iter.Seq[*Message] {
	return func(yield func(*Message) bool) {
		seen := map[*Message]bool{}
		visit := func(m *Message) bool {
			if m == nil || seen[m] {
				return true
			}
			seen[m] = true
			return yield(m)
		}
		for c := range d.AllChannels() {
			for _, cm := range c.Messages {
				if !visit(cm.Message) {
					return
				}
			}
		}
		for _, m := range d.Components.Messages {
			if !visit(m.Value) {
				return
			}
		}
	}
}

// AllChannels yields every channel of the document once, those that only
// components hold last.
func (d *Document) AllChannels() iter.Seq[*Channel] {
	return all(d.Channels, d.Components.Channels)
}

// AllOperations yields every operation of the document once, those that only
// components hold last.
func (d *Document) AllOperations() iter.Seq[*Operation] {
	return all(d.Operations, d.Components.Operations)
}

// AllServers yields every server of the document once, those that only
// components hold last.
func (d *Document) AllServers() iter.Seq[*Server] {
	return all(d.Servers, d.Components.Servers)
}

func all[T any](own []*T, components []Component[*T]) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		seen := map[*T]bool{}
		for _, o := range own {
			seen[o] = true
			if !yield(o) {
				return
			}
		}
		for _, c := range components {
			if !seen[c.Value] && !yield(c.Value) {
				return
			}
		}
	}
}

// AllSchemas yields every schema of the document once, nested and referenced
// ones too, in an order that follows the document.
func (d *Document) AllSchemas() iter.Seq[*schema.Schema] {
	return func(yield func(*schema.Schema) bool) {
		seen := map[*schema.Schema]bool{}
		var stack []*schema.Schema
		for _, root := range d.rootSchemas() {
			stack = append(stack, root)
			for len(stack) > 0 {
				s := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if s == nil || seen[s] {
					continue
				}
				seen[s] = true
				if !yield(s) {
					return
				}
				rest := len(stack)
				stack = appendSubschemas(stack, s)
				slices.Reverse(stack[rest:])
			}
		}
	}
}

// rootSchemas are the schemas that objects of the document hold.
func (d *Document) rootSchemas() []*schema.Schema {
	var out []*schema.Schema
	payload := func(p *schema.Payload) {
		if p != nil {
			out = append(out, p.Schema)
		}
	}
	inBindings := newSchemaCollector()
	bindings := func(b Bindings) {
		inBindings.out = nil
		for i := range b {
			inBindings.binding(&b[i])
		}
		out = append(out, inBindings.out...)
	}
	messageTrait := func(t *MessageTrait) {
		payload(t.Headers)
		bindings(t.Bindings)
	}
	for m := range d.AllMessages() {
		payload(m.Headers)
		payload(m.Payload)
		bindings(m.Bindings)
		for _, t := range m.Traits {
			messageTrait(t)
		}
	}
	for o := range d.AllOperations() {
		bindings(o.Bindings)
		for _, t := range o.Traits {
			bindings(t.Bindings)
		}
	}
	for _, t := range d.Components.MessageTraits {
		messageTrait(t.Value)
	}
	for _, t := range d.Components.OperationTraits {
		bindings(t.Value.Bindings)
	}
	for _, s := range d.Components.Schemas {
		payload(s.Value)
	}
	for s := range d.AllServers() {
		bindings(s.Bindings)
	}
	for c := range d.AllChannels() {
		bindings(c.Bindings)
	}
	c := &d.Components
	for _, b := range slices.Concat(c.ServerBindings, c.ChannelBindings, c.OperationBindings, c.MessageBindings) {
		bindings(b.Value)
	}
	return out
}

// Subschemas are the schemas directly below s, the target of a reference too.
// Some may be nil.
func Subschemas(s *schema.Schema) []*schema.Schema { return appendSubschemas(nil, s) }

func appendSubschemas(out []*schema.Schema, s *schema.Schema) []*schema.Schema {
	out = append(out,
		s.Ref, s.Items, s.AdditionalItems, s.UnevaluatedItems, s.Contains, s.AdditionalProperties, s.UnevaluatedProperties, s.PropertyNames,
		s.If, s.Then, s.Else, s.Not,
	)
	out = append(out, s.TupleItems...)
	for _, p := range s.Properties {
		out = append(out, p.Schema)
	}
	for _, p := range s.PatternProperties {
		out = append(out, p.Schema)
	}
	for _, d := range s.Dependencies {
		out = append(out, d.Schema)
	}
	out = append(out, s.AllOf...)
	out = append(out, s.AnyOf...)
	out = append(out, s.OneOf...)
	for _, m := range s.Mapping {
		out = append(out, m.Schema)
	}
	for _, p := range s.Definitions {
		out = append(out, p.Schema)
	}
	return out
}
