package templates

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// literal returns a value, which is given as JSON, as an expression of a type, or
// nil where Go has none for it:
//
//	true
//	int64(5)
//	StatusOn
//	Tags{"a", "b"}
//	runtime.Some("none")
func (e emitter) literal(t ir.Type, text string) *jen.Statement {
	switch t := t.(type) {
	case ir.Basic:
		return e.basicLiteral(t, text)
	case *ir.Named:
		return e.namedLiteral(t, text)
	case *ir.Optional:
		return e.wrapped("Some", t.Elem, text)
	case *ir.Nullable:
		if text == "null" {
			return e.rt.Name("Null").Types(e.typ(t.Elem)).Call()
		}
		return e.wrapped("Value", t.Elem, text)
	case *ir.Slice:
		return e.listLiteral(e.typ(t), t.Elem, text)
	case *ir.Map:
		return e.mapLiteral(e.typ(t), t.Elem, text)
	}
	return nil
}

// wrapped returns: runtime.Some("none")
func (e emitter) wrapped(by string, elem ir.Type, text string) *jen.Statement {
	if x := e.literal(elem, text); x != nil {
		return e.rt.Name(by).Call(x)
	}
	return nil
}

// basicLiteral is literal for a type without parts.
func (e emitter) basicLiteral(t ir.Basic, text string) *jen.Statement {
	switch t {
	case ir.Bool:
		if text == "true" {
			return jen.True()
		}
		return jen.False()
	case ir.String:
		if s, ok := stringOf(text); ok {
			return jen.Lit(s)
		}
		return nil
	case ir.Raw:
		return snip.RawMessage().Call(snip.Text(text))
	case ir.Decimal:
		return e.rt.Name("MustDecimal").Call(snip.Text(text))
	}
	x := number(t, text)
	if x != nil && t != ir.Float64 {
		return e.basic(t).Call(x)
	}
	return x
}

// stringOf is the text of a JSON string.
func stringOf(text string) (s string, ok bool) {
	return s, json.Unmarshal([]byte(text), &s) == nil
}

// sizes are the sizes of the types of numbers, below 0 of those with a sign.
var sizes = map[ir.Basic]int{
	ir.Int8: -8, ir.Int16: -16, ir.Int32: -32, ir.Int64: -64, ir.Uint8: 8, ir.Uint16: 16, ir.Uint32: 32, ir.Uint64: 64,
}

// number returns a number of JSON as a constant without a type, or that of
// float64, if the type holds it.
func number(t ir.Basic, text string) *jen.Statement {
	var err error
	switch bits := sizes[t]; {
	case bits < 0:
		_, err = strconv.ParseInt(text, 10, -bits)
	case bits > 0:
		_, err = strconv.ParseUint(text, 10, bits)
	case t == ir.Float32:
		_, err = strconv.ParseFloat(text, 32)
	case t == ir.Float64:
		f, wrong := strconv.ParseFloat(text, 64)
		if wrong == nil {
			return jen.Lit(f)
		}
		return nil
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return snip.Number(text)
}

// namedLiteral is literal for a type that the package declares.
func (e emitter) namedLiteral(t *ir.Named, text string) *jen.Statement {
	switch d := t.Decl.(type) {
	case *ir.Enum:
		return e.constant(d, text)
	case *ir.Defined:
		name := jen.Id(d.Name)
		switch of := d.Type.(type) {
		case *ir.Slice:
			return e.listLiteral(name, of.Elem, text)
		case *ir.Map:
			return e.mapLiteral(name, of.Elem, text)
		case ir.Basic:
			if x := e.untyped(of, text); x != nil {
				return name.Call(x)
			}
		}
	}
	return nil
}

// constant returns the constant of an enum that is a value, or the value as one
// of the enum.
func (e emitter) constant(d *ir.Enum, text string) *jen.Statement {
	is := text
	if d.Base == ir.String {
		is, _ = stringOf(text)
	}
	for _, v := range d.Values {
		if v.Literal == is {
			return jen.Id(v.Name)
		}
	}
	if x := e.untyped(d.Base, text); x != nil && d.Base != ir.Raw {
		return jen.Id(d.Name).Call(x)
	}
	return nil
}

// untyped is literal where the type is said already, as by the list around it.
func (e emitter) untyped(t ir.Type, text string) *jen.Statement {
	if b, ok := t.(ir.Basic); ok {
		if x := number(b, text); x != nil {
			return x
		}
	}
	return e.literal(t, text)
}

// listLiteral returns: []string{"a", "b"}
func (e emitter) listLiteral(typ *jen.Statement, elem ir.Type, text string) *jen.Statement {
	var items []json.RawMessage
	if json.Unmarshal([]byte(text), &items) != nil {
		return nil
	}
	var values []jen.Code
	for _, item := range items {
		x := e.untyped(elem, string(item))
		if x == nil {
			return nil
		}
		values = append(values, x)
	}
	return typ.Values(values...)
}

// mapLiteral returns: map[string]bool{"a": true}
func (e emitter) mapLiteral(typ *jen.Statement, elem ir.Type, text string) *jen.Statement {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return nil
	}
	var values []jen.Code
	for _, key := range slices.Sorted(maps.Keys(members)) {
		x := e.untyped(elem, string(members[key]))
		if x == nil {
			return nil
		}
		values = append(values, jen.Lit(key).Op(":").Add(x))
	}
	return typ.Values(values...)
}
