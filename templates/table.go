package templates

import (
	"cmp"
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
	for _, f := range s.Fields {
		text.WriteString("\n\t\t" + tableLine(f))
	}
	var members []*ir.Member
	for _, f := range s.Fields {
		members = append(members, f.Member())
	}
	if s.Extra != nil {
		text.WriteString("\n\t\textra " + memberWords(s.Extra.Member()))
		members = append(members, s.Extra.Member())
	}
	if s.Unknown != "" {
		text.WriteString("\n\t\tunknown")
	}
	if s.Other != "" {
		text.WriteString("\n\t\tother")
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
	table, m := d.Table(), d.Member()
	value := append([]jen.Code{keyed("Of", nilPointer(d.Name)), keyed("Text", jen.Lit(memberWords(m)))}, e.sumsOf(m)...)
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+d.Name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Single")).Values(value...),
		e.jsonMethod(d.Name, what,
			jen.Id("j").Dot("Single").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(table))))
}

// tableLine returns the line of a field in the text of a table: its name, its kind and what
// else it is.
//
//	"lines" struct list some
//	"kind" string "circle"
func tableLine(f *ir.Field) string {
	return `"` + f.JSONName + `" ` + memberWords(f.Member()) // a name with a quote has no table
}

// memberWords returns the kind of a member and what else it is.
func memberWords(m *ir.Member) string {
	line := fieldKind(m)
	if m.List {
		line += " list"
	}
	if m.Map {
		line += " map"
	}
	if m.Optional {
		line += " optional"
	}
	if m.Some {
		line += " some"
	}
	if m.Nullable {
		line += " nullable"
	}
	if m.Nil {
		line += " nil"
	}
	if m.Fixed != "" {
		line += ` "` + m.Fixed + `"` // and so has one with a quote
	}
	return line
}

// fieldKind returns the word for the kind of a member's values.
func fieldKind(m *ir.Member) string {
	switch t := m.Value.(type) {
	case ir.Basic:
		return strings.ToLower(cmp.Or(runtimeNames()[t], readBasic[t]))
	case *ir.Named:
		switch t.Decl.(type) {
		case *ir.Struct, *ir.Tuple:
			return "struct"
		case *ir.Sum:
			return "sum"
		}
	}
	return "value"
}

// sumsOf returns what reads and writes the sums that members are, each once, if there is
// one:
//
//	Sums: []codec.Value{(*jsonShape)(nil)}
func (e emitter) sumsOf(members ...*ir.Member) []jen.Code {
	var out []jen.Code
	met := map[*ir.Sum]bool{}
	for _, m := range members {
		if t, ok := m.Value.(*ir.Named); ok {
			if sum, ok := t.Decl.(*ir.Sum); ok && !met[sum] {
				met[sum] = true
				out = append(out, nilPointer(sum.Coder()))
			}
		}
	}
	if out == nil {
		return nil
	}
	return []jen.Code{keyed("Sums", jen.Index().Add(e.rt.Codec("Value")).Values(out...))}
}

// keyed returns a key and its value: Name: "id"
func keyed(key string, value jen.Code) *jen.Statement { return jen.Id(key).Op(":").Add(value) }
