package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// unit is what one call of Commit stores: acknowledgements and messages.
type unit struct {
	done     []*delivery
	messages []placed
	parts    []unitPiece // what the messages are, by partition
	size     int
	result   chan error
}

// unitPiece is what a unit has for a partition: records without offsets.
type unitPiece struct {
	p       *partition
	records []byte
}

// Commit is driver.Committer. The journal makes the unit: an entry with the
// records and where the group is then is synced before any of them is written to a
// segment, so that a crash leaves all of it or nothing, and nobody has read what is
// taken back. Units that wait share a sync. This process has to be the log's writer.
//
// When ctx ends first, or the time that closing the log was given, the error matches driver.ErrUnknownOutcome and the unit is stored
// by itself. A call that is alone, with a ctx that never ends, writes, as one of Publish does, and waits for the disk.
func (r *receiver) Commit(ctx context.Context, done []driver.Delivery, publish ...*driver.Message) error {
	if err := ctx.Err(); err != nil || len(done)+len(publish) == 0 {
		return err
	}
	size, err := r.log.check(publish)
	if err == nil && size > mostUnit {
		err = fmt.Errorf("%d bytes as one, the limit is %d: %w", size, mostUnit, driver.ErrTooLarge)
	}
	if err != nil {
		return err
	}
	all, writer, err := r.log.place(ctx, nil, publish)
	if err != nil {
		return err
	}
	u := &unit{messages: all, size: size, result: make(chan error, 1)}
	if err := r.begin(u, done); err != nil {
		return err
	}
	if err := writer.commit(ctx, u); err != nil {
		return r.conclude(u, err)
	}
	select {
	case err = <-u.result:
	default:
		why := error(driver.ErrClosed)
		select {
		case err = <-u.result:
			return r.conclude(u, err)
		case <-ctx.Done():
			why = ctx.Err()
		case <-r.log.closing.left:
		}
		go r.concludeLate(u)
		return fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, why)
	}
	return r.conclude(u, err)
}

// conclude is what there is to do when a unit was stored or has failed.
func (r *receiver) conclude(u *unit, err error) error {
	defer r.units.Done()
	if err != nil {
		r.giveUp(u, !errors.Is(err, driver.ErrUnknownOutcome))
	}
	return err
}

// concludeLate is conclude for a unit of which the caller does not know what became.
func (r *receiver) concludeLate(u *unit) {
	err := <-u.result
	if err != nil {
		err = fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, err)
	}
	_ = r.conclude(u, err)
}

// begin lets the deliveries of a unit end, unless one of them has ended. Their
// assignments stay until the unit is stored.
func (r *receiver) begin(u *unit, done []driver.Delivery) error {
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	select {
	case <-r.done:
		return driver.ErrClosed
	default:
	}
	for _, d := range done {
		of, ok := d.(*delivery)
		err := driver.ErrStale
		switch {
		case !ok || of.receiver != r:
			err = fmt.Errorf("a delivery of another receiver: %w", driver.ErrInvalid)
		case !of.over && of.cursor.assignment == of.assignment:
			of.over = true
			u.done = append(u.done, of)
			continue
		}
		for _, d := range u.done {
			d.over = false
		}
		return err
	}
	for _, d := range u.done {
		d.assignment.committing++
	}
	r.units.Add(1)
	return nil
}

// giveUp undoes begin for a unit that was not stored.
func (r *receiver) giveUp(u *unit, known bool) {
	r.log.sharing.Lock()
	defer r.log.sharing.Unlock()
	for _, d := range u.done {
		d.over = !known
		d.committed()
	}
}

// committed says that a delivery of a unit is no longer being stored, and lets an
// heir have the partition that waits for it.
func (d *delivery) committed() {
	a := d.assignment
	if a.committing--; a.committing == 0 && a.late {
		d.cursor.inherit()
		return
	}
	if d.cursor.assignment == a {
		d.cursor.ended()
	}
}

