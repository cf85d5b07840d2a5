package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// message returns the envelope, its methods and, where an operation uses the
// message, its route:
//
//	// LightMeasuredEnvelope carries message lightMeasured.
//	type LightMeasuredEnvelope struct {
//		runtime.Envelope
//		Headers CommonHeaders
//		Payload LightMeasuredPayload
//	}
func (e emitter) message(m *ir.Message) *jen.Statement {
	fields := []jen.Code{e.rt.Envelope()}
	if m.Headers != nil {
		fields = append(fields, jen.Id("Headers").Id(m.Headers.Struct.Name))
	}
	fields = append(fields, jen.Id("Payload").Add(e.typ(m.Payload)))
	parts := []*jen.Statement{
		snip.Doc(m.Doc, 0).Type().Id(m.Envelope).Struct(fields...),
		e.writeMessage(m),
		e.readMessage(m),
	}
	if m.On != "" {
		parts = append(parts, e.route(m))
	}
	return paragraphs(parts...)
}

// writeMessage returns:
//
//	// WriteMessage writes e for the runtime.
//	func (e *LightMeasuredEnvelope) WriteMessage(w *runtime.MessageWriter) {
//		w.Message("lightMeasured", "application/json")
//		e.Headers.writeHeaders(w.Headers())
//		w.JSON(&e.Payload)
//	}
func (e emitter) writeMessage(m *ir.Message) *jen.Statement {
	body := []jen.Code{jen.Id("w").Dot("Message").Call(jen.Lit(m.Wire), jen.Lit(m.ContentType))}
	if m.Headers != nil {
		body = append(body, jen.Id("e").Dot("Headers").Dot(m.Headers.Write).Call(jen.Id("w").Dot("Headers").Call()))
	}
	payload := jen.Id("e").Dot("Payload")
	switch m.Encoding {
	case ir.TextPlain:
		body = append(body, jen.Id("w").Dot("Text").Call(payload))
	case ir.RawBytes:
		body = append(body, jen.Id("w").Dot("Bytes").Call(payload))
	default:
		body = append(body, jen.Id("w").Dot("JSON").Call(jen.Op("&").Add(payload)))
	}
	return snip.Doc(ir.Text("WriteMessage writes e for the runtime."), 0).
		Func().Params(jen.Id("e").Op("*").Id(m.Envelope)).Id("WriteMessage").
		Params(jen.Id("w").Op("*").Add(e.rt.MessageWriter())).Block(body...)
}

// readMessage returns:
//
//	// ReadMessage reads e from what the runtime received.
//	func (e *LightMeasuredEnvelope) ReadMessage(r *runtime.MessageReader) {
//		e.Headers.readHeaders(r.Headers())
//		r.JSON(&e.Payload)
//	}
func (e emitter) readMessage(m *ir.Message) *jen.Statement {
	var body []jen.Code
	if m.Headers != nil {
		body = append(body, jen.Id("e").Dot("Headers").Dot(m.Headers.Read).Call(jen.Id("r").Dot("Headers").Call()))
	}
	payload := jen.Id("e").Dot("Payload")
	switch m.Encoding {
	case ir.TextPlain:
		body = append(body, payload.Op("=").Id("r").Dot("Text").Call())
	case ir.RawBytes:
		body = append(body, payload.Op("=").Id("r").Dot("Bytes").Call())
	default:
		body = append(body, jen.Id("r").Dot("JSON").Call(jen.Op("&").Add(payload)))
	}
	return snip.Doc(ir.Text("ReadMessage reads e from what the runtime received."), 0).
		Func().Params(jen.Id("e").Op("*").Id(m.Envelope)).Id("ReadMessage").
		Params(jen.Id("r").Op("*").Add(e.rt.MessageReader())).Block(body...)
}

// route returns:
//
//	// onLightMeasured hands message lightMeasured to handle.
//	func onLightMeasured(handle func(context.Context, *LightMeasuredEnvelope) error) runtime.Route {
//		return runtime.On("lightMeasured", handle != nil, func(ctx context.Context, in *runtime.Incoming) error {
//			e := new(LightMeasuredEnvelope)
//			if err := in.Decode(e); err != nil {
//				return err
//			}
//			return handle(ctx, e)
//		})
//	}
func (e emitter) route(m *ir.Message) *jen.Statement {
	run := jen.Func().Params(jen.Id("ctx").Add(snip.Context()), jen.Id("in").Op("*").Add(e.rt.Incoming())).Error().Block(
		jen.Id("e").Op(":=").New(jen.Id(m.Envelope)),
		snip.IfErr(jen.Id("in").Dot("Decode").Call(jen.Id("e"))),
		jen.Return(jen.Id("handle").Call(jen.Id("ctx"), jen.Id("e"))),
	)
	return snip.Doc(ir.Text(m.On+" hands message "+m.Wire+" to handle."), 0).
		Func().Id(m.On).Params(jen.Id("handle").Add(handlerType(m))).Add(e.rt.Route()).
		Block(jen.Return(e.rt.On(jen.Lit(m.Wire), jen.Id("handle").Op("!=").Nil(), run)))
}
