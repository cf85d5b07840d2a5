package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// defined returns a defined type and the methods that read and write it:
//
//	// Tags is …
//	type Tags []string
//
//	func (v *Tags) CodeJSON(j *codec.JSON) { … }
func (e emitter) defined(d *ir.Defined) *jen.Statement {
	parts := append([]*jen.Statement{
		snip.Doc(d.Doc, 0).Type().Id(d.Name).Add(e.definedType(d.Type)),
		e.definedTable(d),
	}, e.jsonMethods(d.Name, d.Rules)...)
	if d.Defaults {
		parts = append(parts, e.definedDefaults(d))
	}
	return paragraphs(parts...)
}

// definedType is how a type is defined, a URL as a struct, since pointers have no methods:
//
//	[]string
//	struct{ *url.URL }
func (e emitter) definedType(t ir.Type) *jen.Statement {
	if t == ir.URL {
		return jen.Struct(e.typ(t))
	}
	return e.typ(t)
}

// definedTable returns what reads and writes a defined type.
func (e emitter) definedTable(d *ir.Defined) *jen.Statement {
	what, as := "a value", []jen.Code(nil)
	switch d.Type.(type) {
	case *ir.Slice:
		what = "an array"
	case *ir.Map:
		what = "an object"
	}
	if d.LacksMethods() {
		as = []jen.Code{keyed("As", nilTo(e.typ(d.Type)))}
	}
	return e.singleTable(d, d.Table(), d.Member(), what, as...)
}
