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

// text returns the field of an attribute that is a string, or nil.
func (a *Attributes) text(name string) *string {
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
// are no attributes, in order; among them are repetitions of an attribute and
// a time that is not one (RFC 3339). Without a prefix only the attributes that
// Attributes has fields for are recognised, since an extension looks like any
// other header then.
func AttributesOf(m *driver.Message, f driver.Features) (Attributes, []Header) {
	a := Attributes{Key: string(m.Key)}
	var rest []Header
	for i, h := range m.Headers {
		if a.take(h, f.AttributePrefix) {
			continue
		}
		if rest == nil {
			rest = make([]Header, 0, len(m.Headers)-i)
		}
		rest = append(rest, h)
	}
	return a, rest
}

// take sets the attribute that h carries, and reports whether it carries one.
func (a *Attributes) take(h Header, prefix string) bool {
	if strings.EqualFold(h.Key, contentTypeHeader) {
		return takeText(&a.DataContentType, h)
	}
	name, ok := strings.CutPrefix(h.Key, prefix)
	if !ok {
		return false
	}
	switch field := a.text(name); {
	case field != nil:
		return takeText(field, h)
	case name == "specversion":
		return true
	case name == "time":
		return a.takeTime(h)
	case prefix == "" || reserved(name) || !validExtension(name):
		return false
	}
	return a.takeExtension(name, h)
}

// takeText sets a field unless it is set already.
func takeText(field *string, h Header) bool {
	if *field != "" {
		return false
	}
	*field = string(h.Value)
	return true
}

// takeTime sets the time unless it is set already, or h is not a time.
func (a *Attributes) takeTime(h Header) bool {
	t, err := time.Parse(time.RFC3339Nano, string(h.Value))
	if err != nil || !a.Time.IsZero() {
		return false
	}
	a.Time = t.UTC()
	return true
}

// takeExtension sets an extension unless it is set already.
func (a *Attributes) takeExtension(name string, h Header) bool {
	if _, ok := a.Extensions[name]; ok {
		return false
	}
	if a.Extensions == nil {
		a.Extensions = map[string]string{}
	}
	a.Extensions[name] = string(h.Value)
	return true
}

// headers returns the attributes as headers; extensions come last, sorted.
func (a *Attributes) headers(prefix string) ([]Header, error) {
	h := make([]Header, 0, 12+len(a.Extensions))
	add := func(name, value string) {
		if value != "" {
			h = append(h, Header{Key: prefix + name, Value: []byte(value)})
		}
	}
	add("specversion", specVersion)
	add("id", a.ID)
	add("source", a.Source)
	add("type", a.Type)
	add("subject", a.Subject)
	if !a.Time.IsZero() {
		add("time", a.Time.UTC().Format(time.RFC3339Nano))
	}
	add("dataschema", a.DataSchema)
	add("correlationid", a.CorrelationID)
	add("causationid", a.CausationID)
	for _, name := range slices.Sorted(maps.Keys(a.Extensions)) {
		if reserved(name) || !validExtension(name) {
			return nil, fmt.Errorf("extension %q: %w: names of extensions are lower-case letters and digits, "+
				"and not those of other attributes", name, driver.ErrInvalid)
		}
		h = append(h, Header{Key: prefix + name, Value: []byte(a.Extensions[name])})
	}
	if a.DataContentType != "" {
		h = append(h, Header{Key: contentTypeHeader, Value: []byte(a.DataContentType)})
	}
	return h, nil
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
