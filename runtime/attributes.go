package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

const (
	specVersion       = "1.0"
	contentTypeHeader = "content-type"
)

// reserved are the attribute names that are not extensions, with those that
// Attributes has fields for.
func reserved(name string) bool {
	switch name {
	case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data",
		"correlationid", "causationid":
		return true
	}
	return false
}

// textField returns the field of an attribute that is a string, or nil.
func textField(a *Attributes, name string) *string {
	switch name {
	case "id":
		return &a.ID
	case "source":
		return &a.Source
	case "type":
		return &a.Type
	case "subject":
		return &a.Subject
	case "dataschema":
		return &a.DataSchema
	case "correlationid":
		return &a.CorrelationID
	case "causationid":
		return &a.CausationID
	}
	return nil
}

// AttributesOf reads a message's attributes out of its headers, in the binary
// content mode of CloudEvents 1.0.2 (Kafka protocol binding, section 3.2): the
// header of an attribute is its name behind f.AttributePrefix, its value plain
// UTF-8; the data content type is the header content-type; the key is the
// message's key. What is missing stays empty. It also returns the headers that
// are no attributes, in order; among them are a time that is not one (RFC 3339)
// and repetitions of an attribute, of which the last counts. Without a prefix only the attributes that
// Attributes has fields for are recognised, since an extension looks like any
// other header then.
func AttributesOf(m *driver.Message, f driver.Features) (Attributes, []Header) {
	var r attributeReader
	rest := r.read(m, f.AttributePrefix)
	return r.attributes, rest
}

// attributeReader reads attributes out of headers. The short ones share memory.
type attributeReader struct {
	attributes Attributes
	text       strings.Builder
	known      string // the type that is expected, which needs no memory then
}

// jsonType is the content type that nearly all messages have.
const jsonType = "application/json"

// read reads the attributes of a message and returns the headers that are none.
func (r *attributeReader) read(m *driver.Message, prefix string) (rest []Header) {
	size := len(m.Key)
	for i := range m.Headers {
		if h := &m.Headers[i]; r.shares(h, prefix) {
			size += len(h.Value)
		}
	}
	r.text.Grow(size)
	r.attributes.Key = r.string(m.Key)
	for i := len(m.Headers) - 1; i >= 0; i-- {
		if r.take(&m.Headers[i], prefix) {
			continue
		}
		if rest == nil {
			rest = make([]Header, 0, i+1)
		}
		rest = append(rest, m.Headers[i])
	}
	slices.Reverse(rest)
	return rest
}

// maxShared is how long a text may be that shares memory with others: one that is
// kept keeps theirs.
const maxShared = 64

// shares reports whether the text of a header is likely to share memory.
func (r *attributeReader) shares(h *Header, prefix string) bool {
	if len(h.Value) > maxShared || string(h.Value) == jsonType || string(h.Value) == r.known {
		return false
	}
	name, ok := strings.CutPrefix(h.Key, prefix)
	return ok && name != "specversion" && name != "time"
}

// string returns text that is kept.
func (r *attributeReader) string(text []byte) string {
	switch {
	case string(text) == jsonType:
		return jsonType
	case r.known != "" && string(text) == r.known:
		return r.known
	}
	if len(text) > maxShared || r.text.Cap()-r.text.Len() < len(text) {
		return string(text)
	}
	start := r.text.Len()
	r.text.Write(text)
	return r.text.String()[start:]
}

// take sets the attribute that h carries, and reports whether it carries one.
func (r *attributeReader) take(h *Header, prefix string) bool {
	a := &r.attributes
	if isContentType(h.Key) {
		return r.takeText(&a.DataContentType, h)
	}
	name, ok := strings.CutPrefix(h.Key, prefix)
	if !ok {
		return false
	}
	switch field := textField(a, name); {
	case field != nil:
		return r.takeText(field, h)
	case name == "specversion":
		return true
	case name == "time":
		return takeTime(a, h)
	case prefix == "" || reserved(name) || !validExtension(name):
		return false
	}
	return takeExtension(a, name, h)
}

// takeText sets a field unless it is set already.
func (r *attributeReader) takeText(field *string, h *Header) bool {
	if *field != "" {
		return false
	}
	*field = r.string(h.Value)
	return true
}

