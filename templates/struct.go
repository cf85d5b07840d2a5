package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// structType returns a struct and the methods that read and write it, as JSON and by itself:
//
//	// Order is …
//	type Order struct {
//		ID   string                   `json:"id"`
//		Note runtime.Optional[string] `json:"note,omitzero"`
//	}
func (e emitter) structType(s *ir.Struct) *jen.Statement {
	var fields []jen.Code
	for _, f := range s.Fields {
		fields = append(fields, e.field(f))
	}
	if s.Extra != nil {
		fields = append(fields, snip.Doc(s.Extra.Doc, 1).Id(s.Extra.Name).Add(e.typ(extraType(s))).Add(snip.Tag("-", "")))
	}
	if s.Unknown != "" {
		doc := ir.Text(s.Unknown + " are the members that no other field is for.")
		fields = append(fields, snip.Doc(doc, 1).Id(s.Unknown).Add(e.rt.Name("Members")).Add(snip.Tag("-", "")))
	}
	fields = append(fields, e.otherField(s.Other, "object")...)
	parts := []*jen.Statement{
		snip.Doc(s.Doc, 0).Type().Id(s.Name).Struct(fields...),
		e.structTable(s),
	}
	parts = append(parts, e.jsonMethods(s.Name, s.Rules)...)
	if s.Defaults {
		parts = append(parts, e.setDefaults(s))
	}
	return paragraphs(parts...)
}

func extraType(s *ir.Struct) ir.Type { return &ir.Map{Elem: s.Extra.Elem} }

// field returns one field with its doc comment and tag.
func (e emitter) field(f *ir.Field) *jen.Statement {
	s := snip.Doc(f.Doc, 1).Id(f.Name).Add(e.typ(f.Type))
	switch {
	case !ir.Taggable(f.JSONName):
		return s.Add(snip.Tag("-", "", f.Tags...))
	case f.Required:
		return s.Add(snip.Tag(f.JSONName, "", f.Tags...))
	}
	return s.Add(snip.Tag(f.JSONName, ",omitzero", f.Tags...))
}
