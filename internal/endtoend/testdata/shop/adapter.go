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
		Envelope: runtime.Envelope{Attributes: attributes("stockReserved", key, seq)},
		Headers:  api.TracedHeaders{ShopTenant: runtime.Some("tenant ü"), ShopAttempt: runtime.Some(int64(seq%100 + 1))},
		Payload: api.StockReserved{
			ReservationID: runtime.UUID{6: 0x40, 8: 0x80, 14: byte(seq >> 8), 15: byte(seq)},
			OrderID:       runtime.UUID{6: 0x40, 8: 0x80, 15: 1},
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
