package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// call is a call to publish under Options.MaxUnacknowledged. It is guarded by
// broker.logs.
type call struct {
	messages []*driver.Message
	owned    bool         // they are the broker's already
	places   []*partition // of the messages
	wants    []want
	stored   chan struct{} // closed when the messages are, by who made the room
	isStored bool
	early    bool // it comes before those who are not: it may be what makes the room they wait for

	one struct { // room for what a call of one message has
		messages [1]*driver.Message
		places   [1]*partition
		wants    [1]want
	}
}

// calls are for reuse. A channel belongs to who made it, as tests have it that run in a
// bubble of their own (testing/synctest).
var calls = sync.Pool{New: func() any { return new(call) }}

// within stores messages when there is room for all of them.
func (t *Transport) within(ctx context.Context, messages []*driver.Message, owned bool) error {
	c := calls.Get().(*call)
	c.messages, c.owned = messages, owned
	if len(messages) == 1 {
		c.messages = append(c.one.messages[:0], messages[0])
	}
	c.places, c.wants = c.one.places[:0], c.one.wants[:0]
	err := t.storeWithin(ctx, c)
	*c = call{}
	calls.Put(c)
	return err
}

// want is how many messages of a call go to a partition. Of one that the call waits for, though
// none of its messages go there, it is none.
type want struct {
	partition *partition
	messages  int
}

// storeWithin stores the messages of a call when there is room for all of them.
func (t *Transport) storeWithin(ctx context.Context, c *call) error {
	b := t.broker
	b.logs.Lock()
	if t.closed {
		b.logs.Unlock()
		return driver.ErrClosed
	}
	b.place(c)
	b.awaitFilled(ctx, c)
	from, move := driver.MoveOf(ctx)
	if move || b.fits(c) {
		b.put(c)
		for _, p := range c.places {
			b.lead(b.topics[from], p)
		}
		b.logs.Unlock()
		return nil
	}
	b.logs.Unlock()
	if !b.queue(c) {
		select {
		case <-c.stored:
		case <-ctx.Done():
		case <-t.done:
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs.Lock()
	defer b.logs.Unlock()
	if c.isStored {
		return nil
	}
	b.withdraw(c)
	b.admitAll(c.wants)
	if err := ctx.Err(); err != nil {
		return err
	}
	return driver.ErrClosed
}

// place settles where the messages go. broker.logs is held.
func (b *broker) place(c *call) {
	b.calls++
	for _, m := range c.messages {
		p := b.partitionFor(m, share.Of(m.Key))
		if p.asked++; p.asked == 1 {
			c.wants = append(c.wants, want{partition: p})
		}
		c.places = append(c.places, p)
	}
	for i := range c.wants {
		w := &c.wants[i]
		w.messages, w.partition.asked = w.partition.asked, 0
	}
}

// fits reports whether a call may store now: nobody came before it, and there is
// room in every partition, for more than the bound where nothing waits. broker.logs
// is held.
func (b *broker) fits(c *call) bool {
	for _, w := range c.wants {
		p := w.partition
		if w.messages > 0 && len(p.callers) > 0 && p.callers[0] != c && (p.callers[0].early || !c.early) {
			return false
		}
		if waiting := p.waiting(); waiting > 0 && waiting+w.messages > b.options.MaxUnacknowledged {
			return false
		}
	}
	return true
}

// waiting returns how many messages the partition keeps for its groups.
func (p *partition) waiting() (n int) {
	for _, g := range p.cursors {
		n = max(n, int(p.end()-g.position.Load()))
	}
	return n
}

// put stores the messages of a call. broker.logs is held.
func (b *broker) put(c *call) {
	for i, m := range c.messages {
		if p := c.places[i]; c.owned {
			b.appendTo(p, m)
		} else {
			b.appendTo(p, p.keep(m))
		}
	}
	b.wakeTaps()
}

// queue lets a call wait behind those before it, and reports whether it need not. In
// all of its partitions it comes behind the same calls, so that no two wait for one
// another.
func (b *broker) queue(c *call) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs.Lock()
	defer b.logs.Unlock()
	c.stored = make(chan struct{})
	for _, w := range c.wants {
		p := w.partition
		if w.messages > 0 {
			p.callers = slices.Insert(p.callers, p.turn(c), c)
		} else {
			p.behind = append(p.behind, c)
		}
		for _, g := range p.cursors {
			if a := g.assignment; a != nil {
				a.heed.Or(publishers) // who acknowledged before does not know
				a.advance()
			}
		}
	}
	b.admitAll(c.wants)
	return c.isStored
}

// turn returns where a call comes among those who wait: behind them, but before those that are not early if it is.
func (p *partition) turn(c *call) int {
	if i := slices.IndexFunc(p.callers, func(o *call) bool { return !o.early }); c.early && i >= 0 {
		return i
	}
	return len(p.callers)
}

// admitAll is admit for the partitions of a call. Both locks are held.
func (b *broker) admitAll(wants []want) {
	for _, w := range wants {
		b.admit(w.partition)
	}
}

// admit stores the calls for which there is room now in a partition, in the order they
// came, and then those that have become the first in other partitions of these. Both
// locks are held.
func (b *broker) admit(p *partition) {
	var room [8]*partition
	for next := append(room[:0], p); len(next) > 0; {
		p := next[0]
		c := b.first(p)
		if c == nil {
			next = next[1:]
			continue
		}
		b.put(c)
		b.withdraw(c)
		for _, w := range c.wants {
			if w.partition != p {
				next = append(next, w.partition)
			}
		}
		c.isStored = true
		close(c.stored)
	}
}

// first returns a call that waits for a partition and may store now, nil when there is none.
// Those that have no messages for it do not wait for one another.
func (b *broker) first(p *partition) *call {
	if len(p.callers) > 0 && b.fits(p.callers[0]) {
		return p.callers[0]
	}
	if i := slices.IndexFunc(p.behind, b.fits); i >= 0 {
		return p.behind[i]
	}
	return nil
}

// withdraw lets a call wait no longer: in its partitions others may be first now. Both
// locks are held.
func (b *broker) withdraw(c *call) {
	for _, w := range c.wants {
		p := w.partition
		p.callers = slices.DeleteFunc(p.callers, func(o *call) bool { return o == c })
		p.behind = slices.DeleteFunc(p.behind, func(o *call) bool { return o == c })
		if len(p.callers)+len(p.behind) > 0 {
			continue
		}
		for _, g := range p.cursors {
			if g.assignment != nil {
				g.assignment.heed.And(^publishers)
			}
		}
	}
}

// admit stores what waits for the group's progress, as far as there is room.
// broker.mu is held.
func (c *cursor) admit(a *assignment) {
	if a.heed.Load()&publishers == 0 {
		return
	}
	if c.assignment == a {
		a.advance()
	}
	b := a.receiver.transport.broker
	b.logs.Lock()
	defer b.logs.Unlock()
	b.admit(c.partition)
}
