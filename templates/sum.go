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
func (e emitter) sum(s *ir.Sum) *jen.Statement {
	parts := []*jen.Statement{
		snip.Doc(s.Doc, 0).Type().Id(s.Name).Interface(jen.Id(s.Marker).Params(e.toWriter())),
	}
	for _, b := range s.Branches {
		value := local("v", 0)
		parts = append(parts, jen.Func().Params(jen.Id("v").Id(b.Decl.TypeName())).Id(s.Marker).Params(e.toWriter()).
			Block(append(e.nameBranch(b.Named), e.write(&ir.Named{Decl: b.Decl}, value, 0)...)...))
	}
	parts = append(parts, e.readSum(s), e.writeSum(s), e.unmarshalSum(s))
	if s.Rules != "" {
		parts = append(parts, e.validateFunc(s.Name, s.Rules))
	}
	return paragraphs(parts...)
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
//		var v Shape
//		err := codec.UnmarshalBy(data, rules, "Shape", codec.ReadFunc(func(r *codec.Reader) { v = ReadShape(r) }))
//		return v, err
//	}
func (e emitter) unmarshalSum(s *ir.Sum) *jen.Statement {
	words := s.Unmarshal + " judges data by the document's rules and reads it."
	read := jen.Id("v").Op("=").Id(s.Read).Call(jen.Id("r"))
	if s.Nullable {
		words += " Null is nil."
		read = jen.If(jen.Op("!").Id("r").Dot("Null").Call()).Block(read)
	}
	read = jen.Func().Params(e.fromReader()).Block(read)
	return snip.Doc(ir.Text(words), 0).
		Func().Id(s.Unmarshal).Params(jen.Id("data").Index().Byte()).Params(jen.Id(s.Name), jen.Error()).Block(
		jen.Var().Id("v").Id(s.Name),
		jen.Err().Op(":=").Add(e.unmarshal(s.Rules, e.rt.Codec("ReadFunc").Call(read))),
		jen.Return(jen.Id("v"), jen.Err()),
	)
}

// readSum returns:
//
//	// ReadShape reads JSON that has been judged.
//	func ReadShape(r *codec.Reader) Shape {
//		switch r.Peek() {
//		…
//		}
//		r.Fail("is no Shape")
//		return nil
//	}
func (e emitter) readSum(s *ir.Sum) *jen.Statement {
	body := e.pick(s.Pick)
	if !complete(s.Pick) {
		body = append(body, jen.Id("r").Dot("Fail").Call(jen.Lit("is no "+s.Name)), jen.Return(jen.Nil()))
	}
	return snip.Doc(ir.Text(s.Read+" reads JSON that has been judged."), 0).
		Func().Id(s.Read).Params(e.fromReader()).Id(s.Name).Block(body...)
}

// complete tells whether a pick finds a branch whatever the value.
func complete(p *ir.Pick) bool {
	switch {
	case p == nil || p.Kinds != nil:
		return false
	case p.Member != nil:
		return complete(p.Member.Else)
	case p.Present != nil:
		return complete(p.Present.Absent)
	}
	return true
}

// pick returns statements that read the branch of a value and return it; what is
// behind them is for values of none.
func (e emitter) pick(p *ir.Pick) []jen.Code {
	switch {
	case p == nil:
		return nil
	case p.Kinds != nil:
		return e.pickKind(p.Kinds)
	case p.Member != nil:
		return e.pickMember(p.Member)
	case p.Present != nil:
		return e.pickPresent(p.Present)
	case p.Branch != nil:
		return e.readBranch(p.Branch)
	}
	return e.pickTry(p.Try)
}

// pickKind returns:
//
//	switch r.Peek() {
//	case codec.String:
//		return ShapeText(r.String())
//	}
func (e emitter) pickKind(kinds []ir.KindPick) []jen.Code {
	var cases []jen.Code
	for _, k := range kinds {
		var of []jen.Code
		for _, kind := range k.Kinds {
			of = append(of, e.rt.Codec([...]string{"Boolean", "Number", "String", "Array", "Object", "Null"}[kind]))
		}
		cases = append(cases, jen.Case(of...).Block(e.pick(k.Pick)...))
	}
	return []jen.Code{jen.Switch(jen.Id("r").Dot("Peek").Call()).Block(cases...)}
}

// pickMember returns:
//
//	if text, ok := r.LookString("kind"); ok {
//		switch string(text) {
//		case "circle":
//			…
//		}
//	}
func (e emitter) pickMember(m *ir.MemberPick) []jen.Code {
	var cases []jen.Code
	for _, v := range m.Values {
		var texts []jen.Code
		for _, text := range v.Values {
			texts = append(texts, jen.Lit(text))
		}
		cases = append(cases, jen.Case(texts...).Block(e.pick(v.Pick)...))
	}
	look := jen.If(
		jen.List(jen.Id("text"), jen.Id("ok")).Op(":=").Id("r").Dot("LookString").Call(jen.Lit(m.Name)), jen.Id("ok"),
	).Block(jen.Switch(jen.String().Call(jen.Id("text"))).Block(cases...))
	return append([]jen.Code{look}, e.pick(m.Else)...)
}

// pickPresent returns:
//
//	if r.Look("radius") != codec.None {
//		…
//	}
func (e emitter) pickPresent(p *ir.PresentPick) []jen.Code {
	look := jen.If(jen.Id("r").Dot("Look").Call(jen.Lit(p.Name)).Op("!=").Add(e.rt.Codec("None"))).Block(e.pick(p.Yes)...)
	return append([]jen.Code{look}, e.pick(p.Absent)...)
}

// pickTry returns:
//
//	if r.Holds(rules.Of("Cat")) {
//		…
//	}
//	…
func (e emitter) pickTry(branches []*ir.Branch) []jen.Code {
	var out []jen.Code
	last := len(branches) - 1
	for _, b := range branches[:last] {
		if b.Rules == "" {
			return append(out, e.readBranch(b)...)
		}
		out = append(out, jen.If(jen.Id("r").Dot("Holds").Call(e.check(b.Rules))).Block(e.readBranch(b)...))
	}
	return append(out, e.readBranch(branches[last])...)
}

// readBranch returns one of:
//
//	return ShapeText(r.String())
//
//	var v Circle
//	v.CodeJSON(r.JSON())
//	return v
func (e emitter) readBranch(b *ir.Branch) []jen.Code {
	if d, ok := b.Decl.(*ir.Defined); ok {
		if x := e.readExpr(d.Type); x != nil {
			return []jen.Code{jen.Return(jen.Id(d.Name).Call(x))}
		}
	}
	return e.readThen(&ir.Named{Decl: b.Decl}, 0, func(x jen.Code) []jen.Code { return []jen.Code{jen.Return(x)} })
}
