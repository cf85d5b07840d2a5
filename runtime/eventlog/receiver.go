package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// maxBatch is how many deliveries, or messages of a tap, one call returns.
const maxBatch = 256

// maxRead is how many bytes one call reads before it leaves the partitions that come
// next for another: as many could be in memory otherwise as there are partitions.
const maxRead = 1 << 20

// receiver is one member of a group. It is a driver.Flusher, a driver.Pauser and
// a driver.Committer.
type receiver struct {
	log     *Log
	watcher *watcher
	done    chan struct{} // closed when the receiver is

	// Guarded by Log.sharing.
	group  *group
	topics []*topic
	due    []*cursor // what it owns and may have something to hand out, in turn

	reading []*cursor // of the running Receive
	unread  []*cursor // of reading, left for another
	room    room      // for what is read
	out     []driver.Delivery

	units sync.WaitGroup // that are being stored; none begins once done is closed

	closing once
}

// Receive returns up to 256 deliveries, taken from the partitions in turn.
// Damage in a partition is ErrCorrupt, and matches driver.ErrPartition, once all that
// could be read is handed out; the other partitions go on with the next call. It is
// told again after 100 ms, then after twice as long, at most 30 s. What was dropped
// before it could be handed out is a *DroppedError, once.
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
		err := r.fill()
		if _, dropped := errors.AsType[*DroppedError](err); dropped {
			return nil, err // it is told once: what was read is handed out with the next call
		}
		if batch := r.collect(); len(batch) > 0 {
			return batch, nil
		}
		if err != nil {
			return nil, err
		}
		if len(r.unread) > 0 {
			continue
		}
		select {
		case <-r.watcher.wake:
		case <-r.done:
		case <-ctx.Done():
		}
	}
}

