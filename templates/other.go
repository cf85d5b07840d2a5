package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// otherField returns the field for values that are of no kind that the others are
// for, or nothing:
//
//	// Other is the value where it is no object, which the schema does not rule
//	// out: it names no type. The other fields do not count then.
//	Other json.RawMessage `json:"-"`
func (e emitter) otherField(name, kind string) []jen.Code {
	if name == "" {
		return nil
	}
	doc := ir.Text(name + " is the value where it is no " + kind + ", which the schema does not rule out: it names no type. The other fields do not count then.")
	field := snip.Doc(doc, 1).Id(name).Add(e.typ(ir.Raw))
	if kind == "object" {
		field.Add(snip.Tag("-", ""))
	}
	return []jen.Code{field}
}
