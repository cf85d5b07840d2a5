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
//		params := []runtime.Param{{Name: "streetlightId", Value: string(streetlightID)}}
//		routes := []runtime.Route{…}
//		return runtime.Consume(ctx, conn, TurnOnChannel, params, routes, opts...)
//	}
func (e emitter) consumer(c *ir.Consumer) *jen.Statement {
	o := c.Operation
	params, body := e.routeParams(o)
	handler, routes := e.routes(c)
	body = append(body,
		jen.Id("routes").Op(":=").Index().Add(e.rt.Route()).Add(routes))
	body = append(body, e.declared(o.Delivery)...)
	body = append(body,
		jen.Return(e.rt.Consume(jen.Id("ctx"), jen.Id("conn"), jen.Id(o.Channel.Name), params,
			jen.Id("routes"), jen.Id("opts").Op("..."))))
	takes := slices.Concat(
		[]jen.Code{jen.Id("ctx").Add(snip.Context()), jen.Id("conn").Op("*").Add(e.rt.Conn())},
		e.arguments(o),
		[]jen.Code{handler, jen.Id("opts").Op("...").Add(e.rt.ConsumeOption())})
	return snip.Doc(c.Doc, 0).Func().Id(c.Name).Params(takes...).Error().Block(body...)
}

// routes returns the parameter that takes the handlers, and the routes to them:
//
//	handle func(context.Context, *TurnOnOffEnvelope) error
//	{
//		runtime.On(…),
//	}
func (e emitter) routes(c *ir.Consumer) (handler, routes *jen.Statement) {
	if c.Handlers == nil {
		m := c.Operation.Messages[0]
		return jen.Id("handle").Add(handlerType(m)), snip.Lines(e.route(m, jen.Id("handle")))
	}
	var values []jen.Code
	for _, f := range c.Handlers.Fields {
		values = append(values, e.route(f.Message, jen.Id("handlers").Dot(f.Name)))
	}
	return jen.Id("handlers").Id(c.Handlers.Name), snip.Lines(values...)
}

// route returns:
//
//	runtime.On("turnOnOff", handle != nil, func(ctx context.Context, in *runtime.Incoming) error {
//		e := new(TurnOnOffEnvelope)
//		if err := in.Decode(e); err != nil {
//			return err
//		}
//		return handle(ctx, e)
//	})
func (e emitter) route(m *ir.Message, handle *jen.Statement) *jen.Statement {
	run := jen.Func().Params(jen.Id("ctx").Add(snip.Context()), jen.Id("in").Op("*").Add(e.rt.Incoming())).Error().Block(
		jen.Id("e").Op(":=").New(jen.Id(m.Envelope)),
		snip.IfErr(jen.Id("in").Dot("Decode").Call(jen.Id("e"))),
		jen.Return(handle.Clone().Call(jen.Id("ctx"), jen.Id("e"))),
	)
	return e.rt.On(jen.Lit(m.Wire), handle.Clone().Op("!=").Nil(), run)
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
