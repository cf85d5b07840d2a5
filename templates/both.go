package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// manyMembers is from how many members on those of a struct are looked for by
// their names: passing through them takes as long as there are members, as often
// as one stands before its place.
const manyMembers = 32

// structCodec returns what reads and writes a struct: its table, or else its method.
func (e emitter) structCodec(s *ir.Struct) *jen.Statement {
	if table := s.Table(); table != "" {
		return e.structTable(s, table)
	}
	return e.structJSON(s)
}

// structJSON returns the method that reads and writes a struct by statements:
//
//	// CodeJSON reads or writes v as an object of JSON; what is read has been judged.
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		if j.Object() { // it may hold something that is not to stay
//			*v = Order{}
//		}
//		for v.Unknown.Members(j) {
//			j.String("id", &v.ID)
//			runtime.OptionalString(j, "note", &v.Note)
//		}
//	}
//
// Where the schema does not say that it is an object, it begins with:
//
//	if j.Reading() {
//		*v = Order{}
//	}
//	if j.Other(codec.Object, &v.Other) {
//		return
//	}
//	j.Object()
func (e emitter) structJSON(s *ir.Struct) *jen.Statement {
	if len(s.Fields) >= manyMembers {
		return e.bothMethod(s.Name, "an object", e.readStruct(s), e.writeStruct(s))
	}
	var members []jen.Code
	for _, f := range s.Fields {
		members = append(members, e.bothWays(f)...)
	}
	members = append(members, e.restBothWays(s)...)
	empty, loop := jen.Op("*").Id("v").Op("=").Id(s.Name).Values(), jen.For(passes(s)).Block(members...)
	begin := jen.Id("j").Dot("Object").Call()
	if s.Other == "" {
		return e.jsonMethod(s.Name, "an object", jen.If(begin).Block(empty), loop)
	}
	other := jen.Id("j").Dot("Other").Call(e.rt.Codec("Object"), jen.Op("&").Id("v").Dot(s.Other))
	return e.jsonMethod(s.Name, "an object",
		jen.If(jen.Id("j").Dot("Reading").Call()).Block(empty), jen.If(other).Block(jen.Return()), begin, loop)
}

// jsonMethod returns the method CodeJSON of a type.
func (e emitter) jsonMethod(name, what string, body ...jen.Code) *jen.Statement {
	return snip.Doc(ir.Text("CodeJSON reads or writes v as "+what+" of JSON. What is read has been judged."), 0).
		Func().Params(jen.Id("v").Op("*").Id(name)).Id("CodeJSON").Params(jen.Id("j").Op("*").Add(e.rt.Codec("JSON"))).Block(body...)
}

// bothMethod returns the method CodeJSON of a type that is read by other statements than
// it is written by:
//
//	// CodeJSON reads or writes v as an array of JSON; what is read has been judged.
//	func (v *Tags) CodeJSON(j *codec.JSON) {
//		if r := j.Reader(); r != nil {
//			…
//			return
//		}
//		w := j.Writer()
//		…
//	}
func (e emitter) bothMethod(name, what string, read, write []jen.Code) *jen.Statement {
	body := []jen.Code{jen.If(reader(), jen.Id("r").Op("!=").Nil()).Block(append(read, jen.Return())...), writer()}
	return e.jsonMethod(name, what, append(body, write...)...)
}

// reader returns: r := j.Reader()
func reader() *jen.Statement { return jen.Id("r").Op(":=").Id("j").Dot("Reader").Call() }

// writer returns: w := j.Writer()
func writer() *jen.Statement { return jen.Id("w").Op(":=").Id("j").Dot("Writer").Call() }

// bothWays returns what reads or writes a member: a call where there is one that does
// both, else the statements of either.
func (e emitter) bothWays(f *ir.Field) []jen.Code {
	if memberMethod(f.JSONName) == "Field" && !f.Fixed {
		if call := e.memberCall(f); call != nil {
			return []jen.Code{call}
		}
	}
	there := jen.True()
	if !f.Required {
		there = present(f)
	}
	found := jen.If(jen.Id("j").Dot(memberMethod(f.JSONName)).Call(jen.Lit(f.JSONName), there))
	if body := e.within(f); body != nil {
		return []jen.Code{found.Block(body...)}
	}
	if body := e.elements(f); body != nil {
		return []jen.Code{found.Block(body...)}
	}
	write := append([]jen.Code{writer()}, e.writeThere(f)...)
	return []jen.Code{found.Block(
		jen.If(reader(), jen.Id("r").Op("!=").Nil()).Block(e.readField(f)...).Else().Block(write...))}
}

// memberCall returns the call that reads or writes a member, or nil:
//
//	j.String("id", &v.ID)
//	j.String("state", (*string)(&v.State))
//	j.SomeStrings("tags", &v.Tags)
//	v.Day.Member(j, "day")
//	runtime.OptionalInt64(j, "size", &v.Size)
func (e emitter) memberCall(f *ir.Field) *jen.Statement {
	name, at := jen.Lit(f.JSONName), jen.Op("&").Id("v").Dot(f.Name)
	switch t := f.Type.(type) {
	case ir.Basic:
		switch {
		case !f.Required || f.Nullable:
		case runtimeNames()[t] != "":
			return jen.Id("v").Dot(f.Name).Dot("Member").Call(jen.Id("j"), name)
		default:
			return jen.Id("j").Dot(readBasic[t]).Call(name, at)
		}
	case *ir.Named:
		if d, ok := t.Decl.(*ir.Enum); ok && d.Base != ir.Raw {
			at = jen.Parens(jen.Op("*").Add(e.basic(d.Base))).Call(at)
			switch {
			case f.Required:
				return jen.Id("j").Dot(readBasic[d.Base]).Call(name, at)
			case d.Base == ir.String:
				return jen.Id("j").Dot("SomeString").Call(name, at)
			}
		}
	case *ir.Slice:
		switch {
		case t.Elem != ir.String || f.Nullable:
		case f.Required:
			return jen.Id("j").Dot("Strings").Call(name, at)
		default:
			return jen.Id("j").Dot("SomeStrings").Call(name, at)
		}
	case *ir.Optional:
		if b, ok := t.Elem.(ir.Basic); ok && optionalCalls[b] != "" {
			return e.rt.Name(optionalCalls[b]).Call(jen.Id("j"), name, at)
		}
	}
	return nil
}

// optionalCalls are the functions that read and write members that may be absent.
var optionalCalls = map[ir.Basic]string{
	ir.String: "OptionalString", ir.Bool: "OptionalBool", ir.Int32: "OptionalInt32", ir.Int64: "OptionalInt64",
	ir.Float64: "OptionalFloat64", ir.Time: "OptionalTime", ir.Date: "OptionalDate", ir.UUID: "OptionalUUID",
}

// within returns what reads or writes the value of a member by its own method CodeJSON,
// or nil where it has none:
//
//	if v.Price == nil { // it is read
//		v.Price = new(Price)
//	}
//	v.Price.CodeJSON(j)
func (e emitter) within(f *ir.Field) []jen.Code {
	typ, value := f.Type, member(f.Name)
	var body []jen.Code
	if p, ok := typ.(*ir.Pointer); ok {
		if f.Required {
			return nil
		}
		typ = p.Elem
		body = append(body, jen.If(value().Op("==").Nil()).Block(value().Op("=").New(e.typ(typ))))
	}
	if f.Nullable || !ir.HasMethods(typ) {
		return nil
	}
	return append(body, value().Dot("CodeJSON").Call(jen.Id("j")))
}

// elements returns what reads or writes the value of a member that is a list of structs,
// or nil where it is none:
//
//	if room, read := j.Array(); read {
//		v.Lines = make([]Line, 0, room)
//	}
//	for i := 0; j.Element(i < len(v.Lines)); i++ {
//		if i == len(v.Lines) { // it is read
//			v.Lines = append(v.Lines, Line{})
//		}
//		v.Lines[i].CodeJSON(j)
//	}
func (e emitter) elements(f *ir.Field) []jen.Code {
	list, ok := f.Type.(*ir.Slice)
	if !ok || f.Nullable {
		return nil
	}
	named, ok := list.Elem.(*ir.Named)
	if !ok {
		return nil
	}
	s, ok := named.Decl.(*ir.Struct)
	if !ok {
		return nil
	}
	value, i, size := member(f.Name), jen.Id("i"), jen.Len(jen.Id("v").Dot(f.Name))
	return []jen.Code{
		jen.If(jen.List(jen.Id("room"), jen.Id("read")).Op(":=").Id("j").Dot("Array").Call(), jen.Id("read")).
			Block(value().Op("=").Make(e.typ(list), jen.Lit(0), jen.Id("room"))),
		jen.For(i.Clone().Op(":=").Lit(0), jen.Id("j").Dot("Element").Call(i.Clone().Op("<").Add(size.Clone())), i.Clone().Op("++")).Block(
			jen.If(i.Clone().Op("==").Add(size)).Block(value().Op("=").Append(value(), jen.Id(s.Name).Values())),
			value().Index(i).Dot("CodeJSON").Call(jen.Id("j"))),
	}
}

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

// passes returns what tells whether to pass through the members of an object (again):
//
//	j.Members()
//	v.Unknown.Members(j)
func passes(s *ir.Struct) *jen.Statement {
	if s.Extra == nil && s.Unknown != "" {
		return jen.Id("v").Dot(s.Unknown).Dot("Members").Call(jen.Id("j"))
	}
	return jen.Id("j").Dot("Members").Call()
}

// restBothWays returns what becomes of members that have no field, if that is more
// than to pass over them, or to keep them as they are:
//
//	if r := j.Unread(); r != nil {
//		…
//	}
//	if w := j.Writer(); w != nil {
//		…
//	}
func (e emitter) restBothWays(s *ir.Struct) []jen.Code {
	if s.Extra == nil {
		return nil
	}
	return []jen.Code{
		jen.If(jen.Id("r").Op(":=").Id("j").Dot("Unread").Call(), jen.Id("r").Op("!=").Nil()).Block(e.readRest(s)...),
		jen.If(writer(), jen.Id("w").Op("!=").Nil()).Block(e.writeExtra(s)),
	}
}