// commit lets a unit be stored, and tells its result when it is durable. The messages are
// visible and the group is further then.
func (c *committer) commit(ctx context.Context, u *unit) error {
	c.mu.Lock()
	c.calls++
	for i := range u.messages {
		m := &u.messages[i]
		m.partition = m.topic.choose(m.message.Key, c.calls)
	}
	c.mu.Unlock()
	u.encode()
	c.mu.Lock()
	if c.closing {
		defer c.mu.Unlock()
		return c.gone
	}
	alone := ctx.Done() == nil && c.quiet()
	for i := range u.parts {
		alone = alone && u.parts[i].p.written
	}
	c.units = append(c.units, u)
	t := c.start(alone)
	c.mu.Unlock()
	if t != nil {
		c.write(t)
	}
	return nil
}

// encode makes records of the messages.
func (u *unit) encode() {
	at := now()
	for _, m := range u.messages {
		i := slices.IndexFunc(u.parts, func(p unitPiece) bool { return p.p == m.partition })
		if i < 0 {
			i = len(u.parts)
			u.parts = append(u.parts, unitPiece{p: m.partition})
		}
		time := at
		if !m.message.Time.IsZero() {
			time = int64(m.message.Time)
		}
		u.parts[i].records = appendRecord(u.parts[i].records, m.message, time)
	}
}

// mostUnit is how many bytes one unit has at most: its entry tells its length in 32
// bits.
const mostUnit = 1 << 30

// mostTogether is how many bytes of units are stored together, if there is more
// than one.
const mostTogether = 4 << 20

// takeUnits takes those that are stored together. c.mu is held.
func (c *committer) takeUnits() []*unit {
	n, size := 0, 0
	for n < len(c.units) && (n == 0 || size+c.units[n].size <= mostTogether) {
		size += c.units[n].size
		n++
	}
	out := slices.Clone(c.units[:n])
	c.units = slices.Delete(c.units, 0, n)
	return out
}

// unitStep is a partition's part of the units that are stored together.
type unitStep struct {
	p       *partition
	records []byte
}

// storeUnits stores units as one: all of them, or, where it is not their own
// fault, none.
func (c *committer) storeUnits(units []*unit) {
	if len(units) == 0 {
		return
	}
	err := c.writable()
	if err == nil {
		err = c.log.unsettled.beginUnits(units)
	}
	if err == nil {
		if units = c.reserve(units); len(units) == 0 {
			return
		}
	}
	var moved []*advance
	if err == nil {
		moved, err = c.journalUnits(units, c.number(units))
	}
	if err == nil {
		err = c.stillMine()
	}
	if err == nil {
		c.applyAll()
		c.advance(units, moved)
		c.journal.relieve()
	}
	for _, u := range units {
		u.result <- err
	}
}

// writable tells why nothing can be stored, nil when it can.
func (c *committer) writable() error {
	if err := c.mine(); err != nil {
		return err
	}
	if err := c.disk.refuse(); err != nil {
		return err
	}
	err := c.journal.mend()
	if err == nil {
		err = c.log.folders.mend()
	}
	c.disk.note(err, c.log.pause)
	return err
}

// reserve makes room in the partitions for units, and returns those that have it:
// the others have failed.
func (c *committer) reserve(units []*unit) []*unit {
	need, failed := map[*partition]int64{}, map[*partition]error{}
	for _, u := range units {
		for _, part := range u.parts {
			need[part.p] += int64(len(part.records))
		}
	}
	for p, n := range need {
		w, err := c.ready(p) // when it is first written
		if err == nil {
			if err = w.disk.refuse(); err == nil {
				err = w.reserve(n)
				w.disk.note(err, c.log.pause)
			}
		}
		if err != nil {
			failed[p] = err
		}
		if errors.Is(err, ErrFull) {
			_ = p.retain() // what is too old makes room
		}
	}
	return slices.DeleteFunc(units, func(u *unit) bool {
		for _, part := range u.parts {
			if err := failed[part.p]; err != nil {
				u.result <- fmt.Errorf("%s, partition %d: %w", part.p.topic.name, part.p.number, err)
				return true
			}
		}
		return false
	})
}

// reserve sees to it that n bytes can be written where the segment ends.
func (w *writing) reserve(n int64) error {
	if err := w.prepareFor(n); err != nil {
		return err
	}
	if w.size+n <= w.room {
		return nil
	}
	if err := typed(w.file.Allocate(w.room, w.size+n)); errors.Is(err, ErrFull) {
		return err
	}
	return nil
}

