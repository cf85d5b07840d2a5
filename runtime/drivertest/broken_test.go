package drivertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// broken is a transport that breaks laws: memory, with other behaviour in the
// places that are set.
type broken struct {
	*memory.Transport

	features    func(driver.Features) driver.Features
	publish     func(ctx context.Context, next publisher, messages []*driver.Message) error
	owned       func(*driver.Message)
	subscribe   func(driver.Subscription) driver.Subscription
	receive     func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error)
	message     func(*driver.Message) *driver.Message
	ack         func(*delivery, context.Context) error
	nack        func(*delivery, context.Context) error
	closing     func(ctx context.Context, close func(context.Context) error) error
	tap         func(driver.TapOptions) driver.TapOptions
	tapped      func(driver.Tap, context.Context) ([]*driver.Message, error)
	provisioned func(partitions int) int
	pause       func(paused bool) (heed bool)
	flush       func(received []*delivery)
	extents     func([]driver.Extent) []driver.Extent
	removed     func([]string) []string
	commit      func(r *receiver, ctx context.Context, done []driver.Delivery, publish []*driver.Message) error
}

type publisher func(context.Context, ...*driver.Message) error

func (b *broken) Features() driver.Features {
	f := b.Transport.Features()
	if b.features != nil {
		f = b.features(f)
	}
	return f
}

func (b *broken) Publish(ctx context.Context, messages ...*driver.Message) error {
	if b.publish != nil {
		return b.publish(ctx, b.Transport.Publish, messages)
	}
	return b.Transport.Publish(ctx, messages...)
}

func (b *broken) PublishOwned(ctx context.Context, m *driver.Message) error {
	if b.owned != nil {
		b.owned(m)
	}
	return b.Transport.PublishOwned(ctx, m)
}

func (b *broken) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	if b.subscribe != nil {
		s = b.subscribe(s)
	}
	r, err := b.Transport.Subscribe(ctx, s)
	if err != nil {
		return nil, err
	}
	return &receiver{Receiver: r, broken: b}, nil
}

func (b *broken) Close(ctx context.Context) error {
	if b.closing != nil {
		return b.closing(ctx, b.Transport.Close)
	}
	return b.Transport.Close(ctx)
}

func (b *broken) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	if b.tap != nil {
		o = b.tap(o)
	}
	t, err := b.Transport.Tap(ctx, o)
	if err != nil || b.tapped == nil {
		return t, err
	}
	return &brokenTap{t, b}, nil
}

func (b *broken) Provision(ctx context.Context, partitions int, addresses ...string) error {
	if b.provisioned != nil {
		partitions = b.provisioned(partitions)
	}
	return b.Transport.Provision(ctx, partitions, addresses...)
}

func (b *broken) Extents(ctx context.Context, address string) ([]driver.Extent, error) {
	list, err := b.Transport.Extents(ctx, address)
	if err == nil && b.extents != nil {
		list = b.extents(list)
	}
	return list, err
}

func (b *broken) Remove(ctx context.Context, addresses ...string) error {
	if b.removed != nil {
		addresses = b.removed(addresses)
	}
	return b.Transport.Remove(ctx, addresses...)
}

type brokenTap struct {
	driver.Tap
	broken *broken
}

func (t *brokenTap) Receive(ctx context.Context) ([]*driver.Message, error) {
	return t.broken.tapped(t.Tap, ctx)
}

type receiver struct {
	driver.Receiver
	broken *broken

	mu   sync.Mutex
	all  []*delivery // received so far
	late []*delivery // acknowledged, if the double wants to do it on Close
}

func (r *receiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	next := r.Receiver.Receive
	if r.broken.receive != nil {
		next = func(ctx context.Context) ([]driver.Delivery, error) { return r.broken.receive(ctx, r.Receiver) }
	}
	batch, err := next(ctx)
	out := make([]driver.Delivery, len(batch))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, d := range batch {
		w := &delivery{Delivery: d, receiver: r, message: d.Message()}
		if r.broken.message != nil {
			m := *d.Message()
			w.message = r.broken.message(&m)
		}
		r.all = append(r.all, w)
		out[i] = w
	}
	return out, err
}

func (r *receiver) Pause(address string, partition int32, paused bool) {
	if r.broken.pause == nil || r.broken.pause(paused) {
		r.Receiver.(driver.Pauser).Pause(address, partition, paused)
	}
}

func (r *receiver) Flush(context.Context) error {
	if r.broken.flush != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.broken.flush(r.all)
	}
	return nil
}

func (r *receiver) Close(ctx context.Context) error {
	for _, d := range r.late {
		_ = d.Delivery.Ack(ctx)
	}
	if r.broken.closing != nil {
		return r.broken.closing(ctx, r.Receiver.Close)
	}
	return r.Receiver.Close(ctx)
}

type delivery struct {
	driver.Delivery
	receiver *receiver
	message  *driver.Message
}

func (d *delivery) Message() *driver.Message { return d.message }

func (d *delivery) Ack(ctx context.Context) error {
	if d.receiver.broken.ack != nil {
		return d.receiver.broken.ack(d, ctx)
	}
	return d.Delivery.Ack(ctx)
}

func (d *delivery) Nack(ctx context.Context) error {
	if d.receiver.broken.nack != nil {
		return d.receiver.broken.nack(d, ctx)
	}
	return d.Delivery.Nack(ctx)
}

// onMessages makes a double that changes messages before they are published.
func onMessages(change func(*driver.Message)) func(*broken) {
	return func(b *broken) {
		b.publish = func(ctx context.Context, next publisher, messages []*driver.Message) error {
			out := make([]*driver.Message, len(messages))
			for i, m := range messages {
				c := *m
				c.Headers = slices.Clone(m.Headers)
				change(&c)
				out[i] = &c
			}
			return next(ctx, out...)
		}
	}
}

// onCalls makes a double that publishes other messages than it is given.
func onCalls(change func([]*driver.Message) []*driver.Message) func(*broken) {
	return func(b *broken) {
		b.publish = func(ctx context.Context, next publisher, messages []*driver.Message) error {
			return next(ctx, change(messages)...)
		}
	}
}

// onErrors makes a double that says something else when publishing fails.
func onErrors(change func(messages int, err error) error) func(*broken) {
	return func(b *broken) {
		b.publish = func(ctx context.Context, next publisher, messages []*driver.Message) error {
			return change(len(messages), next(ctx, messages...))
		}
	}
}

// onArrival makes a double that changes received messages.
func onArrival(change func(*driver.Message)) func(*broken) {
	return func(b *broken) {
		b.message = func(m *driver.Message) *driver.Message {
			change(m)
			return m
		}
	}
}

// onSubscription makes a double that subscribes to something else.
func onSubscription(change func(*driver.Subscription)) func(*broken) {
	return func(b *broken) {
		b.subscribe = func(s driver.Subscription) driver.Subscription {
			change(&s)
			return s
		}
	}
}

// onTap makes a double that taps something else.
func onTap(change func(*driver.TapOptions)) func(*broken) {
	return func(b *broken) {
		b.tap = func(o driver.TapOptions) driver.TapOptions {
			change(&o)
			return o
		}
	}
}

var errBroken = errors.New("broken on purpose")

// everyNth returns true at every n-th call.
func everyNth(n int64) func() bool {
	var calls atomic.Int64
	return func() bool { return calls.Add(1)%n == 0 }
}
