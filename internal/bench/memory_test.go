package bench_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

const (
	size   = 1024
	window = 1024
	rounds = 5
)

// counter keeps a publisher at most a window ahead of the handlers, and says when
// all is handled. It is the same for all that are compared. It looks some times a
// window: were it once, all sides would wait for each other at the end of every
// window, and what is measured were that.
type counter struct {
	n       int64
	handle  atomic.Int64
	reached chan struct{} // each time another step was handled
	done    chan struct{}
}

// step is how many messages of a window are published and handled from look to look.
const step = window / 8

func newCounter(n int) *counter {
	c := &counter{n: int64(n), reached: make(chan struct{}, (n+window)/step), done: make(chan struct{})}
	for range window / step {
		c.reached <- struct{}{}
	}
	return c
}

// ahead is called before the i-th message is published.
func (c *counter) ahead(i int) {
	if i%step == 0 {
		<-c.reached
	}
}

func (c *counter) handled() {
	n := c.handle.Add(1)
	if n%step == 0 {
		c.reached <- struct{}{}
	}
	if n == c.n {
		close(c.done)
	}
}

// consuming runs a consumer while publish publishes, until all is handled. Of what is
// handled the broker keeps little, as Watermill's keeps nothing: half a window in each
// partition, of which the keys put no more than a third of a window in one, so that
// nothing is dropped before the consumer has joined.
func consuming(tb testing.TB, n int, consume func(context.Context, *runtime.Conn, *counter) error, publish func(*runtime.Conn, *counter) error) time.Duration {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	conn := runtime.Open(memory.New(&memory.Options{MaxMessages: window / 2}), nil)
	count := newCounter(n)
	ended := make(chan error, 1)
	start := time.Now()
	go func() { ended <- consume(ctx, conn, count) }()
	if err := publish(conn, count); err != nil {
		tb.Fatal(err)
	}
	<-count.done
	took := time.Since(start)
	stop()
	if err := <-ended; err != nil {
		tb.Fatal(err)
	}
	return took
}

// keys are those of the messages.
func keys() [][]byte {
	keys := make([][]byte, 64)
	for i := range keys {
		keys[i] = fmt.Append(nil, "key-", i)
	}
	return keys
}

// raw consumes messages as they arrived.
func raw(ctx context.Context, conn *runtime.Conn, count *counter) error {
	route := runtime.Handle("", func(context.Context, *runtime.Incoming) error {
		count.handled()
		return nil
	})
	return runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{route})
}

// copied moves n messages that the transport copies.
func copied(tb testing.TB, n int) time.Duration {
	return consuming(tb, n, raw, func(conn *runtime.Conn, count *counter) error {
		m, keys := driver.Message{Address: "a", Value: make([]byte, size)}, keys()
		for i := range n {
			count.ahead(i)
			m.Key = keys[i%len(keys)]
			if err := conn.PublishMessage(context.Background(), &m); err != nil {
				return err
			}
		}
		return nil
	})
}

// owned moves n messages that are given away with their payload, as Watermill's
// are.
func owned(tb testing.TB, n int) time.Duration {
	return consuming(tb, n, raw, func(conn *runtime.Conn, count *counter) error {
		value, keys := make([]byte, size), keys()
		for i := range n {
			count.ahead(i)
			m := &driver.Message{Address: "a", Key: keys[i%len(keys)], Value: value}
			if err := conn.PublishOwned(context.Background(), m); err != nil {
				return err
			}
		}
		return nil
	})
}

// watermills moves n messages of bytes through Watermill's router.
func watermills(tb testing.TB, n int) time.Duration {
	value := make([]byte, size)
	return routed(tb, n, func() ([]byte, error) { return value, nil }, func(*message.Message) error { return nil })
}

