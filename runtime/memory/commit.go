package memory

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Commit is driver.Committer: the broker's lock makes the unit.
func (r *receiver) Commit(ctx context.Context, done []driver.Delivery, publish ...*driver.Message) error {
	b := r.transport.broker
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, m := range publish {
		if err := b.refuse(m); err != nil {
			return err
		}
	}
	copies := copyLarge(nil, publish, &b.clock)
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.isClosed() {
		return driver.ErrClosed
	}
	for i, d := range done {
		if err := r.acknowledge(d); err != nil {
			for _, d := range done[:i] {
				r.takeBack(d)
			}
			return err
		}
	}
	b.logs.Lock()
	b.store(copies, sources(done)...)
	b.logs.Unlock()
	for _, d := range done {
		a := assignmentOf(d)
		if a.committed = true; a.cursor.assignment == a {
			a.cursor.ended()
		}
	}
	return nil
}

// isClosed reports whether the receiver was closed. broker.mu is held.
func (r *receiver) isClosed() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// assignmentOf returns that of a delivery of this transport, nil for others.
func assignmentOf(d driver.Delivery) *assignment {
	switch d := d.(type) {
	case *delivery:
		return d.assignment
	case *redelivery:
		return d.first.assignment
	}
	return nil
}

// acknowledge marks a delivery as done, unless it has ended. broker.mu is held.
func (r *receiver) acknowledge(d driver.Delivery) error {
	a := assignmentOf(d)
	if a == nil || a.receiver != r {
		return fmt.Errorf("a delivery of another receiver: %w", driver.ErrInvalid)
	}
	open := a.cursor.assignment == a
	switch d := d.(type) {
	case *delivery:
		open = open && d.state.CompareAndSwap(underWay, acknowledged)
	case *redelivery:
		if open = open && !d.over; open {
			d.over = true
			a.repeated--
			d.first.state.Store(acknowledged)
		}
	}
	if !open {
		return driver.ErrStale
	}
	return nil
}

// takeBack undoes acknowledge.
func (r *receiver) takeBack(d driver.Delivery) {
	switch d := d.(type) {
	case *delivery:
		d.state.Store(underWay)
	case *redelivery:
		d.over = false
		d.first.assignment.repeated++
		d.first.state.Store(givenBack)
	}
}

// progress returns what is done of the partition, given what was when it was
// assigned. It is called when the assignment ends.
func (a *assignment) progress(before driver.Progress) driver.Progress {
	p := driver.Progress{End: a.fetch, Open: nil}
	for d := range a.each {
		if d.state.Load() != acknowledged {
			p.Open = append(p.Open, d.message.Offset)
		}
	}
	rest := before.Open[len(before.Open)-len(before.Advance(a.fetch).Open):]
	p.End, p.Open = max(p.End, before.End), append(p.Open, rest...)
	return p
}

// skip passes over what was committed beyond the position before the assignment,
// and returns how many of the next n messages to hand out. Both locks are held.
func (a *assignment) skip(n int) int {
	beyond, end := a.cursor.beyond, a.cursor.partition.end()
	for a.fetch < min(beyond.End, end) && beyond.Done(a.fetch) {
		a.fetch++
	}
	n = min(n, int(end-a.fetch))
	for i := range n {
		if beyond.Done(a.fetch + int64(i)) {
			return i
		}
	}
	return n
}

var _ driver.Committer = (*receiver)(nil)
