package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// headerMethods returns:
//
//	// writeHeaders writes v as the headers of a message.
//	func (v CommonHeaders) writeHeaders(w *runtime.HeaderWriter) {
//		runtime.WriteOptionalHeader(w, "my-app-header", v.MyAppHeader)
//	}
//
//	// readHeaders reads v from the headers of a message.
//	func (v *CommonHeaders) readHeaders(r *runtime.HeaderReader) {
//		v.MyAppHeader = runtime.ReadOptionalHeader[int64](r, "my-app-header")
//	}
func (e emitter) headerMethods(h *ir.HeaderMethods) *jen.Statement {
	name := h.Struct.Name
	writes := e.fills(h.Struct)
	var reads []jen.Code
	for _, f := range h.Struct.Fields {
		writes = append(writes, e.writeHeader(f))
		reads = append(reads, jen.Id("v").Dot(f.Name).Op("=").Add(e.readHeader(f)))
	}
	return paragraphs(
		snip.Doc(ir.Text(h.Write+" writes v as the headers of a message."), 0).
			Func().Params(jen.Id("v").Id(name)).Id(h.Write).Params(jen.Id("w").Op("*").Add(e.rt.HeaderWriter())).
			Block(writes...),
		snip.Doc(ir.Text(h.Read+" reads v from the headers of a message."), 0).
			Func().Params(jen.Id("v").Op("*").Id(name)).Id(h.Read).Params(jen.Id("r").Op("*").Add(e.rt.HeaderReader())).
			Block(reads...),
	)
}

// writeHeader returns one of:
//
//	runtime.WriteHeader(w, "name", v.Name)
//	runtime.WriteOptionalHeader(w, "name", v.Name)
//	if v.Name != nil {
//		runtime.WriteHeader(w, "name", v.Name)
//	}
//	if !v.Name.IsZero() {
//		runtime.WriteHeader(w, "name", v.Name)
//	}
func (e emitter) writeHeader(f *ir.Field) *jen.Statement {
	value := jen.Id("v").Dot(f.Name)
	write := e.rt.WriteHeader(jen.Id("w"), jen.Lit(f.JSONName), value)
	switch {
	case f.Required:
		return write
	case ir.Nilable(f.Type):
		return jen.If(value.Clone().Op("!=").Nil()).Block(write)
	}
	if _, ok := f.Type.(*ir.Nullable); ok {
		return jen.If(jen.Op("!").Add(value.Clone()).Dot("IsZero").Call()).Block(write)
	}
	return e.rt.WriteOptionalHeader(jen.Id("w"), jen.Lit(f.JSONName), value)
}

// readHeader returns one of:
//
//	runtime.ReadHeader[int64](r, "name")
//	runtime.ReadOptionalHeader[int64](r, "name")
//	runtime.ReadOptionalHeader[[]string](r, "name").Or(nil)
//	runtime.ReadOptionalHeader[runtime.Nullable[int64]](r, "name").Or(runtime.Nullable[int64]{})
func (e emitter) readHeader(f *ir.Field) *jen.Statement {
	r, name := jen.Id("r"), jen.Lit(f.JSONName)
	if f.Required {
		return e.rt.ReadHeader(e.typ(f.Type), r, name)
	}
	if o, ok := f.Type.(*ir.Optional); ok {
		return e.rt.ReadOptionalHeader(e.typ(o.Elem), r, name)
	}
	absent := jen.Nil()
	if _, ok := f.Type.(*ir.Nullable); ok {
		absent = e.typ(f.Type).Values()
	}
	return e.rt.ReadOptionalHeader(e.typ(f.Type), r, name).Dot("Or").Call(absent)
}
