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
	if s.Unknown != "" {
		text.WriteString("\n\t\tunknown")
	}
	lines := jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
	value := []jen.Code{keyed("Of", nilPointer(s.Name))}
	if sums := sumsOf(s); len(sums) > 0 {
		value = append(value, keyed("Sums", jen.Index().Add(e.rt.Codec("Value")).Values(sums...)))
	}
	if text.Len() > 0 {
		value = append(value, keyed("Text", snip.Lengthy(text.String())))
	}
	return paragraphs(
		snip.Doc(ir.Text(table+" says how values of "+s.Name+" are read and written."), 0).
			Var().Id(table).Op("=").Add(e.rt.Codec("Struct")).Custom(lines, value...),
		e.jsonMethod(s.Name, "an object",
			jen.Id("j").Dot("Struct").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(table))))
}

// tableLine returns the line of a field in the text of a table: its name, its kind and what
// else it is.
//
//	"lines" struct list some
//	"kind" string "circle"
func tableLine(f *ir.Field) string {
	m := f.Member()
	line := `"` + f.JSONName + `" ` + fieldKind(m) // a name with a quote has no table
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

// sumsOf returns what reads and writes the sums that fields of a struct are, each once:
//
//	(*jsonShape)(nil)
func sumsOf(s *ir.Struct) []jen.Code {
	var out []jen.Code
	met := map[*ir.Sum]bool{}
	for _, f := range s.Fields {
		if t, ok := f.Member().Value.(*ir.Named); ok {
			if sum, ok := t.Decl.(*ir.Sum); ok && !met[sum] {
				met[sum] = true
				out = append(out, nilPointer(sum.Coder()))
			}
		}
	}
	return out
}

// keyed returns a key and its value: Name: "id"
func keyed(key string, value jen.Code) *jen.Statement { return jen.Id(key).Op(":").Add(value) }
