package parse

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// document reads the whole document.
func (r *reader) document() *spec.Document {
	r.doc = &spec.Document{Origin: r.root.Origin()}
	f, ok := r.open(r.root, documentTable)
	if !ok {
		return r.doc
	}
	d := r.doc
	version := f.place("asyncapi").Node
	d.Version = spec.Text{Value: version.Text, At: version.At}
	d.ID = f.url("id")
	d.Info = r.info(f.place("info"))
	d.DefaultContentType = f.mediaType("defaultContentType")
	r.servers(f)
	r.edition.document(f, d)
	r.components(f.place("components"))
	d.Extensions = f.extensions()
	r.schemaDocs()
	return d
}

// schemaDocs checks the externalDocs of schemas, whose reader only keeps the
// text of them. Those of OpenAPI's schemas have a judge of their own.
func (r *reader) schemaDocs() {
	for s := range r.doc.AllSchemas() {
		if s.ExternalDocs != nil && s.Dialect != schema.OpenAPI30 {
			r.externalDocs(resolve.Place{
				Node: s.ExternalDocs, File: s.At.File, Pointer: s.Pointer + "/externalDocs", Key: s.KeyAt("externalDocs"),
			})
		}
	}
}

func (r *reader) info(p resolve.Place) spec.Info {
	info := read(r, p, infoTable, func(f *fields, i *spec.Info) {
		i.Origin = f.origin()
		i.Title = f.text("title")
		i.Version = f.text("version")
		i.Description = f.text("description")
		i.TermsOfService = f.url("termsOfService")
		i.Contact = r.contact(f.place("contact"))
		i.License = r.license(f.place("license"))
		i.Tags = list(f, "tags", r.tag)
		i.ExternalDocs = r.externalDocs(f.place("externalDocs"))
		i.Extensions = f.extensions()
	})
	if info == nil {
		return spec.Info{}
	}
	return *info
}

func (r *reader) contact(p resolve.Place) *spec.Contact {
	return read(r, p, contactTable, func(f *fields, c *spec.Contact) {
		c.Origin = f.origin()
		c.Name = f.text("name")
		c.URL = f.url("url")
		c.Email = f.text("email")
		c.Extensions = f.extensions()
		if c.Email.IsSet() && !isEmail(c.Email.Value) {
			r.found.Errorf(c.Email, "wrong-value", "\"email\" must be an email address, is %q", brief(c.Email.Value))
		}
	})
}

func (r *reader) license(p resolve.Place) *spec.License {
	return read(r, p, licenseTable, func(f *fields, l *spec.License) {
		l.Origin = f.origin()
		l.Name = f.text("name")
		l.URL = f.url("url")
		l.Extensions = f.extensions()
	})
}

func (r *reader) tag(p resolve.Place) *spec.Tag {
	return read(r, p, tagTable, func(f *fields, t *spec.Tag) {
		t.Origin, t.Key = f.origin(), f.key
		t.Name = f.text("name")
		t.Description = f.text("description")
		t.ExternalDocs = r.externalDocs(f.place("externalDocs"))
		t.Extensions = f.extensions()
	})
}

func (r *reader) externalDocs(p resolve.Place) *spec.ExternalDocs {
	return read(r, p, externalDocsTable, func(f *fields, d *spec.ExternalDocs) {
		d.Origin, d.Key = f.origin(), f.key
		d.URL = f.url("url")
		d.Description = f.text("description")
		d.Extensions = f.extensions()
	})
}

// servers reads the document's servers and keeps them for references.
func (r *reader) servers(f *fields) {
	for key, p := range f.members("servers", plainName) {
		s := r.server(p)
		if s == nil {
			continue
		}
		s = named(s, &s.Key, func(s *spec.Server) { s.Key = key })
		r.entries.servers[p.Node] = s
		r.doc.Servers = append(r.doc.Servers, s)
	}
}

// named gives an object the key of the map it is in. An object that another
// key leads to already is copied: two entries are two objects.
func named[T any](object *T, key *spec.Text, rename func(*T)) *T {
	if key.IsSet() {
		twin := *object
		object = &twin
	}
	rename(object)
	return object
}

