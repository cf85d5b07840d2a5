package runtime

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// ConsumeOption adjusts one consumer.
type ConsumeOption func(*consumption)

// consumption is what ConsumeOptions adjust.
type consumption struct {
	subscription driver.Subscription
	policy       Policy // what the consumer asks for
	declared     Policy // what the document says
	middleware   []Middleware
}

// WithPolicy sets how messages are delivered, over Options.Policy. Given
// twice, the later counts where it says something.
func WithPolicy(p Policy) ConsumeOption {
	return func(c *consumption) { c.policy = p.Over(c.policy) }
}

// Declared sets what the document says of delivery; Options.Policy and
// WithPolicy count more. Generated code uses it.
func Declared(p Policy) ConsumeOption {
	return func(c *consumption) { c.declared = p }
}

// Group sets the consumer group, over Options.Group. The members of a group
// share its messages; every group gets all.
func Group(name string) ConsumeOption {
	return func(c *consumption) { c.subscription.Group = name }
}

// From sets where a group begins that has no position yet. Default:
// driver.StartEarliest.
func From(start driver.Start) ConsumeOption {
	return func(c *consumption) { c.subscription.Start = start }
}

// Consume receives the messages of a channel and hands each to the handler of
// its type, until ctx ends or c is closed. With a single route, messages
// without a type go to it as well.
//
// Up to Options.Concurrency handlers run at a time, and of messages with equal
// keys, or without a key in one partition, only ever one, in the order they
// were published. A message whose handler failed is tried again as
// Options.Retry says; those behind it with the same key wait, all others go
// on. Nothing is skipped. The handler's context is that of Consume without its
// end: it ends when the drain budget is spent.
//
// When ctx ends Consume stops receiving, lets running handlers finish within
// Options.DrainTimeout, gives back what they have not started, makes the
// acknowledgements durable and returns nil. On a partitioned log, where the
// position cannot pass a gap, handlers also get what lies in a partition before
// messages that are done already, lest those are delivered again; what fails
// from then on is given back. When handlers needed longer the error holds a
// *DrainError, and their messages are delivered again, whatever the handlers
// return in the end.
//
// When a message cannot be decoded and Options.OnUndecodable is nil, Consume
// finishes what was received before it and returns an error that holds the
// *UndecodableError. Other errors are those of the transport: at start, or
// when it cannot go on (driver.ErrClosed, ErrUnauthorized, ErrNotFound and
// ErrInvalid); other failures to receive are logged and tried again. All are
// an *Error.
func Consume(
	ctx context.Context, c *Conn, ch Channel, params []Param, list []Route, opts ...ConsumeOption,
) error {
	address, err := ch.resolve(c.features.Protocol, params)
	if err != nil {
		return &Error{Op: opConsume, Err: err}
	}
	if err := consume(ctx, c, address, list, opts); err != nil {
		return &Error{Op: opConsume, Address: address, Err: err}
	}
	return nil
}

// consume is Consume at a concrete address.
func consume(ctx context.Context, c *Conn, address string, list []Route, opts []ConsumeOption) error {
	rs, err := newRoutes(list)
	if err != nil {
		return err
	}
	o := consumption{subscription: driver.Subscription{Addresses: []string{address}, Group: c.options.Group}}
	for _, set := range opts {
		set(&o)
	}
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	receiver, err := c.transport.Subscribe(ctx, o.subscription)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil
		}
		return err
	}
	policy := o.policy.Over(c.options.Policy).Over(o.declared).withDefaults()
	k := &consumer{
		options: &c.options, features: c.features, routes: rs, receiver: receiver,
		policy: policy, lanes: newLanes(ctx, policy.MaxInFlight, c.features.Partitions),
		log: c.options.Logger.With("address", address, "group", o.subscription.Group),
	}
	return k.run(ctx)
}

// consumer is one running Consume.
type consumer struct {
	options  *Options
	policy   Policy
	features driver.Features
	routes   routes
	receiver driver.Receiver
	lanes    *lanes
	log      *slog.Logger

	handling context.Context // that of handlers; ends when the drain budget is spent
	halted   context.CancelFunc
	workers  sync.WaitGroup
	leftover []driver.Delivery // received, never queued

	mu        sync.Mutex
	poison    *UndecodableError // the first in the order of arrival
	poisonNum uint64
}

