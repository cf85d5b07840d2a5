package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// setDefaults returns:
//
//	// SetDefaults gives members that are absent the document's defaults.
//	func (v *Order) SetDefaults() {
//		runtime.DefaultString(&v.Note, "none")
//		codec.DefaultString((*string)(&v.Kind), string(KindOrder))
//		if v.Due.IsZero() {
//			codec.NewReader(`"2026-05-04"`).JSON().MemberOf(unsafe.Pointer(v), &jsonOrder, "due")
//		}
//		v.Price.SetDefaults()
//	}
func (e emitter) setDefaults(s *ir.Struct) *jen.Statement {
	var body []jen.Code
	if s.Other != "" {
		body = append(body, jen.If(member(s.Other)().Op("!=").Nil()).Block(jen.Return()))
	}
	for _, f := range s.Fields {
		if f.Default != "" {
			body = append(body, e.setDefault(s, f))
		}
		if f.DefaultsWithin() {
			body = append(body, e.defaultsWithin(f.Type, member(f.Name), 0)...)
		}
	}
	if s.Extra != nil && ir.Defaults(s.Extra.Elem) {
		body = append(body, e.defaultsWithin(extraType(s), member(s.Extra.Name), 0)...)
	}
	return snip.Doc(ir.Text("SetDefaults gives members that are absent the document's defaults."), 0).
		Func().Params(jen.Id("v").Op("*").Id(s.Name)).Id("SetDefaults").Params().Block(body...)
}

// tupleDefaults is setDefaults for a list with places: what is absent stays so, since
// others are behind it.
func (e emitter) tupleDefaults(t *ir.Tuple) *jen.Statement {
	var body []jen.Code
	if t.Other != "" {
		body = append(body, jen.If(member(t.Other)().Op("!=").Nil()).Block(jen.Return()))
	}
	for _, f := range t.Fields {
		if f.DefaultsWithin() {
			body = append(body, e.defaultsWithin(f.Type, member(f.Name), 0)...)
		}
	}
	if t.Rest != nil && ir.Defaults(t.Rest.Elem) {
		body = append(body, e.defaultsWithin(&ir.Slice{Elem: t.Rest.Elem}, member(t.Rest.Name), 0)...)
	}
	return elementDefaults(t.Name, body)
}

// definedDefaults is setDefaults for a list or map with a name.
func (e emitter) definedDefaults(d *ir.Defined) *jen.Statement {
	self := func() *jen.Statement { return jen.Params(jen.Op("*").Id("v")) }
	return elementDefaults(d.Name, e.defaultsWithin(d.Type, self, 0))
}

// elementDefaults returns:
//
//	// SetDefaults gives members of elements that are absent the document's defaults.
//	func (v *Orders) SetDefaults() {
//		…
//	}
func elementDefaults(name string, body []jen.Code) *jen.Statement {
	return snip.Doc(ir.Text("SetDefaults gives members of elements that are absent the document's defaults."), 0).
		Func().Params(jen.Id("v").Op("*").Id(name)).Id("SetDefaults").Params().Block(body...)
}

// sumDefaults returns what sets the defaults of the branch that a value is:
//
//	switch x := v.Shape.(type) {
//	case Circle:
//		x.SetDefaults()
//		v.Shape = x
//	}
func (e emitter) sumDefaults(s *ir.Sum, value place, depth int) jen.Code {
	x := local("x", depth)
	var cases []jen.Code
	for _, b := range s.Branches {
		if ir.Defaults(&ir.Named{Decl: b.Decl}) {
			cases = append(cases, jen.Case(jen.Id(b.Decl.TypeName())).Block(
				jen.Add(x()).Dot("SetDefaults").Call(), value().Op("=").Add(x())))
		}
	}
	return jen.Switch(jen.Add(x()).Op(":=").Add(value()).Assert(jen.Type())).Block(cases...)
}

// setDefault returns what gives one member its default: what Go cannot write is
// read from its JSON.
func (e emitter) setDefault(s *ir.Struct, f *ir.Field) *jen.Statement {
	if call := e.defaultCall(f); call != nil {
		return call
	}
	if x := e.literal(f.Type, f.Default); x != nil {
		return jen.If(absent(f)).Block(member(f.Name)().Op("=").Add(x))
	}
	from := e.rt.Codec("NewReader").Call(snip.Text(f.Default)).Dot("JSON").Call()
	return jen.If(absent(f)).Block(e.codeMember(from, s, f))
}

// defaultCall returns the call that gives a member its default, or nil where there is no
// function for its type: one of the runtime for what is an Optional, one of its codec for
// what is absent when it is empty.
//
//	runtime.DefaultString(&v.Note, "none")
//	codec.DefaultString((*string)(&v.Kind), string(KindOrder))
func (e emitter) defaultCall(f *ir.Field) *jen.Statement {
	at := func() *jen.Statement { return jen.Op("&").Add(member(f.Name)()) }
	switch t := f.Type.(type) {
	case *ir.Optional:
		if b, ok := t.Elem.(ir.Basic); ok && defaultCalls[b] != "" {
			if b == ir.Decimal {
				return e.rt.Name(defaultCalls[b]).Call(at(), snip.Text(f.Default))
			}
			if x := e.untyped(b, f.Default); x != nil {
				return e.rt.Name(defaultCalls[b]).Call(at(), x)
			}
		}
	case *ir.Named:
		d, ok := t.Decl.(*ir.Enum)
		if !ok || d.Base != ir.String {
			return nil
		}
		if x := e.constant(d, f.Default); x != nil {
			return e.rt.Codec("DefaultString").Call(jen.Params(jen.Op("*").String()).Call(at()), jen.String().Call(x))
		}
	}
	return nil
}

// defaultCalls are the functions that give Optionals a default.
var defaultCalls = map[ir.Basic]string{
	ir.String: "DefaultString", ir.Bool: "DefaultBool", ir.Int32: "DefaultInt32", ir.Int64: "DefaultInt64",
	ir.Float64: "DefaultFloat64", ir.Decimal: "DefaultDecimal",
}

// defaultsWithin returns what sets the defaults of the objects within a value.
func (e emitter) defaultsWithin(t ir.Type, value place, depth int) []jen.Code {
	set := func(elem ir.Type, wrap string) []jen.Code {
		x := local("x", depth)
		body := append(e.defaultsWithin(elem, x, depth+1), value().Op("=").Add(e.rt.Name(wrap).Call(x())))
		return []jen.Code{got(x, value).Block(body...)}
	}
	switch t := t.(type) {
	case *ir.Named:
		if s, ok := t.Decl.(*ir.Sum); ok {
			return []jen.Code{e.sumDefaults(s, value, depth)}
		}
		return []jen.Code{value().Dot("SetDefaults").Call()}
	case *ir.Pointer:
		return []jen.Code{jen.If(value().Op("!=").Nil()).Block(e.defaultsWithin(t.Elem, value, depth)...)}
	case *ir.Optional:
		return set(t.Elem, "Some")
	case *ir.Nullable:
		return set(t.Elem, "Value")
	case *ir.Slice:
		i := local("i", depth)
		element := func() *jen.Statement { return value().Index(i()) }
		return []jen.Code{jen.For(i().Op(":=").Range().Add(value())).Block(e.defaultsWithin(t.Elem, element, depth+1)...)}
	case *ir.Map:
		key, x := local("key", depth), local("x", depth)
		body := append(e.defaultsWithin(t.Elem, x, depth+1), value().Index(key()).Op("=").Add(x()))
		return []jen.Code{jen.For(jen.List(key(), x()).Op(":=").Range().Add(value())).Block(body...)}
	}
	return nil
}
