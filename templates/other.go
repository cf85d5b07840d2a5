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

// readOther returns what reads a value that is of no such kind, or nothing:
//
//	if r.Peek() != codec.Object {
//		v.Other = r.Raw()
//		return
//	}
func (e emitter) readOther(name, kind string) []jen.Code {
	if name == "" {
		return nil
	}
	return []jen.Code{jen.If(jen.Id("r").Dot("Peek").Call().Op("!=").Add(e.rt.Codec(kind))).
		Block(append(e.read(ir.Raw, member(name), 0), jen.Return())...)}
}

// writeOther returns what writes such a value, or nothing:
//
//	if v.Other != nil {
//		w.Raw(v.Other)
//		return
//	}
func (e emitter) writeOther(name string) []jen.Code {
	if name == "" {
		return nil
	}
	return []jen.Code{jen.If(member(name)().Op("!=").Nil()).
		Block(append(e.write(ir.Raw, member(name), 0), jen.Return())...)}
}
