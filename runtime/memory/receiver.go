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
	waiting bool      // there was nothing to collect

	out []driver.Delivery // of the last Receive
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
	r.transport.broker.mu.Lock()
	defer r.transport.broker.mu.Unlock()
	clear(r.out)
	r.out = r.out[:0]
	for i := range r.cursors {
		c := r.cursors[(r.turn+i)%len(r.cursors)]
		if c.heir == nil && !c.assignment.paused {
			r.out = c.handOut(r.out, maxBatch-len(r.out))
		}
	}
	r.turn++
	r.waiting = len(r.out) == 0
	return r.out
}

// handOut appends at most n deliveries, those that were given back first.
func (c *cursor) handOut(out []driver.Delivery, n int) []driver.Delivery {
	a := c.assignment
	again := min(n, len(a.again))
	fresh := min(n-again, int(c.partition.end()-a.fetch))
	deliveries := make([]delivery, again+fresh)
	for i := range deliveries {
		offset := a.fetch
		if i < again {
			offset = a.again[i]
		} else {
			a.mark.Deliver(offset)
			a.fetch++
		}
		deliveries[i] = delivery{message: c.partition.at(offset), cursor: c, assignment: a, receiver: c.owner}
		out = append(out, &deliveries[i])
	}
	a.again = slices.Delete(a.again, 0, again)
	return out
}

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

// delivery is one attempt.
type delivery struct {
	message    *driver.Message
	cursor     *cursor
	assignment *assignment
	receiver   *receiver
	over       bool // guarded by broker.mu
}

// Message returns the message.
func (d *delivery) Message() *driver.Message { return d.message }

// Revoked is closed when the partition went to another member, or the receiver
// was closed.
func (d *delivery) Revoked() <-chan struct{} { return d.assignment.revoked }

// Ack marks the message as done and moves the group's position when there is
// no gap before it.
func (d *delivery) Ack(context.Context) error {
	return d.end(func() {
		if d.assignment.mark.Done(d.message.Offset) {
			d.cursor.position = d.assignment.mark.Next()
			d.broker().trim(d.cursor.partition)
		}
	})
}

// Nack hands the message out again at once.
func (d *delivery) Nack(context.Context) error {
	return d.end(func() {
		d.assignment.again = append(d.assignment.again, d.message.Offset)
		notify(d.receiver.wake)
	})
}

func (d *delivery) broker() *broker { return d.receiver.transport.broker }

// end ends the delivery in one of the two ways, unless it has ended already or
// its assignment has.
func (d *delivery) end(how func()) error {
	b := d.broker()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case d.over:
		return nil
	case d.cursor.assignment != d.assignment:
		d.over = true
		return driver.ErrStale
	}
	d.over = true
	how()
	d.cursor.ended()
	return nil
}
