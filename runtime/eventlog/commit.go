package eventlog

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// committer writes for all partitions of a log. There is no timer: a round
// takes what has come while the one before was being synced. So a publisher
// that is alone never waits for others, and many share a sync.
//
// Whoever has the turn writes: a goroutine, or a caller who finds itself alone,
// and is spared being woken by the goroutine and waking it.
type committer struct {
	log     *Log
	lock    *lock
	journal *journal
	ended   chan struct{} // closed when the goroutine is over

	mu      sync.Mutex
	work    sync.Cond     // there is something for the goroutine to do
	busy    bool          // somebody has the turn: what is not guarded by mu is theirs
	crowded bool          // the last round had messages of several calls
	room    chan struct{} // closed when there is room again; nil while nobody waits
	pending int           // bytes of messages that were taken and are not yet stored
	dirty   []*partition
	round   *round
	calls   uint64
	tasks   []task
	units   []*unit
	closing bool
	gone    error    // why, for who comes then
	spare   [][]byte // buffers for records

	writing  []writeStep // of the round under way
	applying []*unitStep // what was stored and is not written to segments yet
	marks    markWriter
	looked   time.Time // when it was made sure that the lock is held
	lost     bool      // somebody else has it: no file may be touched any more
	deposed  sync.Once // since it is lost
	disk     broken    // what all partitions have in common

	reach   []reached // by group; nil until ready looks
	reaches int       // for how many partitions it has looked
}

// round is what is stored together. What has failed is for whoever has the turn
// until done is closed.
type round struct {
	done   chan struct{}
	failed []failure
	calls  int // that it has messages of, guarded by committer.mu
}

// failure is what became of a partition's part of a round.
type failure struct {
	p   *partition
	err error
}

// task is something else that the goroutine is to do, beside rounds.
type task struct {
	run  func() error
	done chan error
}

// writeStep is a partition's part of a round.
type writeStep struct {
	p       *partition
	records []byte
	before  mark // the end before it, in the segment it is written to
	tried   bool // it was written
	entered bool // the journal was to have it
	err     error
}

// startCommitter begins to write a log whose lock is held.
func startCommitter(l *Log, lock *lock, j *journal) *committer {
	c := &committer{log: l, lock: lock, journal: j, ended: make(chan struct{}), round: newRound()}
	c.work.L = &c.mu
	go c.run()
	return c
}

func newRound() *round { return &round{done: make(chan struct{})} }

// placed is a message with its topic, and with its partition once it is taken.
type placed struct {
	topic     *topic
	message   *driver.Message
	partition *partition
}

// publish stores messages, and returns when they are durable.
func (c *committer) publish(ctx context.Context, messages []placed, size int) error {
	r, t, err := c.take(ctx, messages, size)
	if err != nil {
		return err
	}
	if t != nil {
		c.write(t)
	}
	select {
	case <-r.done:
	default:
		select {
		case <-r.done:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, ctx.Err())
		case <-c.log.closing.left:
			return fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, driver.ErrClosed)
		}
	}
	if len(r.failed) == 0 {
		return nil
	}
	return r.failureOf(messages)
}

// failureOf returns why messages of the round were not stored, nil when those
// that failed are of others.
func (r *round) failureOf(messages []placed) error {
	for _, f := range r.failed {
		for _, m := range messages {
			if f.p == m.partition {
				return fmt.Errorf("%s, partition %d: %w", f.p.topic.name, f.p.number, f.err)
			}
		}
	}
	return nil
}

