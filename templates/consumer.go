package templates

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// consumer returns, for an operation with one message:
//
//	// ConsumeTurnOn handles …
//	func ConsumeTurnOn(ctx context.Context, conn *runtime.Conn, streetlightID StreetlightID, handle func(context.Context, *TurnOnOffEnvelope) error, opts ...runtime.ConsumeOption) error {
//		c := conn.ConsumingFrom(ctx, &TurnOnChannel, string(streetlightID))
//		c.On("turnOnOff", handle)
//		return c.Run(opts...)
//	}
func (e emitter) consumer(c *ir.Consumer) *jen.Statement {
	o := c.Operation
	body := []jen.Code{consuming(o)}
	handler, routes := e.routes(c)
	body = append(body, routes...)
	body = append(body, e.declared(o.Delivery)...)
	body = append(body, jen.Return(jen.Id("c").Dot("Run").Call(jen.Id("opts").Op("..."))))
	takes := slices.Concat(
		[]jen.Code{jen.Id("ctx").Add(snip.Context()), jen.Id("conn").Op("*").Add(e.rt.Conn())},
		e.arguments(o),
		[]jen.Code{handler, jen.Id("opts").Op("...").Add(e.rt.ConsumeOption())})
	return snip.Doc(c.Doc, 0).Func().Id(c.Name).Params(takes...).Error().Block(body...)
}

// consuming returns what begins to consume, which has another name for one parameter:
//
//	c := conn.ConsumingFrom(ctx, &TurnOnChannel, string(streetlightID))
func consuming(o *ir.Operation) *jen.Statement {
	call := "Consuming"
	if len(o.Arguments) == 1 {
		call = "ConsumingFrom"
	}
	return jen.Id("c").Op(":=").Id("conn").Dot(call).Call(to(o)...)
}

// routes returns the parameter that takes the handlers, and the statements that add the
// routes to them:
//
//	handle func(context.Context, *TurnOnOffEnvelope) error
//
//	c.On("turnOnOff", handle)
func (e emitter) routes(c *ir.Consumer) (handler *jen.Statement, routes []jen.Code) {
	add := func(m *ir.Message, handle jen.Code) {
		routes = append(routes, jen.Id("c").Dot("On").Call(jen.Lit(m.Wire), handle))
	}
	if c.Handlers == nil {
		m := c.Operation.Messages[0]
		add(m, jen.Id("handle"))
		return jen.Id("handle").Add(handlerType(m)), routes
	}
	for _, f := range c.Handlers.Fields {
		add(f.Message, jen.Id("handlers").Dot(f.Name))
	}
	return jen.Id("handlers").Id(c.Handlers.Name), routes
}

// handlerType returns: func(context.Context, *TurnOnOffEnvelope) error
func handlerType(m *ir.Message) *jen.Statement {
	return jen.Func().Params(snip.Context(), jen.Op("*").Id(m.Envelope)).Error()
}

// handlers returns:
//
//	// PaymentHandlers are …
//	type PaymentHandlers struct {
//		// PaymentCaptured handles message paymentCaptured.
//		PaymentCaptured func(context.Context, *PaymentCapturedEnvelope) error
//	}
func (e emitter) handlers(h *ir.Handlers) *jen.Statement {
	var fields []jen.Code
	for _, f := range h.Fields {
		doc := ir.Text(f.Name + " handles message " + f.Message.Wire + ".")
		fields = append(fields, snip.Doc(doc, 1).Id(f.Name).Add(handlerType(f.Message)))
	}
	return snip.Doc(h.Doc, 0).Type().Id(h.Name).Struct(fields...)
}
