package generator

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// defaultContentType is what a payload is taken for when the document does not
// say.
const defaultContentType = "application/json"

func (m *message) contentType() string {
	if t := m.spec.ContentType.Value; t != "" || m.spec.Payload == nil {
		return t
	}
	return defaultContentType
}

// collectPayload decides how a payload travels and visits the schema of one
// that is typed.
func (p *planner) collectPayload(m *message) {
	s := m.spec.Payload
	m.encoding = ir.RawBytes
	if s == nil {
		return
	}
	if s.Schema == nil {
		errBytes(&p.found, s, fmt.Sprintf("payloads in the schema format %q", s.Format))
		return
	}
	u := p.use(s.Schema)
	switch media(m.contentType()) {
	case mediaJSON:
		m.encoding, m.payload = ir.JSON, u
		p.visit(s.Schema, m.place("Payload", "the payload of message "+m.wire(), true))
	case mediaText:
		text, plain := u.isText(), u.isPlain()
		if u.kind == kindExternal {
			text, plain = textForm(s.Schema)
		}
		if !text && !plain {
			errBytes(&p.found, contentTypeOf(m), "payloads of text that are not strings, numbers or booleans")
			return
		}
		m.encoding, m.payload = ir.JSON, u // which numbers and booleans are as text too
		if text {
			m.encoding = ir.TextPlain
		}
		p.visit(s.Schema, m.place("Payload", "the payload of message "+m.wire(), false))
	case mediaOther:
		errBytes(&p.found, contentTypeOf(m), fmt.Sprintf("payloads in %q", m.contentType()))
	}
}

// textForm tells whether values of a type of one's own are strings, or numbers or booleans,
// by what the schema names: as text these are what they are as JSON.
func textForm(s *schema.Schema) (text, plain bool) {
	const bare = schema.Types(schema.TypeBoolean | schema.TypeInteger | schema.TypeNumber)
	types := s.NamedTypes() &^ schema.Types(schema.TypeNull)
	text = types&^schema.Types(schema.TypeString) == 0
	return text, !text && types&^bare == 0
}

// place is where a message's payload or headers stand.
func (m *message) place(path, what string, element bool) place {
	return place{owner: m.Claim, stem: func() string { return m.stem }, path: path, spelled: path, what: what, element: element}
}

func contentTypeOf(m *message) source.Spanner {
	if m.spec.ContentType.IsSet() {
		return m.spec.ContentType
	}
	return m.spec.Payload
}

// The kinds of media types.
type mediaKind uint8

const (
	mediaJSON mediaKind = iota
	mediaText
	mediaBytes // what has no structure anyway
	mediaOther
)

// media tells how a media type becomes bytes.
func media(contentType string) mediaKind {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		t = strings.ToLower(strings.TrimSpace(contentType))
	}
	switch {
	case t == "json", strings.HasSuffix(t, "/json"), strings.HasSuffix(t, "+json"):
		return mediaJSON
	case strings.HasPrefix(t, "text/"):
		return mediaText
	case t == "application/octet-stream", strings.HasPrefix(t, "image/"), strings.HasPrefix(t, "audio/"), strings.HasPrefix(t, "video/"):
		return mediaBytes
	}
	return mediaOther
}

// collectHeaders visits the headers of a message.
func (p *planner) collectHeaders(m *message) {
	s := m.spec.Headers
	if s == nil || s.Schema == nil {
		return
	}
	m.header = p.headersOfOne(s.Schema)
	p.visit(m.header, p.headersPlace(m))
}

// headersOfOne is the schema whose Go type is that of headers, one for all messages that
// share theirs; nil where it is none.
func (p *planner) headersOfOne(s *schema.Schema) *schema.Schema {
	if known, ok := p.headers[s.Deref()]; ok {
		return known
	}
	out := s
	switch u := p.use(s); u.kind {
	case kindSum:
		out = p.oneStruct(s.Deref(), u.sum)
	case kindObject, kindMap:
		out = p.withConditions(s, u)
	}
	if out != s {
		p.headers[s.Deref()] = out
	}
	return out
}

// oneStruct is a schema of the values of a sum of objects whose Go type is one
// struct with the members of all: headers stand side by side, and which of them go
// together is for the rules. It is nil for other sums.
func (p *planner) oneStruct(s *schema.Schema, sum *sum) *schema.Schema {
	o := p.structOf(s)
	demanded := map[string]int{}
	for _, b := range sum.branches {
		if b.kind != kindObject {
			return nil
		}
		for _, m := range b.members {
			if m.required {
				demanded[m.name]++
			}
			p.addHeader(o, m, b.via)
		}
	}
	for i := range o.members {
		o.members[i].required = demanded[o.members[i].name] == len(sum.branches)
	}
	return p.withConditions(o.said, use{shape: o})
}

// structOf is the shape of a struct for values of a schema, in place of that which the
// schema has.
func (p *planner) structOf(s *schema.Schema) *shape {
	same := *s
	same.Name = ""
	o := &shape{kind: kindObject, schema: p.make(&same), said: &same, open: true, index: map[string]int{}}
	p.shapes[&same] = use{shape: o}
	return o
}

// withConditions is a schema whose Go type has the headers as well that only conditions,
// or demands, speak of: what a consumer judges are the headers that have a field.
func (p *planner) withConditions(s *schema.Schema, u use) *schema.Schema {
	var o *shape
	for _, m := range p.conditional(s.Deref()) {
		if _, known := u.index[m.name]; known {
			continue
		}
		if o == nil {
			o = p.structOf(s.Deref())
			for _, m := range u.members {
				p.addHeader(o, m, nil)
			}
		}
		p.addHeader(o, m, nil)
	}
	if o == nil {
		return s
	}
	return o.said
}

