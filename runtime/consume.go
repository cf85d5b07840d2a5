package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
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
//
//go:noinline // in generated consumers, which would take longer to build
func Declared(p Policy) ConsumeOption {
	return func(c *consumption) { c.declared = p }
}

// Group sets the consumer group, over Options.Group, which counts more than what
// the document says (Channel.Groups). The members of a group
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
// How messages are delivered is said by a Policy: that of WithPolicy, over
// Options.Policy, over Declared, over the defaults. By default up to 16 handlers
// run at a time, and of messages with equal keys, or without a key in one
// partition, only ever one, in the order they were published. A message whose
// handler failed is tried again as Policy.Retry says; those behind it with the
// same key wait, all others go on. Nothing is skipped. The handler's context is
// that of Consume without its end: it ends when the drain budget is spent.
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
// When a message can never be handled and there is no Policy.DeadLetter (nor,
// for one that cannot be decoded, Options.OnUndecodable), Consume finishes what
// was received before it and returns an error that holds the *UndecodableError
// or *FailedError. Other errors are those of the transport: at start, or
// when it cannot go on (ErrClosed, ErrUnauthorized, ErrNotFound and
// ErrInvalid); other failures to receive are logged and tried again. A policy
// that cannot be kept is ErrInvalid, and errors.ErrUnsupported when the
// transport lacks what it takes. All are an *Error.
//
// The values of the channel's parameters stand in its order. Generated consumers call
// Conn.Consuming.
func Consume(ctx context.Context, c *Conn, ch *Channel, params []string, list []Route, opts ...ConsumeOption) error {
	k := c.Consuming(ctx, ch, params...)
	k.routes = list
	return k.Run(opts...)
}

// Consuming is a consumer that is being put together.
type Consuming struct {
	ctx     context.Context
	conn    *Conn
	channel *Channel
	params  []string
	routes  []Route
}

// Consuming begins to put a consumer of a channel together. The values of the channel's
// parameters stand in its order.
//
//go:noinline // in every generated consumer, which would take longer to build
func (c *Conn) Consuming(ctx context.Context, ch *Channel, params ...string) *Consuming {
	return &Consuming{ctx: ctx, conn: c, channel: ch, params: slices.Clone(params)}
}

// ConsumingFrom is Consuming for a channel that has one parameter, as PublishingTo is
// Publishing.
//
//go:noinline
func (c *Conn) ConsumingFrom(ctx context.Context, ch *Channel, param string) *Consuming {
	return c.Consuming(ctx, ch, param)
}

// Add adds a route.
//
//go:noinline // in every generated consumer, which would take longer to build
func (k *Consuming) Add(r Route) { k.routes = append(k.routes, r) }

// Run consumes, as the function Consume does.
//
//go:noinline // in every generated consumer, which would take longer to build
func (k *Consuming) Run(opts ...ConsumeOption) error {
	return consuming(k.ctx, k.conn, k.channel, k.params, opts, func(c *consumer) error {
		return c.route(k.routes)
	}, (*consumer).run)
}

// route puts the middleware around the handlers.
func (k *consumer) route(list []Route) (err error) {
	if k.routes, err = newRoutes(list); err != nil {
		return err
	}
	for _, r := range k.routes.byName {
		if k.policy.Rate.PerSecond > 0 {
			r.run = counted(r.run)
		}
		if r.run, err = wrap(r.run, k.middleware); err != nil {
			return err
		}
	}
	k.unrouted = new(Route)
	k.unrouted.run, err = wrap(refuse, k.middleware)
	return err
}

// counted is a handler that notes that it was started, which it was not with a
// message that cannot be decoded.
func counted(run Handler) Handler {
	return func(ctx context.Context, in *Incoming) error {
		own := in.own()
		own.started.Store(true)
		err := run(ctx, in)
		if err != nil && in.whyUnread(err) != nil {
			own.started.Store(false)
		}
		return err
	}
}

// refuse is the handler of messages that have no route: middleware sees them
// too, and may let them go.
func refuse(_ context.Context, in *Incoming) error { return undecodable{in.unrouted(), in} }

