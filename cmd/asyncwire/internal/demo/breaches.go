package demo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/contracttest/sample"
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// Breach is what is wrong with a planted message, as the contract tester is to
// report it.
type Breach struct {
	What    string // in words
	Code    diag.Code
	Pointer string // into the broken part, RFC 6901
	Rule    string // the broken keyword; "" when the message itself is unknown
}

// String says what was planted.
func (b *Breach) String() string {
	switch {
	case b.Rule == "":
		return b.What
	case b.Pointer == "":
		return fmt.Sprintf("%s (rule %s)", b.What, b.Rule)
	}
	return fmt.Sprintf("%s (rule %s at %s)", b.What, b.Rule, b.Pointer)
}

// unknownMessage is a name that no document of ours gives to a message.
const unknownMessage = "asyncwire.demo.undocumented"

// bounds are the rules that a value of the right type can break.
func bounds() []string {
	return []string{"required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
		"minItems", "maxItems", "enum", "pattern", "format", "multipleOf", "const", "uniqueItems", "additionalProperties"}
}

// plant adds the breaches, each in another message where there are enough.
func (t *traffic) plant(flows []*flow) {
	for i, kind := range []struct {
		what string
		make func(f *flow, what string) *Message
	}{
		{"a wrong type", func(f *flow, what string) *Message { return f.broken(what, []string{"type"}) }},
		{"a missing or impossible value", func(f *flow, what string) *Message { return f.broken(what, bounds()) }},
		{"a bad header", (*flow).brokenHeaders},
		{"an unknown message", (*flow).unknown},
	} {
		planted := false
		for j := range flows {
			if m := kind.make(flows[(i+j)%len(flows)], kind.what); m != nil {
				t.add(m)
				planted = true
				break
			}
		}
		if !planted {
			t.leaveOut("planting %s: no message of the document can have it", kind.what)
		}
	}
}

// breachSeed keeps broken samples apart from valid ones.
const breachSeed = 1000

// broken is a message whose payload breaks one of the rules, the first of them
// that can be broken.
func (f *flow) broken(what string, rules []string) *Message {
	if f.payload == nil {
		return nil
	}
	for _, b := range byRule(f.payload.Invalid(breachSeed), rules) {
		if f.planned.Encoding == ir.TextPlain && !f.breaksAsText(b) {
			continue
		}
		m, err := f.valid(breachSeed)
		if err != nil {
			return nil
		}
		m.Payload = b.JSON
		m.Breach = &Breach{What: what, Code: "payload-invalid", Pointer: b.Pointer, Rule: b.Keyword}
		if f.reroute(m) == nil {
			return m
		}
	}
	return nil
}

// breaksAsText tells whether a payload of text is broken in the same way as a text:
// a number where a string belongs is not.
func (f *flow) breaksAsText(b sample.Breach) bool {
	declared := f.message.Payload.Schema.Deref()
	text := len(b.JSON) > 2 && b.JSON[0] == '"'
	return b.Pointer == "" && b.Keyword != "type" && text && declared.Types == schema.Types(schema.TypeString)
}

// byRule are the breaches of the given rules, in the rules' order, those of the
// whole value last.
func byRule(all []sample.Breach, rules []string) []sample.Breach {
	out := slices.DeleteFunc(slices.Clone(all), func(b sample.Breach) bool { return !slices.Contains(rules, b.Keyword) })
	slices.SortStableFunc(out, func(a, b sample.Breach) int {
		return cmp.Or(
			cmp.Compare(slices.Index(rules, a.Keyword), slices.Index(rules, b.Keyword)),
			-cmp.Compare(min(len(a.Pointer), 1), min(len(b.Pointer), 1)),
		)
	})
	return out
}

// reroute gives a broken message the address that fits it. It fails when the
// breach touches what the document looks for: a second finding would follow from
// it.
func (f *flow) reroute(m *Message) error {
	for _, l := range f.parameters {
		if b := m.Breach; b.Pointer != "" && strings.HasPrefix(l.pointer+"/", b.Pointer+"/") {
			return errors.New("the address depends on what is broken")
		}
	}
	m.Parameters = nil
	return errors.Join(f.complete(m), f.route(m, breachSeed))
}

// brokenHeaders is a message with a bad header.
func (f *flow) brokenHeaders(what string) *Message {
	if f.headers == nil {
		return nil
	}
	rules := append([]string{"type"}, bounds()...)
	for _, b := range byRule(f.headers.Invalid(breachSeed), rules) {
		if !f.survives(b) {
			continue
		}
		m, err := f.valid(breachSeed)
		if err != nil {
			return nil
		}
		m.Headers = b.JSON
		m.Breach = &Breach{What: what, Code: "headers-invalid", Pointer: b.Pointer, Rule: b.Keyword}
		if f.reroute(m) == nil {
			return m
		}
	}
	return nil
}

// survives tells whether a broken header is still broken once it travels as
// text: a number where a string belongs is not. Headers of attributes are left
// alone, since the message needs them.
func (f *flow) survives(b sample.Breach) bool {
	headers, err := contracttest.HeadersOf(b.JSON)
	name := strings.TrimPrefix(b.Pointer, "/")
	if err != nil || strings.Contains(name, "/") || attributeHeader(name) != "" {
		return false
	}
	sent := map[string]bool{}
	for _, h := range headers {
		if sent[h.Key] = true; len(h.Value) == 0 {
			return false
		}
	}
	declared := f.message.Headers.Schema.Deref()
	for _, r := range declared.Required {
		if attributeHeader(r.Text) != "" && !sent[r.Text] {
			return false
		}
	}
	if b.Keyword != "type" {
		return true
	}
	p := declared.Property(name)
	return p != nil && p.Deref().Types != 0 && !p.Deref().Types.Has(schema.TypeString)
}

// unknown is a message that the document does not know.
func (f *flow) unknown(what string) *Message {
	m, err := f.valid(breachSeed)
	if err != nil {
		return nil
	}
	if f.typeIsOpen() {
		return nil
	}
	m.Name = unknownMessage
	m.Breach = &Breach{What: what, Code: "message-unknown"}
	return m
}

// typeIsOpen tells whether a message of the channel may carry any type.
func (f *flow) typeIsOpen() bool {
	return slices.ContainsFunc(f.channel.Messages, func(m *spec.ChannelMessage) bool {
		h := m.Message.Headers
		return h != nil && h.Schema != nil && h.Schema.Deref().Property(attributePrefix+"type") != nil
	})
}