// fill reads from the log what the partitions lack.
func (r *receiver) fill() error {
	have, size := r.hungry(), 0
	var errs []error
	r.unread = r.reading
	// The first is read in any case: what others have waits until it has had its turn.
	for i := 0; len(r.unread) > 0 && (i == 0 || have < maxBatch && size < maxRead); i++ {
		n, bytes, err := r.feed(r.unread[0])
		r.unread[0], have, size = nil, have+n, size+bytes
		r.unread = r.unread[1:]
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// hungry finds, in turn, the partitions to read from: enough for a batch. It returns how
// many deliveries are there without. Those that have nothing are not looked at again before
// they are due.
func (r *receiver) hungry() (have int) {
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	r.hear()
	r.reading, r.room.want = r.reading[:0], 0
	looked, kept := 0, 0
	for ; looked < len(r.due) && have < maxBatch && r.room.want < maxRead; looked++ {
		c := r.due[looked]
		bytes := 0
		if c.due, bytes = c.has(); !c.due {
			continue
		}
		r.due[kept] = c
		kept++
		have += len(c.assignment.ready) + len(c.assignment.again)
		if bytes > 0 && have < maxBatch {
			r.reading = append(r.reading, c)
			r.room.want += bytes
		}
	}
	// Those that have nothing are left out, without moving all behind them.
	copy(r.due[looked-kept:], r.due[:kept])
	clear(r.due[:looked-kept])
	r.due = r.due[looked-kept:]
	return have
}

// hear takes up what the watcher was told of. sharing is held.
func (r *receiver) hear() {
	for a, ok := r.watcher.next(); ok; a, ok = r.watcher.next() {
		if c := r.group.of(a.p); c.owner == r {
			c.want()
		}
	}
}

// want lets the owner look at the cursor. sharing is held.
func (c *cursor) want() {
	if !c.due {
		c.due = true
		c.owner.due = append(c.owner.due, c)
	}
}

// has reports whether there is something for the owner, and how many bytes that
// takes to read, or about. sharing is held.
func (c *cursor) has() (due bool, bytes int) {
	a := c.assignment
	if a.paused || c.heir != nil {
		return false, 0
	}
	if len(a.ready) == 0 && !a.resting {
		bytes = a.reader.left()
	}
	return bytes > 0 || len(a.ready)+len(a.again) > 0, bytes
}

// left returns how many bytes are read next, or about; 0 at the end.
func (r *Reader) left() int {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	return r.leftHeld()
}

// leftHeld is left. p.mu is held.
func (r *Reader) leftHeld() int {
	p := r.p
	at := int64(headerSize)
	switch n := len(p.segments); {
	case r.epoch != p.epoch: // it was truncated
		return chunkSize
	case r.next >= p.end:
		return 0
	case n > 0 && r.segment == p.segments[n-1]:
		at = r.pos
	case n > 1:
		return chunkSize
	}
	return int(min(max(1, p.size-at), chunkSize))
}

// feed reads once from a partition, without holding up others, and returns how many
// messages, and bytes.
func (r *receiver) feed(c *cursor) (n, size int, err error) {
	r.log.sharing.Lock()
	a := c.assignment
	if a == nil || c.owner != r {
		r.log.sharing.Unlock()
		return 0, 0, nil
	}
	a.busy = true
	r.log.sharing.Unlock()
	batch, err := a.read()
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	a.busy, a.ready = false, batch
	if a.over {
		a.reader.Close()
		return 0, 0, nil
	}
	if a.reader.turned && a.committing == 0 {
		c.begin(r)
		return 0, 0, nil
	}
	if a.note(err, c.alert, &r.log.sharing); err != nil {
		return 0, 0, fmt.Errorf("%w: %w", driver.ErrPartition, err)
	}
	if d := a.reader.dropped; d != nil {
		a.reader.dropped, err = nil, d
	}
	return len(batch), bytesOf(batch), err
}

// bytesOf returns how many bytes messages have.
func bytesOf(batch []*driver.Message) (size int) {
	for _, m := range batch {
		size += len(m.Key) + len(m.Value)
		for _, h := range m.Headers {
			size += len(h.Key) + len(h.Value)
		}
	}
	return size
}

// read reads what is not done yet.
func (a *assignment) read() ([]*driver.Message, error) {
	for {
		batch, err := a.reader.Read()
		if len(batch) == 0 || batch[0].Offset >= a.before.End {
			return batch, err
		}
		batch = slices.DeleteFunc(batch, func(m *driver.Message) bool { return a.before.Done(m.Offset) })
		if len(batch) > 0 || err != nil {
			return batch, err
		}
	}
}

// collect returns what is there now.
func (r *receiver) collect() []driver.Delivery {
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	clear(r.out)
	r.out = r.out[:0]
	turn := 0 // who had its turn comes last in the next batch
	for ; turn < len(r.due) && len(r.out) < maxBatch; turn++ {
		c := r.due[turn]
		if len(r.unread) > 0 && c == r.unread[0] {
			break // it is the first then
		}
		if c.heir == nil && !c.assignment.paused {
			r.out = c.handOut(r.out, maxBatch-len(r.out))
		}
	}
	if turn = min(turn, len(r.due)-1); turn > 0 {
		r.due = append(r.due[turn:], r.due[:turn]...)
	}
	return r.out
}

// handOut appends at most n deliveries, those that were given back first.
func (c *cursor) handOut(out []driver.Delivery, n int) []driver.Delivery {
	a := c.assignment
	again := min(n, len(a.again))
	fresh := min(n-again, len(a.ready))
	if a.revoked == nil {
		a.revoked = make(chan struct{})
	}
	deliveries := make([]delivery, again+fresh)
	a.mark.Expect(fresh)
	for i := range deliveries {
		var m *driver.Message
		if i < again {
			m = a.again[i]
		} else {
			m = a.ready[i-again]
			a.mark.Skip(m.Offset)
			a.mark.Deliver(m.Offset)
		}
		deliveries[i] = delivery{message: m, cursor: c, assignment: a, receiver: c.owner}
		out = append(out, &deliveries[i])
	}
	a.again = append(a.again[:0], a.again[again:]...)
	clear(a.ready[:fresh])
	a.ready = a.ready[fresh:]
	return out
}

// Pause leaves out a partition, or takes it up again.
func (r *receiver) Pause(address string, partition int32, paused bool) {
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	i := slices.IndexFunc(r.topics, func(t *topic) bool { return t.name == address })
	if i < 0 || partition < 0 || int(partition) >= len(r.topics[i].partitions) {
		return
	}
	if c := r.group.of(r.topics[i].partitions[partition]); c.owner == r {
		c.assignment.paused = paused
		c.alert.raise()
	}
}

// Flush makes all acknowledgements of the group durable.
func (r *receiver) Flush(ctx context.Context) error {
	return r.log.aside(ctx, r.group.positions.flush, nil)
}

// Close makes the acknowledgements durable and leaves the group. When ctx ends while the
// disk hangs, that goes on by itself; closing again waits for it.
func (r *receiver) Close(ctx context.Context) error { return r.closing.run(ctx, r.leave) }

// leave lets no unit begin any more, waits for those under way and leaves the group.
func (r *receiver) leave() error {
	r.log.sharing.Lock()
	close(r.done)
	r.log.sharing.Unlock()
	r.units.Wait()
	return r.group.leave(r)
}

// delivery is one attempt.
type delivery struct {
	message    *driver.Message
	cursor     *cursor
	assignment *assignment
	receiver   *receiver
	over       bool // guarded by Log.sharing
}

// Message returns the message.
func (d *delivery) Message() *driver.Message { return d.message }

// Revoked is closed when the partition went to another member, or the receiver
// was closed.
func (d *delivery) Revoked() <-chan struct{} { return d.assignment.revoked }

// Ack marks the message as done and moves the group's position when there is
// no gap before it. The position is on the disk a moment later, and durable
// within a second or with Flush.
func (d *delivery) Ack(context.Context) error {
	return d.end(func() {
		if mark := &d.assignment.mark; mark.Done(d.message.Offset) {
			d.cursor.group.positions.advance(d.cursor.at, mark.Next())
		}
	})
}

// Nack hands the message out again at once.
func (d *delivery) Nack(context.Context) error {
	return d.end(func() {
		d.assignment.again = append(d.assignment.again, d.message)
		d.cursor.alert.raise()
	})
}

// end ends the delivery in one of the two ways, unless it has ended already or
// its assignment has.
func (d *delivery) end(how func()) error {
	l := d.receiver.log
	l.sharing.Lock()
	defer l.sharing.Unlock()
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
