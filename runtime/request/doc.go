// Package request asks and answers over any transport: a request is published,
// and its reply comes back to the client that asked.
//
// A Client has an address of its own for replies. It puts that address into the
// attribute replyto of each request, a correlation id that no other request has,
// and, in the attribute expirytime, until when it waits. The server publishes
// its reply to the address with the correlation id.
//
//	client, err := request.NewClient(ctx, conn, nil)
//	…
//	var price PriceEnvelope
//	err = request.Call(ctx, client, quotes, nil, &AskEnvelope{Payload: Ask{SKU: "A-1"}}, &price)
//
//	err = runtime.Consume(ctx, conn, quotes, nil, []runtime.Route{
//		request.On(server, "ask", func(ctx context.Context, e *AskEnvelope) (*PriceEnvelope, error) { … }),
//	})
//
// A request is delivered as any message is, at least once: a server may handle
// it twice, and then replies twice; the client takes the first reply. Whoever
// asks again after a deadline asks anew. A reply that comes when nobody waits for
// it is counted and dropped.
//
// Replies are watched without a consumer group where the transport can be
// watched (driver.Tapper): nothing is committed, and a client is ready as soon as
// NewClient returns. Elsewhere they are consumed by a group of the client's own.
//
// A request says where its reply goes, and whoever may publish requests may say
// anything. A Server publishes to addresses that begin with Prefix alone, unless
// NewServer is given a function that allows others.
//
// It imports the standard library, runtime and runtime/driver.
package request
