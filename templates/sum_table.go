package templates

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// sumTable returns the table by which a sum is read, and the type that reads and writes it:
//
//	// sumShape says which types Shape is one of, and how they are told apart.
//	var sumShape = codec.Sum{
//		Of:       (*jsonShape)(nil),
//		Branches: []any{(*Circle)(nil), (*ShapeText)(nil)},
//		Kinds: `
//			struct
//			string`,
//		Text: `{"kinds": {"object": 0, "string": 1}}`,
//	}
//
//	// jsonShape reads and writes values of Shape.
//	type jsonShape struct {
//		Value Shape
//	}
//
//	// CodeJSON reads or writes v as a value of JSON. What is read has been judged.
//	func (v *jsonShape) CodeJSON(j *codec.JSON) {
//		if !j.Sum(unsafe.Pointer(v), &sumShape) {
//			WriteShape(j.Writer(), v.Value)
//		}
//	}
func (e emitter) sumTable(s *ir.Sum) *jen.Statement {
	lines := jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
	var text strings.Builder
	branches := jen.Options{Open: "{", Close: "}", Separator: ",", Multi: len(s.Branches) > 4}
	var list []jen.Code
	var members []*ir.Member
	words := ""
	for _, b := range s.Branches {
		list = append(list, nilPointer(b.Decl.TypeName()))
		members = append(members, b.Member())
		words += "\n\t\t" + b.Member().Words()
	}
	value := []jen.Code{keyed("Of", nilPointer(s.Coder())), keyed("Branches", jen.Index().Any().Custom(branches, list...)), keyed("Kinds", snip.Lengthy(words))}
	value = append(value, e.partsOf(members...)...)
	if tries(s.Pick) {
		value = append(value, keyed("Rules", jen.Op("&").Id("rules")))
	}
	pickText(s, s.Pick).write(&text, 1)
	value = append(value, keyed("Text", snip.Lengthy(text.String())))
	read := jen.Op("!").Id("j").Dot("Sum").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("v")), jen.Op("&").Id(s.Table()))
	return paragraphs(
		snip.Doc(ir.Text(s.Table()+" says which types "+s.Name+" is one of, and how they are told apart."), 0).
			Var().Id(s.Table()).Op("=").Add(e.rt.Codec("Sum")).Custom(lines, value...),
		snip.Doc(ir.Text(s.Coder()+" reads and writes values of "+s.Name+"."), 0).
			Type().Id(s.Coder()).Struct(jen.Id("Value").Id(s.Name)),
		e.jsonMethod(s.Coder(), "a value", jen.If(read).Block(
			jen.Id(s.Write).Call(jen.Id("j").Dot("Writer").Call(), jen.Id("v").Dot("Value")))),
	)
}

// nilPointer returns: (*Circle)(nil)
func nilPointer(name string) *jen.Statement { return nilTo(jen.Id(name)) }

// nilTo is nilPointer for any type.
func nilTo(typ jen.Code) *jen.Statement { return jen.Parens(jen.Op("*").Add(typ)).Call(jen.Nil()) }

// kindNames are the kinds of values as tables of sums name them, in their order.
var kindNames = [...]string{"boolean", "number", "string", "array", "object", "null"}

// pickText is a way to find a branch as the text of a table says it; see codec.Sum.
func pickText(s *ir.Sum, p *ir.Pick) jsonText {
	out := jsonText{text: "{"}
	add := func(name string, value jsonText) { out.parts = append(out.parts, value.named(name)) }
	otherwise := (*ir.Pick)(nil)
	switch {
	case p == nil: // no value leads there
		return jsonText{text: "null"}
	case p.Branch != nil:
		return branchText(s, p.Branch)
	case p.Kinds != nil:
		add("kinds", jsonObject(p.Kinds, func(k ir.KindPick) jsonText {
			var names []string
			for _, kind := range k.Kinds {
				names = append(names, kindNames[kind])
			}
			return pickText(s, k.Pick).named(strings.Join(names, " "))
		}))
	case p.Member != nil:
		texts := jsonText{text: "{"}
		for _, v := range p.Member.Values {
			for _, text := range v.Values {
				texts.parts = append(texts.parts, pickText(s, v.Pick).named(text))
			}
		}
		add("member", jsonString(p.Member.Name))
		add("texts", texts)
		otherwise = p.Member.Else
	case p.Present != nil:
		add("present", jsonString(p.Present.Name))
		add("then", pickText(s, p.Present.Yes))
		otherwise = p.Present.Absent
	default:
		add("try", tryText(s, p.Try))
	}
	if otherwise != nil {
		add("else", pickText(s, otherwise))
	}
	return out
}

// branchText is the number of a branch.
func branchText(s *ir.Sum, b *ir.Branch) jsonText {
	return jsonText{text: strconv.Itoa(slices.Index(s.Branches, b))}
}

// tryText are branches by the names of the rules that are asked, up to the first that need
// no asking: it has no name.
func tryText(s *ir.Sum, branches []*ir.Branch) jsonText {
	out := jsonText{text: "{"}
	for i, b := range branches {
		if b.Rules == "" || i == len(branches)-1 {
			out.parts = append(out.parts, branchText(s, b).named(""))
			break
		}
		out.parts = append(out.parts, branchText(s, b).named(b.Rules))
	}
	return out
}

// tries tells whether rules are asked to find a branch.
func tries(p *ir.Pick) bool {
	switch {
	case p == nil:
		return false
	case p.Kinds != nil:
		return slices.ContainsFunc(p.Kinds, func(k ir.KindPick) bool { return tries(k.Pick) })
	case p.Member != nil:
		return tries(p.Member.Else) || slices.ContainsFunc(p.Member.Values, func(v ir.ValuePick) bool { return tries(v.Pick) })
	case p.Present != nil:
		return tries(p.Present.Yes) || tries(p.Present.Absent)
	}
	return len(p.Try) > 0
}
