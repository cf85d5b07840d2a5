// Package memory is a transport within one process: partitions, keys, consumer
// groups with handover and redelivery, and nothing that outlives the process.
// It keeps every law of package driver, so that services can be tested, and
// small ones run, without a broker.
//
//	t := memory.New(nil)
//	conn := runtime.Open(t, nil)
//
// A further transport on the same broker, as another process would have, comes
// from Connect.
//
// It imports the standard library, package driver and what lies in
// runtime/internal.
package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// Options adjusts a broker. The zero value, and nil, is the default.
type Options struct {
	// Partitions is how many partitions an address gets that is created by
	// publishing or subscribing to it. Default: 4.
	Partitions int
	// MaxMessages is how many messages a partition keeps for groups and taps
	// that are yet to come; with an eighth more, the oldest are dropped once every
	// group and tap of the partition has passed them, and no tap has yet to look
	// whether it watches the partition: when the group's member receives again, or
	// when somebody looks how many there are. What a group has not
	// acknowledged is never dropped: see MaxUnacknowledged. Zero keeps all messages, until the broker
	// itself is garbage.
	MaxMessages int
	// MaxUnacknowledged bounds what a partition keeps for its groups: the messages
	// from the first on that one of them, with members or without, has yet to
	// acknowledge. When a call would go beyond that, in any of its partitions, Publish and
	// PublishOwned wait until there is room for all of it, behind the calls
	// that wait for the same partitions already. When their context
	// ends before, or the transport is closed, they return its error, or
	// driver.ErrClosed, and nothing was stored. A call of more messages than the bound
	// is let in when nothing waits. What a unit (Commit) stores or a consumer moves
	// (driver.WithMove) counts but does not wait: it may be what makes the room. Who publishes
	// to what that consumer consumes waits for it.
	// Without a group nothing waits, and taps hold nobody back. Zero is no bound:
	// what a group leaves unacknowledged lets memory grow. A service that runs long
	// sets MaxMessages and this.
	MaxUnacknowledged int
	// MaxBytes is the largest size of a message, counting key, value and
	// headers; Publish refuses larger ones with driver.ErrTooLarge. Zero is no
	// limit.
	MaxBytes int
	// Handover is how long a partition that is to move to another member of
	// its group waits until the deliveries under way have ended; then it moves
	// regardless, and their acknowledgements are stale. Default: 5 s.
	Handover time.Duration
}

// Transport is one connection to a broker in memory. It implements
// driver.Transport, driver.Tapper, driver.Provisioner and driver.Remover.
type Transport struct {
	broker *broker

	done      chan struct{}          // closed when the transport is
	closed    bool                   // guarded by both locks of the broker: it is changed with both
	receivers map[*receiver]struct{} // guarded by broker.mu
	taps      map[*tap]struct{}      // guarded by broker.logs
}

// New starts a broker and returns a transport that is connected to it.
func New(o *Options) *Transport {
	b := &broker{topics: map[string]*topic{}, groups: map[string]*group{}, taps: map[*tap]struct{}{}}
	if o != nil {
		b.options = *o
	}
	if b.options.Partitions <= 0 {
		b.options.Partitions = 4
	}
	if b.options.Handover <= 0 {
		b.options.Handover = 5 * time.Second
	}
	return b.connect()
}

// Connect returns another transport on the same broker. It works independently
// of t, also after t was closed.
func (t *Transport) Connect() *Transport { return t.broker.connect() }

// Features tells what the transport can do.
func (t *Transport) Features() driver.Features {
	return driver.Features{Protocol: "memory", AttributePrefix: "ce_", Partitions: true, Redelivery: true, Transactions: true,
		KeepsAtMost: chunk}
}

// Publish stores the messages. An address that does not exist is created. A
// message goes to the partition that its key has in Kafka (murmur2); those
// without a key of one call go to one partition, and the next call's to the
// next. ErrInvalid says that a message has no address, and ErrTooLarge that it
// is larger than Options.MaxBytes; then none of the call is stored.
func (t *Transport) Publish(ctx context.Context, messages ...*driver.Message) error {
	b := t.broker
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, m := range messages {
		if err := b.refuse(m); err != nil {
			return err
		}
	}
	var few [4]driver.Message
	copies := copyLarge(few[:0], messages, &b.clock)
	if b.options.MaxUnacknowledged > 0 {
		return t.within(ctx, pointers(copies), false)
	}
	b.logs.Lock()
	defer b.logs.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	b.store(copies)
	return nil
}

