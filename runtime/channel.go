package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	// Values are the parameters that the document gives an enum: others are
	// refused wherever an address is made of the channel.
	Values []ParamValues
}

// ParamValues are the values that a parameter of a channel may have.
type ParamValues struct {
	Name   string
	Values []string
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

// Param is the value of one channel parameter.
type Param struct {
	Name, Value string
}

// resolve returns the concrete address of the channel for a protocol.
func (ch Channel) resolve(protocol string, params []Param) (string, error) {
	template := ch.Address
	for _, b := range ch.Bound {
		if b.Protocol == protocol {
			template = b.Address
		}
	}
	if template == "" {
		return "", fmt.Errorf("channel has no address for %s: %w", protocol, driver.ErrInvalid)
	}
	for i := range ch.Values {
		if err := ch.Values[i].hold(params); err != nil {
			return "", fmt.Errorf("address %q: %w", template, err)
		}
	}
	return Expand(template, params)
}

// hold refuses a value that the document does not give the parameter. That it is
// missing or empty is for Expand to say, where it is needed.
func (v *ParamValues) hold(params []Param) error {
	for _, p := range params {
		if p.Name == v.Name && p.Value != "" && !slices.Contains(v.Values, p.Value) {
			return fmt.Errorf("parameter %q must be one of %s, is %s: %w", v.Name, listed(v.Values), quoted(p.Value), driver.ErrInvalid)
		}
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

// Expand replaces every {name} of template by the parameter's value. A
// parameter that is missing or empty, and a brace without its partner, is an
// error that matches driver.ErrInvalid. Braces in values mean nothing.
// Parameters that the template does not use are ignored.
func Expand(template string, params []Param) (string, error) {
	if strings.IndexByte(template, '{') < 0 && strings.IndexByte(template, '}') < 0 {
		return template, nil
	}
	var b strings.Builder
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
		value, err := paramValue(rest[i+1:i+1+end], params)
		if err != nil {
			return "", fmt.Errorf("address %q: %w", template, err)
		}
		b.WriteString(rest[:i])
		b.WriteString(value)
		rest = rest[i+end+2:]
	}
}

// paramValue finds the value of one parameter.
func paramValue(name string, params []Param) (string, error) {
	for _, p := range params {
		if p.Name == name && p.Value != "" {
			return p.Value, nil
		}
		if p.Name == name {
			return "", fmt.Errorf("parameter %q is empty: %w", name, driver.ErrInvalid)
		}
	}
	return "", fmt.Errorf("parameter %q has no value: %w", name, driver.ErrInvalid)
}
