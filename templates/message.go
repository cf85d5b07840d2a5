package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// message returns the envelope and its methods:
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
	return paragraphs(snip.Doc(m.Doc, 0).Type().Id(m.Envelope).Struct(fields...), e.writeMessage(m), e.readMessage(m))
}

// writeMessage returns:
//
//	// WriteMessage writes e for the runtime.
//	func (e *LightMeasuredEnvelope) WriteMessage(w *runtime.MessageWriter) {
//		w.Message(&e.Envelope, "lightMeasured", "application/json")
//		e.Headers.writeHeaders(w.Headers())
//		w.JSON(&e.Payload, rules.Of("LightMeasuredPayload"))
//	}
func (e emitter) writeMessage(m *ir.Message) *jen.Statement {
	body := []jen.Code{jen.Id("w").Dot("Message").Call(embedded(), jen.Lit(m.Wire), jen.Lit(m.ContentType))}
	if h := m.Headers; h != nil {
		body = append(body, jen.Id("e").Dot("Headers").Dot(h.Write).Call(jen.Id("w").Dot("Headers").Call()))
		if h.Rules != "" {
			body = append(body, jen.Id("w").Dot("CheckHeaders").Call(jen.Op("&").Id("e").Dot("Headers"), e.check(h.Rules)))
		}
	}
	by := func() *jen.Statement {
		return jen.Func().Params(jen.Id("w").Op("*").Add(e.rt.Writer())).Block(e.write(m.Payload, payload, 0)...)
	}
	write := e.payload(m, "w", by)
	if m.Encoding == ir.RawBytes {
		write = jen.Id("w").Dot("Bytes").Call(payload())
	}
	return snip.Doc(ir.Text("WriteMessage writes e for the runtime."), 0).
		Func().Params(jen.Id("e").Op("*").Id(m.Envelope)).Id("WriteMessage").
		Params(jen.Id("w").Op("*").Add(e.rt.MessageWriter())).Block(append(body, write)...)
}

// embedded is where the envelope e has its context.
func embedded() *jen.Statement { return jen.Op("&").Id("e").Dot("Envelope") }

// payload is the payload of the envelope e.
func payload() *jen.Statement { return jen.Id("e").Dot("Payload") }

// payload returns what writes or reads a payload: by the type's own methods
// where it has some, else by a function.
//
//	w.JSON(&e.Payload, rules.Of("Order"))
//	w.TextBy(func(w *codec.Writer) {
//		w.String(e.Payload)
//	}, rules.Of("NoteEnvelope"))
func (e emitter) payload(m *ir.Message, receiver string, by func() *jen.Statement) *jen.Statement {
	call := jen.Id(receiver)
	switch {
	case m.Encoding == ir.TextPlain:
		return call.Dot("TextBy").Call(by(), e.check(m.Rules))
	case hasMethods(m.Payload):
		return call.Dot("JSON").Call(jen.Op("&").Add(payload()), e.check(m.Rules))
	}
	return call.Dot("JSONBy").Call(by(), e.check(m.Rules))
}

// hasMethods tells whether a type reads and writes itself.
func hasMethods(t ir.Type) bool {
	n, ok := t.(*ir.Named)
	if !ok {
		return false
	}
	switch n.Decl.(type) {
	case *ir.Struct, *ir.Defined, *ir.Tuple:
		return true
	}
	return false
}

// readMessage returns:
//
//	// ReadMessage reads e from what the runtime received.
//	func (e *LightMeasuredEnvelope) ReadMessage(r *runtime.MessageReader) {
//		r.Message(&e.Envelope)
//		e.Headers.readHeaders(r.Headers())
//		r.JSON(&e.Payload, rules.Of("LightMeasuredPayload"))
//	}
func (e emitter) readMessage(m *ir.Message) *jen.Statement {
	body := []jen.Code{jen.Id("r").Dot("Message").Call(embedded())}
	if h := m.Headers; h != nil {
		body = append(body, jen.Id("e").Dot("Headers").Dot(h.Read).Call(jen.Id("r").Dot("Headers").Call()))
		if h.Rules != "" {
			body = append(body, jen.Id("r").Dot("CheckHeaders").Call(jen.Op("&").Id("e").Dot("Headers"), e.check(h.Rules)))
		}
	}
	by := func() *jen.Statement {
		return jen.Func().Params(jen.Id("r").Op("*").Add(e.rt.Reader())).Block(e.read(m.Payload, payload, 0)...)
	}
	read := e.payload(m, "r", by)
	if m.Encoding == ir.RawBytes {
		read = payload().Op("=").Id("r").Dot("Bytes").Call()
	}
	return snip.Doc(ir.Text("ReadMessage reads e from what the runtime received."), 0).
		Func().Params(jen.Id("e").Op("*").Id(m.Envelope)).Id("ReadMessage").
		Params(jen.Id("r").Op("*").Add(e.rt.MessageReader())).Block(append(body, read)...)
}
