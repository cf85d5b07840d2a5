package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// decodeItems reads one schema for all items, or one for each position. An
// empty array of schemas restricts nothing but lets additionalItems begin at
// the first item.
func decodeItems(d *decoding, _ string, p resolve.Place) {
	if p.Node.Kind == syntax.Sequence {
		d.s.TupleItems = d.list(p)
		return
	}
	d.s.Items = d.read(p, d.scope)
}