// conditional are the members that a schema, or one asked about the same values,
// describes or demands. Where none that describes a member applies it may be anything:
// those that are not any text have no type.
func (p *planner) conditional(s *schema.Schema) (all []member) {
	var names []schema.Name
	described, known := map[string]bool{}, map[*schema.Schema]bool{s: true}
	asked := []*schema.Schema{s}
	for i := 0; i < len(asked); i++ {
		s := asked[i]
		for _, m := range s.Properties {
			if i == 0 && isFalse(m.Schema) {
				continue // is never there
			}
			one := member{name: m.Name.Text}
			if p.isAnyText(m.Schema) {
				one.schema = m.Schema
			}
			all, described[one.name] = append(all, one), true
		}
		parts := slices.Concat([]*schema.Schema{s.If, s.Then, s.Else, s.Not}, s.AllOf, s.AnyOf, s.OneOf)
		names = append(names, s.Required...)
		for _, d := range s.Dependencies {
			names = append(append(names, d.Name), d.Names...)
			parts = append(parts, d.Schema)
		}
		for _, part := range parts {
			if part = part.Deref(); part != nil && !known[part] {
				known[part] = true
				asked = append(asked, part)
			}
		}
	}
	for _, name := range names {
		if !described[name.Text] {
			all = append(all, member{name: name.Text})
		}
	}
	return all
}

// isAnyText tells whether the Go type of a schema holds any text, and nothing else.
func (p *planner) isAnyText(s *schema.Schema) bool {
	u := p.use(s)
	return u.basic == ir.String && !u.nullable && (u.kind == kindScalar || u.kind == kindEnum)
}

// addHeader adds a member of an alternative. What has several schemas is of one of
// them.
func (p *planner) addHeader(o *shape, m member, via *schema.Schema) {
	if m.via == nil {
		m.via = via
	}
	i, known := o.index[m.name]
	if !known {
		o.index[m.name] = len(o.members)
		o.members = append(o.members, m)
		return
	}
	switch have := &o.members[i]; {
	case have.schema == nil || m.schema == nil:
		have.schema, have.via = nil, nil
	case !sameSchema(have.schema, m.schema):
		have.schema, have.via = p.either(have.schema, m.schema), nil
	}
}

// headersPlace is the trait that declares the headers, where it is one alone, the schema
// of components of which a type for headers was made, or else the message.
func (p *planner) headersPlace(m *message) place {
	if t := traitOf(m.spec); t != nil && t.Key != "" {
		name := naming.Exported(t.Key)
		if !strings.HasSuffix(name, "Headers") {
			name = naming.Join(name, "Headers")
		}
		return place{fixed: name, what: "the headers of message trait " + t.Key}
	}
	if s := m.spec.Headers.Schema; s.Ref != nil && s.Deref().Name != "" && m.header != s {
		name := strings.TrimSuffix(naming.Exported(s.Deref().Name), "Headers")
		return place{fixed: naming.Join(name, "MessageHeaders"), what: "schema " + s.Deref().Name + " as headers"}
	}
	return m.place("Headers", "the headers of message "+m.wire(), false)
}

// traitOf returns the trait whose headers are those of the message.
func traitOf(m *spec.Message) *spec.MessageTrait {
	for _, t := range m.Traits {
		if t.Headers != nil && t.Headers.Schema != nil && sameSchema(t.Headers.Schema, m.Headers.Schema) {
			return t
		}
	}
	return nil
}

// headerKinds are the kinds of JSON that the text of each header may be read as.
func headerKinds(s *schema.Schema, members []member) map[string]check.Types {
	kinds := map[string]check.Types{}
	for _, m := range members {
		types, _ := s.MemberTextTypes(m.name, func(p *schema.Pattern) bool { return patternMatcher(p.Text)(m.name) })
		if of := kindsOf(types); of != 0 {
			kinds[m.name] = of
		}
	}
	return kinds
}

// kindsOf are the kinds of JSON of some types.
func kindsOf(types schema.Types) (kinds check.Types) {
	for t, kind := range jsonKinds {
		if types.Has(t) {
			kinds |= kind
		}
	}
	return kinds
}

// jsonKinds are the types of JSON that text can be told to be.
var jsonKinds = map[schema.Type]check.Types{
	schema.TypeNull: check.Null, schema.TypeBoolean: check.Boolean, schema.TypeNumber: check.Number,
	schema.TypeString: check.String, schema.TypeArray: check.Array, schema.TypeObject: check.Object,
}

// headersOf makes header methods for the struct that a message's headers are.
// Headers without declared members are left to the envelope.
func (p *planner) headersOf(m *message) {
	s := m.spec.Headers
	if s == nil {
		return
	}
	if m.header == nil {
		errHeaders(&p.found, s)
		return
	}
	u := p.use(m.header)
	switch {
	case u.kind == kindObject && len(u.members) > 0:
		m.headers = u.entity
		m.headers.headers = &ir.HeaderMethods{Kinds: headerKinds(s.Schema, u.members)}
		u.extra = nil // the envelope has them
	case u.kind != kindRaw && u.kind != kindMap && u.kind != kindObject:
		errHeaders(&p.found, s)
	}
}
