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
	var lines []string
	var members []*ir.Member
	for _, f := range s.Fields {
		m := f.Member() // a name with a quote has none
		lines, members = append(lines, `"`+f.JSONName+`" `+m.Words()), append(members, m)
	}
	if s.Extra != nil {
		m := s.Extra.Map()
		lines, members = append(lines, "extra "+m.Words()), append(members, m)
	}
	if s.Unknown != "" {
		lines = append(lines, "unknown")
	}
	return e.table(table, s.Name, "an object", withOther(lines, s.Other), members)
}

// tupleTable is structTable for the elements of an array, which have no names:
//
//	Text: `
//		string
//		int64 optional
//		rest raw list`,
func (e emitter) tupleTable(t *ir.Tuple, table string) *jen.Statement {
	var lines []string
	var members []*ir.Member
	for _, f := range t.Fields {
		m := f.Member()
		lines, members = append(lines, m.Words()), append(members, m)
	}
	if t.Rest != nil {
		m := t.Rest.List()
		lines, members = append(lines, "rest "+m.Words()), append(members, m)
	}
	return e.table(table, t.Name, "an array", withOther(lines, t.Other), members)
}

// withOther adds the line for the field of that name that keeps a value which is of another
// kind, if there is one.
func withOther(lines []string, name string) []string {
	if name == "" {
		return lines
	}
	return append(lines, "other")
}

// table returns a codec.Struct, and the method that uses it.
func (e emitter) table(table, name, what string, lines []string, members []*ir.Member) *jen.Statement {
	value := append([]jen.Code{keyed("Of", nilPointer(name))}, e.sumsOf(members...)...)
	if len(lines) > 0 {
		value = append(value, keyed("Text", snip.Lengthy("\n\t\t"+strings.Join(lines, "\n\t\t"))))
	}
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Struct")).Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, value...),
		e.jsonMethod(name, what,
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
func (e emitter) singleTable(name, table string, m *ir.Member, what string) *jen.Statement {
	return paragraphs(
		e.single(table, "values of "+name, jen.Id(name), m),
		e.jsonMethod(name, what,
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
