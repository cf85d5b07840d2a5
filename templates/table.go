package templates

import (
	"fmt"
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
func (e emitter) structTable(s *ir.Struct) *jen.Statement {
	var lines []string
	var members []*ir.Member
	for _, f := range s.Fields {
		m := f.Member()
		lines, members = append(lines, quoted(f.JSONName)+" "+m.Words()), append(members, m)
	}
	if s.Extra != nil {
		m := s.Extra.Map()
		lines, members = append(lines, "extra "+m.Words()), append(members, m)
	}
	if s.Unknown != "" {
		lines = append(lines, "unknown")
	}
	return e.table(s.Table(), s, "an object", withOther(lines, s.Other), members)
}

// tupleTable is structTable for the elements of an array, which have no names:
//
//	Text: `
//		string
//		int64 optional
//		rest raw list`,
func (e emitter) tupleTable(t *ir.Tuple) *jen.Statement {
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
	return e.table(t.Table(), t, "an array", withOther(lines, t.Other), members)
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
func (e emitter) table(table string, d ir.TypeDecl, what string, lines []string, members []*ir.Member) *jen.Statement {
	name := d.TypeName()
	value := append([]jen.Code{keyed("Of", nilPointer(name))}, e.partsOf(members...)...)
	if len(lines) > 0 {
		value = append(value, keyed("Text", snip.Lengthy("\n\t\t"+strings.Join(lines, "\n\t\t"))))
	}
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Struct")).Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, value...),
		e.jsonMethod(name, what,
			jen.Id("j").Dot("Struct").Call(e.pointer(jen.Id("v"), &ir.Named{Decl: d}), jen.Op("&").Id(table))))
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
func (e emitter) singleTable(d ir.TypeDecl, table string, m *ir.Member, what string, as ...jen.Code) *jen.Statement {
	name := d.TypeName()
	return paragraphs(
		e.single(table, "values of "+name, m, append([]jen.Code{keyed("Of", nilPointer(name))}, as...)...),
		e.jsonMethod(name, what,
			jen.Id("j").Dot("Single").Call(e.pointer(jen.Id("v"), &ir.Named{Decl: d}), jen.Op("&").Id(table))))
}

// pointer returns a pointer to a value of a type for package codec, on the heap where that is
// asked for:
//
//	unsafe.Pointer(v)
//	codec.Kept(unsafe.Pointer(v))
func (e emitter) pointer(at jen.Code, t ir.Type) *jen.Statement {
	p := jen.Qual("unsafe", "Pointer").Call(at)
	if ir.Keeps(t) {
		return e.rt.Codec("Kept").Call(p)
	}
	return p
}

// single returns the table that says how values are read and written: in its comment they
// are called of. The value says what type they are of.
func (e emitter) single(table, of string, m *ir.Member, value ...jen.Code) *jen.Statement {
	value = append(append(value, keyed("Text", jen.Lit(m.Words()))), e.partsOf(m)...)
	return snip.Doc(ir.Text(table+" says how "+of+" are read and written."), 0).
		Var().Id(table).Op("=").Add(e.rt.Codec("Single")).Values(value...)
}

// partsOf returns what reads and writes the sums that members are, and what knows the types that
// their maps hold, each once, if there is one:
//
//	Sums: []codec.Value{(*jsonShape)(nil)}
//	Maps: []codec.Map{codec.MapOf[Line]}
func (e emitter) partsOf(members ...*ir.Member) (parts []jen.Code) {
	var sums, maps []jen.Code
	met := map[string]bool{}
	for _, m := range members {
		if sum := m.Sum(); sum != nil && !met[sum.Coder()] {
			met[sum.Coder()] = true
			sums = append(sums, nilPointer(sum.Coder()))
		}
		for _, t := range m.MapValues() {
			of := e.rt.Codec("MapOf").Types(e.typ(t))
			if text := fmt.Sprintf("%#v", of); !met[text] {
				met[text] = true
				maps = append(maps, of)
			}
		}
	}
	if sums != nil {
		parts = append(parts, keyed("Sums", jen.Index().Add(e.rt.Codec("Value")).Values(sums...)))
	}
	if maps != nil {
		parts = append(parts, keyed("Maps", jen.Index().Add(e.rt.Codec("Map")).Values(maps...)))
	}
	return parts
}

// keyed returns a key and its value: Name: "id"
func keyed(key string, value jen.Code) *jen.Statement { return jen.Id(key).Op(":").Add(value) }
