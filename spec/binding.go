package spec

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Bindings are the protocol-specific parts of an object, in document order.
type Bindings []Binding

// Protocol returns the binding of that protocol, or nil: a nil *Binding answers
// every question with the zero value.
func (b Bindings) Protocol(name string) *Binding {
	for i := range b {
		if b[i].Protocol.Value == name {
			return &b[i]
		}
	}
	return nil
}

// Binding is what one protocol says, or an extension of the object that holds
// what they say: its Protocol begins with "x-" and its Raw may be anything. Where the protocol and the version are
// known it is held to the binding's own definition, which also gives its fields
// their types; the text is kept in any case.
//
//	topic := channel.Bindings.Protocol("kafka").Text("topic")
//	name := channel.Bindings.Protocol("amqp").Text("queue", "name")
type Binding struct {
	source.Origin
	Protocol Text
	Version  Text // bindingVersion; not set means the newest
	// Known tells that the definition of the protocol's binding has the version:
	// only then are there Fields.
	Known  bool
	Fields []BindingField
	Raw    *syntax.Node
}

// BindingField is a member of a binding or of an object in one. What the
// definition of the binding does not name is a field too.
type BindingField struct {
	Name  Text
	Value BindingValue
}

// BindingKind is what the value of a field is, by the definition of the binding.
type BindingKind uint8

// The kinds. A value that is not what the definition asks for is Raw.
const (
	BindingRaw BindingKind = iota // only Raw says what it is
	BindingText
	BindingInteger
	BindingNumber
	BindingFlag
	BindingList
	BindingRecord
	BindingSchema
)

// BindingValue is the value of a field.
type BindingValue struct {
	Kind    BindingKind
	Integer int64          // of an integer
	Items   []BindingValue // of a list
	Record  *BindingObject // of a record
	Schema  *schema.Schema // of a schema
	Raw     *syntax.Node   // the text of any
}

// BindingObject is an object in a binding. The same text is the same record,
// however many references lead to it.
type BindingObject struct {
	source.Origin
	Fields []BindingField
}

// Value is the value of the field that the names lead to, through records, and
// nil where there is none.
func (b *Binding) Value(path ...string) *BindingValue {
	if b == nil || len(path) == 0 {
		return nil
	}
	fields := b.Fields
	for n, name := range path {
		i := slices.IndexFunc(fields, func(f BindingField) bool { return f.Name.Value == name })
		switch {
		case i < 0:
			return nil
		case n == len(path)-1:
			return &fields[i].Value
		case fields[i].Value.Record == nil:
			return nil
		}
		fields = fields[i].Value.Record.Fields
	}
	return nil
}

// Text is a field that is a text, not set where there is none.
func (b *Binding) Text(path ...string) Text {
	if v := b.Value(path...); v != nil && v.Kind == BindingText {
		return Text{Value: v.Raw.Text, At: v.Raw.At}
	}
	return Text{}
}

// Integer is a field that is an integer, and whether there is one.
func (b *Binding) Integer(path ...string) (n int64, ok bool) {
	if v := b.Value(path...); v != nil && v.Kind == BindingInteger {
		return v.Integer, true
	}
	return 0, false
}

// Flag is a field that is true or false, and whether there is one.
func (b *Binding) Flag(path ...string) (set, ok bool) {
	if v := b.Value(path...); v != nil && v.Kind == BindingFlag {
		return v.Raw.Text == "true", true
	}
	return false, false
}

// Schema is a field that is a schema, nil where there is none.
func (b *Binding) Schema(path ...string) *schema.Schema {
	if v := b.Value(path...); v != nil {
		return v.Schema
	}
	return nil
}

// addressFields are the fields of channel bindings that take the place of the
// channel's address on their protocol.
var addressFields = map[string]string{"kafka": "topic"}

// Address is where the channel that has the binding lives on the protocol, where
// that is another place than the channel's address: the topic of Kafka.
func (b *Binding) Address() Text {
	if b == nil || addressFields[b.Protocol.Value] == "" {
		return Text{}
	}
	return b.Text(addressFields[b.Protocol.Value])
}

// Schemas are the schemas that a binding describes values with, in document
// order, each once.
func (b *Binding) Schemas() []*schema.Schema {
	c := newSchemaCollector()
	c.binding(b)
	return c.out
}

// schemaCollector finds the schemas in bindings. It looks at what bindings share
// once.
type schemaCollector struct {
	seen map[any]bool
	out  []*schema.Schema
}

func newSchemaCollector() *schemaCollector { return &schemaCollector{seen: map[any]bool{}} }

// first tells whether a thing has not been met before.
func (c *schemaCollector) first(thing any) bool {
	if c.seen[thing] {
		return false
	}
	c.seen[thing] = true
	return true
}

func (c *schemaCollector) binding(b *Binding) {
	if len(b.Fields) > 0 && c.first(&b.Fields[0]) { // bindings are copied, their fields are not
		c.fields(b.Fields)
	}
}

func (c *schemaCollector) fields(fields []BindingField) {
	for i := range fields {
		c.value(&fields[i].Value)
	}
}

func (c *schemaCollector) value(v *BindingValue) {
	if v.Schema != nil && c.first(v.Schema) {
		c.out = append(c.out, v.Schema)
	}
	if v.Record != nil && c.first(v.Record) {
		c.fields(v.Record.Fields)
	}
	for i := range v.Items {
		c.value(&v.Items[i])
	}
}
