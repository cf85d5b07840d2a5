package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// headerMethods returns:
//
//	// writeHeaders writes v as the headers of a message.
//	func (v *CommonHeaders) writeHeaders(w *runtime.HeaderWriter) {
//		if x, ok := v.MyAppHeader.Get(); ok {
//			w.Int64("my-app-header", x)
//		}
//	}
//
//	// readHeaders reads v from the headers of a message.
//	func (v *CommonHeaders) readHeaders(r *runtime.HeaderReader) {
//		if r.Has("my-app-header") {
//			v.MyAppHeader = runtime.Some(r.Int64("my-app-header"))
//		}
//	}
func (e emitter) headerMethods(h *ir.HeaderMethods) *jen.Statement {
	var writes, reads []jen.Code
	for _, f := range h.Struct.Fields {
		writes = append(writes, e.writeHeader(f)...)
		reads = append(reads, e.readHeader(f)...)
	}
	self := func() *jen.Statement { return jen.Func().Params(jen.Id("v").Op("*").Id(h.Struct.Name)) }
	return paragraphs(
		snip.Doc(ir.Text(h.Write+" writes v as the headers of a message."), 0).
			Add(self()).Id(h.Write).Params(jen.Id("w").Op("*").Add(e.rt.HeaderWriter())).Block(writes...),
		snip.Doc(ir.Text(h.Read+" reads v from the headers of a message."), 0).
			Add(self()).Id(h.Read).Params(jen.Id("r").Op("*").Add(e.rt.HeaderReader())).Block(reads...),
	)
}

// writeHeader returns what writes a field unless it is absent.
func (e emitter) writeHeader(f *ir.Field) []jen.Code {
	value := member(f.Name)
	if f.Required {
		return []jen.Code{e.headerValue(f, f.Type, fixed(f, value))}
	}
	switch t := f.Type.(type) {
	case *ir.Optional:
		x := local("x", 0)
		return []jen.Code{got(x, value).Block(e.headerValue(f, t.Elem, x))}
	case *ir.Pointer:
		return []jen.Code{jen.If(present(f)).Block(e.headerValue(f, t.Elem, value))}
	}
	return []jen.Code{jen.If(present(f)).Block(e.headerValue(f, f.Type, value))}
}

// headerValue returns one of:
//
//	w.String("name", v.Name)
//	w.Value("name", v.Day.WriteJSON)
//	w.Value("name", func(w *codec.Writer) {
//		…
//	})
func (e emitter) headerValue(f *ir.Field, t ir.Type, value place) *jen.Statement {
	name := jen.Lit(f.JSONName)
	call := func(method string, args ...jen.Code) *jen.Statement {
		return jen.Id("w").Dot(method).Call(append([]jen.Code{name}, args...)...)
	}
	switch t := t.(type) {
	case ir.Basic:
		switch {
		case runtimeNames()[t] != "":
			return call("Value", value().Dot("WriteJSON"))
		case t != ir.Raw:
			return call(readBasic[t], value())
		}
	case *ir.Named:
		if d, ok := t.Decl.(*ir.Enum); ok {
			return call(readBasic[d.Base], e.basic(d.Base).Call(value()))
		}
	}
	body := e.write(t, value, 1)
	if f.Nullable {
		body = orNull(value().Op("!=").Nil(), body)
	}
	return call("Value", jen.Func().Params(jen.Id("w").Op("*").Add(e.rt.Writer())).Block(body...))
}

// readHeader returns what reads a header into its field. One that may be absent
// is asked for first:
//
//	if r.Has("name") {
//		…
//	}
func (e emitter) readHeader(f *ir.Field) []jen.Code {
	target, t := member(f.Name), f.Type
	if f.Required {
		return e.headerInto(f, t, target, func(x jen.Code) jen.Code { return x })
	}
	set := func(x jen.Code) jen.Code { return x }
	if o, ok := t.(*ir.Optional); ok {
		t, set = o.Elem, func(x jen.Code) jen.Code { return e.rt.Name("Some").Call(x) }
	}
	return []jen.Code{jen.If(jen.Id("r").Dot("Has").Call(jen.Lit(f.JSONName))).Block(e.headerInto(f, t, target, set)...)}
}

// headerInto returns, with set around the value:
//
//	v.Name = r.String("name")
//	r.JSON("name", func(r *codec.Reader) {
//		v.Name = …
//	})
func (e emitter) headerInto(f *ir.Field, t ir.Type, target place, set func(jen.Code) jen.Code) []jen.Code {
	name := jen.Lit(f.JSONName)
	switch d := t.(type) {
	case ir.Basic:
		if d != ir.Raw && runtimeNames()[d] == "" {
			return []jen.Code{target().Op("=").Add(set(jen.Id("r").Dot(readBasic[d]).Call(name)))}
		}
	case *ir.Named:
		if n, ok := d.Decl.(*ir.Enum); ok {
			return []jen.Code{target().Op("=").Add(set(jen.Id(n.Name).Call(jen.Id("r").Dot(readBasic[n.Base]).Call(name))))}
		}
	}
	body := e.readThen(t, 0, func(x jen.Code) []jen.Code { return []jen.Code{target().Op("=").Add(set(x))} })
	if f.Nullable {
		body = []jen.Code{jen.If(jen.Op("!").Id("r").Dot("Null").Call()).Block(body...)}
	}
	return []jen.Code{jen.Id("r").Dot(headerKind(t)).Call(name,
		jen.Func().Params(jen.Id("r").Op("*").Add(e.rt.Reader())).Block(body...))}
}

// headerKind is the method that reads a header of a type: of text, of JSON, or
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
