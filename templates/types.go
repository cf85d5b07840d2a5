package templates

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// typ returns a type as it stands in a declaration: []Order, time.Time,
// runtime.Optional[int64] …
func (e emitter) typ(t ir.Type) *jen.Statement {
	switch t := t.(type) {
	case ir.Basic:
		return e.basic(t)
	case ir.External:
		return jen.Qual(t.Path, t.Name)
	case *ir.Named:
		return jen.Id(t.Decl.TypeName())
	case *ir.Optional:
		return e.rt.Optional(e.typ(t.Elem))
	case *ir.Nullable:
		return e.rt.Nullable(e.typ(t.Elem))
	case *ir.Slice:
		return jen.Index().Add(e.typ(t.Elem))
	case *ir.Map:
		return jen.Map(jen.String()).Add(e.typ(t.Elem))
	case *ir.Pointer:
		return jen.Op("*").Add(e.typ(t.Elem))
	}
	panic(fmt.Sprintf("no emitter for type %T", t))
}

func (e emitter) basic(b ir.Basic) *jen.Statement {
	switch b {
	case ir.Bytes:
		return jen.Index().Byte()
	case ir.Time:
		return snip.Time()
	case ir.Addr:
		return snip.Addr()
	case ir.URL:
		return jen.Op("*").Add(snip.URL())
	case ir.Raw:
		return snip.RawMessage()
	}
	if name := runtimeNames()[b]; name != "" {
		return e.rt.Name(name)
	}
	return jen.Id(basicNames()[b])
}

func basicNames() map[ir.Basic]string {
	return map[ir.Basic]string{
		ir.Bool: "bool", ir.String: "string", ir.Float32: "float32", ir.Float64: "float64",
		ir.Int8: "int8", ir.Int16: "int16", ir.Int32: "int32", ir.Int64: "int64",
		ir.Uint8: "uint8", ir.Uint16: "uint16", ir.Uint32: "uint32", ir.Uint64: "uint64",
	}
}

// runtimeNames are the basic types that the runtime has.
func runtimeNames() map[ir.Basic]string {
	return map[ir.Basic]string{
		ir.Date: "Date", ir.TimeOfDay: "TimeOfDay", ir.Duration: "Duration", ir.UUID: "UUID", ir.Decimal: "Decimal",
	}
}
