package kafka_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestOpenMessagesKeepLittle: a message that is not done keeps itself and a few
// neighbours, and not the answer that brought it, with a megabyte of others. So does
// one that a tap has handed out.
func TestOpenMessagesKeepLittle(t *testing.T) {
	const megabytes, size, every = 24, 1000, 1000
	tr := open(t, kafka.Config{Brokers: fake(t).ListenAddrs()})
	topic := provision(t, tr, 1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range megabytes {
		messages := make([]*driver.Message, 1<<20/size)
		for i := range messages {
			messages[i] = &driver.Message{Address: topic, Value: make([]byte, size), Headers: []driver.Header{{Key: "h", Value: []byte("v")}}}
		}
		publish(t, tr, messages...)
	}
	const all = megabytes * (1 << 20 / size)
	little := func(what string, receive func() any) {
		before, n := heap.InUse(), 0
		var kept []any
		for ; n < all; n++ {
			if m := receive(); n%every == every/2 {
				kept = append(kept, m)
			}
		}
		if grown := heap.InUse() - before; grown > megabytes<<20/4 {
			t.Errorf("%s: %d messages keep %d bytes", what, len(kept), grown)
		}
		runtime.KeepAlive(kept)
	}

	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
	var deliveries []driver.Delivery
	little("received", func() any {
		for len(deliveries) == 0 {
			var err error
			if deliveries, err = r.Receive(ctx); err != nil {
				t.Fatal(err)
			}
		}
		d := deliveries[0]
		deliveries = deliveries[1:]
		return d
	})

	tap, err := tr.Tap(ctx, driver.TapOptions{Match: func(a string) bool { return a == topic }})
	if err != nil {
		t.Fatal(err)
	}
	defer closeSoon(t, tap)
	var messages []*driver.Message
	little("tapped", func() any {
		for len(messages) == 0 {
			if messages, err = tap.Receive(ctx); err != nil {
				t.Fatal(err)
			}
		}
		m := messages[0]
		messages = messages[1:]
		return m
	})
}
