package ir

// Encoding is how a payload becomes bytes.
type Encoding uint8

// The encodings that the runtime has codecs for.
const (
	JSON Encoding = iota
	TextPlain
	RawBytes
)

// Message is the envelope of one message with its methods.
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
}

// Declares lists the envelope with its methods.
func (m *Message) Declares() []string {
	return []string{m.Envelope, m.Envelope + ".WriteMessage", m.Envelope + ".ReadMessage"}
}

// HeaderMethods turn a struct into transport headers and back.
type HeaderMethods struct {
	Struct      *Struct
	Write, Read string // methods of the struct
	// Rules is the name of the rules of the headers where types do not say all
	// that they demand; else empty.
	Rules string
}

// Declares lists the methods.
func (h *HeaderMethods) Declares() []string {
	return []string{h.Struct.Name + "." + h.Write, h.Struct.Name + "." + h.Read}
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