// run works until ctx ends or something cannot be handled, then drains.
func (k *consumer) run(ctx context.Context) error {
	handling, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	receiving, stop := context.WithCancel(ctx)
	defer stop()
	k.handling, k.halted = handling, stop
	defer context.AfterFunc(ctx, k.lanes.stop)()
	for range k.policy.Concurrency {
		k.workers.Go(k.work)
	}
	err := k.receive(receiving)
	if err != nil {
		k.lanes.stop()
	}
	drainErr := k.drain(abandon)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.poison != nil {
		err = k.poison
	}
	switch {
	case err == nil:
		return drainErr
	case drainErr == nil:
		return err
	}
	return joined([]error{err, drainErr})
}

// receive queues what arrives until ctx ends (nil) or receiving cannot go on.
func (k *consumer) receive(ctx context.Context) error {
	for failures := 0; ; {
		if !k.awaitRoom(ctx) {
			return nil
		}
		batch, err := k.receiver.Receive(ctx)
		if !k.queue(ctx, batch) || ctx.Err() != nil {
			return nil
		}
		switch {
		case err == nil:
			failures = 0
		case errors.Is(err, io.EOF):
			return driver.ErrClosed
		case permanent(err):
			return err
		default:
			failures++
			delay := k.policy.Retry.wait(failures)
			k.log.Warn("receiving failed, trying again", "error", err, "delay", delay)
			if !sleep(ctx, delay) {
				return nil
			}
		}
	}
}

// permanent reports whether receiving again is of no use.
func permanent(err error) bool {
	return slices.ContainsFunc(
		[]error{driver.ErrClosed, driver.ErrUnauthorized, driver.ErrNotFound, driver.ErrInvalid},
		func(code error) bool { return errors.Is(err, code) })
}

