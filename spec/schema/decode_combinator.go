package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// subschema reads one schema.
func subschema(field func(*Schema) **Schema) decoder {
	return func(d *decoding, _ string, p resolve.Place) { *field(d.s) = d.read(p, d.scope) }
}

// schemas reads an array of at least one schema, behind those that are there.
func schemas(field func(*Schema) *[]*Schema) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.Sequence || len(p.Node.Items) == 0 {
			d.wrong(key, p.Node, "an array of at least one schema")
			return
		}
		list := field(d.s)
		*list = append(*list, d.list(p)...)
	}
}

// list reads every item of a sequence as a schema.
func (d *decoding) list(p resolve.Place) []*Schema {
	list := make([]*Schema, len(p.Node.Items))
	for i := range list {
		list[i] = d.read(p.Item(i), d.scope)
	}
	return list
}
