package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Channel is where an operation's messages travel.
type Channel struct {
	// Address is a template: {name} stands for the parameter of that name.
	Address string
	// Bound are the addresses that a protocol's binding of the document sets
	// in place of Address, such as the topic of a Kafka channel binding.
	Bound []BoundAddress
	// Groups are the consumer groups that a protocol's binding of the document
	// names, for consumers that are told none by Group or Options.Group.
	Groups []BoundGroup
	// Params are the parameters, in the order in which their values are passed.
	Params []ChannelParam
}

// ChannelParam is a parameter of a channel's addresses.
type ChannelParam struct {
	Name string
	// Values are those that the document's enum gives it: others are refused
	// wherever an address is made of the channel. Nil is any.
	Values []string
	// Rules judge values in the same way, by the schema of that name; nil: nothing
	// does. A value is text there, or what it says as JSON where that is one of the
	// Kinds.
	Rules  *check.Rules
	Schema string
	Kinds  check.Types
}

// BoundGroup is the consumer group of an operation for one protocol.
type BoundGroup struct{ Protocol, Group string }

// group returns the consumer group that the document names for a protocol, or "".
func (ch *Channel) group(protocol string) string {
	for _, g := range ch.Groups {
		if g.Protocol == protocol {
			return g.Group
		}
	}
	return ""
}

// BoundAddress is the address of a channel for one protocol, a template like
// Channel.Address.
type BoundAddress struct {
	// Protocol is the AsyncAPI protocol name, as in driver.Features.
	Protocol string
	Address  string
}

// resolve returns the concrete address of the channel for a protocol.
func (ch *Channel) resolve(protocol string, params []string) (string, error) {
	template := ch.Address
	for _, b := range ch.Bound {
		if b.Protocol == protocol {
			template = b.Address
		}
	}
	if template == "" {
		return "", fmt.Errorf("channel has no address for %s: %w", protocol, driver.ErrInvalid)
	}
	if len(params) > len(ch.Params) {
		return "", fmt.Errorf("address %q: %d values for %d parameters: %w", template, len(params), len(ch.Params), driver.ErrInvalid)
	}
	for i, value := range params {
		if err := ch.Params[i].hold(value); err != nil {
			return "", fmt.Errorf("address %q: %w", template, err)
		}
	}
	return expand(template, values{declared: ch.Params, passed: params})
}

// hold refuses a value that the document does not give the parameter. That it is
// empty is for expand to say, where it is needed.
func (p *ChannelParam) hold(value string) error {
	switch {
	case value == "":
		return nil
	case p.Values != nil && !slices.Contains(p.Values, value):
		return fmt.Errorf("parameter %q must be one of %s, is %s: %w", p.Name, listed(p.Values), quoted(value), driver.ErrInvalid)
	case p.Rules == nil:
		return nil
	}
	text, err := asJSON([]byte(value), p.Kinds|check.String)
	if err == nil {
		err = p.Rules.Of(p.Schema).Check(text)
	}
	if err != nil {
		return fmt.Errorf("parameter %q is %s: %w: %w", p.Name, quoted(value), err, driver.ErrInvalid)
	}
	return nil
}

// maxShown is how many values of an enum, and how many bytes of one, an error
// shows.
const (
	maxShown      = 8
	maxShownBytes = 60
)

// listed returns the values of an enum for a message.
func listed(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i == maxShown {
			fmt.Fprintf(&b, " and %d more", len(values)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(v))
	}
	return b.String()
}

// quoted returns a value for a message, cut when it is long.
func quoted(value string) string {
	if len(value) > maxShownBytes {
		return strconv.Quote(strings.ToValidUTF8(value[:maxShownBytes], "")) + "…"
	}
	return strconv.Quote(value)
}

// Param is the value of one parameter.
type Param struct {
	Name, Value string
}

// Expand replaces every {name} of template by the parameter's value. A
// parameter that is missing or empty, and a brace without its partner, is an
// error that matches driver.ErrInvalid. Braces in values mean nothing.
// Parameters that the template does not use are ignored.
func Expand(template string, params []Param) (string, error) {
	return expand(template, values{named: params})
}

// values are those of parameters: named ones, or those of a channel in its order.
type values struct {
	named    []Param
	declared []ChannelParam
	passed   []string // no more than are declared
}

// of finds the value of one parameter.
func (v *values) of(name string) (string, error) {
	for i := range v.passed {
		if v.declared[i].Name == name {
			return given(name, v.passed[i])
		}
	}
	for i := range v.named {
		if v.named[i].Name == name {
			return given(name, v.named[i].Value)
		}
	}
	return "", fmt.Errorf("parameter %q has no value: %w", name, driver.ErrInvalid)
}

// given returns a value unless it is empty.
func given(name, value string) (string, error) {
	if value == "" {
		return "", fmt.Errorf("parameter %q is empty: %w", name, driver.ErrInvalid)
	}
	return value, nil
}

// expand is Expand.
func expand(template string, v values) (string, error) {
	if strings.IndexByte(template, '{') < 0 && strings.IndexByte(template, '}') < 0 {
		return template, nil
	}
	room := len(template)
	for _, value := range v.passed {
		room += len(value)
	}
	var b strings.Builder
	b.Grow(room)
	for rest := template; ; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			b.WriteString(rest)
			return b.String(), nil
		}
		end := strings.IndexAny(rest[i+1:], "{}")
		if rest[i] == '}' || end < 0 || rest[i+1+end] == '{' {
			return "", fmt.Errorf("address %q: unbalanced brace: %w", template, driver.ErrInvalid)
		}
		value, err := v.of(rest[i+1 : i+1+end])
		if err != nil {
			return "", fmt.Errorf("address %q: %w", template, err)
		}
		b.WriteString(rest[:i])
		b.WriteString(value)
		rest = rest[i+end+2:]
	}
}
