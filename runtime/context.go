package runtime

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Incoming is one attempt at one received message. It belongs to that attempt
// and may be kept; its methods may be called concurrently.
type Incoming struct {
	scope    scope // the handler's context
	message  *driver.Message
	features *driver.Features
	handler  string // name of the route
	unrouted error  // why there is no route
	attempt  int
	unit     *keptBack // what its handler publishes; nil: at once
	// unchecked tells that the document's rules do not judge the message.
	unchecked bool
	took      time.Duration // by the handler, for the Observer
	parts     atomic.Pointer[parts]
	trace     atomic.Pointer[TraceContext]
}

// parts are a message's headers, told apart.
type parts struct {
	attributeReader
	rest []Header
}

// scope is the context that a handler gets: that of the consumer, which ends
// when the drain budget is spent, with the message in it.
type scope struct {
	context.Context
	in *Incoming
}

// inboundKey finds the Incoming in a context.
type inboundKey struct{}

// Value returns what the context holds for key.
func (s *scope) Value(key any) any {
	if key == (inboundKey{}) {
		return s.in
	}
	return s.Context.Value(key)
}

// begin fills in an Incoming and returns its context.
func (in *Incoming) begin(ctx context.Context, m *driver.Message, f *driver.Features, attempt int) context.Context {
	in.scope = scope{ctx, in}
	in.message, in.features, in.attempt = m, f, attempt
	return &in.scope
}

// Context returns the context of this attempt, for what is done with one message
// of a batch or of Fetch: what is published with it continues the chain of causes.
func (in *Incoming) Context() context.Context { return &in.scope }

// Message returns the message as the transport delivered it. It is shared and
// must not be changed.
func (in *Incoming) Message() *driver.Message { return in.message }

// Value returns the payload's bytes, which must not be changed; nil is no
// payload.
func (in *Incoming) Value() []byte { return in.message.Value }

// Attributes returns the message's attributes, read out of its headers when
// this is first called.
func (in *Incoming) Attributes() *Attributes { return &in.split().attributes }

// Headers returns the headers that are neither attributes nor those of a
// Letter, in order. Their bytes must not be changed.
func (in *Incoming) Headers() []Header { return in.split().rest }

// split reads the attributes, once.
func (in *Incoming) split() *parts {
	if p := in.parts.Load(); p != nil {
		return p
	}
	p := &parts{attributeReader: attributeReader{known: in.handler}}
	p.rest = withoutLetters(p.read(in.message, in.features.AttributePrefix))
	if !in.parts.CompareAndSwap(nil, p) {
		return in.parts.Load()
	}
	return p
}

// cause returns what a message that this one causes is told of it: the id, and
// the story that it belongs to, which begins with it when it has none.
func (in *Incoming) cause() (id, story string) {
	if p := in.parts.Load(); p != nil {
		return p.attributes.ID, cmp.Or(p.attributes.CorrelationID, p.attributes.ID)
	}
	for _, h := range in.message.Headers { // of repeated ones the last counts
		switch name, _ := strings.CutPrefix(h.Key, in.features.AttributePrefix); {
		case len(name) == len(h.Key) && in.features.AttributePrefix != "", len(h.Value) == 0:
		case name == "id":
			id = string(h.Value)
		case name == "correlationid":
			story = string(h.Value)
		}
	}
	return id, cmp.Or(story, id)
}

// Type returns the message's CloudEvents type, empty when it has none.
func (in *Incoming) Type() string { return in.Attributes().Type }

// Position tells where the message lies.
func (in *Incoming) Position() Position {
	m := in.message
	return Position{Address: m.Address, Partition: m.Partition, Offset: m.Offset, Time: m.Time}
}

// Attempt returns how many times the message has been tried by this consumer,
// this time included: 1 the first time.
func (in *Incoming) Attempt() int { return in.attempt }

// Handler returns the name of the message's route, empty when it has none.
func (in *Incoming) Handler() string { return in.handler }

// IncomingOf returns the message that is being handled, nil outside of a
// handler.
func IncomingOf(ctx context.Context) *Incoming {
	in, _ := ctx.Value(inboundKey{}).(*Incoming)
	return in
}

// Attempt returns how many times the message that is being handled has been
// tried by this consumer, this time included: 1 the first time. Outside of a
// handler it is 0.
func Attempt(ctx context.Context) int {
	if in := IncomingOf(ctx); in != nil {
		return in.attempt
	}
	return 0
}

// Consumed returns the attributes of the message that is being handled, and
// false outside of a handler.
func Consumed(ctx context.Context) (Attributes, bool) {
	if in := IncomingOf(ctx); in != nil {
		return *in.Attributes(), true
	}
	return Attributes{}, false
}
