package kafka

import (
	"context"
	"fmt"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Transport is a connection to one Kafka cluster. Its methods may be called
// concurrently.
type Transport struct {
	cluster   *cluster
	publisher *publisher

	mu     sync.Mutex
	closed bool
	open   map[closer]struct{} // receivers and taps
}

// closer is a receiver or a tap.
type closer interface {
	Close(ctx context.Context) error
}

var (
	_ driver.Transport   = (*Transport)(nil)
	_ driver.Tapper      = (*Transport)(nil)
	_ driver.Provisioner = (*Transport)(nil)
)

// Open connects to a cluster. It returns when a broker has answered, no later
// than ctx ends and than Config.Timeouts.Dial and Request allow. The error says
// what is wrong: nobody listens, no Kafka there, TLS expected, login refused. It
// matches driver.ErrUnauthorized for the last and driver.ErrInvalid for a Config
// that cannot work.
func Open(ctx context.Context, c Config) (*Transport, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	cl := newCluster(c)
	if err := cl.probe(ctx); err != nil {
		cl.close()
		return nil, err
	}
	return &Transport{cluster: cl, publisher: newPublisher(cl), open: map[closer]struct{}{}}, nil
}

// Features tells what Kafka can do.
func (t *Transport) Features() driver.Features {
	return driver.Features{Protocol: "kafka", AttributePrefix: "ce_", Partitions: true, Durable: true, KeepsAtMost: roomBytes}
}

// Publish stores messages and returns when all in-sync replicas have them, or
// when the outcome of each is known and one has failed.
//
// What the brokers can recover from (a leader that moves, a coordinator that
// loads, a connection that breaks) is tried again for Config.Timeouts.Publish.
// Every batch carries a producer id and a sequence number, by which a broker
// knows a batch that it has stored already: a lost answer does not make a
// duplicate. What a caller publishes again after an error is a new message.
//
// A topic that does not exist is waited for as long as Config.Timeouts.Topic
// says; then the error matches driver.ErrNotFound. Nothing is sent when a
// message cannot be: the error matches driver.ErrInvalid or
// driver.ErrTooLarge. When ctx ends before anything was sent, the error is that
// of ctx alone; else it matches driver.ErrUnknownOutcome too.
func (t *Transport) Publish(ctx context.Context, messages ...*driver.Message) error {
	return t.publisher.publish(ctx, messages)
}

// Close ends all receivers and taps, lets calls of Publish that are under way
// finish, and closes the connections, all of it no longer than ctx allows.
func (t *Transport) Close(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	open := make([]closer, 0, len(t.open))
	for c := range t.open {
		open = append(open, c)
	}
	t.mu.Unlock()

	errs := make(chan error, len(open))
	for _, c := range open {
		go func() { errs <- c.Close(ctx) }()
	}
	t.publisher.close(ctx)
	var first error
	for range open {
		if err := <-errs; first == nil {
			first = err
		}
	}
	t.cluster.close()
	return first
}

// register adds a receiver or tap, unless the transport was closed.
func (t *Transport) register(c closer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return fmt.Errorf("kafka: %w", driver.ErrClosed)
	}
	t.open[c] = struct{}{}
	return nil
}

func (t *Transport) isClosed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

func (t *Transport) unregister(c closer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}
