package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// tuple returns a struct and the methods that read and write it as an array:
//
//	// Pair is …
//	type Pair struct {
//		Name  string
//		Count runtime.Optional[int64]
//		// Rest are …
//		Rest []json.RawMessage
//	}
func (e emitter) tuple(t *ir.Tuple) *jen.Statement {
	var fields []jen.Code
	for _, f := range t.Fields {
		fields = append(fields, snip.Doc(f.Doc, 1).Id(f.Name).Add(e.typ(f.Type)))
	}
	if t.Rest != nil {
		fields = append(fields, snip.Doc(t.Rest.Doc, 1).Id(t.Rest.Name).Index().Add(e.typ(t.Rest.Elem)))
	}
	fields = append(fields, e.otherField(t.Other, "list")...)
	parts := []*jen.Statement{snip.Doc(t.Doc, 0).Type().Id(t.Name).Struct(fields...), e.tupleCodec(t)}
	if parts = append(parts, e.jsonMethods(t.Name, t.Rules)...); t.Defaults {
		parts = append(parts, e.tupleDefaults(t))
	}
	return paragraphs(parts...)
}

// tupleCodec returns what reads and writes a tuple: its table, or else its method.
func (e emitter) tupleCodec(t *ir.Tuple) *jen.Statement {
	if table := t.Table(); table != "" {
		return e.tupleTable(t, table)
	}
	return e.bothMethod(t.Name, "an array", e.readTuple(t), e.writeTuple(t))
}

// readTuple returns:
//
//	*v = Pair{}
//	n := 0
//	for r.Array(); r.Element(); n++ {
//		switch n {
//		case 0:
//			v.Name = r.String()
//		default:
//			v.Rest = append(v.Rest, r.Raw())
//		}
//	}
func (e emitter) readTuple(t *ir.Tuple) []jen.Code {
	var cases []jen.Code
	for i, f := range t.Fields {
		cases = append(cases, jen.Case(jen.Lit(i)).Block(e.readField(f)...))
	}
	rest := []jen.Code{jen.Id("r").Dot("Skip").Call()}
	if t.Rest != nil {
		list := member(t.Rest.Name)
		rest = e.readElement(t.Rest.Elem, list, list, 0)
	}
	body := append([]jen.Code{jen.Op("*").Id("v").Op("=").Id(t.Name).Values()}, e.readOther(t.Other, "Array")...)
	array, element := jen.Id("r").Dot("Array").Call(), jen.Id("r").Dot("Element").Call()
	if len(cases) == 0 {
		return append(body, jen.For(array, element, jen.Empty()).Block(rest...))
	}
	return append(body,
		jen.Id("n").Op(":=").Lit(0),
		jen.For(array, element, jen.Id("n").Op("++")).
			Block(jen.Switch(jen.Id("n")).Block(append(cases, jen.Default().Block(rest...))...)))
}

// writeTuple returns:
//
//	if !w.Array() {
//		return
//	}
//	w.String(v.Name)
//	if x, ok := v.Count.Get(); ok {
//		w.Int64(x)
//	} else if len(v.Rest) > 0 {
//		w.Fail("Count is absent, but not what is behind it")
//	}
//	…
//	w.EndArray()
func (e emitter) writeTuple(t *ir.Tuple) []jen.Code {
	body := append(e.writeOther(t.Other), begun("Array"))
	for i, f := range t.Fields {
		body = append(body, e.writeItem(t, i, f)...)
	}
	if t.Rest != nil {
		i := local("i", 0)
		element := func() *jen.Statement { return jen.Id("v").Dot(t.Rest.Name).Index(i()) }
		body = append(body, jen.For(i().Op(":=").Range().Id("v").Dot(t.Rest.Name)).Block(e.write(t.Rest.Elem, element, 1)...))
	}
	return append(body, jen.Id("w").Dot("EndArray").Call())
}

// writeItem returns what writes one element, unless it is absent. Then nothing
// may be behind it.
func (e emitter) writeItem(t *ir.Tuple, i int, f *ir.Field) []jen.Code {
	value := member(f.Name)
	switch {
	case f.Fixed:
		return e.writeFixed(f, value)
	case f.Required && f.Nullable:
		return orNull(value().Op("!=").Nil(), e.write(f.Type, value, 0))
	case f.Required:
		return e.write(f.Type, value, 0)
	}
	there, write := jen.If(present(f)), e.write(f.Type, value, 1)
	switch t := f.Type.(type) {
	case *ir.Optional:
		x := local("x", 0)
		there, write = got(x, value), e.write(t.Elem, x, 1)
	case *ir.Pointer:
		write = e.write(t.Elem, value, 1)
	}
	behind := e.behind(t, i)
	if behind == nil {
		return []jen.Code{there.Block(write...)}
	}
	fail := jen.Id("w").Dot("Fail").Call(jen.Lit(f.Name + " is absent, but not what is behind it"))
	return []jen.Code{there.Block(write...).Else().If(behind).Block(fail)}
}

// present returns the condition that an optional field is there:
//
//	v.Parent != nil
//	v.Status != ""
//	!v.Note.IsZero()
func present(f *ir.Field) *jen.Statement { return compared(f, "!=", jen.Op("!")) }

// absent returns the condition that an optional field is not there.
func absent(f *ir.Field) *jen.Statement { return compared(f, "==", jen.Null()) }

// compared returns an optional field compared with what stands for absence.
func compared(f *ir.Field, op string, before *jen.Statement) *jen.Statement {
	value := jen.Id("v").Dot(f.Name)
	if e := ir.EnumOf(f.Type); e != nil {
		return value.Op(op).Add(zero(e))
	}
	if ir.Nilable(f.Type) {
		return value.Op(op).Nil()
	}
	return before.Add(value).Dot("IsZero").Call()
}

// zero returns the zero of an enum's type.
func zero(e *ir.Enum) *jen.Statement {
	if e.Base == ir.String || e.Base == ir.Raw {
		return jen.Lit("")
	}
	return jen.Lit(0)
}

// behind returns the condition that something is behind an element, or nil where
// nothing can be: the next one, which itself asks for the one behind it.
func (e emitter) behind(t *ir.Tuple, i int) *jen.Statement {
	switch {
	case i+1 < len(t.Fields):
		return present(t.Fields[i+1])
	case t.Rest != nil:
		return jen.Len(jen.Id("v").Dot(t.Rest.Name)).Op(">").Lit(0)
	}
	return nil
}