// consuming subscribes and runs a consumer; prepare has the last word on it
// before that. It is no method of Conn, as newConsumer is none: packages that name a
// Conn, as generated ones do, would have to know consumers, and to compile their queues.
func consuming(
	ctx context.Context, c *Conn, ch *Channel, params []string, opts []ConsumeOption,
	prepare func(*consumer) error, run func(*consumer, context.Context) error,
) error {
	address, err := ch.resolve(c.features.Protocol, params)
	if err != nil {
		return &Error{Op: opConsume, Err: err}
	}
	k := newConsumer(c, address, ch.group(c.features.Protocol), opts)
	if err = prepare(k); err == nil {
		err = k.join(ctx, run)
	}
	if err != nil {
		return &Error{Op: opConsume, Address: address, Err: err}
	}
	return nil
}

// join subscribes and runs.
func (k *consumer) join(ctx context.Context, run func(*consumer, context.Context) error) error {
	if err := k.check(); err != nil {
		return err
	}
	ctx, leave, err := k.conn.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := k.subscribe(ctx); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil
		}
		return err
	}
	return run(k, ctx)
}

// Effective is what a consumer goes by: its policy, with nothing left to be
// inherited, where it receives, and for which group.
type Effective struct {
	Policy
	Address, Group string
}

// String has a line for the address, one for the group, and those of the policy.
func (e Effective) String() string {
	return policyLine("address", e.Address) + policyLine("group", e.Group) + e.Policy.String()
}

// Effective returns what a consumer of the channel with these options goes by. Its
// policy is what is logged when a consumer starts.
func (c *Conn) Effective(ch *Channel, params []string, opts ...ConsumeOption) (Effective, error) {
	address, err := ch.resolve(c.features.Protocol, params)
	if err != nil {
		return Effective{}, err
	}
	k := newConsumer(c, address, ch.group(c.features.Protocol), opts)
	return Effective{Policy: k.policy, Address: address, Group: k.subscription.Group}, k.check()
}

// consumer is one running Consume.
type consumer struct {
	conn         *Conn
	options      *Options
	policy       Policy
	unclear      error // why its addresses are not
	subscription driver.Subscription
	middleware   []Middleware
	routes       routes
	unrouted     *Route    // of messages without a route
	batch        *batching // nil: messages are handled one by one
	pull         bool      // messages are fetched
	offers       *offers   // what an inbox lets be fetched; nil: there is none
	typeName     string    // header names
	expiryName   string

	receiver  driver.Receiver
	flusher   driver.Flusher   // for AtMostOnce, where the transport is durable
	committer driver.Committer // for ExactlyOnce
	lanes     *lanes
	log       *slog.Logger

	handling context.Context // that of handlers; ends when the drain budget is spent
	origin   *origin         // of what is handled
	halted   context.CancelFunc
	workers  sync.WaitGroup
	leftover []driver.Delivery // received, never queued

	mu        sync.Mutex
	poison    error // of the first message, in the order of arrival, that cannot be handled
	poisonNum uint64
}

// newConsumer decides how a consumer works; group is what the document says.
func newConsumer(c *Conn, address, group string, opts []ConsumeOption) *consumer {
	o := consumption{subscription: driver.Subscription{Group: cmp.Or(c.group, group, c.options.Source)}}
	for _, set := range opts {
		set(&o)
	}
	policy := o.policy.Over(c.options.Policy).Over(o.declared).withDefaults()
	unclear := policy.validTemplates()
	policy = policy.at(address, o.subscription.Group)
	o.subscription.Addresses = []string{address}
	for _, r := range policy.RetryAddresses {
		o.subscription.Addresses = append(o.subscription.Addresses, r.Address)
	}
	return &consumer{
		conn: c, options: &c.options, policy: policy, unclear: unclear, subscription: o.subscription,
		middleware: append(c.options.Middleware[:len(c.options.Middleware):len(c.options.Middleware)], o.middleware...),
		typeName:   c.features.AttributePrefix + "type", expiryName: c.features.AttributePrefix + expiryAttribute,
		log: c.options.Logger.With("address", address, "group", o.subscription.Group),
	}
}

