package memory

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// assignment is the time during which a member has a partition. It is guarded by
// broker.mu but for what deliveries say themselves: an acknowledgement is one
// atomic step, and counts when somebody looks at the position.
type assignment struct {
	cursor   *cursor
	receiver *receiver
	revoked  chan struct{}
	paused   bool
	fetch    int64       // next offset to hand out for the first time
	out      []*delivery // handed out, by offset; those before head are acknowledged
	head     int
	again    []*delivery  // of out, given back, to be handed out again
	open     atomic.Int64 // deliveries under way
	leaving  atomic.Bool  // there is an heir
	ended    atomic.Bool

	committed bool // what is done beyond the position is remembered
}

// advance moves the position over what is acknowledged.
func (a *assignment) advance() {
	for a.head < len(a.out) && a.out[a.head].state.Load() == acknowledged {
		a.out[a.head] = nil
		a.head++
	}
	if a.head > len(a.out)/2 && a.head >= maxBatch {
		n := copy(a.out, a.out[a.head:])
		clear(a.out[n:])
		a.out, a.head = a.out[:n], 0
	}
	a.cursor.position = a.fetch
	if a.head < len(a.out) {
		a.cursor.position = a.out[a.head].message.Offset
	}
}

// quiet reports whether no delivery is under way.
func (a *assignment) quiet() bool { return a.open.Load() == 0 }

// handOut appends at most n deliveries, those that were given back first.
func (a *assignment) handOut(out []driver.Delivery, n int, room *deliveries) []driver.Delivery {
	again := min(n, len(a.again))
	for _, d := range a.again[:again] {
		out = append(out, &redelivery{first: d})
	}
	a.again = slices.Delete(a.again, 0, again)
	p := a.cursor.partition
	fresh := min(n-again, int(p.end()-a.fetch))
	if a.fetch < a.cursor.beyond.End {
		fresh = a.skip(n - again)
	}
	for range fresh {
		d := room.next()
		d.message, d.assignment = p.at(a.fetch), a
		a.fetch++
		a.out = append(a.out, d)
		out = append(out, d)
	}
	a.open.Add(int64(again + fresh))
	return out
}

// deliveries is the memory that deliveries are cut from, several at a time: as few
// that one which stays under way keeps few messages of others.
type deliveries []delivery

func (r *deliveries) next() *delivery {
	if len(*r) == 0 {
		*r = make([]delivery, 32)
	}
	d := &(*r)[0]
	*r = (*r)[1:]
	return d
}

// end makes stale what is under way. Who was told so of one message is told so of
// all from then on.
func (a *assignment) end() {
	a.ended.Store(true)
	for _, d := range a.out[a.head:] {
		d.state.CompareAndSwap(underWay, stale)
	}
	a.advance()
	if a.committed {
		a.cursor.beyond = a.progress(a.cursor.beyond)
	}
	close(a.revoked)
}

// acked counts a delivery that was acknowledged, and lets an heir have the
// partition.
func (a *assignment) acked() {
	if a.open.Add(-1); !a.leaving.Load() {
		return
	}
	b := a.receiver.transport.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.cursor.assignment == a {
		a.cursor.ended()
	}
}

// delivery is one attempt.
type delivery struct {
	message    *driver.Message
	assignment *assignment
	state      atomic.Uint32
}

// The states of a delivery.
const (
	underWay uint32 = iota
	acknowledged
	givenBack
	stale // its assignment has ended
	told  // and somebody was told so
)

// Message returns the message.
func (d *delivery) Message() *driver.Message { return d.message }

// Revoked is closed when the partition went to another member, or the receiver
// was closed.
func (d *delivery) Revoked() <-chan struct{} { return d.assignment.revoked }

// Ack marks the message as done. The group's position moves when there is no gap
// before it.
func (d *delivery) Ack(context.Context) error {
	if d.assignment.ended.Load() || !d.state.CompareAndSwap(underWay, acknowledged) {
		return d.refused()
	}
	d.assignment.acked()
	return nil
}

// Nack hands the message out again at once.
func (d *delivery) Nack(context.Context) error {
	b := d.assignment.receiver.transport.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.state.CompareAndSwap(underWay, givenBack) {
		d.assignment.giveBack(d)
		return nil
	}
	return d.refused()
}

// refused returns why a delivery cannot be ended: its assignment has, or it has
// ended already, which is no error.
func (d *delivery) refused() error {
	if d.assignment.ended.Load() && d.state.CompareAndSwap(underWay, told) || d.state.CompareAndSwap(stale, told) {
		return driver.ErrStale
	}
	return nil
}

// giveBack lets a message be handed out again, by the delivery that it was
// handed out with first.
func (a *assignment) giveBack(first *delivery) {
	a.again = append(a.again, first)
	notify(a.receiver.wake)
	a.open.Add(-1)
	a.cursor.ended()
}

// redelivery is a further attempt at what was given back.
type redelivery struct {
	first *delivery
	over  bool // guarded by broker.mu
}

// Message returns the message.
func (r *redelivery) Message() *driver.Message { return r.first.message }

// Revoked is that of the first delivery.
func (r *redelivery) Revoked() <-chan struct{} { return r.first.Revoked() }

// Ack is delivery.Ack.
func (r *redelivery) Ack(context.Context) error {
	return r.end(func(a *assignment) {
		r.first.state.Store(acknowledged)
		a.open.Add(-1)
		a.cursor.ended()
	})
}

// Nack is delivery.Nack.
func (r *redelivery) Nack(context.Context) error {
	return r.end(func(a *assignment) { a.giveBack(r.first) })
}

// end ends the delivery in one of the two ways, unless it has ended already or
// its assignment has.
func (r *redelivery) end(how func(*assignment)) error {
	a := r.first.assignment
	b := a.receiver.transport.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.over {
		return nil
	}
	if r.over = true; a.cursor.assignment != a {
		return driver.ErrStale
	}
	how(a)
	return nil
}
