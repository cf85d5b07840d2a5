package templates

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// place is what is read into, or written: an expression, made anew each time.
type place func() *jen.Statement

// local is a variable of a function that stands in a block so deep.
func local(name string, depth int) place {
	if depth > 0 {
		name += strconv.Itoa(depth + 1)
	}
	return func() *jen.Statement { return jen.Id(name) }
}

// member is a field of v, the receiver of methods.
func member(field string) place {
	return func() *jen.Statement { return jen.Id("v").Dot(field) }
}

// readBasic is what reads a basic type, as the method of a codec.Reader.
var readBasic = map[ir.Basic]string{
	ir.Bool: "Bool", ir.Int8: "Int8", ir.Int16: "Int16", ir.Int32: "Int32", ir.Int64: "Int64",
	ir.Uint8: "Uint8", ir.Uint16: "Uint16", ir.Uint32: "Uint32", ir.Uint64: "Uint64",
	ir.Float32: "Float32", ir.Float64: "Float64", ir.String: "String", ir.Bytes: "Bytes",
	ir.Time: "Time", ir.Addr: "Addr", ir.Raw: "Raw",
}

// readExpr returns the expression that reads a value from r, or nil where it
// takes statements:
//
//	r.String()
//	Status(r.String())
//	runtime.ReadDate(r)
//	ReadShape(r)
func (e emitter) readExpr(t ir.Type) *jen.Statement {
	switch t := t.(type) {
	case ir.Basic:
		if name := runtimeNames()[t]; name != "" {
			return e.rt.Name("Read" + name).Call(jen.Id("r"))
		}
		return jen.Id("r").Dot(readBasic[t]).Call()
	case *ir.Named:
		switch d := t.Decl.(type) {
		case *ir.Sum:
			return jen.Id(d.Read).Call(jen.Id("r"))
		case *ir.Enum:
			if d.Base == ir.Raw {
				return nil
			}
			return jen.Id(d.Name).Call(e.readExpr(d.Base))
		}
	case *ir.Optional:
		if x := e.readExpr(t.Elem); x != nil {
			return e.rt.Name("Some").Call(x)
		}
	}
	return nil
}

// read returns the statements that read a value from r into target, which may
// hold anything. Depth is how many blocks with variables of their own are around
// them. It returns, by the type:
//
//	v.ID = r.String()
//	v.Price.CodeJSON(r.JSON())
//	r.External(&v.At)
func (e emitter) read(t ir.Type, target place, depth int) []jen.Code {
	if x := e.readExpr(t); x != nil {
		return []jen.Code{target().Op("=").Add(x)}
	}
	switch t := t.(type) {
	case ir.External:
		return []jen.Code{jen.Id("r").Dot("External").Call(jen.Op("&").Add(target()))}
	case *ir.Named:
		return []jen.Code{target().Dot("CodeJSON").Call(jen.Id("r").Dot("JSON").Call())}
	case *ir.Pointer:
		return append([]jen.Code{target().Op("=").New(e.typ(t.Elem))}, e.read(t.Elem, target, depth)...)
	case *ir.Optional:
		return e.readThen(t.Elem, depth, func(x jen.Code) []jen.Code {
			return []jen.Code{target().Op("=").Add(e.rt.Name("Some").Call(x))}
		})
	case *ir.Nullable:
		return e.readNullable(t, target, depth)
	case *ir.Slice:
		return e.readSlice(t, target, target, depth)
	case *ir.Map:
		return e.readMap(t, target, depth)
	}
	panic(fmt.Sprintf("no emitter reads type %T", t))
}

// readThen returns what reads a value and does something with it: with the
// expression that reads it where there is one, else with a variable.
//
//	var x Price
//	x.CodeJSON(r.JSON())
//	…
func (e emitter) readThen(t ir.Type, depth int, then func(jen.Code) []jen.Code) []jen.Code {
	if x := e.readExpr(t); x != nil {
		return then(x)
	}
	x := local("x", depth)
	out := append([]jen.Code{jen.Var().Add(x()).Add(e.typ(t))}, e.read(t, x, depth+1)...)
	return append(out, then(x())...)
}

// readNullable returns:
//
//	if r.Null() {
//		v.Note = runtime.Null[string]()
//	} else {
//		v.Note = runtime.Value(r.String())
//	}
func (e emitter) readNullable(t *ir.Nullable, target place, depth int) []jen.Code {
	value := e.readThen(t.Elem, depth, func(x jen.Code) []jen.Code {
		return []jen.Code{target().Op("=").Add(e.rt.Name("Value").Call(x))}
	})
	return []jen.Code{jen.If(jen.Id("r").Dot("Null").Call()).
		Block(target().Op("=").Add(e.rt.Name("Null").Types(e.typ(t.Elem)).Call())).
		Else().Block(value...)}
}

// readSlice returns what reads a list; inner is the target as an operand of an index:
//
//	v.Tags = make([]string, 0, r.Array())
//	for r.Element() {
//		v.Tags = append(v.Tags, r.String())
//	}
func (e emitter) readSlice(t *ir.Slice, target, inner place, depth int) []jen.Code {
	return []jen.Code{
		target().Op("=").Make(e.typ(t), jen.Lit(0), jen.Id("r").Dot("Array").Call()),
		jen.For(jen.Id("r").Dot("Element").Call()).Block(e.readElement(t.Elem, target, inner, depth)...),
	}
}

// readElement returns what reads the next element of a list; a struct is read where it
// is to lie:
//
//	v.Lines = append(v.Lines, Line{})
//	v.Lines[len(v.Lines)-1].CodeJSON(r.JSON())
func (e emitter) readElement(elem ir.Type, list, inner place, depth int) []jen.Code {
	if named, ok := elem.(*ir.Named); ok {
		if s, ok := named.Decl.(*ir.Struct); ok {
			last := func() *jen.Statement { return inner().Index(jen.Len(list()).Op("-").Lit(1)) }
			return append([]jen.Code{list().Op("=").Append(list(), jen.Id(s.Name).Values())}, e.read(elem, last, depth)...)
		}
	}
	return e.readThen(elem, depth, func(x jen.Code) []jen.Code {
		return []jen.Code{list().Op("=").Append(list(), x)}
	})
}

// readMap returns:
//
//	v.Limits = map[string]int64{}
//	for r.Object(); r.Member(); {
//		key := string(r.Key())
//		v.Limits[key] = r.Int64()
//	}
func (e emitter) readMap(t *ir.Map, target place, depth int) []jen.Code {
	return []jen.Code{
		target().Op("=").Add(e.typ(t)).Values(),
		jen.For(jen.Id("r").Dot("Object").Call(), jen.Id("r").Dot("Member").Call(), jen.Empty()).
			Block(e.readEntry(t.Elem, target, depth)...),
	}
}

// readEntry returns what reads the member that r has gone to into a map.
func (e emitter) readEntry(elem ir.Type, target place, depth int) []jen.Code {
	key := local("key", depth)
	return append([]jen.Code{key().Op(":=").String().Call(jen.Id("r").Dot("Key").Call())},
		e.readThen(elem, depth, func(x jen.Code) []jen.Code {
			return []jen.Code{target().Index(key()).Op("=").Add(x)}
		})...)
}

// readField returns what reads the value of a member into its field. Null is
// the nil of a required list or map that may be null.
func (e emitter) readField(f *ir.Field) []jen.Code {
	value := e.read(f.Type, member(f.Name), 0)
	if f.Nullable {
		return []jen.Code{jen.If(jen.Op("!").Id("r").Dot("Null").Call()).Block(value...)}
	}
	return value
}
