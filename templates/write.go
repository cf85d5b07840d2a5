package templates

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// write returns the statements that write a value to w. The value can be
// addressed. It returns, by the type:
//
//	w.String(v.ID)
//	w.Int64(int64(v.Level))
//	v.Price.CodeJSON(w.JSON())
//	WriteShape(w, v.Shape)
func (e emitter) write(t ir.Type, value place, depth int) []jen.Code {
	switch t := t.(type) {
	case ir.Basic:
		return []jen.Code{writeBasic(t, value())}
	case ir.External:
		return []jen.Code{jen.Id("w").Dot("External").Call(jen.Op("&").Add(value()))}
	case *ir.Named:
		switch d := t.Decl.(type) {
		case *ir.Sum:
			return []jen.Code{jen.Id(d.Write).Call(jen.Id("w"), value())}
		case *ir.Enum:
			if d.Base == ir.Raw {
				break
			}
			return []jen.Code{writeBasic(d.Base, e.basic(d.Base).Call(value()))}
		}
		return []jen.Code{value().Dot("CodeJSON").Call(jen.Id("w").Dot("JSON").Call())}
	case *ir.Pointer:
		return orNull(value().Op("!=").Nil(), e.write(t.Elem, value, depth))
	case *ir.Optional:
		return e.writeGot(t.Elem, value, depth)
	case *ir.Nullable:
		return e.writeGot(t.Elem, value, depth)
	case *ir.Slice:
		return e.writeSlice(t, value, depth)
	case *ir.Map:
		return e.writeMap(t, value, depth)
	}
	panic(fmt.Sprintf("no emitter writes type %T", t))
}

// writeBasic returns one of:
//
//	w.String(v.ID)
//	v.Day.WriteJSON(w)
func writeBasic(t ir.Basic, value *jen.Statement) *jen.Statement {
	if runtimeNames()[t] != "" {
		return value.Dot("WriteJSON").Call(jen.Id("w"))
	}
	return jen.Id("w").Dot(readBasic[t]).Call(value)
}

// orNull returns:
//
//	if there {
//		…
//	} else {
//		w.Null()
//	}
func orNull(there jen.Code, write []jen.Code) []jen.Code {
	return []jen.Code{jen.If(there).Block(write...).Else().Block(jen.Id("w").Dot("Null").Call())}
}

// writeGot returns:
//
//	if x, ok := v.Note.Get(); ok {
//		w.String(x)
//	} else {
//		w.Null()
//	}
func (e emitter) writeGot(elem ir.Type, value place, depth int) []jen.Code {
	x := local("x", depth)
	return []jen.Code{got(x, value).Block(e.write(elem, x, depth+1)...).Else().Block(jen.Id("w").Dot("Null").Call())}
}

// got returns: if x, ok := v.Note.Get(); ok
func got(x, value place) *jen.Statement {
	return jen.If(jen.List(x(), jen.Id("ok")).Op(":=").Add(value()).Dot("Get").Call(), jen.Id("ok"))
}

// writeSlice returns:
//
//	w.Array()
//	for i := range v.Tags {
//		w.String(v.Tags[i])
//	}
//	w.EndArray()
func (e emitter) writeSlice(t *ir.Slice, value place, depth int) []jen.Code {
	i := local("i", depth)
	element := func() *jen.Statement { return value().Index(i()) }
	return enclosed("Array", t.Elem, jen.For(i().Op(":=").Range().Add(value())).Block(e.write(t.Elem, element, depth+1)...))
}

// enclosed returns what begins an array or object, writes what lies within, and ends it.
// Where values may lie within each other without end, the Writer is asked whether to
// go on:
//
//	if w.Array() {
//		for i := range v.Nodes {
//			v.Nodes[i].CodeJSON(w.JSON())
//		}
//	}
//	w.EndArray()
func enclosed(kind string, elem ir.Type, write jen.Code) []jen.Code {
	begin, end := jen.Id("w").Dot(kind).Call(), jen.Id("w").Dot("End"+kind).Call()
	if deep(elem) {
		return []jen.Code{jen.If(begin).Block(write), end}
	}
	return []jen.Code{begin, write, end}
}

// deep tells whether a value of a type may have values of any depth within it.
func deep(t ir.Type) bool {
	switch t := t.(type) {
	case ir.Basic, ir.External:
		return false
	case *ir.Named:
		return ir.EnumOf(t) == nil
	case *ir.Pointer:
		return deep(t.Elem)
	case *ir.Optional:
		return deep(t.Elem)
	case *ir.Nullable:
		return deep(t.Elem)
	case *ir.Slice:
		return deep(t.Elem)
	case *ir.Map:
		return deep(t.Elem)
	}
	return true
}

// writeMap returns:
//
//	w.Object()
//	for _, key := range codec.Keys(v.Limits) {
//		x := v.Limits[key]
//		w.Member(key)
//		w.Int64(x)
//	}
//	w.EndObject()
func (e emitter) writeMap(t *ir.Map, value place, depth int) []jen.Code {
	return enclosed("Object", t.Elem, e.writeEntries(t.Elem, value, depth))
}

// writeEntries returns the loop over a map's entries.
func (e emitter) writeEntries(elem ir.Type, value place, depth int) *jen.Statement {
	key, x := local("key", depth), local("x", depth)
	body := []jen.Code{x().Op(":=").Add(value()).Index(key()), jen.Id("w").Dot("Member").Call(key())}
	return jen.For(jen.List(jen.Id("_"), key()).Op(":=").Range().Add(e.rt.Codec("Keys").Call(value()))).
		Block(append(body, e.write(elem, x, depth+1)...)...)
}

// writeFixed returns what writes a field that has one value alone, set or not:
//
//	w.String(string(cmp.Or(v.Kind, CircleKindCircle)))
//	w.Bool(true)
func (e emitter) writeFixed(f *ir.Field, value place) []jen.Code {
	value = fixed(f, value)
	if d := ir.EnumOf(f.Type); d != nil && d.Base == ir.Raw {
		return []jen.Code{jen.Id("w").Dot("Raw").Call(jen.Index().Byte().Call(value()))}
	}
	return e.write(f.Type, value, 0)
}

// fixed is the value of a field, or the one that it has though it is not set.
func fixed(f *ir.Field, value place) place {
	d := ir.EnumOf(f.Type)
	switch {
	case !f.Fixed:
		return value
	case d == nil:
		return jen.True
	}
	return func() *jen.Statement { return jen.Qual("cmp", "Or").Call(value(), jen.Id(d.Values[0].Name)) }
}
