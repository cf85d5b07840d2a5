// Package runtime is what generated code stands on: typed envelopes in, typed
// envelopes out, over any transport.
//
// It delivers as a Policy says; by default at least once: a message is
// acknowledged after its handler returned nil and never before; messages with
// equal keys are handled in the order they were published, whatever fails in
// between; what was received and not handled when a consumer stops is given
// back. Retries, ordering, draining and decoding sit here once, above the
// transports of package driver.
//
// Service authors meet Open, Options, the options of Publish and Consume, and
// the errors. Publish, Consume, Message and Route are for generated code, which
// wraps them in types of the document:
//
//	conn := runtime.Open(memory.New(nil), nil)
//	defer conn.Close(ctx)
//	orders := shop.NewOrderPlacedProducer(conn)
//	err := orders.Publish(ctx, shop.OrderPlaced{OrderID: id}, runtime.Key(id.String()))
//
// It imports the standard library and the packages check, codec and driver alone.
package runtime

// GeneratedV1 exists so that generated code and this package can be told to
// match when they are compiled: generated code holds
//
//	const _ = runtime.GeneratedV1
//
// and stops compiling with a runtime that no longer understands it.
const GeneratedV1 = 1
