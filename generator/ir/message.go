package ir

// Encoding is how a payload becomes bytes.
type Encoding uint8

// The encodings that the runtime has codecs for.
const (
	JSON Encoding = iota
	TextPlain
	RawBytes
)

// Message is the envelope of one message and, where an operation uses it, the
// function that tells the runtime about it.
type Message struct {
	Name     string // stem of its Go names
	Envelope string
	Doc      Doc // of the envelope
	// Func is the function's name; empty when no operation uses the message.
	Func string
	// Wire is the message's name on the wire and in the document.
	Wire        string
	ContentType string
	Payload     Type
	Encoding    Encoding
	Headers     *HeaderMethods // nil: none are declared
}

// Declares lists the envelope and the function.
func (m *Message) Declares() []string {
	if m.Func == "" {
		return []string{m.Envelope}
	}
	return []string{m.Envelope, m.Func}
}

// HeadersType is the type of the envelope's headers.
func (m *Message) HeadersType() Type {
	if m.Headers == nil {
		return NoHeaders
	}
	return &Named{Decl: m.Headers.Struct}
}

// HeaderMethods turn a struct into transport headers and back.
type HeaderMethods struct {
	Struct *Struct
	Write  string // method of the struct
	Read   string // function
}

// Declares lists the method and the function.
func (h *HeaderMethods) Declares() []string {
	return []string{h.Struct.Name + "." + h.Write, h.Read}
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
