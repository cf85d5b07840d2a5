package templates

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// producer returns the type, its constructor and two methods for each message:
//
//	// TurnOnProducer sends …
//	type TurnOnProducer struct {
//		conn *runtime.Conn
//	}
//
//	// NewTurnOnProducer returns …
//	func NewTurnOnProducer(conn *runtime.Conn) *TurnOnProducer {
//		return &TurnOnProducer{conn: conn}
//	}
func (e emitter) producer(p *ir.Producer) *jen.Statement {
	conn := func() *jen.Statement { return jen.Id("conn").Op("*").Add(e.rt.Conn()) }
	parts := []*jen.Statement{
		snip.Doc(p.Doc, 0).Type().Id(p.Name).Struct(conn()),
		snip.Doc(p.NewDoc, 0).Func().Id(p.New).Params(conn()).Op("*").Id(p.Name).
			Block(jen.Return(jen.Op("&").Add(snip.Inline(jen.Id(p.Name), snip.Member{Name: "conn", Value: jen.Id("conn")})))),
	}
	for _, m := range p.Methods {
		parts = append(parts, e.publish(p, m), e.publishEnvelope(p, m))
	}
	return paragraphs(parts...)
}

// publish returns:
//
//	// Publish sends …
//	func (p *TurnOnProducer) Publish(ctx context.Context, streetlightID StreetlightID, payload TurnOnOffPayload, opts ...runtime.PublishOption) error {
//		m := p.conn.PublishingTo(ctx, &TurnOnChannel, string(streetlightID))
//		payload.CodeJSON(m.JSON(rules, "TurnOnOffPayload"))
//		return m.PublishAs("turnOnOff", "application/json", opts...)
//	}
func (e emitter) publish(p *ir.Producer, m *ir.PublishMethods) *jen.Statement {
	takes := e.arguments(p.Operation)
	if m.Headers {
		takes = append(takes, jen.Id("headers").Id(m.Message.Headers.Struct.Name))
	}
	takes = append(takes, jen.Id("payload").Add(e.typ(m.Message.Payload)))
	body := e.publishParts(p, m)
	if body == nil {
		body = publishMade(p, m)
	}
	return snip.Doc(m.Doc, 0).Add(e.publishSignature(p, m.Name, takes)).Block(body...)
}

// publishParts returns what publishes a payload, and headers, as they are; nil where
// they are not written by one call each, or there are more headers than were given.
func (e emitter) publishParts(p *ir.Producer, m *ir.PublishMethods) []jen.Code {
	of := m.Message
	if (of.Headers != nil) != m.Headers || of.Others != nil || of.Encoding != ir.RawBytes && (of.Encoding == ir.TextPlain || !ir.HasMethods(of.Payload)) {
		return nil
	}
	body := []jen.Code{publishing(p.Operation)}
	if m.Headers {
		body = append(body, codeHeaders(of.Headers, func() *jen.Statement { return jen.Id("headers") })...)
	}
	body = append(body, e.codePayload(of, func() *jen.Statement { return jen.Id("payload") }))
	body = append(body, e.expires(p.Operation.Delivery)...)
	return append(body, jen.Return(jen.Id("m").Dot("PublishAs").Call(jen.Lit(of.Wire), jen.Lit(of.ContentType), jen.Id("opts").Op("..."))))
}

// publishMade returns what publishes an envelope that it makes of a payload:
//
//	return p.PublishEnvelope(ctx, streetlightID, &TurnOnOffEnvelope{Payload: payload}, opts...)
func publishMade(p *ir.Producer, m *ir.PublishMethods) []jen.Code {
	passes := []jen.Code{jen.Id("ctx")}
	for _, a := range p.Operation.Arguments {
		passes = append(passes, jen.Id(a.Name))
	}
	var members []snip.Member
	if m.Headers {
		members = append(members, snip.Member{Name: "Headers", Value: jen.Id("headers")})
	}
	members = append(members, snip.Member{Name: "Payload", Value: jen.Id("payload")})
	passes = append(passes, jen.Op("&").Add(snip.Inline(jen.Id(m.Message.Envelope), members...)), jen.Id("opts").Op("..."))
	return []jen.Code{jen.Return(jen.Id("p").Dot(m.Envelope).Call(passes...))}
}

// publishing returns what begins to publish, which has another name for one parameter:
//
//	m := p.conn.PublishingTo(ctx, &TurnOnChannel, string(streetlightID))
func publishing(o *ir.Operation) *jen.Statement {
	call := "Publishing"
	if len(o.Arguments) == 1 {
		call = "PublishingTo"
	}
	return jen.Id("m").Op(":=").Id("p").Dot("conn").Dot(call).Call(to(o)...)
}

// publishEnvelope returns:
//
//	// PublishEnvelope sends …
//	func (p *TurnOnProducer) PublishEnvelope(ctx context.Context, streetlightID StreetlightID, e *TurnOnOffEnvelope, opts ...runtime.PublishOption) error {
//		m := p.conn.PublishingTo(ctx, &TurnOnChannel, string(streetlightID))
//		if e != nil {
//			e.CodeMessage(m)
//		}
//		return m.Publish(opts...)
//	}
func (e emitter) publishEnvelope(p *ir.Producer, m *ir.PublishMethods) *jen.Statement {
	takes := append(e.arguments(p.Operation), jen.Id("e").Op("*").Id(m.Message.Envelope))
	body := []jen.Code{
		publishing(p.Operation),
		jen.If(jen.Id("e").Op("!=").Nil()).Block(jen.Id("e").Dot("CodeMessage").Call(jen.Id("m"))),
	}
	body = append(body, e.expires(p.Operation.Delivery)...)
	body = append(body, jen.Return(jen.Id("m").Dot("Publish").Call(jen.Id("opts").Op("..."))))
	return snip.Doc(m.EnvelopeDoc, 0).Add(e.publishSignature(p, m.Envelope, takes)).Block(body...)
}

// to is what says where an operation's messages travel:
//
//	ctx, &TurnOnChannel, string(streetlightID)
func to(o *ir.Operation) []jen.Code {
	out := []jen.Code{jen.Id("ctx"), jen.Op("&").Id(o.Channel.Name)}
	for _, a := range o.Arguments {
		value := jen.Id(a.Name)
		if a.Type != nil {
			value = jen.String().Call(value)
		}
		out = append(out, value)
	}
	return out
}

// publishSignature returns:
//
//	func (p *TurnOnProducer) Publish(ctx context.Context, …, opts ...runtime.PublishOption) error
func (e emitter) publishSignature(p *ir.Producer, name string, takes []jen.Code) *jen.Statement {
	params := slices.Concat(
		[]jen.Code{jen.Id("ctx").Add(snip.Context())}, takes,
		[]jen.Code{jen.Id("opts").Op("...").Add(e.rt.PublishOption())})
	return jen.Func().Params(jen.Id("p").Op("*").Id(p.Name)).Id(name).Params(params...).Error()
}
