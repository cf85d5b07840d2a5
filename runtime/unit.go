package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// How much a handler may publish under ExactlyOnce: it is kept in memory until
// the handler returns.
const (
	MaxUnitMessages = 10_000
	MaxUnitBytes    = 16 << 20 // of keys, values and headers
)

// UnitError says that a handler publishes more than can be kept back
// (ExactlyOnce). It matches ErrTooLarge: the message is a dead letter when the
// handler returns it.
type UnitError struct {
	// Messages and Bytes are what there would be with the message that was refused.
	Messages int
	Bytes    int64
}

// Error returns both numbers and their limits.
func (e *UnitError) Error() string {
	return fmt.Sprintf("the handler publishes %d messages of %d bytes, of which %d and %d can be kept back until it returns",
		e.Messages, e.Bytes, MaxUnitMessages, MaxUnitBytes)
}

// Unwrap returns ErrTooLarge.
func (e *UnitError) Unwrap() error { return ErrTooLarge }

// errUnitOver is the error of publishing with the context of a handler that has
// returned.
var errUnitOver = fmt.Errorf("the handler has returned, and what it published is stored: %w", ErrClosed)

// keptBack is what a handler has published so far and is stored together with the
// acknowledgement of its message. Its methods may be called concurrently; those
// of nil do nothing.
type keptBack struct {
	conn *Conn
	room *allowance // shared with others of the unit

	mu       sync.Mutex
	messages []*driver.Message
	over     bool
	own      allowance // of who shares with nobody
}

// allowance is how much of a unit there is.
type allowance struct {
	mu       sync.Mutex
	messages int
	bytes    int64
	ordered  bool
	order    []kept // with ordered, what was published
}

// kept is a message, and what it is part of.
type kept struct {
	of      *keptBack
	message *driver.Message
}

// take takes up a message that is of some size, or refuses it.
func (a *allowance) take(size int64, m kept) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, size := a.messages+1, a.bytes+size
	if n > MaxUnitMessages || size > MaxUnitBytes {
		return &UnitError{n, size}
	}
	if a.messages, a.bytes = n, size; a.ordered {
		a.order = append(a.order, m)
	}
	return nil
}

// keep takes a message; one that is not owned is copied.
func (u *keptBack) keep(m *driver.Message, owned bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return errUnitOver
	}
	size := sizeOf(m)
	if !owned && size <= MaxUnitBytes {
		m = copyOf(m)
	}
	if err := u.room.take(size, kept{u, m}); err != nil {
		return err
	}
	if m.Time.IsZero() { // when it was published, not when the unit is stored
		m.Time = driver.At(u.conn.options.Now())
	}
	u.messages = append(u.messages, m)
	return nil
}

// seal takes no more, and returns what there is.
func (u *keptBack) seal() []*driver.Message {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	return u.messages
}

// close is seal, after which there is nothing.
func (u *keptBack) close() []*driver.Message {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	out := u.messages
	u.over, u.messages = true, nil
	return out
}

// copyOf returns a message that shares nothing with m.
func copyOf(m *driver.Message) *driver.Message {
	c := *m
	c.Key, c.Value, c.Headers = bytes.Clone(m.Key), bytes.Clone(m.Value), slices.Clone(m.Headers)
	for i, h := range c.Headers {
		c.Headers[i].Value = bytes.Clone(h.Value)
	}
	return &c
}

// unitOf returns the unit that what is published with ctx belongs to, nil when
// it is published at once.
func (c *Conn) unitOf(ctx context.Context) *keptBack {
	if !c.exactly.Load() {
		return nil
	}
	var u *keptBack
	if in := IncomingOf(ctx); in != nil {
		u = in.unit()
	} else {
		u, _ = ctx.Value(batchKey{}).(*keptBack)
	}
	if u == nil || u.conn != c {
		return nil
	}
	return u
}

// KeepsBack reports whether what is published with ctx is kept back until the
// handler that ctx belongs to has returned nil (ExactlyOnce).
func (c *Conn) KeepsBack(ctx context.Context) bool { return c.unitOf(ctx) != nil }

// enlist gives an attempt a unit, of the batch if it is of one.
func (k *consumer) enlist(in *Incoming, b *batchUnit) {
	if k.committer == nil {
		return
	}
	u := &keptBack{conn: k.conn}
	if u.room = &u.own; b != nil {
		u.room = &b.room
	}
	in.own().unit = u
}

