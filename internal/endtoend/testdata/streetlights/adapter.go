package main

import (
	"context"

	"github.com/asyncwire/asyncwire/internal/endtoend/virtual/streetlights/api"
	"github.com/asyncwire/asyncwire/runtime"
)

// publish sends one light measurement and returns its line.
func publish(ctx context.Context, conn *runtime.Conn, lamp, key string, seq int) (string, error) {
	e := &api.LightMeasuredEnvelope{
		Envelope: runtime.Envelope{Attributes: attributes("lightMeasured", key, seq)},
		Headers:  api.CommonHeaders{MyAppHeader: runtime.Some(int64(seq % 100))},
		Payload: api.LightMeasuredPayload{
			Lumens: runtime.Some(int64(seq)),
			SentAt: runtime.Some(begin),
		},
	}
	text := line(key, seq, e)
	return text, api.NewLightMeasurementProducer(conn).PublishEnvelope(ctx, api.StreetlightID(lamp), e)
}

// consume hands the line of each light measurement to record.
func consume(ctx context.Context, conn *runtime.Conn, lamp string, record func(string)) error {
	return api.ConsumeLightMeasurement(ctx, conn, api.StreetlightID(lamp), func(_ context.Context, e *api.LightMeasuredEnvelope) error {
		copied := *e
		copied.Position = runtime.Position{}
		record(line(e.Key, int(e.Payload.Lumens.Or(-1)), &copied))
		return nil
	})
}
