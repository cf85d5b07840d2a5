package memory

import (
	"context"
	"slices"

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
}

// want is how many messages of a call go to a partition.
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
	if b.fits(c) || driver.IsMove(ctx) {
		b.put(c)
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
	b.admit(b.withdraw(c))
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
		if len(p.callers) > 0 && p.callers[0] != c {
			return false
		}
		waiting := 0
		for _, g := range p.cursors {
			waiting = max(waiting, int(p.end()-g.position.Load()))
		}
		if waiting > 0 && waiting+w.messages > b.options.MaxUnacknowledged {
			return false
		}
	}
	return true
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
	partitions := make([]*partition, len(c.wants))
	for i, w := range c.wants {
		p := w.partition
		partitions[i] = p
		p.callers = append(p.callers, c)
		for _, g := range p.cursors {
			if a := g.assignment; a != nil {
				a.heed.Or(publishers) // who acknowledged before does not know
				a.advance()
			}
		}
	}
	b.admit(partitions)
	return c.isStored
}

// admit stores the calls for which there is room now in these partitions, in the
// order they came. Both locks are held.
func (b *broker) admit(partitions []*partition) {
	for len(partitions) > 0 {
		p := partitions[0]
		if len(p.callers) == 0 || !b.fits(p.callers[0]) {
			partitions = partitions[1:]
			continue
		}
		c := p.callers[0]
		b.put(c)
		c.isStored = true
		close(c.stored)
		partitions = append(partitions[1:], b.withdraw(c)...)
	}
}

// withdraw lets a call wait no longer, and returns its partitions, in which others may
// be first now. Both locks are held.
func (b *broker) withdraw(c *call) []*partition {
	var partitions []*partition
	for _, w := range c.wants {
		p := w.partition
		partitions = append(partitions, p)
		p.callers = slices.DeleteFunc(p.callers, func(o *call) bool { return o == c })
		if len(p.callers) > 0 {
			continue
		}
		for _, g := range p.cursors {
			if g.assignment != nil {
				g.assignment.heed.And(^publishers)
			}
		}
	}
	return partitions
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
	b.admit([]*partition{c.partition})
}
