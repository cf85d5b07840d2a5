package main

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/internal/endtoend/virtual/shop/api"
	"github.com/asyncwire/asyncwire/runtime"
)

// publish sends one stock reservation and returns its line.
func publish(ctx context.Context, conn *runtime.Conn, warehouse, key string, seq int) (string, error) {
	e := &api.StockReservedEnvelope{
		Attributes: attributes("stockReserved", key, seq),
		Headers:    api.TracedHeaders{ShopTenant: runtime.Some("tenant ü"), ShopAttempt: runtime.Some(int64(seq%100 + 1))},
		Payload: api.StockReserved{
			ReservationID: fmt.Sprintf("00000000-0000-4000-8000-%012d", seq),
			OrderID:       "3f0c5f4e-8f5b-4c53-9d5b-0c6f6d3a1b20",
			Items: []api.StockReservedItem{
				{SKU: "BOK-0042", Quantity: int32(seq%7 + 1)},
				{SKU: "PEN-0001", Quantity: 2, Shelf: runtime.Some("A \"1\"")},
			},
			ExpiresAt: begin,
		},
	}
	text := line(key, seq, e)
	return text, api.NewStockReservedProducer(conn).PublishEnvelope(ctx, api.Warehouse(warehouse), e)
}

// consume hands the line of each stock reservation to record.
func consume(ctx context.Context, conn *runtime.Conn, warehouse string, record func(string)) error {
	return api.ConsumeStockReserved(ctx, conn, api.Warehouse(warehouse), func(_ context.Context, e *api.StockReservedEnvelope) error {
		copied := *e
		copied.Position = runtime.Position{}
		var seq int
		if _, err := fmt.Sscanf(e.ID, "message-%d", &seq); err != nil {
			return err
		}
		record(line(e.Key, seq, &copied))
		return nil
	})
}
