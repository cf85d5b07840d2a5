package memory

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
)

// assignment is the time during which a member has a partition. It is guarded by
// broker.mu but for what deliveries say themselves: an acknowledgement is one
// atomic step, and counts when somebody looks at the position.
type assignment struct {
	cursor   *cursor
	receiver *receiver
	revoked  chan struct{}
	paused   bool
	fetch    int64                  // next offset to hand out for the first time
	out      fifo.Queue[[]delivery] // handed out, by offset, from the first that is not acknowledged
	again    []*delivery            // of out, given back, to be handed out again
	repeated int                    // redeliveries under way
	heed     atomic.Uint32          // who waits for what is acknowledged: heir, publishers
	ended    atomic.Bool

	committed bool // what is done beyond the position is remembered
}

// The bits of assignment.heed.
const (
	heir       uint32 = 1 << iota // of the partition
	publishers                    // for room in it
)

// advance moves the position over what is acknowledged.
func (a *assignment) advance() {
	position := a.fetch
	for a.out.Len() > 0 {
		run, done := a.out.First(), 0
		for done < len(*run) && (*run)[done].state.Load() == acknowledged {
			done++
		}
		if done < len(*run) {
			if done > 0 {
				*run = (*run)[done:]
			}
			position = (*run)[0].message.Offset
			break
		}
		a.out.Pop()
	}
	a.out.Shrink(fewMessages)
	a.cursor.position.Store(position)
}

// each yields what was handed out, by offset, from the first that is not
// acknowledged.
func (a *assignment) each(yield func(*delivery) bool) {
	for i := range a.out.Len() {
		run := *a.out.At(i)
		for i := range run {
			if !yield(&run[i]) {
				return
			}
		}
	}
}

// quiet reports whether no delivery is under way.
func (a *assignment) quiet() bool {
	a.advance()
	for d := range a.each {
		if d.state.Load() == underWay {
			return false
		}
	}
	return a.repeated == 0
}

// repeat appends at most n deliveries of what was given back.
func (a *assignment) repeat(out []driver.Delivery, n int) []driver.Delivery {
	n = min(n, len(a.again))
	for _, d := range a.again[:n] {
		out = append(out, &redelivery{first: d})
	}
	a.again = slices.Delete(a.again, 0, n)
	a.repeated += n
	return out
}

// reach returns how many of the next n messages are there to be handed out for
// the first time. Both locks are held.
func (a *assignment) reach(n int) int {
	if a.fetch < a.cursor.beyond.End {
		return a.skip(n)
	}
	return min(n, int(a.cursor.partition.end()-a.fetch))
}

// handOut appends deliveries of the messages.
func (p *portion) handOut(out []driver.Delivery, room *deliveries) []driver.Delivery {
	a := p.of
	a.fetch += int64(p.n)
	for p.n > 0 {
		run := room.next(p.n)
		for i := range run {
			d := &run[i]
			d.message, d.assignment = *p.log.At(p.first + i), a
			out = append(out, d)
		}
		a.out.Push(run)
		p.first, p.n = p.first+len(run), p.n-len(run)
	}
	return out
}

// deliveries is the memory that deliveries are cut from, several at a time: as few
// that one which stays under way keeps few messages of others.
type deliveries []delivery

// next returns some deliveries, at most n.
func (r *deliveries) next(n int) []delivery {
	if len(*r) == 0 {
		*r = make([]delivery, 21) // 504 bytes, which lie in 512
	}
	n = min(n, len(*r))
	some := (*r)[:n:n]
	*r = (*r)[n:]
	return some
}

// end makes stale what is under way. Who was told so of one message is told so of
// all from then on.
func (a *assignment) end() {
	a.ended.Store(true)
	for d := range a.each {
		d.state.CompareAndSwap(underWay, stale)
	}
	a.advance()
	if a.committed {
		a.cursor.beyond = a.progress(a.cursor.beyond)
	}
	close(a.revoked)
}

// yield lets an heir have the partition when nothing is under way any more, and
// those store who wait for room.
func (a *assignment) yield() {
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
func (d *delivery) Message() *driver.Message { return d.message.Whole() }

// Carried returns the message as it was given.
func (d *delivery) Carried() *driver.Message { return d.message }

// Revoked is closed when the partition went to another member, or the receiver
// was closed.
func (d *delivery) Revoked() <-chan struct{} { return d.assignment.revoked }

// Ack marks the message as done. The group's position moves when there is no gap
// before it.
func (d *delivery) Ack(context.Context) error {
	if d.assignment.ended.Load() || !d.state.CompareAndSwap(underWay, acknowledged) {
		return d.refused()
	}
	if d.assignment.heed.Load() != 0 {
		d.assignment.yield()
	}
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
	a.cursor.ended()
}

// redelivery is a further attempt at what was given back.
type redelivery struct {
	first *delivery
	over  bool // guarded by broker.mu
}

// Message returns the message.
func (r *redelivery) Message() *driver.Message { return r.first.Message() }

// Carried is that of the first delivery.
func (r *redelivery) Carried() *driver.Message { return r.first.message }

// Revoked is that of the first delivery.
func (r *redelivery) Revoked() <-chan struct{} { return r.first.Revoked() }

// Ack is delivery.Ack.
func (r *redelivery) Ack(context.Context) error {
	return r.end(func(a *assignment) {
		r.first.state.Store(acknowledged)
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
	a.repeated--
	how(a)
	return nil
}