// take puts messages into the next round, once there is room for them. The caller
// has the turn if it is alone and will wait: a disk that hangs would hold it up.
func (c *committer) take(ctx context.Context, messages []placed, size int) (*round, *turn, error) {
	c.mu.Lock()
	for c.pending > 0 && c.pending+size > c.log.options.MaxPending && !c.closing {
		if c.room == nil {
			c.room = make(chan struct{})
		}
		room := c.room
		c.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-c.log.closing.left:
			return nil, nil, driver.ErrClosed
		}
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	if c.closing {
		return nil, nil, c.gone
	}
	alone := ctx.Done() == nil && c.quiet()
	c.calls++
	c.pending += size
	at := now()
	for i := range messages {
		m := &messages[i]
		m.partition = m.topic.choose(m.message.Key, c.calls)
		c.enqueue(m.partition, m.message, at)
		alone = alone && m.partition.written
	}
	r := c.round
	r.calls++
	return r, c.start(alone), nil
}

// choose returns the partition of a message: that of its key, and without a
// key one for each call, in turn.
func (t *topic) choose(key []byte, call uint64) *partition {
	if key != nil {
		return t.partitions[share.Partition(key, len(t.partitions))]
	}
	return t.partitions[t.turn.Partition(call, len(t.partitions))]
}

// enqueue appends one message to its partition's part of the round.
func (c *committer) enqueue(p *partition, m *driver.Message, at int64) {
	if !p.dirty {
		p.dirty = true
		c.dirty = append(c.dirty, p)
		if n := len(c.spare); n > 0 {
			p.buffer, c.spare = c.spare[n-1], c.spare[:n-1]
		}
	}
	if !m.Time.IsZero() {
		at = int64(m.Time)
	}
	p.buffer = appendRecord(p.buffer, m, at)
}

// store writes and syncs a round, and makes it visible.
func (c *committer) store(r *round) {
	if len(c.writing) == 0 {
		return
	}
	lost := c.writable()
	if lost == nil {
		lost = c.log.unsettled.beginAll(c.writing)
	}
	if lost == nil {
		c.prepareAll()
	}
	for i := range c.writing {
		if s := &c.writing[i]; lost == nil {
			c.reserveFor(s)
		} else {
			s.err = lost
		}
	}
	if c.log.options.Sync == Always {
		c.sync()
	} else {
		c.writeParts()
	}
	lost = c.stillMine()
	for i := range c.writing {
		s := &c.writing[i]
		if s.err == nil {
			s.err = lost
		}
		if s.tried {
			s.p.writing.disk.note(s.err, c.log.pause)
		}
		if s.err != nil {
			r.failed = append(r.failed, failure{s.p, s.err})
		}
		if s.tried && errors.Is(s.err, ErrFull) {
			_ = s.p.retain() // what is too old makes room
		}
	}
	c.show()
	for i := range c.writing {
		if s := &c.writing[i]; s.err == nil {
			s.p.writing.retainRolled()
		}
	}
	c.log.bell.ring()
}

// prepareAll makes ready the partitions of a round that are first written, some at a time where
// there are several: each waits for the disk. Where that fails reserveFor tries again, and tells why.
func (c *committer) prepareAll() {
	var all []func() error
	for i := range c.writing {
		if s := &c.writing[i]; !s.p.prepared() {
			all = append(all, func() error {
				w, err := s.p.prepare()
				if err == nil {
					err = w.prepareFor(int64(len(s.records)))
				}
				return err
			})
		}
	}
	if len(all) > 1 {
		_ = together(all)
	}
}

// reserveFor sees to it that a part of the round can be written.
func (c *committer) reserveFor(s *writeStep) {
	w, err := c.ready(s.p) // when it is first written
	if err == nil {
		err = w.disk.refuse()
	}
	if s.err = err; err != nil {
		return
	}
	s.tried = true
	s.before.next = w.next
	number(s.records, w.next)
	s.err = w.prepareFor(int64(len(s.records)))
	s.before.size = w.size
}

// write puts the records where they belong.
func (s *writeStep) write() {
	if s.err == nil {
		s.err = s.p.writing.extend(s.records)
	}
}

// show makes what was stored visible to readers; to those elsewhere once the bell
// rings.
func (c *committer) show() {
	for i := range c.writing {
		if s := &c.writing[i]; s.err == nil && s.p.writing.remark(!s.p.writing.durable()) {
			c.marks.add(s.p.writing)
		}
	}
	c.marks.write()
	for i := range c.writing {
		if s := &c.writing[i]; s.err == nil {
			s.p.writing.advance(s.records)
		}
	}
}