// routed moves n messages through Watermill's router over its gochannel, with as
// many under way.
func routed(tb testing.TB, n int, encode func() ([]byte, error), handle func(*message.Message) error) time.Duration {
	logger := watermill.NopLogger{}
	pubsub := gochannel.NewGoChannel(gochannel.Config{OutputChannelBuffer: window}, logger)
	router, err := message.NewRouter(message.RouterConfig{}, logger)
	if err != nil {
		tb.Fatal(err)
	}
	count := newCounter(n)
	router.AddNoPublisherHandler("h", "a", pubsub, func(m *message.Message) error {
		defer count.handled()
		return handle(m)
	})
	ended := make(chan error, 1)
	go func() { ended <- router.Run(context.Background()) }()
	<-router.Running()
	start := time.Now()
	for i := range n {
		count.ahead(i)
		value, err := encode()
		if err == nil {
			err = pubsub.Publish("a", message.NewMessage(watermill.NewUUID(), value))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	<-count.done
	took := time.Since(start)
	if err := errors.Join(router.Close(), <-ended); err != nil {
		tb.Fatal(err)
	}
	return took
}

// channels moves n messages through a bare channel to one goroutine, with what
// owned and its rivals cannot do without: the message is made, and its handling
// counted.
func channels(tb testing.TB, n int) time.Duration {
	keys, value := keys(), make([]byte, size)
	return channelled(n, func(i int) *driver.Message {
		return &driver.Message{Address: "a", Key: keys[i%len(keys)], Value: value}
	}, func(*driver.Message) error { return nil })
}

// channelled moves what publish makes through a bare channel.
func channelled(n int, publish func(i int) *driver.Message, handle func(*driver.Message) error) time.Duration {
	count, through := newCounter(n), make(chan *driver.Message, window)
	start := time.Now()
	go func() {
		for m := range through {
			if err := handle(m); err != nil {
				panic(err)
			}
			count.handled()
		}
	}()
	for i := range n {
		count.ahead(i)
		through <- publish(i)
	}
	<-count.done
	close(through)
	return time.Since(start)
}

// cost is what one message took.
type cost struct{ wall, cpu float64 }

// costOf measures one run of n messages, in nanoseconds.
func costOf(tb testing.TB, run func(testing.TB, int) time.Duration, n int) cost {
	goruntime.GC()
	before := workload.ProcessorTime()
	wall := run(tb, n)
	return cost{float64(wall) / float64(n), float64(workload.ProcessorTime()-before) / float64(n)}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkMemory reports how many times as many messages of 1 KB we move as
// Watermill's router, by the clock and by processor time, which a busy machine
// changes less: medians of interleaved rounds. Watermill hands its payloads on
// without a copy; so does owned. A bare channel says what is left to be won.
func BenchmarkMemory(b *testing.B) {
	for name, run := range map[string]func(testing.TB, int) time.Duration{"owned": owned, "copied": copied} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				compare(b, run, 400_000, rival{"watermill", watermills, 20_000}, rival{"channel", channels, 400_000})
			}
		})
	}
}

// rival is what ours is compared with.
type rival struct {
	name string
	run  func(testing.TB, int) time.Duration
	n    int
}

// compare reports medians of interleaved rounds: how many times as long others
// take for a message, by the clock and by processor time.
func compare(b *testing.B, run func(testing.TB, int) time.Duration, n int, rivals ...rival) {
	figures := map[string][]float64{}
	add := func(name string, value float64) { figures[name] = append(figures[name], value) }
	for range rounds {
		us := costOf(b, run, n)
		add("ns/message", us.wall)
		add("cpu-ns/message", us.cpu)
		for _, r := range rivals {
			they := costOf(b, r.run, r.n)
			add("x-"+r.name, they.wall/us.wall)
			add("x-"+r.name+"-cpu", they.cpu/us.cpu)
		}
	}
	for name, values := range figures {
		b.ReportMetric(median(values), name)
	}
}

// taken is what a message may take of the collector at most.
type taken struct{ allocations, bytes float64 }

// hold fails when messages take more.
func (most taken) hold(t *testing.T, name string, run func(testing.TB, int) time.Duration) {
	const n, runs = 40_000, 2
	run(t, n)
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	for range runs {
		run(t, n)
	}
	goruntime.ReadMemStats(&after)
	got := taken{float64(after.Mallocs-before.Mallocs) / (n * runs), float64(after.TotalAlloc-before.TotalAlloc) / (n * runs)}
	t.Logf("%s: %.2f allocations of %.0f bytes a message", name, got.allocations, got.bytes)
	if got.allocations > most.allocations || got.bytes > most.bytes {
		t.Errorf("%s: want at most %v of %v bytes", name, most.allocations, most.bytes)
	}
}

// TestAllocations holds the path in memory to what the publisher takes for a
// message, to 32 bytes for what its handler gets and 24 for its delivery, each
// made several at a time; and the typed path to that with a payload and what is read of
// it, in which a text is not copied and attributes are no headers.
func TestAllocations(t *testing.T) {
	taken{allocations: 1.4, bytes: 225}.hold(t, "owned", owned)
	taken{allocations: 0.7, bytes: 1340}.hold(t, "copied", copied)
	taken{allocations: 2.9, bytes: 1780}.hold(t, "note", typedNotes)
	taken{allocations: 5.1, bytes: 2990}.hold(t, "order", typedOrders)
}
