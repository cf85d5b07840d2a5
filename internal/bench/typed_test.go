package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/asyncwire/asyncwire/examples/orders"
	"github.com/asyncwire/asyncwire/examples/shop/shop"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// orderText is an order of about 1 KB: 40 members in 13 objects.
func orderText() []byte {
	line := `{"sku":"ABC-0042","title":"A thing with a name of middle length","quantity":3,"unitPrice":{"amount":1999,"currency":"EUR"}}`
	return []byte(`{"orderId":"0b0e4b3c-53a5-4c5e-9d0b-0d3a2a4c8f11","placedAt":"2026-01-02T03:04:05Z","customer":{` +
		`"id":"9a1f0f0e-0c68-4d54-8d25-3a1f5c6d7e8f","email":"somebody@example.com","name":"Some Body"},"lines":[` +
		strings.TrimSuffix(strings.Repeat(line+",", 5), ",") + `],"shippingAddress":{"street":"Long Street 12","city":"Lyon",` +
		`"postalCode":"69001","country":"FR"},"total":{"amount":9995,"currency":"EUR"}}`)
}

// plainOrder is an order as one writes it for encoding/json.
type plainOrder struct {
	OrderID  string    `json:"orderId"`
	PlacedAt time.Time `json:"placedAt"`
	Customer struct {
		ID    string  `json:"id"`
		Email string  `json:"email"`
		Name  *string `json:"name,omitempty"`
	} `json:"customer"`
	Lines []struct {
		SKU       string     `json:"sku"`
		Title     *string    `json:"title,omitempty"`
		Quantity  int32      `json:"quantity"`
		UnitPrice plainMoney `json:"unitPrice"`
	} `json:"lines"`
	ShippingAddress struct {
		Street     string `json:"street"`
		City       string `json:"city"`
		PostalCode string `json:"postalCode"`
		Country    string `json:"country"`
	} `json:"shippingAddress"`
	Total plainMoney `json:"total"`
}

type plainMoney struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// note is 1 KB of text in an object with two members.
type note struct {
	OrderID string `json:"orderId"`
	Text    string `json:"text"`
}

func noteOf() note { return note{"ord-2026-000417", strings.Repeat("Please ring twice. ", 52)} }

// decoded reads JSON into a new value.
func decoded[T any](tb testing.TB, text []byte) (v T) {
	if err := json.Unmarshal(text, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// publishing returns what sends n payloads of 64 keys through a generated producer.
func publishing[T any](n int, payload T, publish func(*runtime.Conn) func(context.Context, T, ...runtime.PublishOption) error) func(*runtime.Conn, *counter) error {
	return func(conn *runtime.Conn, count *counter) error {
		send := publish(conn)
		keys := make([]runtime.PublishOption, 64)
		for i := range keys {
			keys[i] = runtime.Key(fmt.Sprint("key-", i))
		}
		for i := range n {
			count.ahead(i)
			if err := send(context.Background(), payload, keys[i%len(keys)]); err != nil {
				return err
			}
		}
		return nil
	}
}

// typedOrders moves n orders through a generated producer and a generated
// consumer.
func typedOrders(tb testing.TB, n int) time.Duration {
	consume := func(ctx context.Context, conn *runtime.Conn, count *counter) error {
		return shop.ConsumeOrderPlaced(ctx, conn, func(context.Context, *shop.OrderPlacedEnvelope) error {
			count.handled()
			return nil
		})
	}
	return consuming(tb, n, consume, publishing(n, decoded[shop.OrderPlaced](tb, orderText()),
		func(c *runtime.Conn) func(context.Context, shop.OrderPlaced, ...runtime.PublishOption) error {
			return shop.NewOrderPlacedProducer(c).Publish
		}))
}

// typedNotes is typedOrders for notes.
func typedNotes(tb testing.TB, n int) time.Duration {
	consume := func(ctx context.Context, conn *runtime.Conn, count *counter) error {
		return orders.ConsumeNote(ctx, conn, func(context.Context, *orders.NoteEnvelope) error {
			count.handled()
			return nil
		})
	}
	v := noteOf()
	return consuming(tb, n, consume, publishing(n, orders.Note{OrderID: v.OrderID, Text: v.Text},
		func(c *runtime.Conn) func(context.Context, orders.Note, ...runtime.PublishOption) error {
			return orders.NewNoteProducer(c).Publish
		}))
}

// encoding moves n payloads through Watermill's router, by encoding/json on both
// sides, which judges nothing.
func encoding[T any](payload T) func(testing.TB, int) time.Duration {
	return func(tb testing.TB, n int) time.Duration {
		return routed(tb, n, func() ([]byte, error) { return json.Marshal(payload) }, func(m *message.Message) error {
			return json.Unmarshal(m.Payload, new(T))
		})
	}
}

// through moves n payloads through a bare channel, encoded on one side and judged
// and decoded on the other.
func through[T json.Marshaler, P interface {
	*T
	json.Unmarshaler
}](payload T) func(testing.TB, int) time.Duration {
	return func(tb testing.TB, n int) time.Duration {
		return channelled(n, func(int) *driver.Message {
			value, err := payload.MarshalJSON()
			if err != nil {
				panic(err)
			}
			return &driver.Message{Value: value}
		}, func(m *driver.Message) error { return P(new(T)).UnmarshalJSON(m.Value) })
	}
}

// BenchmarkTyped reports how many times as many typed messages of about 1 KB we
// encode, move, judge and decode as Watermill's router moves with encoding/json on
// both sides, and as it moves of bytes. An order is much structure, a note is
// text. What encoding, judging and decoding take alone, through a bare channel, says
// what is left to be won.
func BenchmarkTyped(b *testing.B) {
	run := func(name string, ours, json, codec func(testing.TB, int) time.Duration) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				compare(b, ours, 50_000, rival{"watermill-json", json, 20_000}, rival{"watermill", watermills, 20_000},
					rival{"channel", codec, 50_000})
			}
		})
	}
	run("order", typedOrders, encoding(decoded[plainOrder](b, orderText())), through(decoded[shop.OrderPlaced](b, orderText())))
	v := noteOf()
	run("note", typedNotes, encoding(v), through(orders.Note{OrderID: v.OrderID, Text: v.Text}))
}

// TestTypedAllocations holds the typed path to what it costs beside the payload:
// its id and key, and the envelope to receive it; a share of the memory that messages
// are cut from; and what the payload is decoded into.
func TestTypedAllocations(t *testing.T) {
	taken{allocations: 5, bytes: 2940}.hold(t, "order", typedOrders)
	taken{allocations: 2.8, bytes: 1740}.hold(t, "note", typedNotes)
}
