package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// structTable returns the table by which a struct is read and written, and the method that
// does so:
//
//	// jsonOrder says how an Order is read and written.
//	var jsonOrder = codec.Struct{
//		Of: (*Order)(nil),
//		Fields: []codec.Field{
//			{Name: "id", Kind: codec.StringField, At: unsafe.Offsetof(Order{}.ID)},
//			{Name: "note", Kind: codec.StringField | codec.Optional, At: unsafe.Offsetof(Order{}.Note)},
//			{Kind: codec.UnknownField, At: unsafe.Offsetof(Order{}.Unknown)},
//		},
//	}
//
//	// CodeJSON reads or writes v as an object of JSON. What is read has been judged.
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		j.Struct(unsafe.Pointer(v), &jsonOrder)
//	}
func (e emitter) structTable(s *ir.Struct, table string) *jen.Statement {
	var fields []jen.Code
	for _, f := range s.Fields {
		fields = append(fields, e.tableField(s, f))
	}
	if s.Unknown != "" {
		fields = append(fields, jen.Values(keyed("Kind", e.rt.Codec("UnknownField")), at(s, s.Unknown)))
	}
	lines := jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
	value := []jen.Code{keyed("Of", typedNil(jen.Id(s.Name)))}
	if len(fields) > 0 {
		value = append(value, keyed("Fields", jen.Index().Add(e.rt.Codec("Field")).Custom(lines, fields...)))
	}
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+s.Name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Struct")).Custom(lines, value...),
		e.jsonMethod(s.Name, "an object",
			jen.Id("j").Dot("Struct").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(table))))
}

// tableField returns the line of a field:
//
//	{Name: "lines", Kind: codec.StructField | codec.List, At: unsafe.Offsetof(Order{}.Lines), Of: (*Line)(nil)}
func (e emitter) tableField(s *ir.Struct, f *ir.Field) *jen.Statement {
	m := f.Member()
	kind, of := e.fieldKind(m)
	for _, flag := range []struct {
		set  bool
		name string
	}{{m.List, "List"}, {m.Optional, "Optional"}, {m.Some, "Some"}} {
		if flag.set {
			kind.Op("|").Add(e.rt.Codec(flag.name))
		}
	}
	values := []jen.Code{keyed("Name", jen.Lit(f.JSONName)), keyed("Kind", kind), at(s, f.Name)}
	if of != nil {
		values = append(values, keyed("Of", typedNil(of)))
	}
	return jen.Values(values...)
}

// fieldKind returns the kind of a member's values, and their type where the kind does not
// say it.
func (e emitter) fieldKind(m *ir.Member) (kind, of *jen.Statement) {
	switch t := m.Value.(type) {
	case ir.Basic:
		if runtimeNames()[t] == "" {
			return e.rt.Codec(readBasic[t] + "Field"), nil
		}
	case *ir.Map:
		return e.rt.Codec("MapField"), nil
	case *ir.Named:
		switch t.Decl.(type) {
		case *ir.Struct, *ir.Tuple:
			return e.rt.Codec("StructField"), e.typ(t)
		}
	}
	return e.rt.Codec("ValueField"), e.typ(m.Value)
}

// keyed returns a key and its value: Name: "id"
func keyed(key string, value jen.Code) *jen.Statement { return jen.Id(key).Op(":").Add(value) }

// at returns where a field lies: At: unsafe.Offsetof(Order{}.ID)
func at(s *ir.Struct, field string) *jen.Statement {
	return keyed("At", jen.Qual("unsafe", "Offsetof").Call(jen.Id(s.Name).Values().Dot(field)))
}

// typedNil returns a nil pointer: (*Order)(nil)
func typedNil(t jen.Code) *jen.Statement {
	return jen.Parens(jen.Op("*").Add(t)).Call(jen.Nil())
}
