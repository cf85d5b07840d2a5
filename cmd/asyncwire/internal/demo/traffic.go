package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/contracttest/sample"
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// How much traffic there is.
const (
	samplesPerMessage = 12
	keysPerMessage    = 4
	protocol          = "kafka"
	attributePrefix   = "ce_"
)

// Message is one message of the traffic.
type Message struct {
	ID         string
	Operation  *ir.Operation
	Name       string // of the message, on the wire
	Address    string
	Parameters []runtime.Param
	Key        string
	Headers    json.RawMessage // an object; nil when none are declared
	Payload    json.RawMessage
	// Text says that the payload travels as text: a string without its quotes.
	Text bool
	// Breach is what is wrong with the message; nil when it keeps the contract.
	Breach *Breach

	declared *schema.Schema // of the headers; nil when there is none
}

// traffic is what is to be sent, in that order, and what was left out and why.
type traffic struct {
	messages []*Message
	leftOut  []string
}

// flow is one message of one operation: where samples come from.
type flow struct {
	operation *ir.Operation
	planned   *ir.Message
	channel   *spec.Channel
	message   *spec.Message

	payload, headers, key *sample.Sampler // nil: nothing to sample
	parameters            []location      // by parameter, of those that have one
	correlation           *location       // of the correlation id; nil when there is none
}

// planTraffic makes valid samples for every message of every operation and
// plants breaches among them. The same document always gives the same traffic.
func planTraffic(doc *spec.Document, plan *ir.Package) *traffic {
	t := &traffic{}
	if len(doc.Operations) == 0 {
		t.leaveOut("it has no operations")
	}
	var flows []*flow
	for _, o := range doc.Operations {
		i := slices.IndexFunc(plan.Operations, func(p *ir.Operation) bool { return p.ID == o.Key.Value })
		if i < 0 {
			t.leaveOut("operation %s: no code is generated for it", o.Key.Value)
			continue
		}
		flows = append(flows, t.flows(doc, o, plan.Operations[i])...)
	}
	for n := range uint64(samplesPerMessage) {
		for _, f := range flows {
			if m, err := f.valid(n); err == nil {
				t.add(m)
			} else if n == 0 {
				t.leaveOut("operation %s, message %s: %v", f.operation.ID, f.planned.Wire, err)
			}
		}
		if n == samplesPerMessage/2 && len(t.messages) > 0 {
			t.plant(flows)
		}
	}
	return t
}

func (t *traffic) leaveOut(format string, args ...any) {
	t.leftOut = append(t.leftOut, fmt.Sprintf(format, args...))
}

// add numbers a message and appends it. Ids are UUIDs, which documents that
// declare the header ce_id often ask for.
func (t *traffic) add(m *Message) {
	m.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(t.messages)+1)
	m.Headers = m.settle()
	t.messages = append(t.messages, m)
}

