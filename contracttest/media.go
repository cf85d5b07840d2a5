package contracttest

import (
	"fmt"
	"mime"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// media is what a content type says.
type media struct {
	name    string // in lower case, without parameters
	charset string // in lower case, "" when it is not said
}

func newMedia(s string) media {
	t, params, err := mime.ParseMediaType(s)
	if err != nil {
		t, _, _ = strings.Cut(s, ";")
		t = strings.ToLower(strings.TrimSpace(t))
	}
	return media{name: t, charset: strings.ToLower(params["charset"])}
}

// isJSON tells whether data of the media type is one JSON text (RFC 6839 for
// the suffix).
func (m media) isJSON() bool {
	return m.name == "json" || strings.HasSuffix(m.name, "/json") || strings.HasSuffix(m.name, "+json")
}

// isText tells whether data of the media type is text and nothing else is known
// of it.
func (m media) isText() bool { return strings.HasPrefix(m.name, "text/") && !m.isJSON() }

// utf8 tells whether text of the media type is UTF-8.
func (m media) utf8() bool {
	switch m.charset {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return false
}

func notJSON(m media) string { return fmt.Sprintf("content type %s is not JSON", excerpt(m.name)) }

// textForm is how the values of a schema are read from text, as generated code
// does it.
type textForm uint8

const (
	textString textForm = iota // the text is a string
	textBare                   // the text is a number or a boolean
	textNot                    // neither, or it cannot be told
)

const bare = schema.Types(schema.TypeBoolean | schema.TypeInteger | schema.TypeNumber)

func textFormOf(s *schema.Schema) textForm {
	switch types := s.NamedTypes() &^ schema.Types(schema.TypeNull); {
	case types == 0 || types == schema.Types(schema.TypeString):
		return textString
	case types&^bare == 0:
		return textBare
	}
	return textNot
}

// maxMedia bounds what is remembered of content types, which messages may make
// many of.
const (
	maxMedia     = 64
	maxMediaSize = 256
)

// mediaTypes remembers how content types read, the first few different ones.
type mediaTypes map[string]media

func (t mediaTypes) of(value []byte) media {
	if known, ok := t[string(value)]; ok {
		return known
	}
	read := newMedia(string(value))
	if len(t) < maxMedia && len(value) <= maxMediaSize {
		t[string(value)] = read
	}
	return read
}

// media is the content type that the message was sent with; its name is "" when
// there is none.
func (v *verifier) media(m *driver.Message) media {
	if value, ok := header(m, contentTypeHeader); ok {
		return v.mediaTypes.of(value)
	}
	return media{}
}

// payloadText is the payload as the JSON text that the schema judges, or why it
// cannot be judged. It is valid until the next call. What the message says of its
// content type has to be of the same kind as what the document says; where neither
// says anything it is JSON.
func (v *verifier) payloadText(m *message, live *driver.Message) (text []byte, why string) {
	if !m.payload.checkable() {
		return nil, m.payload.unchecked
	}
	as, actual := m.media, v.media(live)
	if actual.name != "" {
		if m.media.isText() && !actual.isText() {
			return nil, fmt.Sprintf("content type %s is not text", excerpt(actual.name))
		}
		if m.media.isJSON() && !actual.isJSON() {
			return nil, notJSON(actual)
		}
		as = actual
	}
	switch {
	case live.Value == nil: // such as a Kafka tombstone
		return nullText, ""
	case as.name == "" || as.isJSON():
		return live.Value, ""
	case !as.isText():
		return nil, notJSON(as)
	}
	return v.plainText(m.text, as, live.Value)
}

var nullText = []byte("null")

// plainText is a payload that is text as JSON text.
func (v *verifier) plainText(form textForm, as media, value []byte) (text []byte, why string) {
	switch {
	case !as.utf8():
		return nil, fmt.Sprintf("text in the charset %s is not checked", excerpt(as.charset))
	case form == textNot:
		return nil, "text that is neither a string nor a number or boolean is not checked"
	case form == textBare:
		return value, ""
	}
	v.text = appendBytes(v.text[:0], value)
	return v.text, ""
}

// appendBytes appends a JSON string of bytes, broken UTF-8 included, which is for
// the schema's judge to tell of.
func appendBytes(b, text []byte) []byte {
	b = append(b, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

const hexDigits = "0123456789abcdef"
