package memory

import (
	"context"
	"io"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
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
	room  deliveries        // for the next
}

// portion is what is handed out of one partition for the first time: n messages, and the
// log as it was when it was looked at. They stay in it as long as the assignment does not
// advance.
type portion struct {
	of    *assignment
	log   fifo.Queue[*driver.Message]
	first int // in log
	n     int
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
	for i := range r.fresh {
		r.out = r.fresh[i].handOut(r.out, &r.room)
	}
	clear(r.fresh)
	for _, c := range r.cursors {
		c.admit(c.assignment) // what is done beyond the position may have been passed over
	}
	r.turn++
	return r.out
}

// find looks for what is to be handed out: first what was given back. Who
// publishes waits meanwhile, so that little else is done.
func (r *receiver) find() {
	r.fresh = r.fresh[:0]
	left := maxBatch
	b := r.transport.broker
	b.logs.Lock()
	defer b.logs.Unlock()
	for i := range r.cursors {
		c := r.cursors[(r.turn+i)%len(r.cursors)]
		if b.trim(c.partition, b.options.MaxMessages/8); !c.open() {
			continue
		}
		known := len(r.out)
		r.out = c.assignment.repeat(r.out, left)
		left -= len(r.out) - known
		if some := c.assignment.reach(left); some > 0 {
			p := c.partition
			r.fresh = append(r.fresh, portion{c.assignment, p.log, int(c.assignment.fetch - p.base), some})
			left -= some
		}
	}
	r.waiting = left == maxBatch
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
