package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime"
)

// trafficFile is what the program built from the generated code is told to do;
// package templates describes its form.
const trafficFile = "traffic.json"

// script is the content of trafficFile.
type script struct {
	Consume  []consumer `json:"consume"`
	Messages []sending  `json:"messages"`
}

// consumer is a typed consumer that the program runs until it has seen as many
// messages as it expects.
type consumer struct {
	Operation  string            `json:"operation"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Expect     int               `json:"expect"`
	valid      int               // of those, the ones it must be able to handle
}

// sending is one message, through its typed producer or, when raw, past it.
type sending struct {
	Operation  string                     `json:"operation,omitempty"`
	Message    string                     `json:"message,omitempty"`
	Parameters map[string]string          `json:"parameters,omitempty"`
	Raw        bool                       `json:"raw,omitempty"`
	Address    string                     `json:"address,omitempty"`
	Key        string                     `json:"key"`
	Headers    map[string]json.RawMessage `json:"headers,omitempty"`
	Payload    json.RawMessage            `json:"payload,omitempty"` // none: it is sent without
	Text       bool                       `json:"text,omitempty"`    // of raw ones: the payload is a string's own text
}

// tally is what the program prints.
type tally struct {
	Published, Raw, Handled, Refused int
	Consumers                        []struct{ Handled, Refused int }
}

// exercise runs the built program and returns how many messages its consumers
// handled, and what they did not handle though they should have.
func (r *runner) exercise(ctx context.Context, b *broker) (handled int, faults []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	s, err := r.traffic.script()
	if err != nil {
		return 0, nil, err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return 0, nil, err
	}
	if err := r.workspace.write(trafficFile, append(text, '\n')); err != nil {
		return 0, nil, err
	}
	out, err := r.workspace.run(ctx, "-broker", b.address(), "-traffic", trafficFile)
	if err != nil {
		return 0, nil, err
	}
	var t tally
	if err := json.Unmarshal(bytes.TrimSpace(out), &t); err != nil {
		return 0, nil, fmt.Errorf("the built program printed %q: %w", out, err)
	}
	return t.Handled, unhandled(s.Consume, t), nil
}

// unhandled lists the consumers that refused messages which keep the contract.
func unhandled(consumers []consumer, t tally) []string {
	var faults []string
	for i, c := range consumers {
		if i >= len(t.Consumers) {
			faults = append(faults, fmt.Sprintf("the consumer of %s did not report", c.Operation))
		} else if got := t.Consumers[i].Handled; got < c.valid {
			faults = append(faults, fmt.Sprintf("the consumer of %s handled %d of %d valid messages", c.Operation, got, c.valid))
		}
	}
	return faults
}

// script says what the program is to do: one consumer for each operation and
// address, and every message in its order.
func (t *traffic) script() (*script, error) {
	s := &script{}
	at := map[string]int{} // messages by address
	for _, m := range t.messages {
		at[m.Address]++
		sending, err := m.sending()
		if err != nil {
			return nil, err
		}
		s.Messages = append(s.Messages, sending)
	}
	index := map[string]int{}
	for _, m := range t.messages {
		key := m.Operation.ID + "\n" + m.Address
		i, ok := index[key]
		if !ok {
			i = len(s.Consume)
			index[key] = i
			s.Consume = append(s.Consume, consumer{Operation: m.Operation.ID, Parameters: parameters(m.Parameters), Expect: at[m.Address]})
		}
		if m.Breach == nil {
			s.Consume[i].valid++
		}
	}
	return s, nil
}

func parameters(params []runtime.Param) map[string]string {
	out := map[string]string{}
	for _, p := range params {
		out[p.Name] = p.Value
	}
	return out
}

// sending is the message as the program takes it. One that breaks the contract
// goes past the typed producer, which would not let it.
func (m *Message) sending() (sending, error) {
	out := sending{Key: m.Key, Payload: m.Payload}
	if m.Headers != nil {
		if err := json.Unmarshal(m.Headers, &out.Headers); err != nil {
			return out, fmt.Errorf("sample headers %s: %w", m.Headers, err)
		}
	}
	if m.Breach == nil {
		out.Operation, out.Message, out.Parameters = m.Operation.ID, m.Name, parameters(m.Parameters)
		return out, nil
	}
	out.Raw, out.Address, out.Text = true, m.Address, m.Text
	attributes := m.attributes()
	for name, value := range out.Headers {
		if of := attributeHeader(name); of != "" {
			delete(attributes, of)
		}
		attributes[name] = value
	}
	out.Headers = attributes
	return out, nil
}

// contentTypeHeader is the header of the data content type.
const contentTypeHeader = "content-type"

// attributeHeader is the attribute's header that a header of the document is,
// "" when it is none.
func attributeHeader(name string) string {
	switch {
	case strings.EqualFold(name, contentTypeHeader):
		return contentTypeHeader
	case strings.HasPrefix(name, attributePrefix):
		return name
	}
	return ""
}

// settle returns the headers with the attributes among them as the message
// travels, unless the document says what they are.
func (m *Message) settle() json.RawMessage {
	var headers map[string]json.RawMessage
	if m.declared == nil || json.Unmarshal(m.Headers, &headers) != nil {
		return m.Headers
	}
	attributes := m.attributes()
	for name := range headers {
		s := m.declared.Deref().Property(name).Deref()
		if value, ok := attributes[attributeHeader(name)]; ok && s != nil && s.Const == nil && s.Enum == nil {
			headers[name] = value
		}
	}
	out, err := json.Marshal(headers)
	if err != nil {
		return m.Headers
	}
	return out
}

// attributes are the headers that make a message a CloudEvent: binary mode of
// the Kafka protocol binding 1.0.2.
func (m *Message) attributes() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range map[string]string{
		attributePrefix + "specversion": "1.0",
		attributePrefix + "id":          m.ID,
		attributePrefix + "source":      demoModule,
		attributePrefix + "type":        m.Name,
		attributePrefix + "time":        time.Now().UTC().Format(time.RFC3339Nano),
		contentTypeHeader:               m.contentType(),
	} {
		if value != "" {
			out[name] = json.RawMessage(strconv.Quote(value))
		}
	}
	return out
}

// contentType is that of the payload, "" where there is none.
func (m *Message) contentType() string {
	if m.Payload == nil {
		return ""
	}
	i := slices.IndexFunc(m.Operation.Messages, func(p *ir.Message) bool { return p.Wire == m.Name })
	if i < 0 {
		i = 0
	}
	return m.Operation.Messages[i].ContentType
}
