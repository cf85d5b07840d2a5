package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// MessageCodec reads or writes one message: the method CodeMessage of its envelope
// says once what it has, and that is how it is read as well as written:
//
//	func (e *OrderPlacedEnvelope) CodeMessage(m *runtime.MessageCodec) {
//		e.Headers.codeHeaders(m.Headers())
//		e.Payload.CodeJSON(m.JSON(rules, "OrderPlaced"))
//		m.Message("orderPlaced", "application/json", &e.Envelope)
//	}
//
// Each part ends where the next is asked for. What goes wrong is told when the
// message is published, or by Incoming.Decode. A MessageCodec keeps nothing of the
// envelope, which need not lie on the heap.
type MessageCodec struct {
	open    openPart
	writer  codec.Writer  // of the part
	mute    codec.Writer  // of headers that need not be written to be judged: it is stopped
	reader  *codec.Reader // of the part
	rules   *check.Rules  // that judge the part; nil: none
	schema  string        // of rules
	judges  bool          // parts are judged
	fresh   bool          // the envelope that is read was made for it
	scratch []byte        // empty, where headers are written to be judged
	none    schemaOf      // without headers, what was judged by it is valid

	headers HeaderCodec
	value   []byte // the payload
	err     error  // why there is none, or it cannot be read
	mode    error  // why what was received is not of the binary mode

	outgoing outgoing
	incoming *Incoming // nil: the message is written
	context  attributeReader
}

// schemaOf names a schema.
type schemaOf struct {
	rules  *check.Rules
	schema string
}

// openPart is what of a message is being written or read.
type openPart uint8

const (
	nothingOpen openPart = iota
	jsonOpen             // the payload
	textOpen             // the payload, as a string of JSON
	headersOpen          // the headers as they are judged
	givenOpen            // the payload, which is read
)

// outgoing is what a message has that is being published.
type outgoing struct {
	conn              *Conn
	ctx               context.Context
	address           string
	misplaced         error // why there is no address
	named             bool  // there is an envelope
	name, contentType string
	attributes        Attributes
	undeclared        []Header
	fresh             bool // nobody else has the payload
	layout            layout
}

var messageCodecs = sync.Pool{New: func() any {
	m := &MessageCodec{scratch: []byte{}}
	m.mute.Reset([]byte{})
	return m
}}

// release gives a MessageCodec back. Of what is no state, and small, it keeps what the
// next message writes over: each write of a pointer is told to a running collector.
func (m *MessageCodec) release() {
	m.end()
	m.headers.end()
	if m.incoming != nil {
		if m.incoming.brief() == nil {
			m.context = attributeReader{}
		}
		m.incoming = nil
	} else {
		m.outgoing.forget()
	}
	m.headers.forget()
	if m.value = nil; m.err != nil || m.mode != nil {
		m.err, m.mode = nil, nil
	}
	messageCodecs.Put(m)
}

// forget makes room for another message.
func (o *outgoing) forget() {
	o.conn, o.ctx = nil, nil
	if o.misplaced != nil {
		o.misplaced = nil
	}
	o.named, o.fresh = false, false
	if o.undeclared != nil || o.attributes.Extensions != nil {
		o.undeclared, o.attributes.Extensions = nil, nil
	}
}

// Reading tells whether the message is read; else it is written.
func (m *MessageCodec) Reading() bool { return m.incoming != nil }

