package runtime

import (
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Header is one transport header, as it travels.
type Header = driver.Header

// Position is where a received message lies.
type Position struct {
	// Address is the topic, subject, queue or path it was received from.
	Address   string
	Partition int32
	Offset    int64
	// Time is when the message was created according to the transport.
	Time time.Time
}

// Attributes are the context of a message: the CloudEvents 1.0.2 attributes
// (section 3) with the extensions that tie messages together. Received messages
// may lack any of them; Publish fills in what is missing.
type Attributes struct {
	// ID names the message; with Source it is unique. Publish defaults it to
	// Options.NewID.
	ID string
	// Source says who published, as a URI reference. Publish defaults it to
	// Options.Source.
	Source string
	// Type is the name of the message in the document. Publish sets it.
	Type string
	// Subject is what the message is about within Source.
	Subject string
	// Time is when the thing happened. Publish defaults it to Options.Now. It
	// travels in UTC with nanoseconds.
	Time time.Time
	// DataContentType is the media type of the payload. Publish sets it, and leaves
	// it out where there is no payload.
	DataContentType string
	// DataSchema identifies the schema the payload keeps, as a URI.
	DataSchema string
	// Key orders: messages with equal keys at one address are handled in the
	// order they were published. Empty is no key.
	Key string
	// CorrelationID is the same for all messages that belong to one story.
	// While a message is handled, Publish defaults it to that message's
	// correlation id, or to its id.
	CorrelationID string
	// CausationID is the id of the message that caused this one. While a
	// message is handled, Publish defaults it to that message's id.
	CausationID string
	// Extensions are further CloudEvents attributes by name: lower-case
	// letters and digits.
	Extensions map[string]string
}

// become makes *a what *b is. Texts that are the same already, as most are, being empty,
// are not stored again: a running collector would be told of each. It is no method,
// which the compiler would make anew for each envelope that embeds Attributes.
func become(a, b *Attributes) {
	setText(&a.ID, b.ID)
	setText(&a.Source, b.Source)
	setText(&a.Type, b.Type)
	setText(&a.Subject, b.Subject)
	setText(&a.DataContentType, b.DataContentType)
	setText(&a.DataSchema, b.DataSchema)
	setText(&a.Key, b.Key)
	setText(&a.CorrelationID, b.CorrelationID)
	setText(&a.CausationID, b.CausationID)
	a.Time = b.Time
	if a.Extensions != nil || b.Extensions != nil {
		a.Extensions = b.Extensions
	}
}

// setText sets a text that is not the same already.
func setText(to *string, text string) {
	if !same(*to, text) {
		*to = text
	}
}

// same tells whether texts are the same, most of which are absent or lie in one place: of
// these nothing is called.
func same(a, b string) bool {
	return len(a) == len(b) && (len(a) == 0 || unsafe.StringData(a) == unsafe.StringData(b) || a == b)
}

// Envelope is the context of one message. Generated envelopes embed it beside
// their typed payload and headers.
type Envelope struct {
	Attributes
	// Undeclared are received headers that the document does not declare, in
	// order. Publish sends them before the declared ones. The bytes of received
	// ones are shared and must not be changed.
	Undeclared []Header
	// Position tells where a received message lies; Publish ignores it.
	Position Position
}

// Message is a generated envelope: it embeds Envelope, and has a method that says
// what its headers and payload are, and which context it has; see MessageCodec.
type Message interface {
	// CodeMessage reads or writes the message. It is called by Publish and by
	// Incoming.Decode. It sets nothing before it is read: what is read into an envelope
	// that was made for it is not cleared.
	CodeMessage(m *MessageCodec)
}

// PublishOption sets an attribute of one message that is being published,
// over what its envelope says.
type PublishOption func(*Attributes)

// Key sets the key that orders and partitions.
func Key(key string) PublishOption { return func(a *Attributes) { a.Key = key } }

// Subject sets what the message is about.
func Subject(subject string) PublishOption { return func(a *Attributes) { a.Subject = subject } }

// ID sets the message's id in place of a new one.
func ID(id string) PublishOption { return func(a *Attributes) { a.ID = id } }

// CorrelationID sets the story that the message belongs to.
func CorrelationID(id string) PublishOption { return func(a *Attributes) { a.CorrelationID = id } }

// Time sets when the thing happened in place of now.
func Time(t time.Time) PublishOption { return func(a *Attributes) { a.Time = t } }
