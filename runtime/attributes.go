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

// The attributes that are texts, in an order of their own.
const (
	textID = iota
	textSource
	textType
	textSubject
	textSchema
	textCorrelation
	textCausation
	textContent
	texts
)

// textOf returns which text an attribute is, or -1.
func textOf(name string) int {
	switch name {
	case "id":
		return textID
	case "source":
		return textSource
	case "type":
		return textType
	case "subject":
		return textSubject
	case "dataschema":
		return textSchema
	case "correlationid":
		return textCorrelation
	case "causationid":
		return textCausation
	}
	return -1
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
	rest := r.read(m.Whole(), f.AttributePrefix)
	var a Attributes
	r.into(&a)
	return a, rest
}

// attributeReader reads attributes out of headers: first where they are, and then
// what they say. The short ones share memory.
type attributeReader struct {
	known      string // the type that is expected, which needs no memory then
	views      [texts][]byte
	key        []byte
	time       time.Time
	extensions map[string]string
}

// jsonType is the content type that nearly all messages have.
const jsonType = "application/json"

// read finds the attributes of a message and returns the headers that are none.
func (r *attributeReader) read(m *driver.Message, prefix string) (rest []Header) {
	r.key = m.Key
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

// into sets the attributes to what was found.
func (r *attributeReader) into(a *Attributes) {
	views, size := &r.views, 0
	for i := range views {
		if view := views[i]; len(view) <= maxShared && !r.knows(view) {
			size += len(view)
		}
	}
	if len(r.key) <= maxShared {
		size += len(r.key)
	}
	var b strings.Builder
	b.Grow(size)
	text := func(view []byte) string {
		switch {
		case len(view) == 0:
			return ""
		case string(view) == jsonType:
			return jsonType
		case string(view) == r.known:
			return r.known
		case len(view) > maxShared:
			return string(view)
		}
		start := b.Len()
		b.Write(view)
		return b.String()[start:]
	}
	a.ID, a.Source, a.Type = text(views[textID]), text(views[textSource]), text(views[textType])
	a.Subject, a.DataSchema, a.DataContentType = text(views[textSubject]), text(views[textSchema]), text(views[textContent])
	a.CorrelationID, a.CausationID, a.Key = text(views[textCorrelation]), text(views[textCausation]), text(r.key)
	a.Time, a.Extensions = r.time, r.extensions
}

// knows reports whether a text needs no memory.
func (r *attributeReader) knows(view []byte) bool {
	return string(view) == jsonType || string(view) == r.known
}

// take takes note of the attribute that h carries, and reports whether it carries
// one that is not known yet.
func (r *attributeReader) take(h *Header, prefix string) bool {
	if isContentType(h.Key) {
		return r.takeText(textContent, h)
	}
	name, ok := strings.CutPrefix(h.Key, prefix)
	if !ok {
		return false
	}
	switch text := textOf(name); {
	case text >= 0:
		return r.takeText(text, h)
	case name == "specversion":
		return true
	case name == "time":
		return r.takeTime(h)
	case prefix == "" || reserved(name) || !validExtension(name):
		return false
	}
	return r.takeExtension(name, h)
}

// takeText takes note of a text unless there is one already.
func (r *attributeReader) takeText(text int, h *Header) bool {
	if len(r.views[text]) > 0 {
		return false
	}
	r.views[text] = h.Value
	return true
}

// takeTime sets the time unless it is set already, or h is not a time.
func (r *attributeReader) takeTime(h *Header) bool {
	if !r.time.IsZero() {
		return false
	}
	var t time.Time
	if t.UnmarshalText(h.Value) != nil { // which wants no string, and is stricter
		var err error
		if t, err = time.Parse(time.RFC3339Nano, string(h.Value)); err != nil {
			return false
		}
	}
	r.time = t.UTC()
	return true
}

// takeExtension sets an extension unless it is set already.
func (r *attributeReader) takeExtension(name string, h *Header) bool {
	if _, ok := r.extensions[name]; ok {
		return false
	}
	if r.extensions == nil {
		r.extensions = map[string]string{}
	}
	r.extensions[name] = string(h.Value)
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
