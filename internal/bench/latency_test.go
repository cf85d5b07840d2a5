package bench_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/examples/orders"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// BenchmarkLatency reports how long a typed message of 1 KB takes from the call
// that publishes it until its handler runs, and until that call returns, of
// messages that are published one after the other: half of them are faster than
// p50, and one of a hundred is slower than p99. On the log a call returns when
// the message is on the disk.
func BenchmarkLatency(b *testing.B) {
	b.Run("memory", func(b *testing.B) { latency(b, memory.New(nil)) })
	b.Run("eventlog", func(b *testing.B) {
		log, err := eventlog.Connect(b.TempDir(), nil)
		if err != nil {
			b.Fatal(err)
		}
		latency(b, log)
	})
}

// latency publishes b.N messages, each when the one before was handled.
func latency(b *testing.B, t driver.Transport) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	conn := runtime.Open(t, nil)
	defer conn.Close(context.Background())
	arrived, ended := make(chan time.Time, 1), make(chan error, 1)
	go func() {
		ended <- orders.ConsumeNote(ctx, conn, func(context.Context, *orders.NoteEnvelope) error {
			arrived <- time.Now()
			return nil
		})
	}()
	v, producer := noteOf(), orders.NewNoteProducer(conn)
	publish := func() (handled, returned time.Duration) {
		start := time.Now()
		if err := producer.Publish(ctx, orders.Note{OrderID: v.OrderID, Text: v.Text}, runtime.Key("k")); err != nil {
			b.Fatal(err)
		}
		returned = time.Since(start)
		return (<-arrived).Sub(start), returned
	}
	publish() // the consumer has joined
	var handled, returned []time.Duration
	for b.Loop() {
		h, r := publish()
		handled, returned = append(handled, h), append(returned, r)
	}
	for name, took := range map[string][]time.Duration{"handled": handled, "published": returned} {
		slices.Sort(took)
		for quantile, at := range map[string]int{"p50": len(took) / 2, "p99": len(took) * 99 / 100} {
			b.ReportMetric(float64(took[at])/1e3, quantile+"-"+name+"-µs")
		}
	}
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
