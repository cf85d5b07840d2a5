package contracttest

import (
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// A message of a channel is told by evidence, the strongest first: the
// CloudEvents type, then the content type, then, when several are left, by which
// payload and headers schemas hold. Payloads alone never overrule a type.

// miss is why a message could not be told.
type miss struct {
	code  diag.Code
	text  string
	notes []string
	help  string
}

// match finds the message of the route that live is, or says why none.
func (v *verifier) match(r *route, live *driver.Message) (*message, *miss) {
	candidates := r.messages
	if kind, ok := v.eventType(live); ok {
		if candidates = r.ofType(kind); len(candidates) == 0 {
			return nil, unknownType(r, string(kind))
		}
	}
	if len(candidates) == 1 {
		return candidates[0], nil
	}
	if actual := v.media(live).name; actual != "" {
		if same := ofContentType(candidates, actual); len(same) > 0 {
			candidates = same
		}
	}
	if len(candidates) == 1 {
		return candidates[0], nil
	}
	return v.fitting(candidates, live)
}

// eventType is the CloudEvents type of the message, if it has one.
func (v *verifier) eventType(live *driver.Message) ([]byte, bool) {
	if v.typeHeader == "" {
		return nil, false
	}
	value, ok := header(live, v.typeHeader)
	return value, ok && value != nil
}

// ofType is the messages that the type names; when it names none, those whose
// headers schema leaves the type open.
func (r *route) ofType(kind []byte) []*message {
	if named := r.byType[string(kind)]; len(named) > 0 {
		return named
	}
	return r.anyType
}

func ofContentType(all []*message, actual string) []*message {
	var out []*message
	for _, m := range all {
		if m.media.name == actual {
			out = append(out, m)
		}
	}
	return out
}

func unknownType(r *route, kind string) *miss {
	return &miss{
		code: codeUnknown,
		text: fmt.Sprintf("CloudEvents type %q names no message of the channel", excerpt(kind)),
		help: "the channel has " + listed(messageNames(r.messages)),
	}
}

func messageNames(all []*message) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.name)
	}
	return out
}

// fit is whether a message may be the one a schema describes.
type fit uint8

const (
	fitsNot fit = iota
	fitsPerhaps
	fitsWell
)

// fitting finds the one candidate whose schemas hold. A candidate that cannot
// be checked is it only when all others are ruled out.
func (v *verifier) fitting(candidates []*message, live *driver.Message) (*message, *miss) {
	var fits []*message
	var notes []string
	for _, c := range candidates {
		how, why := v.fits(c, live)
		if how == fitsNot {
			notes = append(notes, fmt.Sprintf("not %q: %s", c.name, why))
		} else {
			fits = append(fits, c)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return nil, &miss{code: codeUnknown, notes: notes, help: v.typeHelp(),
			text: fmt.Sprintf("the message fits none of the %d messages of the channel", len(candidates))}
	}
	return nil, &miss{code: codeAmbiguous, help: v.typeHelp(),
		text: "the message cannot be told: it may be " + listed(messageNames(fits))}
}

func (v *verifier) typeHelp() string {
	if v.typeHeader == "" {
		return ""
	}
	return fmt.Sprintf("send the message's name in the header %s", v.typeHeader)
}

// fits asks the schemas of payload and headers. Of what does not hold it returns
// the first reason.
func (v *verifier) fits(c *message, live *driver.Message) (fit, string) {
	how := fitsWell
	if text, why := v.payloadText(c, live); why != "" {
		how = fitsPerhaps
	} else if broken := check(&c.payload, text); len(broken) > 0 {
		return fitsNot, described("payload", &c.payload, &broken[0])
	}
	switch {
	case !c.headers.declared:
	case !c.headers.checkable():
		how = fitsPerhaps
	default:
		text, _ := v.headersText(live, c)
		if broken := check(&c.headers, text); len(broken) > 0 {
			return fitsNot, described("headers", &c.headers, &broken[0])
		}
	}
	return how, ""
}

// missed records a message that could not be told.
func (v *verifier) missed(r *route, live *driver.Message, m *miss) {
	ch := r.channels[slices.IndexFunc(r.channels, func(c *channel) bool { return c.chosen })]
	v.findings.add(rule{ch, nil, m.code, channelPlace(ch)}, func() *diag.Diagnostic {
		d := v.about(ch, nil, live, m.text)
		for _, n := range m.notes {
			d.Note(nil, "%s", n)
		}
		d.Help = m.help
		return withKey(d, live, r.messages...)
	})
}

// channelPlace is the smallest text that names the channel.
func channelPlace(c *channel) source.Span {
	if c.spec.Key.IsSet() {
		return c.spec.Key.At
	}
	return c.spec.At
}

// header returns the last header of that name.
func header(m *driver.Message, name string) ([]byte, bool) {
	for i := len(m.Headers) - 1; i >= 0; i-- {
		if sameHeader(m.Headers[i].Key, name) {
			return m.Headers[i].Value, true
		}
	}
	return nil, false
}
