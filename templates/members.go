package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// addMembers returns the end of a MarshalJSON that writes more than the tagged
// fields:
//
//	data, err := json.Marshal(plain(v))
//	if err != nil {
//		return nil, err
//	}
//	var members map[string]json.RawMessage
//	if err := json.Unmarshal(data, &members); err != nil {
//		return nil, err
//	}
//	…
//	return json.Marshal(members)
func (e emitter) addMembers(s *ir.Struct, plain *jen.Statement) []jen.Code {
	body := []jen.Code{
		jen.List(jen.Id("data"), jen.Err()).Op(":=").Add(plain),
		jen.If(jen.Err().Op("!=").Nil()).Block(snip.ReturnErr(jen.Nil())),
		jen.Var().Id("members").Map(jen.String()).Add(snip.RawMessage()),
		snip.IfErr(snip.Unmarshal(jen.Id("data"), jen.Op("&").Id("members")), jen.Nil()),
	}
	for _, f := range s.Untagged() {
		body = append(body, writeMember(f))
	}
	if s.Extra != nil {
		body = append(body, writeExtra(s))
	}
	return append(body, jen.Return(appendUnknown(s, snip.Marshal(jen.Id("members")))))
}

// writeMember returns, with the condition for an optional field alone:
//
//	if !v.Quoted.IsZero() {
//		if members["a\"b"], err = json.Marshal(v.Quoted); err != nil {
//			return nil, err
//		}
//	}
func writeMember(f *ir.Field) *jen.Statement {
	write := assignMember(jen.Lit(f.JSONName), jen.Id("v").Dot(f.Name))
	switch {
	case f.Required:
		return write
	case ir.Nilable(f.Type):
		return jen.If(jen.Id("v").Dot(f.Name).Op("!=").Nil()).Block(write)
	}
	return jen.If(jen.Op("!").Id("v").Dot(f.Name).Dot("IsZero").Call()).Block(write)
}

func assignMember(name, value jen.Code) *jen.Statement {
	return jen.If(
		jen.List(jen.Id("members").Index(name), jen.Err()).Op("=").Add(snip.Marshal(value)),
		jen.Err().Op("!=").Nil(),
	).Block(snip.ReturnErr(jen.Nil()))
}

// writeExtra returns:
//
//	for name, value := range v.AdditionalProperties {
//		if _, ok := members[name]; ok {
//			continue
//		}
//		if members[name], err = json.Marshal(value); err != nil {
//			return nil, err
//		}
//	}
func writeExtra(s *ir.Struct) *jen.Statement {
	return jen.For(jen.List(jen.Id("name"), jen.Id("value")).Op(":=").Range().Id("v").Dot(s.Extra.Name)).Block(
		jen.If(jen.List(jen.Id("_"), jen.Id("ok")).Op(":=").Id("members").Index(jen.Id("name")), jen.Id("ok")).Block(jen.Continue()),
		assignMember(jen.Id("name"), jen.Id("value")),
	)
}

// readMember returns:
//
//	if raw, ok := members["a\"b"]; ok {
//		if err := json.Unmarshal(raw, &v.Quoted); err != nil {
//			return err
//		}
//	}
func readMember(f *ir.Field) *jen.Statement {
	return jen.If(
		jen.List(jen.Id("raw"), jen.Id("ok")).Op(":=").Id("members").Index(jen.Lit(f.JSONName)), jen.Id("ok"),
	).Block(snip.IfErr(snip.Unmarshal(jen.Id("raw"), jen.Op("&").Id("v").Dot(f.Name))))
}

// readExtra returns:
//
//	for _, name := range []string{"id", "note"} {
//		delete(members, name)
//	}
//	v.AdditionalProperties = make(map[string]int64, len(members))
//	for name, raw := range members {
//		var value int64
//		if err := json.Unmarshal(raw, &value); err != nil {
//			return err
//		}
//		v.AdditionalProperties[name] = value
//	}
func (e emitter) readExtra(s *ir.Struct) []jen.Code {
	var known []jen.Code
	for _, f := range s.Fields {
		known = append(known, jen.Lit(f.JSONName))
	}
	extra := func() *jen.Statement { return jen.Id("v").Dot(s.Extra.Name) }
	var out []jen.Code
	if len(known) > 0 {
		out = append(out, jen.For(jen.List(jen.Id("_"), jen.Id("name")).Op(":=").Range().Index().String().Values(known...)).
			Block(jen.Delete(jen.Id("members"), jen.Id("name"))))
	}
	if s.Extra.Elem == ir.Raw {
		return append(out, extra().Op("=").Id("members"))
	}
	return append(out,
		extra().Op("=").Make(e.typ(extraType(s)), jen.Len(jen.Id("members"))),
		jen.For(jen.List(jen.Id("name"), jen.Id("raw")).Op(":=").Range().Id("members")).Block(
			jen.Var().Id("value").Add(e.typ(s.Extra.Elem)),
			snip.IfErr(snip.Unmarshal(jen.Id("raw"), jen.Op("&").Id("value"))),
			extra().Index(jen.Id("name")).Op("=").Id("value"),
		))
}
