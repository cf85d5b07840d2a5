package contracttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// shape is what a headers schema says about single headers: which it declares
// and of what types. Headers travel as text, so that the types decide how each
// is read.
type shape struct {
	schema   *schema.Schema
	schemas  []*schema.Schema        // its layers
	types    map[string]schema.Types // of the headers declared by name
	patterns map[string]func(name string) bool
	rest     schema.Types // of headers that neither name nor pattern declares

	contentType string // how the schema spells the header content-type; "" when it does not name it
}

// notText is the types whose text is JSON.
const notText = schema.Types(schema.TypeNull | schema.TypeBoolean | schema.TypeInteger | schema.TypeNumber | schema.TypeArray | schema.TypeObject)

// newShape prepares a headers schema; nil declares nothing.
func newShape(s *schema.Schema) *shape {
	sh := &shape{schema: s, schemas: layers(s), types: map[string]schema.Types{}, patterns: map[string]func(string) bool{}}
	for _, l := range sh.schemas {
		for _, p := range l.PatternProperties {
			if sh.patterns[p.Pattern.Text] == nil {
				sh.patterns[p.Pattern.Text] = nameMatcher(p.Pattern)
			}
		}
	}
	for _, l := range sh.schemas {
		for _, r := range l.Required {
			sh.declare(r.Text)
		}
		for _, p := range l.Properties {
			sh.declare(p.Name.Text)
		}
	}
	sh.rest, _ = s.MemberTextTypes("", func(*schema.Pattern) bool { return false })
	return sh
}

// nameMatcher tells which names a pattern of the schema matches: none, where it is no pattern.
func nameMatcher(p schema.Pattern) func(name string) bool {
	v, found := validate.Compile(&schema.Schema{Pattern: &p}, nil)
	if v == nil || found.HasErrors() {
		return func(string) bool { return false }
	}
	return func(name string) bool { return utf8.ValidString(name) && v.Valid(appendString(nil, name)) }
}

func (sh *shape) declare(name string) {
	if _, ok := sh.types[name]; ok {
		return
	}
	sh.types[name] = sh.find(name)
	if isContentType(name) && sh.contentType == "" {
		sh.contentType = name
	}
}

// find is what types a header may have.
func (sh *shape) find(name string) schema.Types {
	types, _ := sh.schema.MemberTextTypes(name, func(p *schema.Pattern) bool {
		matches := sh.patterns[p.Text]
		return matches != nil && matches(name)
	})
	return types
}

// matched tells whether a pattern matches a name.
func (sh *shape) matched(name string) bool {
	for _, matches := range sh.patterns {
		if matches(name) {
			return true
		}
	}
	return false
}

// layers are the schemas that may speak about one value: the schema itself and
// all branches of its combinators, except under not.
func layers(all ...*schema.Schema) []*schema.Schema {
	var out []*schema.Schema
	queue := append([]*schema.Schema(nil), all...)
	for len(queue) > 0 {
		s := queue[0].Deref()
		queue = queue[1:]
		if s == nil || slices.Contains(out, s) {
			continue
		}
		out = append(out, s)
		queue = append(queue, s.If, s.Then, s.Else)
		queue = append(append(append(queue, s.AllOf...), s.AnyOf...), s.OneOf...)
		for _, d := range s.Dependencies {
			queue = append(queue, d.Schema)
		}
	}
	return out
}

// property returns the schemas that the properties of that name may have.
func (sh *shape) property(name string) []*schema.Schema {
	var out []*schema.Schema
	for _, l := range sh.schemas {
		if p := l.Property(name); p != nil {
			out = append(out, layers(p)...)
		}
	}
	return out
}

// declares tells whether the schema speaks of a header of that name.
func (sh *shape) declares(name string) bool {
	_, ok := sh.types[name]
	return ok || sh.matched(name)
}

// typesAt is what types a header may have; empty means that none is named.
func (sh *shape) typesAt(name string) schema.Types {
	if t, ok := sh.types[name]; ok {
		return t
	}
	if sh.matched(name) {
		return sh.find(name)
	}
	return sh.rest
}

// spelling is a header's name as the schema knows it. Kafka tells names apart by
// case, but producers do not agree on that of the content type.
func (sh *shape) spelling(name string) string {
	if sh.contentType != "" && isContentType(name) {
		return sh.contentType
	}
	return name
}

// isContentType tells whether a header is that of the data's content type.
func isContentType(name string) bool {
	return len(name) == len(contentTypeHeader) && strings.EqualFold(name, contentTypeHeader)
}

