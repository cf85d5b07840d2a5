package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// sum returns an interface, the methods that make its branches such, and the
// functions that read and write it:
//
//	// Shape is …
//	type Shape interface {
//		writeAsShape(w *codec.Writer)
//	}
//
//	func (v Circle) writeAsShape(w *codec.Writer) { v.CodeJSON(w.JSON()) }
//
// What they are told apart by is a table, see sumTable.
func (e emitter) sum(s *ir.Sum) *jen.Statement {
	parts := []*jen.Statement{
		snip.Doc(s.Doc, 0).Type().Id(s.Name).Interface(jen.Id(s.Marker).Params(e.toWriter())),
	}
	for _, b := range s.Branches {
		parts = append(parts, jen.Func().Params(jen.Id("v").Id(b.Decl.TypeName())).Id(s.Marker).Params(e.toWriter()).
			Block(append(e.nameBranch(b.Named), e.writeBranch(b.Decl))...))
	}
	parts = append(parts, e.sumTable(s), e.readSum(s), e.writeSum(s), e.unmarshalSum(s))
	if s.Rules != "" {
		parts = append(parts, e.validateFunc(s.Name, s.Rules))
	}
	return paragraphs(parts...)
}

// writeBranch returns what writes v, a value of a branch:
//
//	v.CodeJSON(w.JSON())
//	w.String(string(v))
func (e emitter) writeBranch(d ir.TypeDecl) *jen.Statement {
	if enum, ok := d.(*ir.Enum); ok && enum.Base != ir.Raw {
		return jen.Id("w").Dot(writeBasic[enum.Base]).Call(e.basic(enum.Base).Call(jen.Id("v")))
	}
	return jen.Id("v").Dot("CodeJSON").Call(jen.Id("w").Dot("JSON").Call())
}

// writeBasic is the method of a codec.Writer that writes values of an enum's type.
var writeBasic = map[ir.Basic]string{
	ir.Bool: "Bool", ir.Int8: "Int8", ir.Int16: "Int16", ir.Int32: "Int32", ir.Int64: "Int64",
	ir.Uint8: "Uint8", ir.Uint16: "Uint16", ir.Uint32: "Uint32", ir.Uint64: "Uint64",
	ir.Float32: "Float32", ir.Float64: "Float64", ir.String: "String",
}

// nameBranch returns what names a branch where that is left to us, or nothing:
//
//	if v.PetType == "" {
//		v.PetType = "cat"
//	}
func (e emitter) nameBranch(by *ir.NamedBy) []jen.Code {
	if by == nil {
		return nil
	}
	field := member(by.Field.Name)
	if o, ok := by.Field.Type.(*ir.Optional); ok {
		name := e.rt.Name("Some").Call(e.typ(o.Elem).Call(jen.Lit(by.Text)))
		return []jen.Code{jen.If(field().Dot("IsZero").Call()).Block(field().Op("=").Add(name))}
	}
	return []jen.Code{jen.If(field().Op("==").Lit("")).Block(field().Op("=").Lit(by.Text))}
}

// toWriter returns: w *codec.Writer
func (e emitter) toWriter() *jen.Statement { return jen.Id("w").Op("*").Add(e.rt.Writer()) }

// fromReader returns: r *codec.Reader
func (e emitter) fromReader() *jen.Statement { return jen.Id("r").Op("*").Add(e.rt.Reader()) }

// writeSum returns:
//
//	// WriteShape writes v as JSON. It must not be nil.
//	func WriteShape(w *codec.Writer, v Shape) {
//		if v == nil {
//			w.Fail("there is no Shape")
//			return
//		}
//		v.writeAsShape(w)
//	}
func (e emitter) writeSum(s *ir.Sum) *jen.Statement {
	return snip.Doc(ir.Text(s.Write+" writes v as JSON. It must not be nil."), 0).
		Func().Id(s.Write).Params(e.toWriter(), jen.Id("v").Id(s.Name)).Block(
		jen.If(jen.Id("v").Op("==").Nil()).Block(
			jen.Id("w").Dot("Fail").Call(jen.Lit("there is no "+s.Name)),
			jen.Return(),
		),
		jen.Id("v").Dot(s.Marker).Call(jen.Id("w")),
	)
}

// unmarshalSum returns:
//
//	// UnmarshalShape judges data by the document's rules and reads it.
//	func UnmarshalShape(data []byte) (Shape, error) {
//		var v jsonShape
//		err := codec.UnmarshalBy(data, rules, "Shape", &v)
//		return v.Value, err
//	}
//
// Where null is nil, it reads by a codec.ReadFunc.
func (e emitter) unmarshalSum(s *ir.Sum) *jen.Statement {
	words := s.Unmarshal + " judges data by the document's rules and reads it."
	v := jen.Id("v").Dot("Value")
	into := jen.Op("&").Id("v")
	if s.Nullable {
		words += " Null is nil."
		read := jen.If(jen.Op("!").Id("r").Dot("Null").Call()).Block(v.Clone().Op("=").Id(s.Read).Call(jen.Id("r")))
		into = e.rt.Codec("ReadFunc").Call(jen.Func().Params(e.fromReader()).Block(read))
	}
	return snip.Doc(ir.Text(words), 0).
		Func().Id(s.Unmarshal).Params(jen.Id("data").Index().Byte()).Params(jen.Id(s.Name), jen.Error()).Block(
		jen.Var().Id("v").Id(s.Coder()),
		jen.Err().Op(":=").Add(e.unmarshal(s.Rules, into)),
		jen.Return(v, jen.Err()),
	)
}

// readSum returns:
//
//	// ReadShape reads JSON that has been judged.
//	func ReadShape(r *codec.Reader) Shape {
//		var v jsonShape
//		v.CodeJSON(r.JSON())
//		return v.Value
//	}
func (e emitter) readSum(s *ir.Sum) *jen.Statement {
	return snip.Doc(ir.Text(s.Read+" reads JSON that has been judged."), 0).
		Func().Id(s.Read).Params(e.fromReader()).Id(s.Name).Block(
		jen.Var().Id("v").Id(s.Coder()),
		jen.Id("v").Dot("CodeJSON").Call(jen.Id("r").Dot("JSON").Call()),
		jen.Return(jen.Id("v").Dot("Value")),
	)
}
