package templates

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// enum returns:
//
//	// Status is …
//	type Status string
//
//	// The values of Status.
//	const (
//		StatusOn  Status = "on"
//		StatusOff Status = "off"
//	)
//
//	// Valid tells whether v is one of the values of Status.
//	func (v Status) Valid() bool {
//		return codec.Values("|on|off").Has(string(v))
//	}
//
// A single value stands by itself: const StatusOn Status = "on". Values that Go has no
// constants for, or that are of several kinds, are their JSON, as which they are read and written:
//
//	// Level is …
//	type Level string
//
//	// The values of Level, as JSON.
//	const (
//		LevelLow Level = `"low"`
//		Level1   Level = `1`
//	)
//
//	// jsonLevel says how values of Level are read and written.
//	var jsonLevel = codec.Single{Of: (*Level)(nil), Text: "canonical"}
func (e emitter) enum(d *ir.Enum) *jen.Statement {
	parts := []*jen.Statement{
		snip.Doc(d.Doc, 0).Type().Id(d.Name).Add(e.enumBase(d)),
		constants(d.Name, d.Base, d.Values),
		e.valid(d.Name, d.Base, d.Values),
	}
	if table := d.Table(); table != "" {
		parts = append(append(parts, e.singleTable(d, table, d.Member(), "a value")), e.jsonMethods(d.Name, d.Rules)...)
	} else if d.Rules != "" {
		parts = append(parts, e.validateFunc(d.Name, d.Rules))
	}
	return paragraphs(parts...)
}

// enumBase is the type that an enum is in memory.
func (e emitter) enumBase(d *ir.Enum) *jen.Statement {
	if d.Base == ir.Raw {
		return jen.String()
	}
	return e.basic(d.Base)
}

// constants returns the constants of an enum.
func constants(name string, base ir.Basic, values []*ir.EnumValue) *jen.Statement {
	var defs []jen.Code
	for _, v := range values {
		literal := jen.Lit(v.Literal)
		if base != ir.String && base != ir.Raw {
			literal = snip.Number(v.Literal)
		}
		defs = append(defs, jen.Id(v.Name).Id(name).Op("=").Add(literal))
	}
	if len(defs) == 1 {
		return snip.Doc(ir.Text(values[0].Name+" is the only value of "+name+"."), 0).Const().Add(defs...)
	}
	return snip.Doc(ir.Text("The values of "+name+"."), 0).Const().Defs(defs...)
}

// valid returns the method that tells whether a value is one of them. Texts are looked
// for in one text that has them all, numbers by a switch. The compiler makes a method of
// the pointer beside it, of the same statements unless they are kept from being inlined.
func (e emitter) valid(name string, base ir.Basic, values []*ir.EnumValue) *jen.Statement {
	method := func(doc *jen.Statement, body ...jen.Code) *jen.Statement {
		return doc.Func().Params(jen.Id("v").Id(name)).Id("Valid").Params().Bool().Block(body...)
	}
	words := func(which string) *jen.Statement { return snip.Doc(ir.Text("Valid tells whether v is "+which+"."), 0) }
	if len(values) == 1 {
		return method(words(values[0].Name), jen.Return(jen.Id("v").Op("==").Id(values[0].Name)))
	}
	var constants []jen.Code
	var texts []string
	for _, v := range values {
		constants, texts = append(constants, jen.Id(v.Name)), append(texts, v.Literal)
	}
	doc := snip.NotInlined(words("one of the values of " + name))
	if base != ir.String && base != ir.Raw {
		return method(doc,
			jen.Switch(jen.Id("v")).Block(jen.Case(constants...).Block(jen.Return(jen.True()))), jen.Return(jen.False()))
	}
	return method(doc, jen.Return(
		e.rt.Codec("Values").Call(joined(texts)).Dot("Has").Call(jen.String().Call(jen.Id("v")))))
}

// joined is the literal of texts as codec.Values has them, on several lines where it is
// long.
func joined(texts []string) *jen.Statement {
	between, line := separator(texts), ""
	out := jen.Null()
	for _, text := range texts {
		if line != "" && len(line)+len(text) > oneLineWidth {
			out.Add(snip.Text(line)).Op("+").Line()
			line = ""
		}
		line += between + text
	}
	return out.Add(snip.Text(line))
}

// separator is a byte that none of the texts has.
func separator(texts []string) string {
	for _, c := range []string{"|", ",", ";", "/", "#", "~", "\n"} {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, c) }) {
			return c
		}
	}
	return "\xff" // which UTF-8 has nowhere
}

// parameterType returns:
//
//	// StreetlightID is …
//	type StreetlightID string
//
// and, for an enum, its constants and Valid.
func (e emitter) parameterType(p *ir.ParameterType) *jen.Statement {
	typ := snip.Doc(p.Doc, 0).Type().Id(p.Name).String()
	if len(p.Values) == 0 {
		return typ
	}
	return paragraphs(typ, constants(p.Name, ir.String, p.Values), e.valid(p.Name, ir.String, p.Values))
}

// oneLineWidth is how wide, in bytes, a line of a long literal is.
const oneLineWidth = 60
