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
	parts := []*jen.Statement{snip.Doc(t.Doc, 0).Type().Id(t.Name).Struct(fields...), e.tupleTable(t)}
	if parts = append(parts, e.jsonMethods(t.Name, t.Rules)...); t.Defaults {
		parts = append(parts, e.tupleDefaults(t))
	}
	return paragraphs(parts...)
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
