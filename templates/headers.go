package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// headerMethods returns:
//
//	// codeHeaders reads or writes v as the headers of a message.
//	func (v *CommonHeaders) codeHeaders(h *runtime.HeaderCodec) {
//		h.String("region", &v.Region)
//		if x, ok := v.MyAppHeader.Get(); h.Has("my-app-header", ok) {
//			h.Int64("my-app-header", &x)
//			if h.Reading() {
//				v.MyAppHeader = runtime.Some(x)
//			}
//		}
//	}
func (e emitter) headerMethods(h *ir.HeaderMethods) *jen.Statement {
	var body []jen.Code
	for _, f := range h.Struct.Fields {
		body = append(body, e.codeHeader(f))
	}
	return snip.Doc(ir.Text(h.Code+" reads or writes v as the headers of a message."), 0).
		Func().Params(jen.Id("v").Op("*").Id(h.Struct.Name)).Id(h.Code).
		Params(jen.Id("h").Op("*").Add(e.rt.Name("HeaderCodec"))).Block(body...)
}

// codeHeader returns what reads or writes a field unless it is absent:
//
//	if h.Has("name", v.Name != "") {
//		…
//	}
func (e emitter) codeHeader(f *ir.Field) *jen.Statement {
	name := jen.Lit(f.JSONName)
	if f.Required {
		return e.headerValue(f)
	}
	o, ok := f.Type.(*ir.Optional)
	method := ""
	if ok {
		method = headerBasic(o.Elem)
	}
	if method == "" {
		return jen.If(jen.Id("h").Dot("Has").Call(name, present(f))).Block(e.headerValue(f))
	}
	x := local("x", 0)
	return jen.If(jen.List(x(), jen.Id("ok")).Op(":=").Add(member(f.Name)()).Dot("Get").Call(), jen.Id("h").Dot("Has").Call(name, jen.Id("ok"))).
		Block(
			jen.Id("h").Dot(method).Call(name, jen.Op("&").Add(x())),
			jen.If(jen.Id("h").Dot("Reading").Call()).Block(member(f.Name)().Op("=").Add(e.rt.Name("Some").Call(x()))))
}

// headerBasic is the method that reads and writes headers of a basic type, or empty
// where there is none.
func headerBasic(t ir.Type) string {
	b, ok := t.(ir.Basic)
	if !ok || b == ir.Raw || runtimeNames()[b] != "" {
		return ""
	}
	return readBasic[b]
}

// headerValue returns one of:
//
//	h.String("name", &v.Name)
//	h.String("level", (*string)(&v.Level))
//	if j := h.Text("day"); h.Reading() {
//		r := j.Reader()
//		…
//	} else {
//		w := j.Writer()
//		…
//	}
func (e emitter) headerValue(f *ir.Field) *jen.Statement {
	name, at := jen.Lit(f.JSONName), jen.Op("&").Add(member(f.Name)())
	if !f.Fixed && !f.Nullable {
		if method := headerBasic(f.Type); method != "" {
			return jen.Id("h").Dot(method).Call(name, at)
		}
		if d := ir.EnumOf(f.Type); d != nil && d.Base != ir.Raw {
			return jen.Id("h").Dot(readBasic[d.Base]).Call(name, jen.Parens(jen.Op("*").Add(e.basic(d.Base))).Call(at))
		}
	}
	return e.eitherWay("h", jen.Id("h").Dot(headerKind(f.Type)).Call(name), e.readField(f), e.writeThere(f))
}

// headerKind is the method that a header of a type is read by: of text, of JSON, or
// of either.
func headerKind(t ir.Type) string {
	switch t := t.(type) {
	case ir.Basic:
		switch t {
		case ir.String, ir.Bytes, ir.Time, ir.Date, ir.TimeOfDay, ir.Duration, ir.UUID, ir.Addr:
			return "Text"
		case ir.Raw:
			return "Any"
		}
	case ir.External:
		return "Any"
	case *ir.Nullable:
		return headerKind(t.Elem)
	case *ir.Optional:
		return headerKind(t.Elem)
	case *ir.Named:
		switch d := t.Decl.(type) {
		case *ir.Enum:
			return headerKind(d.Base)
		case *ir.Defined:
			return headerKind(d.Type)
		}
	}
	return "JSON"
}
