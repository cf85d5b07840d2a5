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
		snip.Doc(d.Doc, 0).Type().Id(d.Name).Add(e.typ(d.Type)),
		e.definedJSON(d),
	}, e.jsonMethods(d.Name, d.Rules)...)
	if d.Defaults {
		parts = append(parts, e.definedDefaults(d))
	}
	return paragraphs(parts...)
}

// definedJSON returns the method CodeJSON of a defined type, by a table where one says how
// it is read and written:
//
//	// CodeJSON reads or writes v as an array of JSON. What is read has been judged.
//	func (v *Groups) CodeJSON(j *codec.JSON) {
//		if r := j.Reader(); r != nil {
//			*v = make(Groups, 0, r.Array())
//			for r.Element() {
//				…
//			}
//			return
//		}
//		w := j.Writer()
//		…
//	}
func (e emitter) definedJSON(d *ir.Defined) *jen.Statement {
	self := func() *jen.Statement { return jen.Op("*").Id("v") }
	inner := func() *jen.Statement { return jen.Params(self()) }
	what, read := "a value", []jen.Code{self().Op("=").Id(d.Name).Call(e.readExpr(d.Type))}
	write := e.write(d.Type, func() *jen.Statement { return e.typ(d.Type).Call(self()) }, 0)
	switch t := d.Type.(type) {
	case *ir.Slice:
		what, read = "an array", e.readSlice(t, self, inner, 0)
		read[0] = self().Op("=").Make(jen.Id(d.Name), jen.Lit(0), jen.Id("r").Dot("Array").Call())
		write = e.write(t, inner, 0)
	case *ir.Map:
		what = "an object"
		read = e.readMap(t, inner, 0)
		read[0] = self().Op("=").Id(d.Name).Values()
		write = e.write(t, inner, 0)
	}
	if t, ok := d.Type.(ir.External); ok {
		read, write = e.external(d, t)
	}
	if table := d.Table(); table != "" {
		return e.singleTable(d.Name, table, d.Member(), what)
	}
	return e.bothMethod(d.Name, what, read, write)
}

// external returns what reads and writes a type of another package by the methods
// that a type defined by it has lost:
//
//	var x money.Amount
//	r.External(&x)
//	*v = Price(x)
//
//	x := money.Amount(*v)
//	w.External(&x)
func (e emitter) external(d *ir.Defined, t ir.External) (read, write []jen.Code) {
	x := local("x", 0)
	self := func() *jen.Statement { return jen.Op("*").Id("v") }
	read = append([]jen.Code{jen.Var().Add(x()).Add(e.typ(t))}, e.read(t, x, 1)...)
	read = append(read, self().Op("=").Id(d.Name).Call(x()))
	return read, append([]jen.Code{x().Op(":=").Add(e.typ(t)).Call(self())}, e.write(t, x, 1)...)
}
