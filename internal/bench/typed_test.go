package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/examples/shop/shop"
	"github.com/asyncwire/asyncwire/runtime"
)

// order returns a payload of about 1 KB.
func order(tb testing.TB) shop.OrderPlaced {
	line := `{"sku":"ABC-0042","title":"A thing with a name of middle length","quantity":3,"unitPrice":{"amount":1999,"currency":"EUR"}}`
	text := `{"orderId":"0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f11","placedAt":"2026-01-02T03:04:05Z","customer":{` +
		`"id":"9a1f0f0e-0c68-4d54-8d25-3a1f5c6d7e8f","email":"somebody@example.com","name":"Some Body"},"lines":[` +
		strings.TrimSuffix(strings.Repeat(line+",", 5), ",") + `],"shippingAddress":{"street":"Long Street 12","city":"Lyon",` +
		`"postalCode":"69001","country":"FR"},"total":{"amount":9995,"currency":"EUR"}}`
	var o shop.OrderPlaced
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		tb.Fatal(err)
	}
	return o
}

// typed moves n messages through a generated producer and a generated consumer.
func typed(tb testing.TB, n int) time.Duration {
	payload := order(tb)
	run := func(ctx context.Context, conn *runtime.Conn, count *counter) error {
		return shop.ConsumeOrderPlaced(ctx, conn, func(context.Context, *shop.OrderPlacedEnvelope) error {
			count.handled()
			return nil
		})
	}
	return consuming(tb, n, run, func(conn *runtime.Conn, count *counter) error {
		orders := shop.NewOrderPlacedProducer(conn)
		keys := make([]runtime.PublishOption, 64)
		for i := range keys {
			keys[i] = runtime.Key(fmt.Sprint("key-", i))
		}
		for i := range n {
			count.ahead(i)
			if err := orders.Publish(context.Background(), payload, keys[i%len(keys)]); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkTyped reports how many times as many typed messages of about 1 KB we
// encode, move and decode as Watermill's router moves of bytes.
func BenchmarkTyped(b *testing.B) {
	for b.Loop() {
		compare(b, typed, 50_000)
	}
}
