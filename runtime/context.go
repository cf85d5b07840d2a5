package runtime

import (
	"cmp"
	"context"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Incoming is one attempt at one received message. It belongs to that attempt
// and may be kept; its methods may be called concurrently.
//
// There is one for each message, so that it is small: what few need is apart.
type Incoming struct {
	message *driver.Message
	origin  *origin
	rare    atomic.Pointer[rare] // nil: nothing
	attempt int32
	route   uint16 // which of origin.handlers
	// unchecked tells that the document's rules do not judge the message.
	unchecked bool
	// passed tells that middleware has let the message through to what handles it later.
	passed bool
}

// origin is what all messages of a consumer have in common.
type origin struct {
	ctx      context.Context // of handlers; it ends when the drain budget is spent
	features *driver.Features
	handlers []string // names of the routes, behind that of none
}

// A payload of which a string makes up at least a half is not copied for it, if the
// string is not too small for what it keeps: a tenth of that.
const mostKept = 10

// lasting returns how long strings of a payload of so many bytes are at least that
// need not be copied, 0 when all have to be.
func (o *origin) lasting(size int) int {
	if o.features.KeepsAtMost <= 0 {
		return 0
	}
	return max(size/2, o.features.KeepsAtMost/mostKept, 1)
}

// rare is what few messages have of their own.
type rare struct {
	ctx      context.Context // in place of that of the origin
	unrouted error           // why there is no route
	took     time.Duration   // by the handler, for the Observer
	unit     *keptBack       // what its handler publishes; nil: at once
	parts    atomic.Pointer[parts]
	trace    atomic.Pointer[TraceContext]
	started  atomic.Bool // its handler was, where a rate counts that
}

// own returns what the message has of its own.
func (in *Incoming) own() *rare {
	if in.rare.Load() == nil {
		in.rare.CompareAndSwap(nil, new(rare))
	}
	return in.rare.Load()
}

// parts are a message's headers, told apart.
type parts struct {
	attributes Attributes
	rest       []Header
}

// scope is an Incoming as the context that a handler gets: that of the consumer,
// with the message in it.
type scope Incoming

// parent returns the context without the message.
func (s *scope) parent() context.Context {
	if r := s.rare.Load(); r != nil && r.ctx != nil {
		return r.ctx
	}
	return s.origin.ctx
}

// Deadline is that of the parent.
func (s *scope) Deadline() (time.Time, bool) { return s.parent().Deadline() }

// Done is that of the parent.
func (s *scope) Done() <-chan struct{} { return s.parent().Done() }

// Err is that of the parent.
func (s *scope) Err() error { return s.parent().Err() }

// inboundKey finds the Incoming in a context.
type inboundKey struct{}

// Value returns what the context holds for key.
func (s *scope) Value(key any) any {
	switch key {
	case inboundKey{}:
		return (*Incoming)(s)
	case driver.HandledKey{}:
		return (*Incoming)(s).Message()
	}
	return s.parent().Value(key)
}

// begin fills in an Incoming and returns its context.
func (in *Incoming) begin(o *origin, m *driver.Message, attempt int) context.Context {
	in.origin, in.message, in.attempt = o, m, int32(min(attempt, math.MaxInt32))
	return in.Context()
}

// within puts another context around the message, before anybody has it.
func (in *Incoming) within(ctx context.Context) { in.own().ctx = ctx }

// started reports whether the handler was started, where a rate counts that.
func (in *Incoming) started() bool {
	r := in.rare.Load()
	return r != nil && r.started.Load()
}

// unrouted returns why there is no route.
func (in *Incoming) unrouted() error { return in.own().unrouted }

// Context returns the context of this attempt, for what is done with one message
// of a batch or of Fetch: what is published with it continues the chain of causes.
func (in *Incoming) Context() context.Context { return (*scope)(in) }

// Message returns the message as the transport delivered it. It is shared with
// further attempts, with what is moved to other addresses, and with other groups: it
// must not be changed, nor must its bytes.
func (in *Incoming) Message() *driver.Message { return in.message.Whole() }

// brief returns what stands for the headers of attributes, nil when they are there.
func (in *Incoming) brief() *brief { return briefOf(in.message) }

// Value returns the payload's bytes, which must not be changed, as those of Message:
// strings of a decoded payload may be parts of them too. Nil is no payload.
func (in *Incoming) Value() []byte { return in.message.Value }

// Attributes returns the message's attributes, read out of its headers when
// this is first called.
func (in *Incoming) Attributes() *Attributes { return &in.split().attributes }

// Headers returns the headers that are neither attributes nor those of a
// Letter, in order. Their bytes must not be changed.
func (in *Incoming) Headers() []Header { return in.split().rest }

// split reads the attributes, once.
func (in *Incoming) split() *parts {
	own := in.own()
	if p := own.parts.Load(); p != nil {
		return p
	}
	p := new(parts)
	if b := in.brief(); b != nil {
		p.rest = restOf(in.message)
		b.into(&p.attributes)
	} else {
		r := attributeReader{known: in.Handler()}
		p.rest = withoutLetters(r.read(in.message, in.origin.features.AttributePrefix))
		r.into(&p.attributes)
	}
	if !own.parts.CompareAndSwap(nil, p) {
		return own.parts.Load()
	}
	return p
}

// cause returns what a message that this one causes is told of it: the id, and
// the story that it belongs to, which begins with it when it has none.
func (in *Incoming) cause() (id, story string) {
	if r := in.rare.Load(); r != nil {
		if p := r.parts.Load(); p != nil {
			return p.attributes.ID, cmp.Or(p.attributes.CorrelationID, p.attributes.ID)
		}
	}
	if b := in.brief(); b != nil {
		return b.cause()
	}
	prefix := in.origin.features.AttributePrefix
	for _, h := range in.message.Headers { // of repeated ones the last counts
		switch name, _ := strings.CutPrefix(h.Key, prefix); {
		case len(name) == len(h.Key) && prefix != "", len(h.Value) == 0:
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
	return Position{Address: m.Address, Partition: m.Partition, Offset: m.Offset, Time: m.Time.Time()}
}

// Attempt returns how many times the message has been tried by this consumer,
// this time included: 1 the first time.
func (in *Incoming) Attempt() int { return int(in.attempt) }

// Handler returns the name of the message's route, empty when it has none.
func (in *Incoming) Handler() string {
	if in.route == 0 {
		return ""
	}
	return in.origin.handlers[in.route]
}

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
		return in.Attempt()
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
