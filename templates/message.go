package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// message returns the envelope and, where an operation uses the message, the
// function that tells the runtime about it:
//
//	// LightMeasuredEnvelope is …
//	type LightMeasuredEnvelope = runtime.Envelope[LightMeasuredPayload, CommonHeaders]
//
//	// lightMeasuredMessage is what the runtime knows of message lightMeasured.
//	func lightMeasuredMessage() *runtime.Message[LightMeasuredPayload, CommonHeaders] { … }
func (e emitter) message(m *ir.Message) *jen.Statement {
	envelope := snip.Doc(m.Doc, 0).Type().Id(m.Envelope).Op("=").
		Add(e.rt.Envelope(e.typ(m.Payload), e.typ(m.HeadersType())))
	if m.Func == "" {
		return envelope
	}
	return paragraphs(envelope, e.messageFunc(m))
}

// messageFunc returns:
//
//	func lightMeasuredMessage() *runtime.Message[LightMeasuredPayload, CommonHeaders] {
//		return &runtime.Message[LightMeasuredPayload, CommonHeaders]{
//			Name:        "lightMeasured",
//			ContentType: "application/json",
//			Payload:     runtime.JSON[LightMeasuredPayload]{},
//			Headers:     runtime.HeaderCodec[CommonHeaders]{…},
//		}
//	}
func (e emitter) messageFunc(m *ir.Message) *jen.Statement {
	typ := func() *jen.Statement { return e.rt.Message(e.typ(m.Payload), e.typ(m.HeadersType())) }
	members := []snip.Member{
		{Name: "Name", Value: jen.Lit(m.Wire)},
		{Name: "ContentType", Value: jen.Lit(m.ContentType)},
		{Name: "Payload", Value: e.codec(m)},
	}
	if m.Headers != nil {
		members = append(members, snip.Member{Name: "Headers", Value: e.headerCodec(m.Headers)})
	}
	return snip.Doc(ir.Text(m.Func+" is what the runtime knows of message "+m.Wire+"."), 0).
		Func().Id(m.Func).Params().Op("*").Add(typ()).
		Block(jen.Return(jen.Op("&").Add(snip.Literal(typ(), members...))))
}

func (e emitter) codec(m *ir.Message) *jen.Statement {
	switch m.Encoding {
	case ir.TextPlain:
		return e.rt.Text()
	case ir.RawBytes:
		return e.rt.Bytes()
	}
	return e.rt.JSON(e.typ(m.Payload))
}

// headerCodec returns:
//
//	runtime.HeaderCodec[CommonHeaders]{
//		Write: CommonHeaders.writeHeaders,
//		Read:  readCommonHeaders,
//	}
func (e emitter) headerCodec(h *ir.HeaderMethods) *jen.Statement {
	return snip.Literal(e.rt.HeaderCodec(jen.Id(h.Struct.Name)),
		snip.Member{Name: "Write", Value: jen.Id(h.Struct.Name).Dot(h.Write)},
		snip.Member{Name: "Read", Value: jen.Id(h.Read)},
	)
}
