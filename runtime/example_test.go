package runtime_test

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// orderPlaced is what generated code holds for a message.
type orderPlaced struct {
	runtime.Envelope
	Payload order
}

func (e *orderPlaced) CodeMessage(m *runtime.MessageCodec) {
	m.JSON(nil, "").External(&e.Payload)
	m.Message("orderPlaced", "application/json", &e.Envelope)
}

func placed(id int64) *orderPlaced { return &orderPlaced{Payload: order{ID: id}} }

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

	orders := &runtime.Channel{Address: "orders.{region}", Params: []runtime.ChannelParam{{Name: "region"}}}
	err := runtime.Publish(ctx, conn, orders, []string{"eu"}, placed(12), runtime.Key("order-42"), runtime.ID("1"))
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
	// order-42 at orders.eu: {"id":12}
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
	orders := &runtime.Channel{Address: "orders"}
	for _, id := range []int64{12, 30} {
		if err := runtime.Publish(ctx, conn, orders, nil, placed(id), runtime.Key("order-42")); err != nil {
			panic(err)
		}
	}

	var billed int64
	bill := runtime.On("orderPlaced", func(_ context.Context, e *orderPlaced) error {
		fmt.Printf("%s: %d\n", e.Key, e.Payload.ID)
		if billed += e.Payload.ID; billed == 42 {
			stop() // when the last one is done, Consume drains and returns nil
		}
		return nil
	})
	err := runtime.Consume(ctx, conn, orders, nil, []runtime.Route{bill}, runtime.Group("billing"))
	fmt.Println(err)
	// Output:
	// order-42: 12
	// order-42: 30
	// <nil>
}
