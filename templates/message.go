package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// message returns the envelope and its method:
//
//	// LightMeasuredEnvelope carries message lightMeasured.
//	type LightMeasuredEnvelope struct {
//		runtime.Envelope
//		Headers CommonHeaders
//		Payload LightMeasuredPayload
//	}
//
// Where no type has the rules of payloads a function judges these:
//
//	// ValidateNoteEnvelope judges a payload of message note, as JSON.
func (e emitter) message(m *ir.Message) *jen.Statement {
	fields := []jen.Code{e.rt.Envelope()}
	if m.Headers != nil {
		fields = append(fields, jen.Id("Headers").Id(m.Headers.Struct.Name))
	}
	fields = append(fields, jen.Id("Payload").Add(e.typ(m.Payload)))
	parts := []*jen.Statement{snip.Doc(m.Doc, 0).Type().Id(m.Envelope).Struct(fields...), e.codeMessage(m)}
	if table := m.Table(); table != "" {
		parts = append(parts, e.single(table, "payloads of "+m.Envelope, m.Member(), keyed("Of", nilTo(e.typ(m.Payload)))))
	}
	if m.Judges() {
		parts = append(parts, e.validateBy(m.Envelope, m.Rules, "a payload of message "+m.Wire+", as JSON"))
	}
	return paragraphs(parts...)
}

// codeMessage returns the method that reads and writes a message:
//
//	// CodeMessage reads or writes e for the runtime.
//	func (e *LightMeasuredEnvelope) CodeMessage(m *runtime.MessageCodec) {
//		e.Headers.codeHeaders(m.Headers())
//		e.Payload.CodeJSON(m.JSON(rules, "LightMeasuredPayload"))
//		m.Message("lightMeasured", "application/json", &e.Envelope)
//	}
func (e emitter) codeMessage(m *ir.Message) *jen.Statement {
	var body []jen.Code
	others := e.otherHeaders(m.Others)
	if m.Headers != nil {
		body = append(body, codeHeaders(m.Headers, func() *jen.Statement { return jen.Id("e").Dot("Headers") }, others...)...)
	} else if m.Others != nil {
		body = append(append(body, others...), judged("CheckOtherHeaders", m.Others.Rules))
	}
	body = append(body, e.codePayload(m, func() *jen.Statement { return jen.Id("e").Dot("Payload") }))
	body = append(body, jen.Id("m").Dot("Message").Call(
		jen.Lit(m.Wire), jen.Lit(m.ContentType), jen.Op("&").Id("e").Dot("Envelope")))
	return snip.Doc(ir.Text("CodeMessage reads or writes e for the runtime."), 0).
		Func().Params(jen.Id("e").Op("*").Id(m.Envelope)).Id("CodeMessage").
		Params(jen.Id("m").Op("*").Add(e.rt.Name("MessageCodec"))).Block(body...)
}

// judged returns a call that has a part of a message judged: m.JSON(rules, "Order")
func judged(method, rules string) *jen.Statement {
	by := jen.Id("rules")
	if rules == "" {
		by = jen.Nil()
	}
	return jen.Id("m").Dot(method).Call(by, jen.Lit(rules))
}

// codeHeaders returns what reads or writes headers, and has them judged:
//
//	e.Headers.codeHeaders(m.Headers())
//	e.Headers.CodeJSON(m.CheckHeaders(rules, "CommonHeaders"))
//
// Between them stands what takes up others.
func codeHeaders(h *ir.HeaderMethods, headers func() *jen.Statement, others ...jen.Code) []jen.Code {
	out := append([]jen.Code{headers().Dot(h.Code).Call(jen.Id("m").Dot("Headers").Call())}, others...)
	if h.Rules != "" {
		out = append(out, headers().Dot("CodeJSON").Call(judged("CheckHeaders", h.Rules)))
	}
	return out
}

// otherHeaders returns what has headers without a field judged too, if they are:
//
//	m.OtherHeaders(check.Number,
//		runtime.HeaderNames{Name: "size", Kinds: check.Number},
//		runtime.HeaderNames{Rules: rules, Schema: "SentEnvelope headers ^x-", Kinds: check.Null},
//	)
func (e emitter) otherHeaders(o *ir.OtherHeaders) []jen.Code {
	if o == nil {
		return nil
	}
	args := []jen.Code{e.kindsOrNone(o.Kinds)}
	for _, n := range o.Names {
		members := []snip.Member{{Name: "Name", Value: jen.Lit(n.Name)}}
		if n.Rules != "" {
			members = []snip.Member{{Name: "Rules", Value: jen.Id("rules")}, {Name: "Schema", Value: jen.Lit(n.Rules)}}
		}
		if n.Kinds != 0 {
			members = append(members, snip.Member{Name: "Kinds", Value: e.kinds(n.Kinds)})
		}
		if n.Hinted {
			members = append(members, snip.Member{Name: "Hinted", Value: jen.True()})
		}
		args = append(args, snip.Inline(e.rt.Name("HeaderNames"), members...))
	}
	return []jen.Code{jen.Id("m").Dot("OtherHeaders").Call(args...)}
}

// kindsOrNone is kinds, and 0 for none.
func (e emitter) kindsOrNone(set check.Types) jen.Code {
	if set == 0 {
		return jen.Lit(0)
	}
	return e.kinds(set)
}

// codePayload returns what reads or writes a payload: by the method of its type, by that of
// the type that reads and writes a sum, or by the message's table.
//
//	e.Payload.CodeJSON(m.JSON(rules, "Order"))
//
//	(*jsonShape)(unsafe.Pointer(&e.Payload)).CodeJSON(m.JSON(rules, "Shape"))
//
//	m.Text(rules, "NoteEnvelope").Single(unsafe.Pointer(&e.Payload), &jsonNoteEnvelope)
//
//	m.JSON(rules, "WaitEnvelope").Single(codec.Kept(unsafe.Pointer(&e.Payload)), &jsonWaitEnvelope)
//
//	m.Bytes(&e.Payload)
func (e emitter) codePayload(m *ir.Message, payload place) jen.Code {
	call, at := judged("JSON", m.Rules), jen.Op("&").Add(payload())
	if m.Encoding == ir.TextPlain {
		call = judged("Text", m.Rules)
	}
	sum, table, unsafe := ir.SumOf(m.Payload), m.Table(), jen.Qual("unsafe", "Pointer").Call(at.Clone())
	switch {
	case m.Encoding == ir.RawBytes:
		return jen.Id("m").Dot("Bytes").Call(at)
	case ir.HasMethods(m.Payload):
		return payload().Dot("CodeJSON").Call(call)
	case sum != nil:
		return jen.Parens(jen.Op("*").Id(sum.Coder())).Call(unsafe).Dot("CodeJSON").Call(call)
	}
	return call.Dot("Single").Call(e.pointer(at, m.Payload), jen.Op("&").Id(table))
}