// takeTime sets the time unless it is set already, or h is not a time.
func takeTime(a *Attributes, h *Header) bool {
	t, err := time.Parse(time.RFC3339Nano, string(h.Value))
	if err != nil || !a.Time.IsZero() {
		return false
	}
	a.Time = t.UTC()
	return true
}

// takeExtension sets an extension unless it is set already.
func takeExtension(a *Attributes, name string, h *Header) bool {
	if _, ok := a.Extensions[name]; ok {
		return false
	}
	if a.Extensions == nil {
		a.Extensions = map[string]string{}
	}
	a.Extensions[name] = string(h.Value)
	return true
}

// attributeNames are the header names of the attributes that Attributes has
// fields for, made once for a prefix.
type attributeNames struct {
	prefix                                       string
	specVersion, id, source, kind, subject       string
	time, dataSchema, correlationID, causationID string
}

func newAttributeNames(prefix string) *attributeNames {
	return &attributeNames{
		prefix:      prefix,
		specVersion: prefix + "specversion", id: prefix + "id", source: prefix + "source", kind: prefix + "type",
		subject: prefix + "subject", time: prefix + "time", dataSchema: prefix + "dataschema",
		correlationID: prefix + "correlationid", causationID: prefix + "causationid",
	}
}

// attributeWriter lays out headers with their values in one piece of memory.
type attributeWriter struct {
	headers []Header
	text    []byte
	done    int  // how much of text belongs to headers
	ids     *ids // makes an id that is missing; nil: none is
	now     time.Time
}

// extentOf returns how many headers the attributes make at most, and how many
// bytes of text. An id that is missing counts.
func extentOf(a *Attributes) (headers, text int) {
	headers, text = 3+len(a.Extensions), len(specVersion)+max(len(a.ID), lengthOfID)+len(time.RFC3339Nano)
	for _, n := range [...]int{
		len(a.Source), len(a.Type), len(a.Subject), len(a.DataSchema), len(a.CorrelationID), len(a.CausationID), len(a.DataContentType),
	} {
		if text += n; n > 0 {
			headers++
		}
	}
	for _, value := range a.Extensions {
		text += len(value)
	}
	return headers, text
}

// attributes appends the attributes as headers; extensions come last, sorted.
func (w *attributeWriter) attributes(a *Attributes, names *attributeNames) error {
	w.add(names.specVersion, specVersion)
	if a.ID == "" && w.ids != nil {
		w.text = w.ids.append(w.text, w.now)
		w.end(names.id)
	}
	w.add(names.id, a.ID)
	w.add(names.source, a.Source)
	w.add(names.kind, a.Type)
	w.add(names.subject, a.Subject)
	if !a.Time.IsZero() {
		w.text = a.Time.UTC().AppendFormat(w.text, time.RFC3339Nano)
		w.end(names.time)
	}
	w.add(names.dataSchema, a.DataSchema)
	w.add(names.correlationID, a.CorrelationID)
	w.add(names.causationID, a.CausationID)
	if len(a.Extensions) > 0 {
		if err := w.extensions(names.prefix, a.Extensions); err != nil {
			return err
		}
	}
	w.add(contentTypeHeader, a.DataContentType)
	return nil
}

// extensions appends the headers of extensions.
func (w *attributeWriter) extensions(prefix string, extensions map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(extensions)) {
		if reserved(name) || !validExtension(name) {
			return fmt.Errorf("extension %q: %w: names of extensions are lower-case letters and digits, "+
				"and not those of other attributes", name, driver.ErrInvalid)
		}
		w.text = append(w.text, extensions[name]...)
		w.end(prefix + name)
	}
	return nil
}

// add appends a header unless its value is empty.
func (w *attributeWriter) add(name, value string) {
	if value != "" {
		w.text = append(w.text, value...)
		w.end(name)
	}
}

// end makes a header of what was appended to the text.
func (w *attributeWriter) end(name string) {
	w.headers = append(w.headers, Header{Key: name, Value: w.cut()})
}

// piece returns a text, nil when it is empty.
func (w *attributeWriter) piece(text string) []byte {
	if text == "" {
		return nil
	}
	w.text = append(w.text, text...)
	return w.cut()
}

// cut returns what was appended to the text since the last time.
func (w *attributeWriter) cut() []byte {
	start, n := w.done, len(w.text)
	w.done = n
	return w.text[start:n:n]
}

// validExtension reports whether name may name an attribute (CloudEvents
// 1.0.2, section 3.1: lower-case letters and digits).
func validExtension(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
