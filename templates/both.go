package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// jsonMethod returns the method CodeJSON of a type.
func (e emitter) jsonMethod(name, what string, body ...jen.Code) *jen.Statement {
	return snip.Doc(ir.Text("CodeJSON reads or writes v as "+what+" of JSON. What is read has been judged."), 0).
		Func().Params(jen.Id("v").Op("*").Id(name)).Id("CodeJSON").Params(jen.Id("j").Op("*").Add(e.rt.Codec("JSON"))).Block(body...)
}

// writer returns: w := j.Writer()
func writer() *jen.Statement { return jen.Id("w").Op(":=").Id("j").Dot("Writer").Call() }

// writeThere returns what writes the value of a member that is there.
func (e emitter) writeThere(f *ir.Field) []jen.Code {
	value := member(f.Name)
	if f.Fixed {
		return e.writeFixed(f, value)
	}
	if f.Required {
		if f.Nullable {
			return orNull(value().Op("!=").Nil(), e.write(f.Type, value, 0))
		}
		return e.write(f.Type, value, 0)
	}
	switch t := f.Type.(type) {
	case *ir.Optional:
		x := local("x", 0)
		return append([]jen.Code{jen.List(x(), jen.Id("_")).Op(":=").Add(value()).Dot("Get").Call()}, e.write(t.Elem, x, 1)...)
	case *ir.Pointer:
		return e.write(t.Elem, value, 0)
	}
	return e.write(f.Type, value, 0)
}