func (r *reader) server(p resolve.Place) *spec.Server {
	return read(r, p, serverTable, func(f *fields, s *spec.Server) {
		s.Origin = f.origin()
		s.Protocol = f.text("protocol")
		s.ProtocolVersion = f.text("protocolVersion")
		s.Title = f.text("title")
		s.Summary = f.text("summary")
		s.Description = f.text("description")
		for key, p := range f.members("variables", anyName) {
			v := r.serverVariable(p)
			if v == nil {
				v = &spec.ServerVariable{Origin: p.Origin()} // declared, whatever is wrong with it
			}
			v = named(v, &v.Key, func(v *spec.ServerVariable) { v.Key = key })
			s.Variables = append(s.Variables, v)
		}
		r.edition.address(f, s)
		s.Security = r.security(f)
		s.Tags = list(f, "tags", r.tag)
		s.ExternalDocs = r.externalDocs(f.place("externalDocs"))
		s.Bindings = r.bindings(f.place("bindings"), serverBindings)
		s.Extensions = f.extensions()
	})
}

func (r *reader) serverVariable(p resolve.Place) *spec.ServerVariable {
	return read(r, p, serverVariableTable, func(f *fields, v *spec.ServerVariable) {
		v.Origin = f.origin()
		v.Enum = r.distinct(f.texts("enum"))
		v.Default = f.text("default")
		v.Description = f.text("description")
		v.Examples = f.texts("examples")
		v.Extensions = f.extensions()
	})
}

// parameters reads those of a channel.
func (r *reader) parameters(f *fields) []*spec.ChannelParameter {
	var out []*spec.ChannelParameter
	for key, p := range f.members("parameters", plainName) {
		parameter := r.parameter(p)
		if parameter == nil {
			parameter = &spec.Parameter{Origin: p.Origin()} // declared, whatever is wrong with it
		}
		out = append(out, &spec.ChannelParameter{Key: key, Parameter: parameter})
	}
	return out
}

func (r *reader) parameter(p resolve.Place) *spec.Parameter {
	return read(r, p, parameterTable, func(f *fields, p *spec.Parameter) {
		p.Origin, p.Key = f.origin(), f.key
		p.Description = f.text("description")
		p.Location = f.expression("location")
		r.edition.parameter(f, p)
		p.Extensions = f.extensions()
	})
}

// operation reads what both editions have in an operation, traits applied.
func (r *reader) operation(f *fields, o *spec.Operation) {
	o.Origin = f.origin()
	o.Traits = list(f, "traits", r.operationTrait)
	f.layer(f.traitPlaces("traits", operationTraitTable), func() { r.operationFields(f) })
	t := r.operationFields(f)
	o.Title, o.Summary, o.Description = t.Title, t.Summary, t.Description
	o.Security = t.Security
	o.Tags = t.Tags
	o.ExternalDocs = t.ExternalDocs
	o.Bindings = t.Bindings
	o.Extensions = t.Extensions
}

func (r *reader) operationTrait(p resolve.Place) *spec.OperationTrait {
	return read(r, p, operationTraitTable, func(f *fields, t *spec.OperationTrait) {
		*t = r.operationFields(f)
	})
}

// operationFields reads what an operation and its traits share.
func (r *reader) operationFields(f *fields) spec.OperationTrait {
	return spec.OperationTrait{
		Origin:       f.origin(),
		Key:          f.key,
		ID:           f.text("operationId"),
		Title:        f.text("title"),
		Summary:      f.text("summary"),
		Description:  f.text("description"),
		Security:     r.security(f),
		Tags:         list(f, "tags", r.tag),
		ExternalDocs: r.externalDocs(f.place("externalDocs")),
		Bindings:     r.bindings(f.place("bindings"), operationBindings),
		Extensions:   f.extensions(),
	}
}

func (r *reader) message(p resolve.Place) *spec.Message {
	return read(r, p, messageTable, func(f *fields, m *spec.Message) {
		traits := list(f, "traits", r.messageTrait)
		f.layer(f.traitPlaces("traits", messageTraitTable), func() { r.messageFields(f) })
		t := r.messageFields(f)
		*m = spec.Message{
			Origin: t.Origin, Key: t.Key, ID: t.ID,
			Name: t.Name, Title: t.Title, Summary: t.Summary, Description: t.Description,
			ContentType:   t.ContentType,
			Headers:       t.Headers,
			Payload:       r.payload(f),
			CorrelationID: t.CorrelationID,
			Deprecated:    t.Deprecated,
			Tags:          t.Tags,
			ExternalDocs:  t.ExternalDocs,
			Bindings:      t.Bindings,
			Examples:      t.Examples,
			Traits:        traits,
			Extensions:    t.Extensions,
		}
		if !m.ContentType.IsSet() {
			m.ContentType = r.doc.DefaultContentType
		}
	})
}

