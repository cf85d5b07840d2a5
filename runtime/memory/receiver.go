package memory

import (
	"context"
	"io"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// maxBatch is how many deliveries, or messages of a tap, one call returns.
const maxBatch = 256

// receiver is one member of a group.
type receiver struct {
	transport *Transport
	wake      chan struct{}
	done      chan struct{} // closed when the receiver is

	// Guarded by broker.mu.
	group   *group
	topics  []*topic
	cursors []*cursor // what it owns
	turn    int       // which cursor is first in the next batch

	waiting bool // there was nothing to collect; guarded by broker.logs

	// Of who calls Receive.
	out   []driver.Delivery // of the last call
	fresh []portion         // of this one
	found []*driver.Message // what they are of, in the same order
	room  deliveries        // for the next
}

// portion is how many messages of one partition are handed out for the first time.
type portion struct {
	of *assignment
	n  int
}

// Receive returns up to 256 deliveries, taken from the partitions in turn.
func (r *receiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		select {
		case <-r.done:
			return nil, io.EOF
		default:
		}
		if batch := r.collect(); len(batch) > 0 {
			return batch, nil
		}
		select {
		case <-r.wake:
		case <-r.done:
		case <-ctx.Done():
		}
	}
}

// collect returns what is there now.
func (r *receiver) collect() []driver.Delivery {
	last := r.out
	r.out = r.out[:0]
	defer func() { clear(last[min(len(last), len(r.out)):]) }() // they are kept no longer
	r.transport.broker.mu.Lock()
	defer r.transport.broker.mu.Unlock()
	for _, c := range r.cursors {
		c.assignment.advance()
	}
	r.find()
	found := r.found
	for _, p := range r.fresh {
		r.out = p.of.handOut(r.out, found[:p.n], &r.room)
		found = found[p.n:]
	}
	clear(r.found)
	for _, c := range r.cursors {
		c.admit(c.assignment) // what is done beyond the position may have been passed over
	}
	r.turn++
	return r.out
}

// find looks for what is to be handed out: first what was given back. Who
// publishes waits meanwhile, so that little else is done.
func (r *receiver) find() {
	r.fresh, r.found = r.fresh[:0], r.found[:0]
	b := r.transport.broker
	b.logs.Lock()
	defer b.logs.Unlock()
	for i := range r.cursors {
		c := r.cursors[(r.turn+i)%len(r.cursors)]
		if b.trim(c.partition, b.options.MaxMessages/8); !c.open() {
			continue
		}
		r.out = c.assignment.repeat(r.out, maxBatch-len(r.out)-len(r.found))
		if some := c.assignment.reach(maxBatch - len(r.out) - len(r.found)); some > 0 {
			r.found = c.partition.appendFrom(r.found, c.assignment.fetch, some)
			r.fresh = append(r.fresh, portion{c.assignment, some})
		}
	}
	r.waiting = len(r.out)+len(r.found) == 0
}

// open reports whether the partition's messages may be handed out.
func (c *cursor) open() bool { return c.heir == nil && !c.assignment.paused }

// Pause leaves out a partition until it is called again or the partition moves.
func (r *receiver) Pause(address string, partition int32, paused bool) {
	r.transport.broker.mu.Lock()
	defer r.transport.broker.mu.Unlock()
	for _, c := range r.cursors {
		if c.partition.index == partition && c.partition.topic.name == address {
			c.assignment.paused = paused
			notify(r.wake)
		}
	}
}

// Close leaves the group.
func (r *receiver) Close(context.Context) error {
	r.transport.broker.mu.Lock()
	defer r.transport.broker.mu.Unlock()
	r.close()
	return nil
}

// close is Close for who holds the lock.
func (r *receiver) close() {
	select {
	case <-r.done:
		return
	default:
	}
	close(r.done)
	delete(r.transport.receivers, r)
	g := r.group
	g.members = slices.DeleteFunc(g.members, func(m *receiver) bool { return m == r })
	for _, c := range slices.Clone(r.cursors) {
		c.forgetHeir()
		c.release()
	}
	r.transport.broker.rebalance(g)
}
