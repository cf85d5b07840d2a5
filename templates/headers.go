package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// headerMethods returns:
//
//	// codeHeaders reads or writes v as the headers of a message.
//	func (v *CommonHeaders) codeHeaders(h *runtime.HeaderCodec) {
//		h.String("region", &v.Region)
//		if h.Has("my-app-header", !v.MyAppHeader.IsZero()) {
//			h.JSON("my-app-header").MemberOf(unsafe.Pointer(v), &jsonCommonHeaders, "my-app-header")
//		}
//	}
func (e emitter) headerMethods(h *ir.HeaderMethods) *jen.Statement {
	var body []jen.Code
	for _, f := range h.Struct.Fields {
		body = append(body, e.codeHeader(h.Struct, f, h.Kinds[f.JSONName]))
	}
	return snip.Doc(ir.Text(h.Code+" reads or writes v as the headers of a message."), 0).
		Func().Params(jen.Id("v").Op("*").Id(h.Struct.Name)).Id(h.Code).
		Params(jen.Id("h").Op("*").Add(e.rt.Name("HeaderCodec"))).Block(body...)
}

// codeHeader returns what reads or writes a field unless it is absent:
//
//	h.OptionalString("name", &v.Name)
//	if h.Has("day", !v.Day.IsZero()) {
//		…
//	}
func (e emitter) codeHeader(s *ir.Struct, f *ir.Field, kinds check.Types) *jen.Statement {
	if f.Required {
		return e.headerValue(s, f, kinds)
	}
	if o, ok := f.Type.(*ir.Optional); ok && o.Elem == ir.String {
		return jen.Id("h").Dot("OptionalString").Call(jen.Lit(f.JSONName), jen.Op("&").Add(member(f.Name)()))
	}
	has := "Has"
	if kinds&headerTypes(f.Type, map[*ir.Sum]bool{})&check.Null != 0 {
		has = "HasNull"
	}
	return jen.If(jen.Id("h").Dot(has).Call(jen.Lit(f.JSONName), present(f))).Block(e.headerValue(s, f, kinds))
}

// headerValue returns one of:
//
//	h.String("name", &v.Name)
//	h.String("level", (*string)(&v.Level))
//	h.Text("day").MemberOf(unsafe.Pointer(v), &jsonCommonHeaders, "day")
func (e emitter) headerValue(s *ir.Struct, f *ir.Field, kinds check.Types) *jen.Statement {
	name, at := jen.Lit(f.JSONName), jen.Op("&").Add(member(f.Name)())
	d := ir.EnumOf(f.Type)
	switch {
	case f.Fixed || f.Nullable:
	case f.Type == ir.String:
		return jen.Id("h").Dot("String").Call(name, at)
	case d != nil && d.Base == ir.String:
		return jen.Id("h").Dot("String").Call(name, jen.Parens(jen.Op("*").String()).Call(at))
	}
	return e.codeMember(e.headerStart(f, kinds), s, f)
}

// headerStart returns what begins a header of a field, whose text is read as one of the
// kinds that the document names for it, else as a string: h.Text of strings, h.JSON of
// what is none, and of what may be both
//
//	h.Either("limit", check.Null|check.Number)
func (e emitter) headerStart(f *ir.Field, kinds check.Types) *jen.Statement {
	name, h, other := jen.Lit(f.JSONName), jen.Id("h"), kinds&^check.String
	switch {
	case headerTypes(f.Type, map[*ir.Sum]bool{})&check.String == 0:
		return h.Dot("JSON").Call(name)
	case other == 0:
		return h.Dot("Text").Call(name)
	}
	return h.Dot("Either").Call(name, e.kinds(other))
}

// kinds returns a set of kinds: check.Null|check.Number.
func (e emitter) kinds(set check.Types) *jen.Statement {
	var all *jen.Statement
	for _, k := range []struct {
		kind check.Types
		name string
	}{{check.Null, "Null"}, {check.Boolean, "Boolean"}, {check.Number, "Number"}, {check.String, "String"}, {check.Array, "Array"}, {check.Object, "Object"}} {
		if set&k.kind == 0 {
			continue
		}
		if name := e.rt.Check().Name(k.name); all == nil {
			all = name
		} else {
			all = all.Op("|").Add(name)
		}
	}
	return all
}

// anyKind is the kinds of what may be anything. A number may be of any size there.
const anyKind = check.Null | check.Boolean | check.Number | check.String | check.Array | check.Object

// headerTypes are the kinds of JSON that values of a type are.
func headerTypes(t ir.Type, seen map[*ir.Sum]bool) check.Types {
	switch t := t.(type) {
	case ir.Basic:
		switch t {
		case ir.String, ir.Bytes, ir.Time, ir.Date, ir.TimeOfDay, ir.Duration, ir.UUID, ir.Addr, ir.URL:
			return check.String
		case ir.Raw:
			return anyKind
		case ir.Bool:
			return check.Boolean
		}
		return check.Number
	case ir.External:
		return anyKind
	case *ir.Nullable:
		return headerTypes(t.Elem, seen) | check.Null
	case *ir.Optional:
		return headerTypes(t.Elem, seen)
	case *ir.Pointer:
		return headerTypes(t.Elem, seen)
	case *ir.Slice:
		return check.Array
	case *ir.Named:
		return declTypes(t.Decl, seen)
	}
	return check.Object
}

// declTypes is headerTypes of a type that is declared.
func declTypes(d ir.TypeDecl, seen map[*ir.Sum]bool) check.Types {
	switch d := d.(type) {
	case *ir.Enum:
		return headerTypes(d.Base, seen)
	case *ir.Defined:
		return headerTypes(d.Type, seen)
	case *ir.Tuple:
		if d.Other == "" {
			return check.Array
		}
		return anyKind
	case *ir.Struct:
		if d.Other == "" {
			return check.Object
		}
		return anyKind
	case *ir.Sum:
		if seen[d] {
			return 0
		}
		seen[d] = true
		kinds := check.Types(0)
		if d.Nullable {
			kinds = check.Null
		}
		for _, b := range d.Branches {
			kinds |= declTypes(b.Decl, seen)
		}
		return kinds
	}
	return anyKind
}
