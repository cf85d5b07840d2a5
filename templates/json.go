package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// jsonMethods returns what lets a type be read and written by itself, beside its
// method CodeJSON:
//
//	// MarshalJSON returns v as JSON.
//	func (v Order) MarshalJSON() ([]byte, error) {
//		j := codec.Writing()
//		v.CodeJSON(j)
//		return j.Written()
//	}
//
//	// UnmarshalJSON judges data by the rules of the document and reads it into v.
//	func (v *Order) UnmarshalJSON(data []byte) error {
//		return codec.UnmarshalBy(data, rules, "Order", v)
//	}
func (e emitter) jsonMethods(name, rules string) []*jen.Statement {
	value, pointer := jen.Id("v").Id(name), jen.Id("v").Op("*").Id(name)
	bytes := func() *jen.Statement { return jen.Index().Byte() }
	out := []*jen.Statement{
		snip.Doc(ir.Text("MarshalJSON returns v as JSON."), 0).
			Func().Params(value.Clone()).Id("MarshalJSON").Params().Params(bytes(), jen.Error()).
			Block(
				jen.Id("j").Op(":=").Add(e.rt.Codec("Writing").Call()),
				jen.Id("v").Dot("CodeJSON").Call(jen.Id("j")),
				jen.Return(jen.Id("j").Dot("Written").Call())),
		snip.Doc(ir.Text("UnmarshalJSON judges data by the document's rules and reads it into v."), 0).
			Func().Params(pointer.Clone()).Id("UnmarshalJSON").Params(jen.Id("data").Add(bytes())).Error().
			Block(jen.Return(e.unmarshal(rules, jen.Id("v")))),
	}
	if rules == "" {
		return out
	}
	return append(out, e.validateFunc(name, rules))
}

// unmarshal returns one of:
//
//	codec.UnmarshalBy(data, rules, "Order", v)
//	codec.Unmarshal(data, nil, v)
func (e emitter) unmarshal(rules string, into jen.Code) *jen.Statement {
	if rules == "" {
		return e.rt.Codec("Unmarshal").Call(jen.Id("data"), jen.Nil(), into)
	}
	return e.rt.Codec("UnmarshalBy").Call(jen.Id("data"), jen.Id("rules"), jen.Lit(rules), into)
}

// validateFunc returns:
//
//	// ValidateOrder judges JSON by the rules of Order.
//	func ValidateOrder(data []byte) error { return rules.Check(data, "Order") }
func (e emitter) validateFunc(name, rules string) *jen.Statement {
	return e.validateBy(name, rules, "JSON by the rules of "+name)
}

// validateBy is validateFunc for what is said of it.
func (e emitter) validateBy(name, rules, what string) *jen.Statement {
	return snip.Doc(ir.Text("Validate"+name+" judges "+what+"."), 0).
		Func().Id("Validate" + name).Params(jen.Id("data").Index().Byte()).Error().
		Block(jen.Return(jen.Id("rules").Dot("Check").Call(jen.Id("data"), jen.Lit(rules))))
}
