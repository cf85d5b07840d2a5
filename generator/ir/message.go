package ir

import "github.com/asyncwire/asyncwire/runtime/check"

// Encoding is how a payload becomes bytes.
type Encoding uint8

// The encodings that the runtime has codecs for.
const (
	JSON Encoding = iota
	TextPlain
	RawBytes
)

// Message is the envelope of one message with its method.
type Message struct {
	Name     string // stem of its Go names
	Envelope string
	Doc      Doc // of the envelope
	// Wire is the message's name on the wire and in the document.
	Wire        string
	ContentType string
	Payload     Type
	Encoding    Encoding
	Rules       string         // name of the payload's rules; empty: none are known
	Headers     *HeaderMethods // nil: none are declared
	Others      *OtherHeaders  // nil: nothing is said of headers that have no field
}

// OtherHeaders are headers that the rules speak of and that have no field.
type OtherHeaders struct {
	Rules string       // of all headers, where none has a field
	Kinds check.Types  // of JSON that their text may be, besides text, where no name says it
	Names []HeaderName // the first that says one name counts
}

// HeaderName says of what kinds headers are, by their name.
type HeaderName struct {
	Name  string
	Rules string // of names, instead of one
	Kinds check.Types
	// Hinted kinds count where no other pattern of the name has any that are not.
	Hinted bool
}

// Judges tells whether the message has a function that judges payloads as JSON: no type has
// their rules.
func (m *Message) Judges() bool { return m.Encoding == JSON && m.Rules != "" && m.Rules == m.Envelope }

// Table is the name of the variable that says how payloads are read and written; "" where
// their type has methods for that, or they are no JSON.
func (m *Message) Table() string {
	if m.Member() == nil {
		return ""
	}
	return "json" + m.Envelope // see that of a Struct
}

// Member is how a table reads and writes payloads, or nil where none of the message does.
func (m *Message) Member() *Member {
	if m.Encoding == RawBytes || HasMethods(m.Payload) || SumOf(m.Payload) != nil {
		return nil
	}
	return memberOf(m.Payload, nil)
}

// HasMethods tells whether values of a type have methods that read and write them.
func HasMethods(t Type) bool {
	n, ok := t.(*Named)
	if !ok {
		return false
	}
	switch d := n.Decl.(type) {
	case *Struct, *Defined, *Tuple:
		return true
	case *Enum:
		return d.Base == Raw
	}
	return false
}

// Declares lists the envelope with its method, what judges its payload, and the table of that.
func (m *Message) Declares() []string {
	names := []string{m.Envelope, m.Envelope + ".CodeMessage"}
	if m.Judges() {
		names = append(names, "Validate"+m.Envelope)
	}
	if table := m.Table(); table != "" {
		names = append(names, table)
	}
	return names
}

// HeaderMethods turn a struct into transport headers and back.
type HeaderMethods struct {
	Struct *Struct
	Code   string // method of the struct
	// Kinds are what the text of each header may be read as, as far as the document
	// names it, by the header's name; else it is a string.
	Kinds map[string]check.Types
	// Rules is the name of the rules of the headers where types do not say all
	// that they demand; else empty.
	Rules string
}

// Declares lists the method.
func (h *HeaderMethods) Declares() []string {
	return []string{h.Struct.Name + "." + h.Code}
}

// Required tells whether any header must be there.
func (h *HeaderMethods) Required() bool {
	for _, f := range h.Struct.Fields {
		if f.Required {
			return true
		}
	}
	return false
}