// addresses lists where the traffic goes, sorted.
func (t *traffic) addresses() []string {
	var out []string
	for _, m := range t.messages {
		out = append(out, m.Address)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// planted lists the messages that break the contract.
func (t *traffic) planted() []*Message {
	var out []*Message
	for _, m := range t.messages {
		if m.Breach != nil {
			out = append(out, m)
		}
	}
	return out
}

// flows are the messages of one operation that samples can be made for.
func (t *traffic) flows(doc *spec.Document, o *spec.Operation, p *ir.Operation) []*flow {
	if o.Channel.Address.Value == "" {
		t.leaveOut("operation %s: its channel has no address", o.Key.Value)
		return nil
	}
	var out []*flow
	for i, planned := range p.Messages {
		m := messageOf(o, planned, i)
		if m == nil {
			t.leaveOut("operation %s, message %s: the document does not have it", o.Key.Value, planned.Wire)
			continue
		}
		f := &flow{operation: p, planned: planned, channel: o.Channel, message: m}
		err := f.tellable(doc)
		if err == nil {
			err = f.prepare()
		}
		if err != nil {
			t.leaveOut("operation %s, message %s: %v", o.Key.Value, planned.Wire, err)
			continue
		}
		out = append(out, f)
	}
	return out
}

// messageOf finds the document's message behind a planned one.
func messageOf(o *spec.Operation, planned *ir.Message, i int) *spec.Message {
	messages := o.Messages
	if len(messages) == 0 {
		messages = o.Channel.Messages
	}
	for _, m := range messages {
		if goesBy(m, planned.Wire) {
			return m.Message
		}
	}
	if i < len(messages) {
		return messages[i].Message
	}
	return nil
}

// goesBy tells whether a message may be called by that name.
func goesBy(m *spec.ChannelMessage, name string) bool {
	return m.Message != nil && slices.Contains([]string{m.Key.Value, m.Message.Name.Value, m.Message.Key, m.Message.ID.Value}, name)
}

// tellable fails when another message at the same address goes by the same name:
// which of them one is can only be guessed.
func (f *flow) tellable(doc *spec.Document) error {
	n := 0
	for _, c := range doc.Channels {
		if c.Address.Value != f.channel.Address.Value {
			continue
		}
		for _, m := range c.Messages {
			if goesBy(m, f.planned.Wire) {
				n++
			}
		}
	}
	if n > 1 {
		return fmt.Errorf("%d messages at %s go by that name", n, f.channel.Address.Value)
	}
	return nil
}

// prepare makes the samplers.
func (f *flow) prepare() error {
	if f.message.Payload == nil {
		return fmt.Errorf("it has no payload, and there are no samples of messages without one yet")
	}
	if f.planned.Encoding == ir.RawBytes && f.planned.ContentType != "" {
		return fmt.Errorf("there are no samples of %s yet", f.planned.ContentType)
	}
	if f.message.Payload.Schema == nil {
		return fmt.Errorf("there are no samples of a payload without a JSON schema")
	}
	var err error
	if f.payload, err = sample.New(f.message.Payload.Schema); err != nil {
		return err
	}
	if h := f.message.Headers; h != nil && h.Schema != nil && f.planned.Headers != nil {
		if f.headers, err = sample.New(h.Schema); err != nil {
			return err
		}
	}
	if k := keySchema(f.message); k != nil {
		if f.key, err = sample.New(k); err != nil {
			return err
		}
	}
	return f.locate()
}

func keySchema(m *spec.Message) *schema.Schema {
	return m.Bindings.Protocol(protocol).Schema("key")
}

// valid makes the nth message that keeps the contract. What the document does not
// require but looks for, such as a correlation id, has to be in the sample: a few
// are tried.
func (f *flow) valid(n uint64) (*Message, error) {
	const tries, stride = 20, 10_000
	var m *Message
	var err error
	for try := range uint64(tries) {
		if m, err = f.sample(n + try*stride); err == nil {
			return m, f.route(m, n)
		}
	}
	return nil, err
}

// sample makes a message without an address.
func (f *flow) sample(seed uint64) (*Message, error) {
	m := &Message{Operation: f.operation, Name: f.planned.Wire, Text: f.planned.Encoding == ir.TextPlain}
	var err error
	if m.Payload, err = f.payload.Valid(seed); err != nil {
		return nil, err
	}
	if f.headers != nil {
		m.declared = f.message.Headers.Schema
		if m.Headers, err = f.headers.Valid(seed); err != nil {
			return nil, err
		}
	}
	if m.Key, err = f.keyOf(seed); err != nil {
		return nil, err
	}
	return m, f.complete(m)
}

// keyOf is the nth key: a few keys take turns.
func (f *flow) keyOf(n uint64) (string, error) {
	n %= keysPerMessage
	if f.key == nil {
		return fmt.Sprintf("key-%d", n+1), nil
	}
	text, err := f.key.Valid(n)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return plain(text), nil
}

// plain is a JSON text as it travels in a header or key: a string without its
// quotes.
func plain(value []byte) string {
	var s string
	if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// route gives a message its parameters and its address.
func (f *flow) route(m *Message, n uint64) error {
	for _, argument := range f.operation.Arguments {
		value, err := f.parameter(argument.Wire, m, n)
		if err != nil {
			return err
		}
		m.Parameters = append(m.Parameters, runtime.Param{Name: argument.Wire, Value: value})
	}
	address, err := runtime.Expand(addressOf(f.operation.Channel), m.Parameters)
	if err != nil {
		return err
	}
	if !legalTopic(address) {
		return fmt.Errorf("%q cannot be the name of a Kafka topic", address)
	}
	m.Address = address
	return nil
}

// addressOf is where the operation's messages travel on Kafka.
func addressOf(c *ir.Channel) string {
	for _, b := range c.Bound {
		if b.Protocol == protocol {
			return b.Address
		}
	}
	return c.Address
}

// maxTopic is the length of the longest name of a Kafka topic.
const maxTopic = 249

func legalTopic(name string) bool {
	const legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	return name != "" && len(name) <= maxTopic && strings.Trim(name, legal) == "" && name != "." && name != ".."
}
