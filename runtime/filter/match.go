package filter

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// object is what an object in a pattern says: it matches an object of which
// all fields match.
type object struct {
	fields []field
	byName map[string]int // when there are many
	slot   int            // of the first field; the others follow
	absent bool           // matches what has no fields
}

// field has a rule, or an object of its own.
type field struct {
	name   string
	rule   *rule
	object *object
}

// manyFields is how many fields are worth a map.
const manyFields = 8

// find returns the index of a field, or -1.
func (o *object) find(name []byte) int {
	if o.byName != nil {
		if i, ok := o.byName[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range o.fields {
		if o.fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// matchesAbsent reports whether a field matches when it is not there.
func (f *field) matchesAbsent() bool {
	if f.rule != nil {
		return f.rule.absent
	}
	return f.object.absent
}

// matching is the state of one match over a payload.
type matching struct {
	scan
	seen    []verdict // by slot
	scratch []byte
}

// verdict is what is known of a field so far.
type verdict uint8

const (
	unseen verdict = iota
	fails
	matches
)

func verdictOf(ok bool) verdict {
	if ok {
		return matches
	}
	return fails
}

// value matches the next value with a field.
func (m *matching) value(f *field) bool {
	if f.rule != nil {
		return m.rule(f.rule)
	}
	return m.nested(f.object)
}

// rule matches the next value with a rule.
func (m *matching) rule(r *rule) bool {
	switch m.peek() {
	case '{':
		m.skip()
		return r.present
	case '[':
		ok := r.present
		m.enter()
		for first := true; m.more(first, ']'); first = false {
			if ok || m.peek() == '{' {
				m.skip()
			} else {
				ok = m.rule(r)
			}
		}
		m.depth--
		return ok
	}
	v := m.scalar()
	return m.err == nil && r.scalar(v, &m.scratch)
}

// nested matches the next value with an object of the pattern.
func (m *matching) nested(o *object) bool {
	switch m.peek() {
	case '{':
		return m.members(o)
	case '[':
		ok, empty := false, true
		m.enter()
		for ; m.more(empty, ']'); empty = false {
			if ok {
				m.skip()
			} else {
				ok = m.nested(o)
			}
		}
		m.depth--
		return ok || empty && o.absent
	}
	m.skip()
	return o.absent
}

// members matches the next value, an object, with an object of the pattern.
func (m *matching) members(o *object) bool {
	seen := m.seen[o.slot : o.slot+len(o.fields)]
	clear(seen)
	m.enter()
	for first := true; m.more(first, '}'); first = false {
		name := m.str()
		m.take(':')
		if m.err != nil {
			return false
		}
		if i := o.find(name.plain(&m.scratch).text); i >= 0 {
			seen[i] = verdictOf(m.value(&o.fields[i]))
		} else {
			m.skip()
		}
	}
	m.depth--
	for i, v := range seen {
		if v == fails || v == unseen && !o.fields[i].matchesAbsent() {
			return false
		}
	}
	return true
}

// whole matches a whole payload with the field for it.
func (m *matching) whole(f *field) (bool, error) {
	if len(m.text) == 0 {
		return f.matchesAbsent(), nil
	}
	ok := m.value(f)
	if m.peek(); m.at < len(m.text) {
		m.fail(errNotJSON)
	}
	return ok && m.err == nil, m.err
}

// Message is what a pattern is matched with.
type Message struct {
	Attributes *runtime.Attributes
	// Headers are those that are no attributes, or all.
	Headers []runtime.Header
	// Payload is the payload's bytes; empty is none.
	Payload []byte
}

// Pattern is a compiled pattern. It never changes; its methods may be called
// concurrently.
type Pattern struct {
	source     json.RawMessage
	attributes []attributeField
	headers    *object
	data       *field // nil: the payload does not matter
	slots      int
	states     sync.Pool // of *matching
}

// attributeField is a rule for an attribute.
type attributeField struct {
	name string
	rule *rule
}

// String returns the pattern as compact JSON.
func (p *Pattern) String() string { return string(p.source) }

// Judge reports whether a message matches. The error says that the payload
// cannot be judged: it matters for the pattern, all else matches, and it is not
// JSON or nested deeper than MaxNesting.
func (p *Pattern) Judge(msg Message) (bool, error) {
	m, _ := p.states.Get().(*matching)
	if m == nil {
		m = &matching{seen: make([]verdict, p.slots)}
	}
	ok, err := p.judge(m, msg)
	m.scan = scan{}
	if cap(m.scratch) > maxScratch {
		m.scratch = nil
	}
	p.states.Put(m)
	return ok, err
}

// maxScratch is how much memory is kept for the next match.
const maxScratch = 1 << 16

func (p *Pattern) judge(m *matching, msg Message) (bool, error) {
	for i := range p.attributes {
		if a := &p.attributes[i]; !m.attribute(a, msg.Attributes) {
			return false, nil
		}
	}
	if p.headers != nil && !m.headers(p.headers, msg.Headers) {
		return false, nil
	}
	if p.data == nil {
		return true, nil
	}
	m.scan = scan{text: msg.Payload}
	return m.whole(p.data)
}

// attribute matches one attribute. Empty ones are not there.
func (m *matching) attribute(f *attributeField, a *runtime.Attributes) bool {
	m.scratch = appendAttribute(m.scratch[:0], a, f.name)
	if len(m.scratch) == 0 {
		return f.rule.absent
	}
	return f.rule.text(m.scratch)
}

// appendAttribute appends the text of an attribute.
func appendAttribute(out []byte, a *runtime.Attributes, name string) []byte {
	switch name {
	case "id":
		return append(out, a.ID...)
	case "source":
		return append(out, a.Source...)
	case "type":
		return append(out, a.Type...)
	case "subject":
		return append(out, a.Subject...)
	case "datacontenttype":
		return append(out, a.DataContentType...)
	case "dataschema":
		return append(out, a.DataSchema...)
	case "key":
		return append(out, a.Key...)
	case "correlationid":
		return append(out, a.CorrelationID...)
	case "causationid":
		return append(out, a.CausationID...)
	case "time":
		if a.Time.IsZero() {
			return out
		}
		return a.Time.UTC().AppendFormat(out, time.RFC3339Nano)
	}
	return append(out, a.Extensions[name]...)
}

// headers matches the headers with rules for them.
func (m *matching) headers(o *object, headers []runtime.Header) bool {
	for i := range o.fields {
		f := &o.fields[i]
		at := len(headers) - 1
		for at >= 0 && headers[at].Key != f.name {
			at--
		}
		switch {
		case at < 0:
			if !f.rule.absent {
				return false
			}
		case headers[at].Value == nil:
			if !f.rule.scalar(scalar{kind: isNull}, nil) {
				return false
			}
		case !f.rule.text(headers[at].Value):
			return false
		}
	}
	return true
}
