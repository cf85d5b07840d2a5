package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// defined returns:
//
//	// Tags is …
//	type Tags []string
//
//	// MarshalJSON writes nil as [], not as null.
//	func (v Tags) MarshalJSON() ([]byte, error) {
//		if v == nil {
//			v = Tags{}
//		}
//		type plain Tags
//		return json.Marshal(plain(v))
//	}
func (e emitter) defined(d *ir.Defined) *jen.Statement {
	marshal := snip.Doc(ir.Text("MarshalJSON writes nil as "+emptyJSON(d.Type)+", not as null."), 0).
		Func().Params(jen.Id("v").Id(d.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).
		Block(
			jen.If(jen.Id("v").Op("==").Nil()).Block(jen.Id("v").Op("=").Id(d.Name).Values()),
			jen.Type().Id("plain").Id(d.Name),
			jen.Return(snip.Marshal(jen.Id("plain").Call(jen.Id("v")))),
		)
	return paragraphs(snip.Doc(d.Doc, 0).Type().Id(d.Name).Add(e.typ(d.Type)), marshal)
}

// emptyJSON is how an empty value of the type is written.
func emptyJSON(t ir.Type) string {
	switch t.(type) {
	case *ir.Map:
		return "{}"
	case ir.Basic:
		return `""`
	}
	return "[]"
}
