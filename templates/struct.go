package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// structType returns a struct and the JSON methods that it needs:
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
	parts := []*jen.Statement{snip.Doc(s.Doc, 0).Type().Id(s.Name).Struct(fields...)}
	if s.Marshals() {
		parts = append(parts, e.marshalStruct(s))
	}
	if s.Unmarshals() {
		parts = append(parts, e.unmarshalStruct(s))
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

// marshalStruct returns:
//
//	// MarshalJSON writes lists and maps that are nil as [] and {}, not as null.
//	func (v Order) MarshalJSON() ([]byte, error) {
//		if v.Lines == nil {
//			v.Lines = []OrderLine{}
//		}
//		type plain Order
//		return json.Marshal(plain(v))
//	}
func (e emitter) marshalStruct(s *ir.Struct) *jen.Statement {
	body := append(e.fills(s), jen.Type().Id("plain").Id(s.Name))
	plain := snip.Marshal(jen.Id("plain").Call(jen.Id("v")))
	doc := "MarshalJSON writes lists and maps that are nil as [] and {}, not as null."
	if s.Unmarshals() {
		body = append(body, e.addMembers(s, plain)...)
		doc = "MarshalJSON writes all members, those too that a struct tag cannot name."
	} else {
		body = append(body, jen.Return(plain))
	}
	return snip.Doc(ir.Text(doc), 0).
		Func().Params(jen.Id("v").Id(s.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).
		Block(body...)
}

// fills returns, for every list and map that must not be null:
//
//	if v.Lines == nil {
//		v.Lines = []OrderLine{}
//	}
func (e emitter) fills(s *ir.Struct) []jen.Code {
	var out []jen.Code
	for _, f := range s.Filled() {
		field := func() *jen.Statement { return jen.Id("v").Dot(f.Name) }
		out = append(out, jen.If(field().Op("==").Nil()).Block(field().Op("=").Add(e.typ(f.Type)).Values()))
	}
	return out
}

// unmarshalStruct returns:
//
//	// UnmarshalJSON reads all members, those too that a struct tag cannot name.
//	func (v *Order) UnmarshalJSON(data []byte) error {
//		type plain Order
//		if err := json.Unmarshal(data, (*plain)(v)); err != nil {
//			return err
//		}
//		…
//		return nil
//	}
func (e emitter) unmarshalStruct(s *ir.Struct) *jen.Statement {
	body := []jen.Code{
		jen.Type().Id("plain").Id(s.Name),
		snip.IfErr(snip.Unmarshal(jen.Id("data"), jen.Params(jen.Op("*").Id("plain")).Call(jen.Id("v")))),
		jen.Var().Id("members").Map(jen.String()).Add(snip.RawMessage()),
		snip.IfErr(snip.Unmarshal(jen.Id("data"), jen.Op("&").Id("members"))),
	}
	for _, f := range s.Untagged() {
		body = append(body, readMember(f))
	}
	if s.Extra != nil {
		body = append(body, e.readExtra(s)...)
	}
	return snip.Doc(ir.Text("UnmarshalJSON reads all members, those too that a struct tag cannot name."), 0).
		Func().Params(jen.Id("v").Op("*").Id(s.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().
		Block(append(body, jen.Return(jen.Nil()))...)
}