// sleep waits, and reports whether it was for all of d.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// awaitRoom waits until the window is open, and reports false when ctx ended.
func (k *consumer) awaitRoom(ctx context.Context) bool {
	for k.lanes.full() {
		select {
		case <-k.lanes.room:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// queue puts a batch into lanes as the window opens. It reports false, and
// keeps the rest as leftover, when ctx ended before all of it was in.
func (k *consumer) queue(ctx context.Context, batch []driver.Delivery) bool {
	for {
		batch = batch[k.lanes.put(batch):]
		if len(batch) == 0 {
			return true
		}
		select {
		case <-k.lanes.room:
		case <-ctx.Done():
			k.leftover = slices.Clone(batch)
			return false
		}
	}
}

// drain waits for what is to be finished, gives back the rest, and closes the
// receiver.
func (k *consumer) drain(abandon context.CancelFunc) error {
	start := time.Now()
	budget := time.NewTimer(k.options.DrainTimeout)
	defer budget.Stop()
	select {
	case <-k.lanes.idle:
	case <-budget.C:
	}
	abandoned, rest := k.lanes.close()
	abandon()
	if abandoned == 0 {
		k.workers.Wait()
	}
	left := max(2*time.Second, k.options.DrainTimeout-time.Since(start))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.handling), left)
	defer cancel()
	for _, j := range rest {
		k.giveBack(ctx, j.delivery)
	}
	for _, d := range k.leftover {
		k.giveBack(ctx, d)
	}
	var errs []error
	if abandoned > 0 {
		errs = append(errs, &DrainError{Abandoned: abandoned, Timeout: k.options.DrainTimeout})
	}
	if err := k.receiver.Close(ctx); err != nil {
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil
	}
	return joined(errs)
}

// giveBack returns a delivery that was not handled.
func (k *consumer) giveBack(ctx context.Context, d driver.Delivery) {
	if err := d.Nack(ctx); err != nil && !errors.Is(err, driver.ErrStale) && !errors.Is(err, driver.ErrClosed) {
		m := d.Message()
		k.log.Warn("message could not be given back", "partition", m.Partition, "offset", m.Offset, "error", err)
	}
}

// work handles messages until work is over. A handler that ends its goroutine
// (runtime.Goexit) has failed, and a new worker takes over.
func (k *consumer) work() {
	var l *lane
	var j job
	var failures int
	var o outcome
	defer func() {
		if l != nil {
			k.log.Error("handler ended its goroutine, trying again", "partition", j.delivery.Message().Partition,
				"offset", j.delivery.Message().Offset)
			k.lanes.giveUp(l, outcome{failed, k.policy.Retry.wait(failures + 1)})
			k.workers.Go(k.work)
		}
	}()
	for {
		if l, j, failures = k.lanes.take(l, o); l == nil {
			return
		}
		o = k.process(j, failures)
	}
}

// process makes one attempt at a message.
func (k *consumer) process(j job, failures int) outcome {
	if revoked(j.delivery) {
		return outcome{verdict: finished} // of another member now
	}
	m := j.delivery.Message()
	in := &Incoming{}
	ctx := in.begin(k.handling, m, &k.features, failures+1)
	err := k.attempt(ctx, in)
	if bad, ok := errors.AsType[undecodable](err); ok {
		u := &UndecodableError{
			Address: m.Address, Partition: m.Partition, Offset: m.Offset, Type: in.Type(), Reason: bad.error,
		}
		if k.options.OnUndecodable == nil {
			k.stopAt(j, u)
			return outcome{verdict: refused}
		}
		err = contained(func() error { return k.options.OnUndecodable(ctx, m, u) })
	}
	if err != nil {
		delay := k.policy.Retry.wait(failures + 1)
		k.logFailure(ctx, in, err, delay)
		return outcome{failed, delay}
	}
	if k.handling.Err() == nil { // else it was abandoned, and reported so
		k.ack(j.delivery)
	}
	return outcome{verdict: finished}
}

// attempt decodes the message and calls its handler.
func (k *consumer) attempt(ctx context.Context, in *Incoming) error {
	r, err := k.routes.of(in.Type())
	if err != nil {
		return undecodable{err}
	}
	in.handler = r.name
	return contained(func() error { return r.run(ctx, in) })
}

// contained calls f and turns a panic into an error.
func contained(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

// revoked reports whether the delivery's assignment has ended.
func revoked(d driver.Delivery) bool {
	r, ok := d.(driver.Revocable)
	if !ok {
		return false
	}
	select {
	case <-r.Revoked():
		return true
	default:
		return false
	}
}

// stopAt lets Consume end with u, once what arrived before is finished.
func (k *consumer) stopAt(j job, u *UndecodableError) {
	k.mu.Lock()
	if k.poison == nil || j.number < k.poisonNum {
		k.poison, k.poisonNum = u, j.number
	}
	k.mu.Unlock()
	k.lanes.halt(j.number)
	k.halted()
}

// ack acknowledges a handled message. A refusal costs a second delivery, not
// the message.
func (k *consumer) ack(d driver.Delivery) {
	err := d.Ack(k.handling)
	if err == nil {
		return
	}
	m := d.Message()
	level := slog.LevelWarn
	if errors.Is(err, driver.ErrStale) || errors.Is(err, driver.ErrClosed) {
		level = slog.LevelDebug
	}
	k.log.Log(k.handling, level, "message was handled but not acknowledged",
		"partition", m.Partition, "offset", m.Offset, "error", err)
}

// logFailure tells of a failed attempt.
func (k *consumer) logFailure(ctx context.Context, in *Incoming, err error, delay time.Duration) {
	args := []any{
		"partition", in.message.Partition, "offset", in.message.Offset, "id", in.Attributes().ID,
		"type", in.Type(), "attempt", in.attempt, "delay", delay, "error", err,
	}
	level := slog.LevelWarn
	var p *PanicError
	if errors.As(err, &p) {
		level = slog.LevelError
		args = append(args, "stack", string(p.Stack))
	}
	k.log.Log(ctx, level, "handler failed, trying again", args...)
}
