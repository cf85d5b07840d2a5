package kafka_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// realBroker names the environment variable with the address of a real broker.
const realBroker = "ASYNCWIRE_KAFKA"

// patience bounds the wait for what has to happen.
const patience = 30 * time.Second

// number makes names of topics and groups unique within a run.
var number atomic.Int64

// run makes them unique among runs against the same broker.
var run = strings.ToLower(rand.Text()[:6])

// name returns a new name for a topic or a group.
func name(t testing.TB, what string) string {
	base := strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' || r == '#' || r == '=' {
			return '-'
		}
		return r
	}, t.Name())
	return fmt.Sprintf("%s-%s-%s-%d", base, what, run, number.Add(1))
}

// fake starts a broker in this process.
func fake(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(3)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// brokersOf returns the addresses of the broker to test against: those of the
// environment, or the test is skipped.
func brokersOf(t testing.TB) []string {
	t.Helper()
	list := os.Getenv(realBroker)
	if list == "" {
		t.Skipf("no real broker: run `eval \"$(scripts/brokers up)\"`, or set %s to host:port", realBroker)
	}
	return strings.Split(list, ",")
}

// quick are timeouts that let tests see in moments what takes seconds.
func quick() kafka.Timeouts {
	return kafka.Timeouts{
		Heartbeat: 100 * time.Millisecond,
		Commit:    100 * time.Millisecond,
		Discovery: 100 * time.Millisecond,
		Rebalance: 2500 * time.Millisecond,
		FetchWait: 100 * time.Millisecond,
		Topic:     time.Second,
		Publish:   10 * time.Second,
	}
}

// open connects and closes at the end of the test.
func open(t testing.TB, c kafka.Config) *kafka.Transport {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tr, err := kafka.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSoon(t, tr) })
	return tr
}

// quickly opens a transport that does not wait for long.
func quickly(t testing.TB, c *kfake.Cluster) *kafka.Transport {
	t.Helper()
	return open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: quick()})
}

// closer is what a test closes.
type closer interface {
	Close(context.Context) error
}

func closeSoon(t testing.TB, c closer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

// provision creates a topic with a name of its own.
func provision(t testing.TB, tr *kafka.Transport, partitions int) string {
	t.Helper()
	topic := name(t, "topic")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := tr.Provision(ctx, partitions, topic); err != nil {
		t.Fatal(err)
	}
	return topic
}

// publish publishes or fails the test.
func publish(t testing.TB, tr driver.Transport, messages ...*driver.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := tr.Publish(ctx, messages...); err != nil {
		t.Fatal(err)
	}
}

// subscribe subscribes or fails the test, and closes at its end.
func subscribe(t testing.TB, tr driver.Transport, group string, start driver.Start, topics ...string) driver.Receiver {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := tr.Subscribe(ctx, driver.Subscription{Addresses: topics, Group: group, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSoon(t, r) })
	return r
}

// receive returns the next n deliveries.
func receive(t testing.TB, r driver.Receiver, n int) []driver.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out []driver.Delivery
	for len(out) < n {
		ds, err := r.Receive(ctx)
		if err != nil {
			t.Fatalf("%d of %d messages received: %v", len(out), n, err)
		}
		out = append(out, ds...)
	}
	return out
}

// values returns the payloads as text.
func values(ds []driver.Delivery) []string {
	var out []string
	for _, d := range ds {
		out = append(out, string(d.Message().Value))
	}
	return out
}

// ack acknowledges or fails the test.
func ack(t testing.TB, ds ...driver.Delivery) {
	t.Helper()
	for _, d := range ds {
		if err := d.Ack(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}
