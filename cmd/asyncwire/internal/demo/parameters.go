package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
)

// location is a part of a message that the document looks at: a runtime
// expression of AsyncAPI.
type location struct {
	of        string // what is looked for there, for messages
	inHeaders bool
	pointer   string // RFC 6901
}

// locate reads the locations of the channel's parameters and of the message's
// correlation id.
func (f *flow) locate() error {
	for _, p := range f.channel.Parameters {
		if p.Parameter == nil || p.Parameter.Location.Value == "" {
			continue
		}
		l, err := parseLocation("parameter "+p.Key.Value, p.Parameter.Location.Value)
		if err != nil {
			return err
		}
		f.parameters = append(f.parameters, l)
	}
	if id := f.message.CorrelationID; id != nil && id.Location.Value != "" {
		l, err := parseLocation("the correlation id", id.Location.Value)
		if err != nil {
			return err
		}
		f.correlation = &l
	}
	return nil
}

func parseLocation(of, text string) (location, error) {
	part, pointer, _ := strings.Cut(text, "#")
	if part != "$message.payload" && part != "$message.header" {
		return location{}, fmt.Errorf("the location of %s, %s, is not understood", of, text)
	}
	return location{of: of, inHeaders: part == "$message.header", pointer: pointer}, nil
}

// complete tells whether a sample has everything the document looks for.
func (f *flow) complete(m *Message) error {
	looked := f.parameters
	if f.correlation != nil {
		looked = append(slices.Clone(looked), *f.correlation)
	}
	for _, l := range looked {
		if _, ok := l.value(m); !ok {
			return fmt.Errorf("%s is to be at %s, but the samples have nothing there", l.of, l.pointer)
		}
	}
	return nil
}

// parameter is the value of a parameter for the nth message: what the message
// has where the document says so, else one of those that the document names.
func (f *flow) parameter(name string, m *Message, n uint64) (string, error) {
	for _, l := range f.parameters {
		if l.of != "parameter "+name {
			continue
		}
		if value, ok := l.value(m); ok {
			return value, nil
		}
		return "", fmt.Errorf("the message has no value for parameter %s", name)
	}
	i := slices.IndexFunc(f.channel.Parameters, func(p *spec.ChannelParameter) bool { return p.Key.Value == name })
	if i < 0 || f.channel.Parameters[i].Parameter == nil {
		return "demo-" + strconv.Itoa(int(n%2)+1), nil
	}
	p := f.channel.Parameters[i].Parameter
	for _, values := range [][]spec.Text{p.Enum, p.Examples} {
		if len(values) > 0 {
			return values[n%uint64(len(values))].Value, nil
		}
	}
	if p.Default.Value != "" {
		return p.Default.Value, nil
	}
	return "demo-" + strconv.Itoa(int(n%2)+1), nil
}

// value is what a message has at the location, when that is a scalar.
func (l *location) value(m *Message) (string, bool) {
	text := m.Payload
	if l.inHeaders {
		text = m.Headers
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber() // so that 1234567 does not become 1.234567e+06
	var at any
	if in.Decode(&at) != nil {
		return "", false
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(l.pointer, "/"), "/") {
		members, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		at = members[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	switch at := at.(type) {
	case string:
		return at, true
	case bool, json.Number:
		return fmt.Sprint(at), true
	}
	return "", false
}