// number gives the records of units their offsets.
func (c *committer) number(units []*unit) []*unitStep {
	of := map[*partition]*unitStep{}
	for _, u := range units {
		for _, part := range u.parts {
			s := of[part.p]
			if s == nil {
				s = &unitStep{p: part.p}
				of[part.p] = s
				c.applying = append(c.applying, s)
			}
			s.records = append(s.records, part.records...)
		}
	}
	for _, s := range c.applying {
		number(s.records, s.p.writing.next)
	}
	return c.applying
}

// advance is what units have done in an assignment.
type advance struct {
	cursor     *cursor
	assignment *assignment
	offsets    []int64
	serial     uint64
}

// journalUnits makes units durable: from then on they have happened.
func (c *committer) journalUnits(units []*unit, steps []*unitStep) ([]*advance, error) {
	moved, standings, err := c.standings(units)
	if err == nil {
		err = c.journal.open()
	}
	if err == nil {
		err = c.journal.put(c.journal.appendUnits(c.journal.buffer[:0], standings, steps))
	}
	if err != nil {
		c.applying = nil
		return nil, err
	}
	for _, s := range steps {
		c.journal.covers(s.p)
	}
	for _, m := range moved {
		c.journal.moved[m.cursor.group.positions] = struct{}{}
	}
	return moved, nil
}

// standings returns where groups are when the units have happened.
func (c *committer) standings(units []*unit) (moved []*advance, b []byte, err error) {
	of := map[*assignment]*advance{}
	c.log.sharing.Lock()
	defer c.log.sharing.Unlock()
	for _, u := range units {
		for _, d := range u.done {
			m := of[d.assignment]
			if m == nil {
				m = &advance{cursor: d.cursor, assignment: d.assignment, serial: d.cursor.group.positions.next()}
				of[d.assignment] = m
				moved = append(moved, m)
			}
			m.offsets = append(m.offsets, d.message.Offset)
		}
	}
	for _, m := range moved {
		slices.Sort(m.offsets)
		positions := m.cursor.group.positions
		at := positions.get(m.cursor.at)
		p := m.assignment.mark.Progress(at.Progress)
		p.Open = slices.DeleteFunc(p.Open, func(o int64) bool {
			_, done := slices.BinarySearch(m.offsets, o)
			return done
		})
		b = appendStanding(b, positions.group(), m.cursor.spot(), standing{p, m.serial, at.epoch})
	}
	if len(b) > mostStandings {
		err = fmt.Errorf("what is done takes %d bytes: %w", len(b), driver.ErrTooLarge)
	}
	return moved, b, err
}

// applyAll writes what units have to the segments, and makes it visible. The units
// have happened: when that fails nothing else is written until it succeeds, or the
// journal is played.
func (c *committer) applyAll() {
	defer c.log.bell.ring()
	for len(c.applying) > 0 {
		w, records := c.applying[0].p.writing, c.applying[0].records
		if err := w.put(records); err != nil {
			c.journal.waits = fmt.Errorf("what was stored before waits to be written: %w", err)
			return
		}
		c.applying[0] = nil
		c.applying = c.applying[1:]
		w.shown(records)
	}
	c.applying = nil
}

// applyLate is applyAll for what could not be written before.
func (c *committer) applyLate() {
	if len(c.applying) > 0 && c.mine() == nil && c.disk.refuse() == nil {
		c.journal.waits = nil
		c.applyAll()
	}
}

// shown makes what was stored visible, and looks at retention when a segment was
// begun.
func (w *writing) shown(records []byte) {
	_ = w.setMark(!w.durable()) // a mark that stays behind makes readers elsewhere wait
	w.advance(records)
	w.retainRolled()
}

// retainRolled looks at retention when a segment was begun.
func (w *writing) retainRolled() {
	if w.rolled {
		w.rolled = false
		_ = w.p.retain() // tried again with the next segment
	}
}

// advance lets the deliveries of units end, and moves their groups.
func (c *committer) advance(units []*unit, moved []*advance) {
	c.log.sharing.Lock()
	defer c.log.sharing.Unlock()
	for _, u := range units {
		for _, d := range u.done {
			d.assignment.mark.Done(d.message.Offset)
		}
	}
	for _, m := range moved {
		m.cursor.group.positions.include(m.cursor.at, m.assignment.mark.Progress, m.serial)
	}
	for _, u := range units {
		for _, d := range u.done {
			d.committed()
		}
	}
}