// sameHeader tells whether two names are of one header.
func sameHeader(a, b string) bool { return a == b || isContentType(a) && isContentType(b) }

// transportHeader tells whether a header belongs to the transport, to tracing or
// to what became of the message, rather than to the application.
func transportHeader(name, prefix string) bool {
	return (prefix != "" && strings.HasPrefix(name, prefix)) || isContentType(name) ||
		name == "traceparent" || name == "tracestate" || runtime.IsLetterHeader(name)
}

// contentTypeHeader names the header of the data's content type; CloudEvents
// 1.0.2 Kafka binding §3.2.1 keeps it without prefix.
const contentTypeHeader = "content-type"

// appendHeaders appends the headers as one JSON object. Of a repeated header
// the last is taken, and its name returned. CloudEvents attributes, the content
// type and tracing headers are left out unless the schema declares them, and so is
// what has no value where the schema names no null.
func appendHeaders(b []byte, headers []driver.Header, sh *shape, prefix string) (object []byte, repeated []string) {
	b = append(b, '{')
	empty, later := true, repeats(headers)
	for i, h := range headers {
		name := sh.spelling(h.Key)
		if transportHeader(name, prefix) && !sh.declares(name) {
			continue
		}
		if later(i) {
			if !slices.Contains(repeated, name) {
				repeated = append(repeated, name)
			}
			continue
		}
		types := sh.typesAt(name)
		if h.Value == nil && !types.Has(schema.TypeNull) {
			continue
		}
		if !empty {
			b = append(b, ',')
		}
		empty = false
		b = append(appendString(b, name), ':')
		value := h.Value
		if !sh.declares(name) && !utf8.Valid(value) {
			value = bytes.ToValidUTF8(value, []byte("\ufffd"))
		}
		b = appendText(b, value, types)
	}
	return append(b, '}'), repeated
}

// repeats returns a function that tells whether a later header is the same one as
// header i. Its cost stays linear however many headers there are.
func repeats(headers []driver.Header) func(i int) bool {
	if len(headers) <= 16 {
		return func(i int) bool {
			return slices.ContainsFunc(headers[i+1:], func(h driver.Header) bool { return sameHeader(h.Key, headers[i].Key) })
		}
	}
	name := func(i int) string {
		if isContentType(headers[i].Key) {
			return contentTypeHeader
		}
		return headers[i].Key
	}
	last := make(map[string]int, len(headers))
	for i := range headers {
		last[name(i)] = i
	}
	return func(i int) bool { return last[name(i)] != i }
}

// appendText appends a header's or key's text as JSON: as it stands when it is
// the JSON text of a declared type other than string, else as a string. No
// value at all is null. What is no text is no JSON either, as its rules say then.
func appendText(b, text []byte, types schema.Types) []byte {
	if text == nil {
		return append(b, "null"...)
	}
	if types&notText != 0 && types&jsonType(text) != 0 && json.Valid(text) {
		return append(b, text...)
	}
	if !utf8.Valid(text) {
		return append(b, '"', 0xff, '"')
	}
	return appendString(b, text)
}

// jsonType is the types that a JSON text beginning so may have.
func jsonType(text []byte) schema.Types {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return 0
	}
	switch c := text[0]; {
	case c == 'n':
		return schema.Types(schema.TypeNull)
	case c == 't' || c == 'f':
		return schema.Types(schema.TypeBoolean)
	case c == '-' || (c >= '0' && c <= '9'):
		return schema.Types(schema.TypeInteger | schema.TypeNumber)
	case c == '[':
		return schema.Types(schema.TypeArray)
	case c == '{':
		return schema.Types(schema.TypeObject)
	}
	return 0
}

// appendString appends a JSON string. Plain ASCII, the usual case, is copied.
func appendString[T string | []byte](b []byte, s T) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, err := json.Marshal(string(s))
			if err != nil { // cannot be: any Go string has a JSON text
				return append(b, `""`...)
			}
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// HeadersOf lays a JSON object, such as a sample of a headers schema, onto
// transport headers: a string travels as its plain text, everything else as its
// JSON text. It is the inverse of how Verify reads headers.
func HeadersOf(object []byte) ([]driver.Header, error) {
	d := json.NewDecoder(strings.NewReader(string(object)))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, fmt.Errorf("headers must be a JSON object, not %s", excerpt(string(object)))
	}
	var out []driver.Header
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read headers: %w", err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("read headers: %w", err)
		}
		key, _ := name.(string)
		out = append(out, driver.Header{Key: key, Value: []byte(plain(value))})
	}
	return out, nil
}