// advance shows readers here the records that were stored last.
func (w *writing) advance(records []byte) {
	w.p.mu.Lock()
	if len(w.p.alerts) > 0 {
		w.p.log.recent.keep(w.active, records, w.size-int64(len(records)))
	}
	w.p.advance(w.last)
	w.p.mu.Unlock()
}

// sync writes the round and makes it durable: by the journal, or each partition's part for
// itself.
func (c *committer) sync() {
	var write func()
	if c.canWait() {
		write = c.writeParts
	} else {
		c.writeParts()
	}
	suits := c.journal.suits(c.writing)
	c.journal.follow(c.writing)
	if suits {
		err := c.journal.store(c.writing, write)
		if err == nil {
			c.journal.relieve()
			return
		}
		if c.journal.uncut { // it may be played
			c.undo(err)
			return
		}
	}
	var wait sync.WaitGroup
	for i := range c.writing {
		s := &c.writing[i]
		switch {
		case s.err != nil:
		case len(c.writing) == 1:
			s.sync()
		default:
			wait.Go(s.sync)
		}
	}
	wait.Wait()
	c.journal.relieve()
}

// partsForOne is how many parts of a round are written by one goroutine: the work that
// a partition makes is a few calls of the system, which is more than handing it over.
const partsForOne = 8

// writeParts writes the round to the segments, on several processors when there are many:
// each partition has files of its own.
func (c *committer) writeParts() {
	workers := min(len(c.writing)/partsForOne, goruntime.GOMAXPROCS(0))
	var next atomic.Int32
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(c.writing); i = int(next.Add(1)) - 1 {
			c.writing[i].write()
		}
	}
	var wait sync.WaitGroup
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// canWait tells whether the round may be written to the segments while the journal is synced.
// That is worth what it costs where there are many parts, and whoever plays the journal
// after a crash in between finds room for all of them.
func (c *committer) canWait() bool {
	for i := range c.writing {
		if s := &c.writing[i]; s.err == nil && s.before.size+int64(len(s.records)) > s.p.writing.room {
			return false
		}
	}
	return len(c.writing) >= 2*partsForOne && c.journal.suits(c.writing)
}

// undo takes back a round that may be played. So may what was refused of it.
func (c *committer) undo(err error) {
	for i := range c.writing {
		switch s := &c.writing[i]; {
		case s.err == nil:
			s.p.writing.undo(s.before)
			s.err = err
		case s.entered:
			s.err = fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, s.err)
		}
	}
}

// sync makes one partition's part durable. When that fails nobody can tell
// what is on the disk; it is taken back.
func (s *writeStep) sync() {
	w := s.p.writing
	if len(s.records) <= fillsRound {
		w.fill()
	}
	if err := w.file.SyncData(); err != nil {
		w.shake()
		w.undo(s.before)
		s.err = fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, typed(err))
	}
}

// The buffers kept for later: few enough that a log at rest holds little.
const (
	mostSpare    = 64
	largestSpare = 256 << 10
)

// recycle keeps a buffer for later rounds. c.mu is held.
func (c *committer) recycle(b []byte) {
	if cap(b) <= largestSpare && len(c.spare) < mostSpare {
		c.spare = append(c.spare, b[:0])
	}
}

// close stores what was taken, ends the goroutine and gives up the files.
func (c *committer) close() error {
	c.end(driver.ErrClosed)
	if err := c.sure(); err != nil {
		c.log.bell.close()
		return errors.Join(err, c.abandon(), c.log.unsettled.close(false, false), c.lock.Close())
	}
	err := errors.Join(c.journal.close(), c.log.retireAll())
	c.log.bell.close()
	err = errors.Join(err, c.log.unsettled.close(c.lock.held(), err == nil && c.log.sound()))
	return errors.Join(err, c.lock.Close())
}