func (r *reader) messageTrait(p resolve.Place) *spec.MessageTrait {
	return read(r, p, messageTraitTable, func(f *fields, t *spec.MessageTrait) {
		*t = r.messageFields(f)
		r.checkFormat(f.text("schemaFormat")) // a message that has the trait may use it
	})
}

// messageFields reads what a message and its traits share.
func (r *reader) messageFields(f *fields) spec.MessageTrait {
	return spec.MessageTrait{
		Origin:        f.origin(),
		Key:           f.key,
		ID:            f.text("messageId"),
		Name:          f.text("name"),
		Title:         f.text("title"),
		Summary:       f.text("summary"),
		Description:   f.text("description"),
		ContentType:   f.mediaType("contentType"),
		Headers:       r.headers(f),
		CorrelationID: r.correlationID(f.place("correlationId")),
		Deprecated:    f.flag("deprecated"),
		Tags:          list(f, "tags", r.tag),
		ExternalDocs:  r.externalDocs(f.place("externalDocs")),
		Bindings:      r.bindings(f.place("bindings"), messageBindings),
		Examples:      list(f, "examples", r.messageExample),
		Extensions:    f.extensions(),
	}
}

// payload reads a message's payload in the format that the message names.
func (r *reader) payload(f *fields) *schema.Payload {
	format := f.text("schemaFormat")
	r.checkFormat(format)
	if p := f.place("payload"); p.Node != nil {
		return r.edition.payload(p, format)
	}
	return nil
}

// headers reads the headers, which are an object however they are written.
// AsyncAPI 3.1 "Message Object", headers.
func (r *reader) headers(f *fields) *schema.Payload {
	p := f.place("headers")
	if p.Node == nil {
		return nil
	}
	headers := r.edition.payload(p, spec.Text{})
	if headers == nil || headers.Schema == nil {
		return headers
	}
	if s := headers.Schema.Deref(); s.Types != 0 && !s.Types.Has(schema.TypeObject) {
		r.found.Errorf(s.KeyAt("type"), "headers-not-object", "the headers must be of type object").
			WithHelp("describe each header as a property")
	}
	return headers
}

// mediaType is a member that is a media type. AsyncAPI 3.1 "Message Object",
// contentType: "The value MUST be a specific media type".
func (f *fields) mediaType(key string) spec.Text {
	t := f.text(key)
	if t.IsSet() && !strings.Contains(t.Value, "/") && !strings.Contains(t.Value, "{") {
		f.r.found.Warningf(t, "wrong-value", "%q must be a media type, is %q", key, brief(t.Value)).
			WithHelp("write it with its kind, as in application/json")
	}
	return t
}

func (r *reader) messageExample(p resolve.Place) *spec.MessageExample {
	return read(r, p, messageExampleTable, func(f *fields, e *spec.MessageExample) {
		e.Origin = f.origin()
		e.Name = f.text("name")
		e.Summary = f.text("summary")
		if p := f.place("headers"); p.Node != nil && r.isKind(p, quoted("headers"), syntax.Mapping) {
			e.Headers, e.HeadersKey = p.Node, p.Key
		}
		payload := f.place("payload")
		e.Payload, e.PayloadKey = payload.Node, payload.Key
		if r.version > v20 && f.place("headers").Node == nil && e.Payload == nil && !isKeyed(f.own.Node) {
			r.found.Errorf(head(f.own), "missing-key", "the message example lacks \"headers\" or \"payload\"")
		}
	})
}

// isKeyed tells whether n is an object under its name, where the object itself
// belongs: a message example as some write it.
func isKeyed(n *syntax.Node) bool {
	if n.Kind != syntax.Mapping || len(n.Members) != 1 {
		return false
	}
	inner := n.Members[0].Value
	return inner.Get("payload") != nil || inner.Get("headers") != nil
}

func (r *reader) correlationID(p resolve.Place) *spec.CorrelationID {
	return read(r, p, correlationIDTable, func(f *fields, c *spec.CorrelationID) {
		c.Origin, c.Key = f.origin(), f.key
		c.Location = f.expression("location")
		c.Description = f.text("description")
		c.Extensions = f.extensions()
	})
}
