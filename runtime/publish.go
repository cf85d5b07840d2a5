package runtime

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Publish sends one message to a channel and returns when it is as durable as
// the transport promises. The values of the channel's parameters stand in its order.
// Missing attributes are filled in as Attributes says; e is not changed. The error is
// an *Error; it matches driver.ErrUnknownOutcome when the message may have been sent
// nevertheless, driver.ErrInvalid when it can never be sent as it is, and
// driver.ErrClosed after Conn.Close.
//
// Generated producers call Conn.Publishing and MessageCodec.Publish, between which they
// say what the message is: through an interface it would lie on the heap.
func Publish(ctx context.Context, c *Conn, ch *Channel, params []string, e Message, opts ...PublishOption) error {
	m := c.Publishing(ctx, ch, params...)
	if !isNil(e) {
		e.CodeMessage(m)
	}
	return m.Publish(opts...)
}

// isNil reports whether there is no envelope: generated methods take a pointer,
// which users may leave nil.
func isNil(e Message) bool {
	v := reflect.ValueOf(e)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// Publishing begins to publish a message to a channel: with what it returns an envelope
// is written, unless there is none, and then its method Publish is called, once. The
// values of the channel's parameters stand in its order.
//
//go:noinline // in the code of every message, which would take longer to build
func (c *Conn) Publishing(ctx context.Context, ch *Channel, params ...string) *MessageCodec {
	m := messageCodecs.Get().(*MessageCodec)
	m.judges = c.options.CheckPublished
	o := &m.outgoing
	o.conn, o.ctx = c, ctx
	address, err := ch.resolve(c.features.Protocol, params)
	if err != nil {
		o.misplaced = err
	}
	setText(&o.address, address)
	return m
}

// PublishingTo is Publishing for a channel that has one parameter: generated code takes
// less time to build without a list of it.
//
//go:noinline
func (c *Conn) PublishingTo(ctx context.Context, ch *Channel, param string) *MessageCodec {
	return c.Publishing(ctx, ch, param)
}

// Publish sends the message that was written, as the function Publish does, and ends
// the use of m.
//
//go:noinline // in the code of every message, which would take longer to build
func (m *MessageCodec) Publish(opts ...PublishOption) error {
	if m.outgoing.conn == nil { // given back twice it would be had by two
		return &Error{Op: opPublish, Err: fmt.Errorf("message was published before: %w", driver.ErrInvalid)}
	}
	err := m.publish(opts)
	m.release()
	return err
}

// PublishAs is Publish for a message of which all that there is was written, but for
// what Message says: it has no attributes of its own and no undeclared headers.
//
//go:noinline // in the code of every message, which would take longer to build
func (m *MessageCodec) PublishAs(name, contentType string, opts ...PublishOption) error {
	m.Message(name, contentType, &Envelope{})
	return m.Publish(opts...)
}

func (m *MessageCodec) publish(opts []PublishOption) error {
	o := &m.outgoing
	if o.misplaced != nil {
		return &Error{Op: opPublish, Err: o.misplaced}
	}
	out, err := m.encode(opts)
	if err != nil {
		return &Error{Op: opPublish, Address: o.address, Err: err}
	}
	out.Address = o.address
	return o.conn.publishMessage(o.ctx, out, o.fresh && len(o.undeclared) == 0)
}

// encode lays what was written onto a transport message without an address.
func (m *MessageCodec) encode(opts []PublishOption) (*driver.Message, error) {
	m.end()
	m.headers.end()
	o := &m.outgoing
	if !o.named {
		return nil, fmt.Errorf("envelope is nil: %w", driver.ErrInvalid)
	}
	c, a := o.conn, &o.attributes
	if len(opts) > 0 {
		a.Extensions = maps.Clone(a.Extensions)
	}
	now := c.timed(a, time.Time{}) // DeclaredTTL counts from it
	for _, set := range opts {
		set(a)
	}
	now = c.timed(a, now)
	c.complete(o.ctx, a, o.name, o.contentType)
	if m.err != nil {
		return nil, fmt.Errorf("payload of %s: %w: %w", o.name, driver.ErrInvalid, m.err)
	}
	if m.value == nil {
		a.DataContentType = "" // of nothing there is no type
	}
	if errs := m.headers.errs; len(errs) > 0 {
		return nil, fmt.Errorf("%s: %w: %w", o.name, driver.ErrInvalid, joined(errs))
	}
	out, err := m.lay(now)
	if err == nil && m.headers.sent.rules != nil {
		err = m.judgeSent(out)
	}
	return out, err
}

// lay makes the transport message of attributes, headers and payload.
func (m *MessageCodec) lay(now time.Time) (*driver.Message, error) {
	o, declared := &m.outgoing, m.headers.written
	c, a := o.conn, &o.attributes
	trace, ok := TraceOf(o.ctx)
	if m.isBrief() {
		var places []Header
		if ok {
			places = trace.headers(o.layout.places(2 + len(declared))[:0])
		}
		return m.layBrief(now, merge(places, declared, nil)), nil
	}
	headers, text := extentOf(a)
	headers += len(declared) + len(o.undeclared)
	if ok {
		headers += 2
	}
	w := attributeWriter{headers: o.layout.places(headers), text: o.layout.room(text + len(a.Key)), ids: c.ids, now: now}
	if err := w.attributes(a, c.names); err != nil {
		return nil, err
	}
	out := o.layout.message()
	out.Value, out.Key, out.Time = m.value, w.piece(a.Key), driver.At(now)
	if ok {
		w.headers = trace.headers(w.headers)
	}
	out.Headers = merge(w.headers, declared, o.undeclared)
	return out, nil
}

// timed fills in the time, and returns what the clock says when that is needed, or
// what it has said.
func (c *Conn) timed(a *Attributes, now time.Time) time.Time {
	if now.IsZero() && (a.ID == "" || a.Time.IsZero()) {
		now = c.options.Now()
	}
	if a.Time.IsZero() {
		a.Time = now
	}
	return now
}

// complete fills in the attributes that are missing, but for the time, and an id
// that c.ids makes.
func (c *Conn) complete(ctx context.Context, a *Attributes, name, contentType string) {
	if name != "" {
		setText(&a.Type, name)
	}
	if contentType != "" {
		setText(&a.DataContentType, contentType)
	}
	if a.ID == "" && c.ids == nil {
		a.ID = c.options.NewID()
	}
	if a.Source == "" {
		a.Source = c.options.Source
	}
	if in := IncomingOf(ctx); in != nil && (a.CausationID == "" || a.CorrelationID == "") {
		id, story := in.cause()
		setDefault(&a.CausationID, id)
		setDefault(&a.CorrelationID, story)
	}
}

// merge joins the headers of attributes with the undeclared and the declared
// ones, in that order: of a name that is among both the declared one counts.
// One declared under the name of an attribute's header takes its place unless
// it is empty; an undeclared one of such a name is left out.
func merge(attributes, declared, undeclared []Header) []Header {
	n := len(attributes)
	all := attributes
	for _, h := range undeclared {
		if lastHeader(all[:n], h.Key) < 0 {
			all = append(all, h)
		}
	}
	for _, h := range declared {
		switch i := lastHeader(all[:n], h.Key); {
		case i < 0:
			all = append(all, h)
		case len(h.Value) > 0:
			all[i].Value = h.Value
		}
	}
	return all
}

// joined returns one error that matches all of errs and reads on one line.
func joined(errs []error) error {
	err := errs[0]
	for _, e := range errs[1:] {
		err = fmt.Errorf("%w; %w", err, e)
	}
	return err
}

// PublishMessage publishes m as it is: no attributes are added and no chain is
// continued. Its errors are those of Publish.
func (c *Conn) PublishMessage(ctx context.Context, m *driver.Message) error {
	return c.publishMessage(ctx, m, false)
}

// PublishOwned is PublishMessage of a message that the caller gives away:
// nobody may change it or its bytes any more, and a transport that keeps messages
// in memory (driver.Keeper) makes no copy.
func (c *Conn) PublishOwned(ctx context.Context, m *driver.Message) error {
	return c.publishMessage(ctx, m, true)
}

func (c *Conn) publishMessage(ctx context.Context, m *driver.Message, owned bool) error {
	err := ctx.Err()
	switch {
	case c.isClosed():
		err = driver.ErrClosed
	case m.Address == "":
		err = fmt.Errorf("message has no address: %w", driver.ErrInvalid)
	case err != nil:
	case c.KeepsBack(ctx):
		err = c.unitOf(ctx).keep(m.Whole(), owned)
	case c.options.Observer != nil:
		err = c.observedSend(ctx, m.Whole(), owned)
	default:
		err = c.send(ctx, m, owned)
	}
	if err != nil {
		return &Error{Op: opPublish, Address: m.Address, Err: err}
	}
	return nil
}

// singles are lists of one message, for reuse: a transport does not keep them.
type singles struct{ pool sync.Pool }

// send hands one message to the transport, which may keep an owned one.
func (c *Conn) send(ctx context.Context, m *driver.Message, owned bool) error {
	if owned && c.keeper != nil {
		return c.keeper.PublishOwned(ctx, m)
	}
	one, ok := c.singles.pool.Get().(*[1]*driver.Message)
	if !ok {
		one = new([1]*driver.Message)
	}
	one[0] = m.Whole()
	err := c.transport.Publish(ctx, one[:]...)
	one[0] = nil
	c.singles.pool.Put(one)
	return err
}
