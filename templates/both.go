package templates

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// jsonMethod returns the method CodeJSON of a type.
func (e emitter) jsonMethod(name, what string, body ...jen.Code) *jen.Statement {
	return snip.Doc(ir.Text("CodeJSON reads or writes v as "+what+" of JSON. What is read has been judged."), 0).
		Func().Params(jen.Id("v").Op("*").Id(name)).Id("CodeJSON").Params(jen.Id("j").Op("*").Add(e.rt.Codec("JSON"))).Block(body...)
}

// codeMember returns what reads or writes the value alone of a field of v, by the table of its
// struct:
//
//	j.MemberOf(unsafe.Pointer(v), &jsonOrder, "price")
func (e emitter) codeMember(j *jen.Statement, s *ir.Struct, f *ir.Field) *jen.Statement {
	return j.Dot("MemberOf").Call(e.pointer(jen.Id("v"), &ir.Named{Decl: s}), jen.Op("&").Id(s.Table()), jen.Lit(f.JSONName))
}

// place is a value: an expression, made anew each time.
type place func() *jen.Statement

// local is a variable of a function that stands in a block so deep.
func local(name string, depth int) place {
	if depth > 0 {
		name += strconv.Itoa(depth + 1)
	}
	return func() *jen.Statement { return jen.Id(name) }
}

// member is a field of v, the receiver of methods.
func member(field string) place {
	return func() *jen.Statement { return jen.Id("v").Dot(field) }
}

// got returns: if x, ok := v.Note.Get(); ok
func got(x, value place) *jen.Statement {
	return jen.If(jen.List(x(), jen.Id("ok")).Op(":=").Add(value()).Dot("Get").Call(), jen.Id("ok"))
}