// Message comes last: it says what the message is called in the document, which is its
// CloudEvents type, the media type of its payload, and which envelope has its context,
// or gets it.
//
//go:noinline // in the code of every message, which would take longer to build
func (m *MessageCodec) Message(name, contentType string, e *Envelope) {
	m.end()
	if m.mode != nil && checkMode(contentType) != nil {
		m.mode = nil // the document means the whole of it
	}
	if m.incoming == nil {
		o := &m.outgoing
		o.named = true
		setText(&o.name, name)
		setText(&o.contentType, contentType)
		become(&o.attributes, &e.Attributes)
		if e.Undeclared != nil {
			o.undeclared = e.Undeclared
		}
		return
	}
	if m.err == nil && len(m.headers.errs) == 0 {
		if b := m.incoming.brief(); b != nil {
			b.into(&e.Attributes)
		} else {
			m.context.into(&e.Attributes)
		}
		if e.Position = m.incoming.Position(); m.headers.given != nil || e.Undeclared != nil {
			e.Undeclared = m.headers.undeclared()
		}
	}
}

// Headers is where the declared headers are read from, or written to.
func (m *MessageCodec) Headers() *HeaderCodec { return &m.headers }

// CheckHeaders has the declared headers judged, by the schema of that name, as they came
// or are sent. Who knows what they are as an object of JSON may write that: it is not
// looked at.
func (m *MessageCodec) CheckHeaders(rules *check.Rules, schema string) *codec.JSON {
	m.end()
	m.headers.end()
	switch {
	case !m.judges || len(m.headers.errs) > 0:
	case m.headers.reading:
		m.judgeHeaders(rules, schema)
	default:
		m.headers.sent.rules, m.headers.sent.schema = rules, schema
	}
	m.mute.Stop() // and forget the last ones, if they were no object
	return m.mute.JSON()
}

// judgeHeaders has the headers judged that were read, or are sent.
func (m *MessageCodec) judgeHeaders(rules *check.Rules, schema string) {
	m.begin(headersOpen, rules, schema, m.scratch)
	m.headers.object(&m.writer)
	m.end()
}

// JSON is where a payload is read from, or written to, that is JSON (RFC 8259). The
// schema of that name judges it: what is received, unless consumers are told not to,
// before it is read, or as a Struct of package codec is; and what is published where
// Options.CheckPublished asks for that. Of what is not valid nothing is decoded. Without
// rules, nil, it need only be JSON. A message without a payload has null.
//
//go:noinline // in the code of every message, which would take longer to build
func (m *MessageCodec) JSON(rules *check.Rules, schema string) *codec.JSON {
	m.end()
	if m.incoming != nil {
		return m.read(m.value, rules, schema, m.incoming.origin.lasting(len(m.value)))
	}
	return m.begin(jsonOpen, rules, schema, m.outgoing.layout.open())
}

// Text is JSON for a payload that is UTF-8 text, which is read or written as a string;
// null is no payload.
func (m *MessageCodec) Text(rules *check.Rules, schema string) *codec.JSON {
	m.end()
	switch {
	case m.incoming == nil:
		return m.begin(textOpen, rules, schema, m.outgoing.layout.open())
	case m.value == nil:
		return m.read(nil, rules, schema, 0)
	case !utf8.Valid(m.value):
		return m.refuse(errors.New("payload is not UTF-8 text"))
	}
	text := asString(m.value) // nobody else has it
	return m.read(text, rules, schema, len(text)/2)
}

// Bytes reads or writes a payload that is bytes already. Nil is no payload, which has
// no content type either.
func (m *MessageCodec) Bytes(payload *[]byte) {
	m.end()
	if m.incoming != nil {
		*payload = bytes.Clone(m.value)
	} else {
		m.value, m.outgoing.fresh = *payload, false
	}
}

// begin begins to write a part.
func (m *MessageCodec) begin(p openPart, rules *check.Rules, schema string, room []byte) *codec.JSON {
	m.open = p
	if m.rules != rules {
		m.rules = rules
	}
	setText(&m.schema, schema)
	m.writer.Reset(room)
	return m.writer.JSON()
}