// unit returns what the handler has published so far, nil when it is published at
// once.
func (in *Incoming) unit() *keptBack {
	if r := in.rare.Load(); r != nil {
		return r.unit
	}
	return nil
}

// committing makes the receiver a Committer, when the policy asks for one.
func (k *consumer) committing(receiver driver.Receiver) error {
	if k.policy.Guarantee != ExactlyOnce {
		return nil
	}
	k.committer, _ = receiver.(driver.Committer)
	if k.committer == nil {
		return fmt.Errorf("policy: %v: %s cannot commit for this subscription: %w: %w", ExactlyOnce,
			k.conn.features.Protocol, driver.ErrInvalid, errors.ErrUnsupported)
	}
	k.conn.exactly.Store(true)
	return nil
}

// commit acknowledges a message and publishes others, as one.
func (k *consumer) commit(j *job, publish ...*driver.Message) error {
	err := k.committer.Commit(k.handling, []driver.Delivery{j.delivery}, publish...)
	k.observe(k.handling, Event{Kind: EventAcked, Message: j.message(), Err: err})
	return err
}

// commitKept is commit of what was published with the message's context.
func (k *consumer) commitKept(j *job, kept []*driver.Message) error {
	start := time.Now()
	err := k.commit(j, kept...)
	if k.options.Observer != nil {
		for _, m := range kept {
			k.options.Observer.Observe(k.handling, Event{Kind: EventPublished, Message: m, Took: time.Since(start), Err: err})
		}
	}
	return err
}

// finish stores what a handler published with the acknowledgement of its
// message. Until that succeeds its lane waits.
func (k *consumer) finish(j *job, in *Incoming, kept []*driver.Message) outcome {
	if k.committer == nil {
		k.done(j)
		return outcome{}
	}
	return k.finishUnit(j, &move{unit: &finishing{in, kept}}, 0)
}

// finishing is a unit that is to be stored; in is nil when no handler published it.
type finishing struct {
	in       *Incoming
	messages []*driver.Message
}

// finishUnit makes one attempt at storing a unit.
func (k *consumer) finishUnit(j *job, mv *move, failures int) outcome {
	if k.handling.Err() != nil {
		return outcome{} // it was abandoned, and reported so
	}
	u := mv.unit
	err := k.commitKept(j, u.messages)
	switch {
	case err == nil:
		return outcome{}
	case u.in != nil && (permanent(err) || errors.Is(err, ErrTooLarge)) && !errors.Is(err, ErrClosed):
		j.move = nil
		return k.fail(u.in.Context(), j, u.in, err) // of what it published
	}
	return k.notCommitted(j, mv, failures, err)
}

// notCommitted decides what becomes of a message whose unit was not stored. It is
// of no use when the partition is another member's. When nobody knows whether it
// was, the consumer ends: who receives next begins with what is stored.
func (k *consumer) notCommitted(j *job, mv *move, failures int, err error) outcome {
	m := j.message()
	switch {
	case errors.Is(err, ErrUnknownOutcome):
		k.stopFor(j, fmt.Errorf("message at partition %d, offset %d, and what it causes: %w", m.Partition, m.Offset, err))
		return outcome{verdict: refused}
	case errors.Is(err, ErrStale), errors.Is(err, ErrClosed):
		k.logRefused(k.handling, m, err)
		return outcome{}
	}
	delay := k.policy.Retry.wait(failures + 1)
	k.logOf(m).Error("message was handled, and what it causes could not be stored, trying again", "delay", delay, "error", err)
	return outcome{verdict: failed, delay: delay, move: mv}
}

// commit stores what was published with a fetched message, and acknowledges
// it. It reports what the lane is told.
func (f *Fetched) commit() (outcome, error) {
	k, j := f.consumer, f.hand.jobs.First()
	err := k.commitKept(j, f.unit().close())
	switch {
	case errors.Is(err, ErrUnknownOutcome):
		return k.notCommitted(j, nil, 0, err), err
	case err == nil, errors.Is(err, ErrStale), errors.Is(err, ErrClosed):
		return outcome{}, err
	}
	return k.fail(f.Context(), j, f.Incoming, err), err
}