// store appends the messages of one call, which a consumer of some topics makes. broker.logs is held.
func (b *broker) store(messages []driver.Message, from ...*topic) {
	b.calls++
	for i := range messages {
		p := b.partitionFor(&messages[i], share.Of(messages[i].Key))
		b.appendTo(p, p.keep(&messages[i]))
		for _, t := range from {
			b.lead(t, p)
		}
	}
	b.wakeTaps()
}

// PublishOwned stores the message itself, as Publish does copies.
func (t *Transport) PublishOwned(ctx context.Context, m *driver.Message) error {
	b := t.broker
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.refuse(m); err != nil {
		return err
	}
	if m.Time.IsZero() {
		m.Time = driver.Time(b.clock.Nanos())
	}
	if b.options.MaxUnacknowledged > 0 {
		return t.within(ctx, []*driver.Message{m}, true)
	}
	hash := share.Of(m.Key) // before others wait
	b.logs.Lock()
	defer b.logs.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	b.calls++
	b.appendTo(b.partitionFor(m, hash), m)
	b.wakeTaps()
	return nil
}

// refuse returns why a message cannot be published.
func (b *broker) refuse(m *driver.Message) error {
	if m.Address == "" {
		return fmt.Errorf("message has no address: %w", driver.ErrInvalid)
	}
	if most := b.options.MaxBytes; most > 0 && sizeOf(m) > most {
		return fmt.Errorf("%d bytes, the limit is %d: %w", sizeOf(m), most, driver.ErrTooLarge)
	}
	return nil
}

// Provision creates the addresses that do not exist yet.
func (t *Transport) Provision(ctx context.Context, partitions int, addresses ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if partitions <= 0 || slices.Contains(addresses, "") {
		return fmt.Errorf("%d partitions for %q: %w", partitions, addresses, driver.ErrInvalid)
	}
	t.broker.logs.Lock()
	defer t.broker.logs.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	for _, address := range addresses {
		t.broker.topic(address, partitions)
	}
	return nil
}

// Subscribe joins a group. Addresses that do not exist are created. A group's
// position in each partition is taken, by s.Start, when it first subscribes.
func (t *Transport) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(s.Addresses) == 0 || slices.Contains(s.Addresses, "") || s.Group == "" {
		return nil, fmt.Errorf("a subscription needs addresses and a group: %w", driver.ErrInvalid)
	}
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	if t.closed {
		return nil, driver.ErrClosed
	}
	r := &receiver{transport: t, wake: make(chan struct{}, 1), done: make(chan struct{})}
	t.receivers[r] = struct{}{}
	t.broker.join(r, s)
	return r, nil
}

// Tap starts watching.
func (t *Transport) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := &tap{transport: t, match: o.Match, wake: make(chan struct{}, 1), done: make(chan struct{})}
	t.broker.logs.Lock()
	if t.closed {
		t.broker.logs.Unlock()
		return nil, driver.ErrClosed
	}
	t.taps[p], t.broker.taps[p] = struct{}{}, struct{}{}
	existing := t.broker.positions(o.Start)
	known := t.broker.made
	t.broker.logs.Unlock()
	p.watch(existing, known)
	return p, nil
}

// Close ends the transport's receivers and taps. The broker stays.
func (t *Transport) Close(context.Context) error {
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	t.endPublishing()
	for r := range t.receivers {
		r.close()
	}
	return nil
}

// endPublishing refuses what comes from now on, and ends the taps. broker.mu is
// held.
func (t *Transport) endPublishing() {
	t.broker.logs.Lock()
	defer t.broker.logs.Unlock()
	if !t.closed {
		close(t.done)
	}
	t.closed = true
	for p := range t.taps {
		p.close()
	}
}

// broker is what transports connect to. It has two locks, so that who publishes
// does not wait while a member of a group is handed messages, which takes longer.
// Who needs both takes mu first.
type broker struct {
	options Options
	clock   clock.Clock

	mu     sync.Mutex // guards what is said of groups: members, positions, what is under way
	groups map[string]*group

	logs   sync.Mutex // guards what was published: topics, their partitions, and taps
	topics map[string]*topic
	latest *topic   // the one looked for last
	order  []*topic // those there are, as they were created
	made   int      // how many were created
	taps   map[*tap]struct{}
	calls  uint64 // to Publish
}

func (b *broker) connect() *Transport {
	return &Transport{broker: b, done: make(chan struct{}), receivers: map[*receiver]struct{}{}, taps: map[*tap]struct{}{}}
}

// notify wakes one goroutine that waits for c.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
