package contracttest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// plan is the document made ready for a transport: which addresses belong to
// which channels, and each message compiled. It does not change once made.
type plan struct {
	features driver.Features
	channels []*channel // those to be reported, in document order
	routes   []*route   // all that may claim an address, the most specific first
	found    diag.List
}

// route is the channels that share one address; there is rarely more than one.
type route struct {
	template template
	channels []*channel
	kind     LetterKind // not empty: what comes here was moved from the channels
	messages []*message // of all the channels; empty when none is chosen
	byType   map[string][]*message
	anyType  []*message // those whose headers leave the CloudEvents type open
}

// channel is one channel of the document.
type channel struct {
	spec       *spec.Channel
	id         string
	address    string
	chosen     bool
	notWatched string
	messages   []*message
}

// watched tells whether any of the route's channels was chosen.
func (r *route) watched() bool {
	return r.kind != settledNotes && slices.ContainsFunc(r.channels, func(c *channel) bool { return c.chosen })
}

// newPlan prepares the channels that the options choose. Channels that they do
// not choose still claim their addresses, so that a wider one does not.
func newPlan(doc *spec.Document, f driver.Features, o *Options) (*plan, error) {
	if err := checkChannels(doc, o.Channels); err != nil {
		return nil, err
	}
	p := &plan{features: f}
	for _, c := range doc.Channels {
		if livesOn(c, o.Server) {
			chosen := len(o.Channels) == 0 || slices.Contains(o.Channels, c.Key.Value)
			p.add(&channel{spec: c, id: c.Key.Value, address: addressOf(c, f.Protocol), chosen: chosen})
		}
	}
	p.addLetters(doc.Operations)
	slices.SortStableFunc(p.routes, func(a, b *route) int { return moreSpecific(&a.template, &b.template) })
	if !slices.ContainsFunc(p.routes, (*route).watched) {
		return nil, p.nothing(o)
	}
	p.compile(o.Schemas)
	return p, nil
}

func (p *plan) add(c *channel) {
	if c.chosen {
		p.channels = append(p.channels, c)
	}
	if c.address == "" {
		c.notWatched = "the document gives it no address"
		return
	}
	t := newTemplate(c.address, c.spec.Parameters)
	for _, r := range p.routes {
		if r.template.strict.String() == t.strict.String() {
			r.channels = append(r.channels, c)
			return
		}
	}
	p.routes = append(p.routes, &route{template: t, channels: []*channel{c}})
}

// compile prepares the messages of all channels that were chosen, and of those
// that share an address with one.
func (p *plan) compile(o *validate.Options) {
	compiler := newCompiler(p.features, o)
	for _, c := range p.channels {
		c.messages = compiler.messages(c)
	}
	for _, r := range p.routes {
		if !r.watched() || r.kind != "" {
			continue
		}
		for _, c := range r.channels {
			if !c.chosen {
				c.messages = compiler.messages(c)
			}
			r.messages = append(r.messages, c.messages...)
		}
		r.index()
	}
	p.found = compiler.found
}

// index sorts the messages by the CloudEvents types that name them.
func (r *route) index() {
	r.byType = map[string][]*message{}
	for _, m := range r.messages {
		for kind := range m.types {
			r.byType[kind] = append(r.byType[kind], m)
		}
		if m.anyType {
			r.anyType = append(r.anyType, m)
		}
	}
}

// checkChannels tells of ids that the document does not have.
func checkChannels(doc *spec.Document, ids []string) error {
	var known []string
	for _, c := range doc.Channels {
		known = append(known, c.Key.Value)
	}
	for _, id := range ids {
		if slices.Contains(known, id) {
			continue
		}
		if near := diag.Nearest(id, known); near != "" {
			return fmt.Errorf("%w: the document has no channel %q, did you mean %q?", ErrNoChannel, id, near)
		}
		return fmt.Errorf("%w: the document has no channel %q", ErrNoChannel, id)
	}
	return nil
}

// nothing explains why there is no channel to watch.
func (p *plan) nothing(o *Options) error {
	switch {
	case len(p.channels) > 0:
		return fmt.Errorf("%w: none of the channels has an address", ErrNoChannel)
	case o.Server != nil:
		return fmt.Errorf("%w: no channel that was asked for lives on server %q", ErrNoChannel, o.Server.Key.Value)
	}
	return fmt.Errorf("%w: the document has no channels", ErrNoChannel)
}

// livesOn tells whether a channel is to be found on a server. A channel that
// names no servers is on all of them.
func livesOn(c *spec.Channel, s *spec.Server) bool {
	if s == nil || len(c.Servers) == 0 {
		return true
	}
	return slices.ContainsFunc(c.Servers, func(o *spec.Server) bool {
		return o == s || (o.At != source.Span{} && o.At == s.At)
	})
}

// addressOf is where the channel lives under the protocol: for Kafka the topic
// of its binding, when that is set.
func addressOf(c *spec.Channel, protocol string) string {
	if bound := c.Bindings.Protocol(protocol).Address(); bound.Value != "" {
		return bound.Value
	}
	return c.Address.Value
}

// find returns the route of an address, or nil. Loose tells that it was found
// only by disregarding the enums of parameters.
func (p *plan) find(address string) (r *route, values []string, loose bool) {
	for _, loose := range []bool{false, true} {
		for _, r := range p.routes {
			if internal(p.features.Protocol, address, &r.template) {
				continue
			}
			if values, ok := r.template.match(address, loose); ok {
				return r, values, loose
			}
		}
	}
	return nil, nil, false
}

// watches tells whether an address is to be tapped.
func (p *plan) watches(address string) bool {
	r, _, _ := p.find(address)
	return r != nil && r.watched()
}

// listed joins quoted words for a sentence, the first few of many.
func listed(words []string) string {
	const most = 8
	quoted := make([]string, 0, len(words))
	for i, w := range words {
		if i == most {
			return strings.Join(quoted, ", ") + fmt.Sprintf(" and %d more", len(words)-most)
		}
		quoted = append(quoted, fmt.Sprintf("%q", w))
	}
	return strings.Join(quoted, ", ")
}
