package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// decodeItems reads one schema for all items, or one for each position. An
// empty array of schemas restricts nothing but lets additionalItems begin at
// the first item. In 2020-12 it is one schema for the items behind those of
// "prefixItems".
func decodeItems(d *decoding, key string, p resolve.Place) {
	switch {
	case p.Node.Kind == syntax.Sequence && d.s.Dialect == OpenAPI30:
		d.wrong(key, p.Node, "a schema").WithHelp("one schema is for all items: list alternatives in its \"anyOf\"")
		return
	case p.Node.Kind == syntax.Sequence && d.s.Dialect == Draft202012:
		d.wrong(key, p.Node, "a schema").WithHelp("name the schemas of the first items in \"prefixItems\"")
		return
	case p.Node.Kind == syntax.Sequence:
		d.s.TupleItems = d.list(p)
		return
	}
	d.s.Items = d.read(p, d.scope)
}
