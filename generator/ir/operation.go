package ir

import (
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/delivery"
)

// Operation is what the declarations of one operation share.
type Operation struct {
	ID        string // in the document
	Name      string // stem of its Go names
	Sends     bool   // the described application sends
	Channel   *Channel
	Arguments []*Argument
	Messages  []*Message
	Producer  *Producer
	Consumer  *Consumer
	// Delivery is what the document says of how messages are delivered, nil when
	// it says nothing.
	Delivery *Delivery
}

// Delivery is the variable that has what the document says of how an operation's
// messages are delivered.
type Delivery struct {
	Name   string
	Doc    Doc
	Policy *delivery.Policy
}

// Declares lists the variable.
func (d *Delivery) Declares() []string { return []string{d.Name} }

// Argument is a parameter of the channel's address as an argument of a
// function.
type Argument struct {
	Name string         // in Go
	Wire string         // in the address
	Type *ParameterType // nil: string
}

// ParameterType is the defined string type of a channel parameter. With values
// it is an enum.
type ParameterType struct {
	Name   string
	Doc    Doc
	Values []*EnumValue
}

// TypeName is the type's name.
func (p *ParameterType) TypeName() string { return p.Name }

// Declares lists the type and, for an enum, its method and constants.
func (p *ParameterType) Declares() []string {
	if len(p.Values) == 0 {
		return []string{p.Name}
	}
	out := []string{p.Name, p.Name + ".Valid"}
	return append(out, valueNames(p.Values)...)
}

// Channel is the variable that says where an operation's messages travel. Nothing
// changes it.
type Channel struct {
	Name    string
	Doc     Doc
	Address string
	Bound   []BoundAddress
	Groups  []BoundGroup
	Params  []ChannelParam // in the order of the operation's arguments
}

// ChannelParam is a parameter of the address, with the values that the document gives
// it, if any.
type ChannelParam struct {
	Name   string
	Values []string
	Rules  string      // the name of what judges values beyond that; empty: nothing does
	Kinds  check.Types // of JSON that those rules may take a value for, which is text else
}

// BoundGroup is the consumer group that a protocol's binding names.
type BoundGroup struct{ Protocol, Group string }

// BoundAddress is the address that a protocol's binding sets.
type BoundAddress struct{ Protocol, Address string }

// Declares lists the variable.
func (c *Channel) Declares() []string { return []string{c.Name} }

// Producer is the type that sends an operation's messages.
type Producer struct {
	Operation *Operation
	Name      string
	Doc       Doc
	New       string // its constructor
	NewDoc    Doc
	Methods   []*PublishMethods
}

// PublishMethods are the two methods that send one message.
type PublishMethods struct {
	Message     *Message
	Name        string // sends a payload
	Doc         Doc
	Headers     bool   // it takes headers too
	Envelope    string // sends an envelope
	EnvelopeDoc Doc
}

// Declares lists the type, its constructor and its methods.
func (p *Producer) Declares() []string {
	out := []string{p.Name, p.New}
	for _, m := range p.Methods {
		out = append(out, p.Name+"."+m.Name, p.Name+"."+m.Envelope)
	}
	return out
}

// Handlers is the struct of a consumer of several messages.
type Handlers struct {
	Name   string
	Doc    Doc
	Fields []*Handler
}

// Handler is the field for one message.
type Handler struct {
	Name    string
	Message *Message
}

// Declares lists the type.
func (h *Handlers) Declares() []string { return []string{h.Name} }

// Consumer is the function that handles an operation's messages.
type Consumer struct {
	Operation *Operation
	Name      string
	Doc       Doc
	Handlers  *Handlers // nil: one message, one function
}

// Declares lists the function.
func (c *Consumer) Declares() []string { return []string{c.Name} }
