package kafka_test

import (
	"context"
	"fmt"
	"log"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// A message goes to a broker and comes back. Service authors use package
// runtime, which does this for them.
func ExampleOpen() {
	broker := kfake.MustCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))
	defer broker.Close()
	ctx := context.Background()

	transport, err := kafka.Open(ctx, kafka.Config{Brokers: broker.ListenAddrs()})
	if err != nil {
		log.Fatal(err)
	}
	defer transport.Close(ctx)

	order := &driver.Message{Address: "orders", Key: []byte("order-42"), Value: []byte("placed")}
	if err := transport.Publish(ctx, order); err != nil {
		log.Fatal(err)
	}

	receiver, err := transport.Subscribe(ctx, driver.Subscription{Addresses: []string{"orders"}, Group: "billing"})
	if err != nil {
		log.Fatal(err)
	}
	deliveries, err := receiver.Receive(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range deliveries {
		m := d.Message()
		fmt.Printf("%s %s at offset %d\n", m.Key, m.Value, m.Offset)
		if err := d.Ack(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output: order-42 placed at offset 0
}
