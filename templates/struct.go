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
	if s.Unknown != "" {
		doc := ir.Text(s.Unknown + " are the members that no other field is for.")
		fields = append(fields, snip.Doc(doc, 1).Id(s.Unknown).Add(e.rt.Name("Members")).Add(snip.Tag("-", "")))
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
	switch {
	case s.Extra != nil || len(s.Untagged()) > 0:
		body = append(body, e.addMembers(s, plain)...)
		doc = "MarshalJSON writes all members, those too that a struct tag cannot name."
	case s.Unknown != "":
		body = append(body, jen.Return(appendUnknown(s, plain)))
		doc = "MarshalJSON writes all members, those of " + s.Unknown + " last."
	default:
		body = append(body, jen.Return(plain))
	}
	return snip.Doc(ir.Text(doc), 0).
		Func().Params(jen.Id("v").Id(s.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).
		Block(body...)
}

// appendUnknown returns, for a struct that keeps unknown members:
//
//	v.Unknown.Append(json.Marshal(plain(v)))
func appendUnknown(s *ir.Struct, marshal *jen.Statement) *jen.Statement {
	if s.Unknown == "" {
		return marshal
	}
	return jen.Id("v").Dot(s.Unknown).Dot("Append").Call(marshal)
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
	}
	doc := "UnmarshalJSON reads all members, those too that a struct tag cannot name."
	if s.Extra != nil || len(s.Untagged()) > 0 {
		body = append(body, e.readMembers(s)...)
	} else {
		doc = "UnmarshalJSON reads all members, those without a field into " + s.Unknown + "."
	}
	return snip.Doc(ir.Text(doc), 0).
		Func().Params(jen.Id("v").Op("*").Id(s.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().
		Block(append(body, jen.Return(readUnknown(s)))...)
}

// readUnknown returns, for a struct that keeps unknown members, else nil:
//
//	v.Unknown.Read(data, "id", "note")
func readUnknown(s *ir.Struct) *jen.Statement {
	if s.Unknown == "" {
		return jen.Nil()
	}
	args := []jen.Code{jen.Id("data")}
	for _, f := range s.Fields {
		args = append(args, jen.Lit(f.JSONName))
	}
	return jen.Id("v").Dot(s.Unknown).Dot("Read").Call(args...)
}

// readMembers returns what reads the members that a struct tag cannot name:
//
//	var members map[string]json.RawMessage
//	if err := json.Unmarshal(data, &members); err != nil {
//		return err
//	}
//	…
func (e emitter) readMembers(s *ir.Struct) []jen.Code {
	body := []jen.Code{
		jen.Var().Id("members").Map(jen.String()).Add(snip.RawMessage()),
		snip.IfErr(snip.Unmarshal(jen.Id("data"), jen.Op("&").Id("members"))),
	}
	for _, f := range s.Untagged() {
		body = append(body, readMember(f))
	}
	if s.Extra != nil {
		body = append(body, e.readExtra(s)...)
	}
	return body
}
