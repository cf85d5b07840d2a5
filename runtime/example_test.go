package runtime_test

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

type orderPlaced struct {
	Total int `json:"total"`
}

// orderPlacedMessage is what generated code holds for a message.
func orderPlacedMessage() *runtime.Message[orderPlaced, runtime.NoHeaders] {
	return &runtime.Message[orderPlaced, runtime.NoHeaders]{
		Name: "orderPlaced", ContentType: "application/json", Payload: runtime.JSON[orderPlaced]{},
	}
}

func ExampleOpen() {
	ctx := context.Background()
	conn := runtime.Open(memory.New(nil), &runtime.Options{Source: "/shop/checkout", Policy: runtime.Policy{Concurrency: 4}})
	fmt.Println(conn.Close(ctx))
	// Output: <nil>
}

func ExamplePublish() {
	ctx := context.Background()
	transport := memory.New(nil)
	conn := runtime.Open(transport, &runtime.Options{Source: "/shop"})
	defer conn.Close(ctx)

	orders := runtime.Channel{Address: "orders.{region}"}
	region := []runtime.Param{{Name: "region", Value: "eu"}}
	e := &runtime.Envelope[orderPlaced, runtime.NoHeaders]{Payload: orderPlaced{Total: 12}}
	err := runtime.Publish(ctx, conn, orders, region, orderPlacedMessage(), e, runtime.Key("order-42"), runtime.ID("1"))
	if err != nil {
		panic(err)
	}

	tap, err := transport.Tap(ctx, driver.TapOptions{Start: driver.StartEarliest})
	if err != nil {
		panic(err)
	}
	messages, err := tap.Receive(ctx)
	if err != nil {
		panic(err)
	}
	m := messages[0]
	fmt.Printf("%s at %s: %s\n", m.Key, m.Address, m.Value)
	for _, h := range m.Headers {
		if h.Key != "ce_time" {
			fmt.Printf("%s: %s\n", h.Key, h.Value)
		}
	}
	// Output:
	// order-42 at orders.eu: {"total":12}
	// ce_specversion: 1.0
	// ce_id: 1
	// ce_source: /shop
	// ce_type: orderPlaced
	// content-type: application/json
}

func ExampleConsume() {
	ctx, stop := context.WithCancel(context.Background())
	conn := runtime.Open(memory.New(nil), nil)
	defer conn.Close(context.Background())
	orders := runtime.Channel{Address: "orders"}
	for _, total := range []int{12, 30} {
		e := &runtime.Envelope[orderPlaced, runtime.NoHeaders]{Payload: orderPlaced{Total: total}}
		if err := runtime.Publish(ctx, conn, orders, nil, orderPlacedMessage(), e, runtime.Key("order-42")); err != nil {
			panic(err)
		}
	}

	billed := 0
	bill := func(ctx context.Context, e *runtime.Envelope[orderPlaced, runtime.NoHeaders]) error {
		fmt.Printf("%s: %d\n", e.Key, e.Payload.Total)
		if billed += e.Payload.Total; billed == 42 {
			stop() // when the last one is done, Consume drains and returns nil
		}
		return nil
	}
	err := runtime.Consume(ctx, conn, orders, nil, []runtime.Route{runtime.On(orderPlacedMessage(), bill)},
		runtime.Group("billing"))
	fmt.Println(err)
	// Output:
	// order-42: 12
	// order-42: 30
	// <nil>
}