// check refuses a policy that cannot be kept.
func (k *consumer) check() error {
	if err := cmp.Or(k.unclear, k.policy.validate(k.subscription.Addresses[0])); err != nil {
		return err
	}
	protocol, unsupported := k.conn.features.Protocol, errors.ErrUnsupported
	switch g := k.policy.Guarantee; {
	case g == EffectivelyOnce && k.options.Inbox == nil:
		return fmt.Errorf("policy: %v needs Options.Inbox: %w", g, driver.ErrInvalid)
	case g == EffectivelyOnce && k.batch != nil && !takesBatches(k.options.Inbox):
		return fmt.Errorf("policy: %v of batches needs an Options.Inbox that is a BatchInbox: %w: %w", g, driver.ErrInvalid, unsupported)
	case g == ExactlyOnce && !k.conn.features.Transactions:
		return fmt.Errorf("policy: %v: %s has no transactions: %w: %w", g, protocol, driver.ErrInvalid, unsupported)
	}
	return nil
}

// subscribe opens the receiver and the lanes.
func (k *consumer) subscribe(ctx context.Context) error {
	k.subscription.Transactional = k.policy.Guarantee == ExactlyOnce
	receiver, err := k.conn.transport.Subscribe(ctx, k.subscription)
	if err != nil {
		return err
	}
	k.receiver = receiver
	if err := k.committing(receiver); err != nil {
		return k.unsubscribe(ctx, err)
	}
	if k.policy.Guarantee == AtMostOnce {
		k.flusher, _ = receiver.(driver.Flusher)
		if k.flusher == nil && k.conn.features.Durable {
			return k.unsubscribe(ctx, fmt.Errorf("policy: %v: %s cannot make acknowledgements durable in time: %w: %w", AtMostOnce,
				k.conn.features.Protocol, driver.ErrInvalid, errors.ErrUnsupported))
		}
	}
	pauser, _ := receiver.(driver.Pauser)
	k.lanes = newLanes(ctx, laneRules{
		window: k.policy.MaxInFlight, maxBytes: k.policy.MaxInFlightBytes, perLane: k.policy.MaxPerKey,
		ordering: k.policy.Ordering, gaps: k.conn.features.Partitions && !k.pull, kept: k.policy.Guarantee == AtMostOnce,
		together: k.batch != nil, pauser: pauser, now: k.options.Now, prefix: k.conn.features.AttributePrefix,
		dues: dueRules{
			name: k.conn.features.AttributePrefix + dueAttribute, expiry: k.expiryName, most: k.policy.MaxDelay,
			group: k.subscription.Group, retries: k.policy.RetryAddresses, stations: stationsOf(k.policy.RetryAddresses),
		},
	})
	k.lanes.bucket = newBucket(k.policy.Rate)
	k.lanes.ahead.ack = func(batch []driver.Delivery) []driver.Delivery { return k.ackAll(ctx, batch) }
	k.lanes.ahead.slow = k.flusher != nil
	k.log.Debug("consuming", "policy", k.policy)
	return nil
}

// unsubscribe closes a receiver that is not used because of err.
func (k *consumer) unsubscribe(ctx context.Context, err error) error {
	if closing := k.receiver.Close(ctx); closing != nil {
		return joined([]error{err, closing})
	}
	return err
}

// run works until ctx ends or something cannot be handled, then drains.
func (k *consumer) run(ctx context.Context) error {
	return k.runWith(ctx, func() {
		for range k.policy.workers() {
			k.workers.Go(k.newWorker().work)
		}
	})
}

// runWith is run with workers that somebody else starts.
func (k *consumer) runWith(ctx context.Context, start func()) error {
	handling, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	receiving, stop := context.WithCancel(ctx)
	defer stop()
	k.handling, k.halted = handling, stop
	k.origin = &origin{ctx: handling, features: &k.conn.features, handlers: k.routes.names}
	defer context.AfterFunc(ctx, k.lanes.stop)()
	start()
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

// drain waits for what is to be finished, gives back the rest, and closes the
// receiver.
func (k *consumer) drain(abandon context.CancelFunc) error {
	start := time.Now()
	k.lanes.seal()
	budget := time.NewTimer(k.budget())
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
		k.giveBack(ctx, j.delivery, k.lanes.kept)
	}
	for _, d := range append(k.leftover, k.lanes.notFetched()...) {
		k.giveBack(ctx, d, false)
	}
	var errs []error
	if abandoned > 0 && !k.pull {
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

// budget is how long a drain waits for handlers. What was fetched is given back
// at once.
func (k *consumer) budget() time.Duration {
	if k.pull {
		return 0
	}
	return k.options.DrainTimeout
}
