package kafka

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// assignment is what one generation of a group gave to this member, and how far
// its messages are done. When it has ended its acknowledgements are stale: the
// partitions may belong to somebody else, whose position must not be touched.
type assignment struct {
	over chan struct{} // closed when acknowledgements have become stale

	open atomic.Int64  // deliveries handed out and not ended
	idle chan struct{} // poked when open becomes 0

	mu     sync.Mutex
	ended  bool
	shares map[topicPartition]*share
	saved  map[topicPartition]int64 // committed
}

// share is one partition of an assignment from some offset on. When reading has
// to go on elsewhere it is replaced, so that what was handed out before no
// longer counts.
type share struct {
	assignment *assignment
	at         topicPartition

	mu    sync.Mutex
	mark  *driver.Watermark
	stale bool

	paused atomic.Bool // its messages are left in the feed
}

func newAssignment() *assignment {
	return &assignment{
		over:   make(chan struct{}),
		idle:   make(chan struct{}, 1),
		shares: map[topicPartition]*share{},
		saved:  map[topicPartition]int64{},
	}
}

// add begins to follow a partition at an offset, in place of where it was
// followed before.
func (a *assignment) add(p topicPartition, offset int64) *share {
	s := &share{assignment: a, at: p, mark: driver.NewWatermark(offset)}
	a.mu.Lock()
	defer a.mu.Unlock()
	if before := a.shares[p]; before != nil {
		before.end()
		s.paused.Store(before.paused.Load())
	}
	s.stale = a.ended
	a.shares[p] = s
	return s
}

// pause leaves out a partition, or takes it up again. One that is not of the
// assignment is left alone.
func (a *assignment) pause(p topicPartition, paused bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.shares[p]; s != nil {
		s.paused.Store(paused)
	}
}

// keep notes what is committed.
func (a *assignment) keep(offsets map[topicPartition]int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for p, offset := range offsets {
		a.saved[p] = offset
	}
}

// end makes all acknowledgements that come from now on stale.
func (a *assignment) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return
	}
	a.ended = true
	for _, s := range a.shares {
		s.end()
	}
	close(a.over)
}

// progress returns the positions that are not committed yet.
func (a *assignment) progress() map[topicPartition]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out map[topicPartition]int64
	for p, s := range a.shares {
		next := s.next()
		if saved, ok := a.saved[p]; ok && saved == next {
			continue
		}
		if out == nil {
			out = map[topicPartition]int64{}
		}
		out[p] = next
	}
	return out
}

// drain waits until everything that was handed out has ended, at most so long.
// It returns how many have not.
func (a *assignment) drain(budget time.Duration, cancel <-chan struct{}) int64 {
	timer := time.NewTimer(budget)
	defer timer.Stop()
	for {
		n := a.open.Load()
		if n == 0 {
			return 0
		}
		select {
		case <-a.idle:
		case <-timer.C:
			return n
		case <-cancel:
			return n
		}
	}
}

// finished notes that a delivery has ended.
func (a *assignment) finished() {
	if a.open.Add(-1) > 0 {
		return
	}
	select {
	case a.idle <- struct{}{}:
	default:
	}
}

func (s *share) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = true
}

func (s *share) next() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mark.Next()
}

// hand makes deliveries of copies of messages. There are none between them and the
// offset next.
func (s *share) hand(messages []driver.Message, next int64, r *room, into []driver.Delivery) []driver.Delivery {
	s.assignment.open.Add(int64(len(messages)))
	first := len(into)
	for i := range messages {
		h := r.keep(&messages[i])
		h.delivery.message, h.delivery.share = &h.message, s
		into = append(into, &h.delivery)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range into[first:] {
		s.mark.Deliver(d.Message().Offset)
	}
	s.mark.Skip(next)
	return into
}

// done notes that a message is done.
func (s *share) done(offset int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale {
		return fmt.Errorf("kafka: acknowledging offset %d of %s: %w", offset, s.at, driver.ErrStale)
	}
	s.mark.Done(offset)
	return nil
}

// delivery is one message handed out.
type delivery struct {
	message *driver.Message
	share   *share
	ended   atomic.Bool
}

// Message returns what was received.
func (d *delivery) Message() *driver.Message { return d.message }

// Ack says that the message is done. The position is committed a little later.
func (d *delivery) Ack(context.Context) error {
	if d.ended.Swap(true) {
		return nil
	}
	defer d.share.assignment.finished()
	return d.share.done(d.message.Offset)
}

// Nack gives the message back: the position stays before it, so that it is
// delivered again when the partition is next assigned.
func (d *delivery) Nack(context.Context) error {
	if !d.ended.Swap(true) {
		d.share.assignment.finished()
	}
	return nil
}

// Revoked is closed when the assignment has ended.
func (d *delivery) Revoked() <-chan struct{} { return d.share.assignment.over }
