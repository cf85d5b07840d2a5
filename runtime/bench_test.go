package runtime_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

const (
	benchPayload = 1024
	benchKeys    = 64
	benchAhead   = 1024 // how far the publisher may be ahead, as a channel's buffer
)

// channelTime hands n messages of 1 KB through a bare channel.
func channelTime(n int) time.Duration {
	c := make(chan []byte, benchAhead)
	start := time.Now()
	go func() {
		defer close(c)
		for range n {
			c <- make([]byte, benchPayload)
		}
	}()
	sum := 0
	for v := range c {
		sum += len(v)
	}
	if sum != n*benchPayload {
		panic("messages were lost")
	}
	return time.Since(start)
}

// against reports how many times as long as a bare channel the benchmark took,
// both measured in the same run.
func against(b *testing.B) {
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed())/float64(channelTime(b.N)), "x-channel")
}

// ahead bounds how far a publisher is ahead of the handlers.
type ahead chan struct{}

func (a ahead) publish(n int, send func(i int) error) {
	for i := range n {
		a <- struct{}{}
		if err := send(i); err != nil {
			panic(err)
		}
	}
}

// consumeAll consumes until n messages were handled.
func consumeAll(b *testing.B, c *runtime.Conn, n int, a ahead, route func(done func()) runtime.Route) {
	var wg sync.WaitGroup
	wg.Add(n)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	routes := []runtime.Route{route(func() {
		<-a
		wg.Done()
	})}
	go func() { ended <- runtime.Consume(ctx, c, at, nil, routes) }()
	wg.Wait()
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

func BenchmarkChannel(b *testing.B) {
	b.ReportAllocs()
	channelTime(b.N)
}

// BenchmarkUntyped moves bare messages: transport, lanes, acknowledgement, and
// an envelope without attributes.
func BenchmarkUntyped(b *testing.B) {
	b.ReportAllocs()
	c := runtime.Open(memory.New(&memory.Options{MaxMessages: benchAhead}), nil)
	m := &message[[]byte, noHeaders]{Payload: asBytes{}}
	a := make(ahead, benchAhead)
	value, keys := make([]byte, benchPayload), benchmarkKeys()
	go a.publish(b.N, func(i int) error {
		return c.PublishMessage(context.Background(), &driver.Message{Address: "a", Key: keys[i%benchKeys], Value: value})
	})
	consumeAll(b, c, b.N, a, func(done func()) runtime.Route {
		return on(m, func(context.Context, *envelope[[]byte, noHeaders]) error {
			done()
			return nil
		})
	})
	against(b)
}

// BenchmarkEnvelope moves envelopes with all their attributes.
func BenchmarkEnvelope(b *testing.B) {
	b.ReportAllocs()
	c := runtime.Open(memory.New(&memory.Options{MaxMessages: benchAhead}), nil)
	m := &message[[]byte, noHeaders]{Name: "m", ContentType: "application/octet-stream", Payload: asBytes{}}
	a := make(ahead, benchAhead)
	value, keys := make([]byte, benchPayload), benchmarkKeys()
	go a.publish(b.N, func(i int) error {
		e := &envelope[[]byte, noHeaders]{Payload: value}
		return publish(context.Background(), c, at, nil, m, e, runtime.Key(string(keys[i%benchKeys])))
	})
	consumeAll(b, c, b.N, a, func(done func()) runtime.Route {
		return on(m, func(context.Context, *envelope[[]byte, noHeaders]) error {
			done()
			return nil
		})
	})
	against(b)
}

func benchmarkKeys() [][]byte {
	keys := make([][]byte, benchKeys)
	for i := range keys {
		keys[i] = fmt.Append(nil, "key-", i)
	}
	return keys
}
