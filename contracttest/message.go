package contracttest

import (
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// message is one message of a channel, compiled.
type message struct {
	channel     *channel
	spec        *spec.Message
	name        string          // as reports call it
	types       map[string]bool // CloudEvents types that name it
	anyType     bool            // its headers declare a type without saying which
	media       media           // of the declared content type; its name is "" when there is none
	text        textForm        // how its values are read from text
	payload     part
	headers     part
	key         part
	keyTypes    schema.Types
	shape       *shape // of the headers
	correlation *location
	locations   map[string]*location // of address parameters
	parameters  map[string]part      // their schemas, where they have one
}

// part is what a message's schema says about one part of it.
type part struct {
	declared  bool
	unchecked string // why it cannot be checked; "" when it can
	schema    *schema.Schema
	validator *validate.Validator
	at        source.Span
}

// checkable tells whether there is a validator to ask.
func (p *part) checkable() bool { return p.validator != nil }

// compiler compiles each schema once, however many messages use it.
type compiler struct {
	features driver.Features
	options  *validate.Options
	parts    map[*schema.Schema]part
	found    diag.List
}

func newCompiler(f driver.Features, o *validate.Options) *compiler {
	return &compiler{features: f, options: o, parts: map[*schema.Schema]part{}}
}

func (c *compiler) messages(ch *channel) []*message {
	var out []*message
	for i, m := range ch.spec.Messages {
		if m.Message != nil {
			out = append(out, c.message(ch, m, i))
		}
	}
	return out
}

func (c *compiler) message(ch *channel, cm *spec.ChannelMessage, i int) *message {
	s := cm.Message
	m := &message{channel: ch, spec: s, name: messageName(cm, i), media: newMedia(s.ContentType.Value)}
	m.payload = c.part(s.Payload)
	m.text = textFormOf(m.payload.schema)
	switch {
	case !m.payload.declared:
		m.payload.unchecked = "the document declares no payload"
	case m.payload.checkable() && m.media.name != "" && !m.media.isJSON() && !m.media.isText():
		m.payload.unchecked, m.payload.validator = notJSON(m.media), nil
	}
	m.headers = c.part(s.Headers)
	m.shape = newShape(m.headers.schema)
	m.key = c.key(s)
	m.keyTypes = m.key.schema.TextTypes()
	if s.CorrelationID != nil {
		m.correlation = c.location(s.CorrelationID.Location)
	}
	m.locations = c.parameterLocations(ch)
	m.parameters = c.parameters(ch)
	m.names(cm, c.features.AttributePrefix+"type")
	return m
}

// messageName is the name that is unique within the channel, where there is
// one.
func messageName(cm *spec.ChannelMessage, i int) string {
	for _, name := range []string{cm.Key.Value, cm.Message.Name.Value, cm.Message.ID.Value, cm.Message.Key} {
		if name != "" {
			return name
		}
	}
	return fmt.Sprintf("message %d", i+1)
}

// names collects the CloudEvents types that mean this message: its name, id and
// keys, and what its headers schema allows for the type's header.
func (m *message) names(cm *spec.ChannelMessage, header string) {
	m.types = map[string]bool{}
	for _, name := range []string{cm.Key.Value, m.spec.Name.Value, m.spec.ID.Value, m.spec.Key} {
		if name != "" {
			m.types[name] = true
		}
	}
	declared := m.shape.property(header)
	for _, s := range declared {
		for _, v := range append(s.Enum[:len(s.Enum):len(s.Enum)], s.Const) {
			if v != nil && v.Kind == syntax.String {
				m.types[v.Text] = true
			}
		}
	}
	fixed := func(s *schema.Schema) bool { return s.Const != nil || s.Enum != nil }
	m.anyType = len(declared) > 0
	for _, s := range declared {
		m.anyType = m.anyType && !fixed(s)
	}
}

// part compiles a payload or headers.
func (c *compiler) part(p *schema.Payload) part {
	if p == nil {
		return part{}
	}
	if p.Schema == nil {
		return part{declared: true, at: p.At, unchecked: unreadable(p)}
	}
	return c.schema(p.Schema)
}

func unreadable(p *schema.Payload) string {
	switch kind, _ := schema.ParseFormat(p.Format); kind {
	case schema.FormatUnknown:
		return fmt.Sprintf("schema format %q is not known", p.Format)
	case schema.FormatJSONSchema:
		return "the document's schema could not be read"
	default:
		return fmt.Sprintf("values described in %s are not checked", kind)
	}
}

func (c *compiler) schema(s *schema.Schema) part {
	if p, ok := c.parts[s]; ok {
		return p
	}
	p := part{declared: true, schema: s, at: s.At}
	validator, found := validate.Compile(s, c.options)
	c.found.Add(found...)
	if validator == nil || found.HasErrors() {
		p.unchecked = "its schema cannot be compiled"
	} else {
		p.validator = validator
	}
	c.parts[s] = p
	return p
}

// key is the schema that the protocol's binding gives the message's key.
func (c *compiler) key(m *spec.Message) part {
	key := m.Bindings.Protocol(c.features.Protocol).Schema("key")
	if key == nil {
		return part{}
	}
	return c.schema(key)
}

// location reads a runtime expression; nil when there is none or it cannot be
// read.
func (c *compiler) location(text spec.Text) *location {
	if text.Value == "" {
		return nil
	}
	l, ok := parseLocation(text.Value)
	if !ok {
		c.found.Warningf(text, codeLocation, "location %q cannot be read, so it is not checked", text.Value).
			WithHelp("write it as $message.header#/name or $message.payload#/path")
		return nil
	}
	l.at = text.At
	return l
}

func (c *compiler) parameterLocations(ch *channel) map[string]*location {
	out := map[string]*location{}
	for _, p := range ch.spec.Parameters {
		if p.Parameter == nil {
			continue
		}
		if l := c.location(p.Parameter.Location); l != nil {
			out[p.Key.Value] = l
		}
	}
	return out
}

// parameters compiles the schemas of address parameters, which 2.x has, but for enums:
// these are of texts, whatever they look like.
func (c *compiler) parameters(ch *channel) map[string]part {
	out := map[string]part{}
	for _, p := range ch.spec.Parameters {
		if p.Parameter != nil && p.Parameter.Schema != nil {
			s := p.Parameter.Schema
			if s.Enum != nil || s.Const != nil {
				more := *s
				more.Enum, more.Const = nil, nil
				s = &more
			}
			out[p.Key.Value] = c.schema(s)
		}
	}
	return out
}
