package templates

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// structTable returns the table by which a struct is read and written, and the method that
// does so:
//
//	// jsonOrder says how values of Order are read and written.
//	var jsonOrder = codec.Struct{
//		Of: (*Order)(nil),
//		Text: `
//			"id" string
//			"note" string optional
//			unknown`,
//	}
//
//	// CodeJSON reads or writes v as an object of JSON. What is read has been judged.
//	func (v *Order) CodeJSON(j *codec.JSON) {
//		j.Struct(unsafe.Pointer(v), &jsonOrder)
//	}
func (e emitter) structTable(s *ir.Struct, table string) *jen.Statement {
	var text strings.Builder
	var members []*ir.Member
	for _, f := range s.Fields {
		m := f.Member() // a name with a quote has none
		members = append(members, m)
		text.WriteString("\n\t\t\"" + f.JSONName + "\" " + m.Words())
	}
	if s.Unknown != "" {
		text.WriteString("\n\t\tunknown")
	}
	lines := jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
	value := append([]jen.Code{keyed("Of", nilPointer(s.Name))}, e.sumsOf(members...)...)
	if text.Len() > 0 {
		value = append(value, keyed("Text", snip.Lengthy(text.String())))
	}
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+s.Name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Struct")).Custom(lines, value...),
		e.jsonMethod(s.Name, "an object",
			jen.Id("j").Dot("Struct").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(table))))
}

// singleTable returns the table by which a type is read and written that is no struct, and
// the method that does so:
//
//	// jsonTags says how values of Tags are read and written.
//	var jsonTags = codec.Single{Of: (*Tags)(nil), Text: "string list"}
//
//	// CodeJSON reads or writes v as an array of JSON. What is read has been judged.
//	func (v *Tags) CodeJSON(j *codec.JSON) {
//		j.Single(unsafe.Pointer(v), &jsonTags)
//	}
func (e emitter) singleTable(d *ir.Defined, what string) *jen.Statement {
	table := d.Table()
	return paragraphs(
		e.single(table, "values of "+d.Name, jen.Id(d.Name), d.Member()),
		e.jsonMethod(d.Name, what,
			jen.Id("j").Dot("Single").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(table))))
}

// single returns the table that says how values of a type are read and written: in its
// comment they are called of.
func (e emitter) single(table, of string, typ jen.Code, m *ir.Member) *jen.Statement {
	pointer := jen.Parens(jen.Op("*").Add(typ)).Call(jen.Nil())
	value := append([]jen.Code{keyed("Of", pointer), keyed("Text", jen.Lit(m.Words()))}, e.sumsOf(m)...)
	return snip.Doc(ir.Text(table+" says how "+of+" are read and written."), 0).
		Var().Id(table).Op("=").Add(e.rt.Codec("Single")).Values(value...)
}

// sumsOf returns what reads and writes the sums that members are, each once, if there is
// one:
//
//	Sums: []codec.Value{(*jsonShape)(nil)}
func (e emitter) sumsOf(members ...*ir.Member) []jen.Code {
	var out []jen.Code
	met := map[*ir.Sum]bool{}
	for _, m := range members {
		if sum := m.Sum(); sum != nil && !met[sum] {
			met[sum] = true
			out = append(out, nilPointer(sum.Coder()))
		}
	}
	if out == nil {
		return nil
	}
	return []jen.Code{keyed("Sums", jen.Index().Add(e.rt.Codec("Value")).Values(out...))}
}

// keyed returns a key and its value: Name: "id"
func keyed(key string, value jen.Code) *jen.Statement { return jen.Id(key).Op(":").Add(value) }
