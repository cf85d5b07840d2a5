package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// jsonEnum returns an enum of values that Go has no constants for:
//
//	// Level is …
//	type Level string
//
//	// The values of Level, as JSON.
//	const (
//		LevelLow Level = `"low"`
//		Level1   Level = `1`
//	)
//
//	// CodeJSON reads or writes v as a value of JSON. What is read has been judged.
//	func (v *Level) CodeJSON(j *codec.JSON) {
//		if r := j.Reader(); r != nil {
//			*v = Level(r.Canonical())
//			return
//		}
//		w := j.Writer()
//		w.Raw([]byte(*v))
//	}
func (e emitter) jsonEnum(d *ir.Enum) *jen.Statement {
	self := func() *jen.Statement { return jen.Op("*").Id("v") }
	parts := []*jen.Statement{
		snip.Doc(d.Doc, 0).Type().Id(d.Name).String(),
		constants(d.Name, d.Base, d.Values),
		e.valid(d.Name, d.Base, d.Values),
		e.bothMethod(d.Name, "a value",
			[]jen.Code{self().Op("=").Id(d.Name).Call(jen.Id("r").Dot("Canonical").Call())},
			[]jen.Code{jen.Id("w").Dot("Raw").Call(jen.Index().Byte().Call(self()))}),
	}
	return paragraphs(append(parts, e.jsonMethods(d.Name, d.Rules)...)...)
}
