package contracttest_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// BenchmarkVerify is the way of a message from the tap to its verdict, over
// memory: good messages, and messages of which each breaks a rule.
func BenchmarkVerify(b *testing.B) {
	for name, m := range map[string]*message{
		"good": placed(order, "content-type", "application/json", "priority", "3", "ce_id", "1", "ce_source", "shop"),
		"bad":  placed(`{"id":1,"lines":[{}]}`, "priority", "high"),
	} {
		b.Run(name, func(b *testing.B) {
			doc := load(b, "shop.yaml")
			transport := memory.New(&memory.Options{Partitions: 4})
			defer transport.Close(context.Background())
			batch := make([]*message, 0, 1000)
			for i := range b.N {
				c := *m
				c.Key = []byte(strconv.Itoa(i % 64))
				if batch = append(batch, &c); len(batch) == cap(batch) || i == b.N-1 {
					if err := transport.Publish(b.Context(), batch...); err != nil {
						b.Fatal(err)
					}
					batch = batch[:0]
				}
			}
			b.ResetTimer()
			b.ReportAllocs()
			r, err := contracttest.Verify(b.Context(), doc, transport, &contracttest.Options{Max: b.N})
			if err != nil || r.Seen != b.N {
				b.Fatal(r, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