// read has data judged, at once or as it is read, and begins to read it; strings of at
// least lasting bytes may be parts of it, unless that is 0.
func (m *MessageCodec) read(data []byte, rules *check.Rules, schema string, lasting int) *codec.JSON {
	if data == nil { // such as a tombstone
		data = null
	}
	by := check.Any()
	if m.judges && rules != nil {
		by = rules.Of(schema)
	}
	m.open, m.reader = givenOpen, codec.BeginBy(data, by)
	m.reader.Lasting(lasting)
	if m.fresh && !by.Allows(check.AllowDuplicateKeys) { // else a name may be read twice, over itself
		m.reader.Fresh()
	}
	return m.reader.JSON()
}

// null is what a message without a payload has, where its schema takes null.
var null = []byte("null")

// refuse lets nothing be read.
func (m *MessageCodec) refuse(err error) *codec.JSON {
	m.open, m.reader = givenOpen, codec.Refuse(err)
	return m.reader.JSON()
}

// end ends the part that was begun, if one was.
func (m *MessageCodec) end() {
	if m.open != nothingOpen {
		m.endPart()
	}
}

func (m *MessageCodec) endPart() {
	p := m.open
	m.open = nothingOpen
	switch p {
	case givenOpen:
		if m.err = m.reader.End(); m.err != nil && m.value == nil {
			m.err = errors.New("message has no payload")
		}
	case jsonOpen, textOpen:
		written, err := m.writer.End()
		m.value, m.outgoing.fresh = m.outgoing.layout.close(written), true
		if m.err = m.judged(m.value, err); p == textOpen && m.err == nil {
			m.value, m.err = unquoted(m.value)
		}
	case headersOpen:
		written, err := m.writer.End()
		if n := cap(written); n > cap(m.scratch) && n <= maxScratch {
			m.scratch = written[:0]
		}
		if err = m.judgedHeaders(written, err); err != nil {
			m.headers.errs = append(m.headers.errs, fmt.Errorf("headers: %w", err))
		}
	}
}

// unquoted is the text of a payload: of null there is none, which text has no word for.
func unquoted(value []byte) ([]byte, error) {
	if bytes.Equal(value, null) {
		return nil, nil
	}
	return codec.AppendText([]byte{}, value)
}

// judged returns why a part could not be written, or what its rules say.
func (m *MessageCodec) judged(data []byte, err error) error {
	if err != nil || !m.judges || m.rules == nil {
		return err
	}
	return m.rules.Of(m.schema).Check(data)
}

// judgedHeaders is judged for headers. Most messages have none, which a schema judges
// the same each time.
func (m *MessageCodec) judgedHeaders(data []byte, err error) error {
	by := schemaOf{m.rules, m.schema}
	none := string(data) == "{}"
	if none && by == m.none {
		return err
	}
	if err = m.judged(data, err); err == nil && none {
		m.none = by
	}
	return err
}

// decode has an envelope read from what was received; a fresh one is zero, since it was
// made for that.
func (m *MessageCodec) decode(in *Incoming, e Message, fresh bool) error {
	m.incoming, m.value, m.judges, m.fresh = in, in.message.Value, !in.unchecked, fresh
	m.find(in)
	e.CodeMessage(m)
	m.end()
	m.headers.end()
	if m.mode != nil {
		return m.mode
	}
	if errs := m.headers.errs; len(errs) > 0 {
		return joined(errs)
	}
	if m.err != nil {
		return fmt.Errorf("payload: %w", m.err)
	}
	return nil
}

// find finds the attributes and the other headers of what was received.
func (m *MessageCodec) find(in *Incoming) {
	m.headers.reading, m.headers.all = true, in.message
	m.headers.prefix = in.origin.features.AttributePrefix
	if b := in.brief(); b != nil {
		if rest := restOf(in.message); rest != nil {
			m.headers.given = rest
		}
		m.mode = checkMode(b.attributes.DataContentType)
		return
	}
	m.context.known = in.Handler()
	m.headers.given = withoutLetters(m.context.read(in.message, in.origin.features.AttributePrefix))
	m.mode = checkMode(m.context.views[textContent])
}

// marshal is json.Marshal without escaping for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
