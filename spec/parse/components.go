package parse

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// components reads the reusable objects, each whether it is used or not: a
// fault in one is a fault of the document.
func (r *reader) components(p resolve.Place) {
	components := read(r, p, componentsTable, func(f *fields, c *spec.Components) {
		c.Origin = f.origin()
		c.Schemas = reusable(f, "schemas", r.componentSchema)
		c.Servers = reusable(f, "servers", r.server)
		c.SecuritySchemes = reusable(f, "securitySchemes", r.securityScheme)
		c.ServerVariables = reusable(f, "serverVariables", r.serverVariable)
		c.Parameters = reusable(f, "parameters", r.parameter)
		c.CorrelationIDs = reusable(f, "correlationIds", r.correlationID)
		c.ExternalDocs = reusable(f, "externalDocs", r.externalDocs)
		c.Tags = reusable(f, "tags", r.tag)
		c.OperationTraits = reusable(f, "operationTraits", r.operationTrait)
		c.MessageTraits = reusable(f, "messageTraits", r.messageTrait)
		c.ServerBindings = reusableBindings(f, "serverBindings", serverBindings)
		c.ChannelBindings = reusableBindings(f, "channelBindings", channelBindings)
		c.OperationBindings = reusableBindings(f, "operationBindings", operationBindings)
		c.MessageBindings = reusableBindings(f, "messageBindings", messageBindings)
		nameByKey(c.Servers, func(s *spec.Server) *spec.Text { return &s.Key })
		nameByKey(c.ServerVariables, func(v *spec.ServerVariable) *spec.Text { return &v.Key })
		r.edition.components(f, c)
		c.Extensions = f.extensions()
	})
	if components != nil {
		r.doc.Components = *components
	}
}

// reusable reads one map of components.
func reusable[T any](f *fields, key string, read func(resolve.Place) *T) []spec.Component[*T] {
	var out []spec.Component[*T]
	for name, p := range f.members(key, dottedName) {
		if object := read(p); object != nil {
			out = append(out, spec.Component[*T]{Key: name, Value: object})
		}
	}
	return out
}

// nameByKey gives objects that no other map has named the key they have in
// components.
func nameByKey[T any](components []spec.Component[*T], key func(*T) *spec.Text) {
	for _, c := range components {
		if k := key(c.Value); !k.IsSet() {
			*k = c.Key
		}
	}
}

func reusableBindings(f *fields, key string, where bindingPlace) []spec.Component[spec.Bindings] {
	var out []spec.Component[spec.Bindings]
	for name, p := range f.members(key, dottedName) {
		out = append(out, spec.Component[spec.Bindings]{Key: name, Value: f.r.bindings(p, where)})
	}
	return out
}

func (r *reader) componentSchema(p resolve.Place) *schema.Payload {
	return r.edition.payload(p, spec.Text{})
}
