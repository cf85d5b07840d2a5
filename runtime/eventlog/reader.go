package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Reader reads one partition in order. One goroutine may use it at a time. It
// hands out what is durable and nothing else, and stops at damage.
type Reader struct {
	p       *partition
	next    int64    // offset to hand out next, at least
	segment *segment // acquired; nil before the first read
	file    file
	pos     int64 // where the next record is read
	expect  int64 // the offset that has to lie there
	epoch   uint32
	turned  bool          // it went back to where the partition was truncated
	begin   place         // of what was to come, where it began at the end
	alert   *alert        // of its own watcher, once it waits
	dropped *DroppedError // what was dropped before it was read, last
	room    *room         // of who reads many partitions, else nil
}

// Reader returns a reader that begins at an offset: with the oldest message
// kept when that is gone. It knows what was stored until then; of what another process stores
// later it learns while Wait is used. Close it. ErrNotFound says that there is no such
// topic or partition.
func (l *Log) Reader(topic string, partition int, offset int64) (*Reader, error) {
	p, err := l.partition(topic, partition)
	if err == nil {
		err = p.look(nil)
	}
	if err != nil {
		return nil, err
	}
	return p.reader(offset), nil
}

// partition returns a partition that can be read.
func (l *Log) partition(name string, number int) (*partition, error) {
	t, err := l.existing(name)
	if err != nil {
		return nil, err
	}
	if number < 0 || number >= len(t.partitions) {
		return nil, fmt.Errorf("topic %q has %d partitions, not one of number %d: %w", name, len(t.partitions), number, driver.ErrNotFound)
	}
	p := t.partitions[number]
	return p, p.load()
}

// reader returns a reader that begins at an offset.
func (p *partition) reader(offset int64) *Reader {
	r := new(Reader)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readHeld(r, offset)
	return r
}

// readHeld is reader for one that is made. p.mu is held.
func (p *partition) readHeld(r *Reader, offset int64) {
	r.p, r.next, r.epoch = p, offset, p.epoch
	if offset == p.end {
		r.begin = place{offset: offset, position: p.size}
	}
}

// Next returns the offset of the message that is read next, if it is kept.
func (r *Reader) Next() int64 { return r.next }

// Close gives up what the reader holds.
func (r *Reader) Close() {
	r.leave()
	if r.alert != nil {
		r.p.unwatch(r.alert)
		r.p.log.unfollow(r.p)
		r.alert = nil
	}
}

// leave closes the segment.
func (r *Reader) leave() {
	if r.segment != nil {
		r.segment.release()
		r.segment, r.file = nil, nil
	}
}

// Read returns messages that are there now, oldest first; none at the end.
// They are valid for good. Damage is a *CorruptError, again with each call:
// Skip goes past it.
func (r *Reader) Read() ([]*driver.Message, error) {
	for {
		v, ok, err := r.p.view(r.next)
		if err == nil && r.turnBack(v) {
			continue
		}
		if err == nil && ok {
			err = r.enter(v)
		}
		if errors.Is(err, fs.ErrNotExist) && r.p.vanished(v.segment) {
			continue
		}
		if err != nil || !ok {
			return nil, err
		}
		out, err := r.chunk(v)
		if err != nil || len(out) > 0 {
			return out, err
		}
		if v.last && r.next >= v.next {
			return nil, nil
		}
	}
}

// turnBack goes back to where the partition was truncated, if it was: what comes
// there now is something else than what was read. It reports whether it did.
func (r *Reader) turnBack(v view) bool {
	if v.epoch == r.epoch {
		return false
	}
	r.leave()
	r.epoch, r.next, r.begin, r.turned = v.epoch, min(r.next, v.cut), place{}, true
	return true
}

// vanished looks at the directory again after a segment's file was gone: it was
// dropped or compacted, perhaps by another process. It reports whether there are
// other files now.
func (p *partition) vanished(s *segment) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing != nil {
		return !slices.Contains(p.segments, s)
	}
	before := slices.Clone(p.segments)
	m, ok := p.readMark()
	return p.reload(m, ok) == nil && !slices.Equal(before, p.segments)
}

// enter opens the segment of a view and finds the place to read from.
func (r *Reader) enter(v view) error {
	if r.next < v.start {
		r.dropped = &DroppedError{Address: r.p.topic.name, Partition: r.p.number, From: r.next, To: v.start - 1}
		r.next = v.start
	}
	if r.segment == v.segment {
		return nil
	}
	r.leave()
	f, err := v.segment.acquire()
	if err != nil {
		return err
	}
	r.segment, r.file = v.segment, f
	if r.next <= v.segment.base {
		r.pos, r.expect = headerSize, v.segment.base
		return nil
	}
	at, there := r.begin, false
	if v.last && at.offset == r.next {
		there, err = r.lies(at, v.limit)
	}
	if err == nil && !there {
		at, err = r.lookUp(v, byOffset(r.next))
	}
	r.pos, r.expect = at.position, at.offset
	return err
}

// lookUp finds a place in the index and makes sure that a record with that
// offset lies there; if not it is the beginning of the segment.
func (r *Reader) lookUp(v view, is beyond) (place, error) {
	first := place{offset: v.segment.base, position: headerSize, before: math.MinInt64}
	at, err := v.segment.seek(v.limit, is)
	if err != nil || at.position == headerSize {
		return first, err
	}
	if there, err := r.lies(at, v.limit); err != nil || !there {
		return first, err
	}
	return at, nil
}

// lies tells whether the record with that offset lies at a place.
func (r *Reader) lies(at place, limit int64) (bool, error) {
	if at.position >= limit {
		return false, nil
	}
	b, err := r.recordAt(at.position, limit)
	if err != nil {
		return false, err
	}
	fr, state := readFrame(b)
	return state == frameGood && fr.offset == at.offset, nil
}

// recordAt reads the bytes of the record at a position, as far as it has any.
func (r *Reader) recordAt(pos, limit int64) ([]byte, error) {
	b, err := r.bytes(make([]byte, min(frameSize, limit-pos)), pos)
	if err != nil || len(b) < frameSize {
		return b, err
	}
	size := int64(readFrameSize(b))
	if ok, err := worthReading(r.file, pos, int(size)); err != nil || !ok {
		return b, err
	}
	return r.bytes(make([]byte, min(size, limit-pos)), pos)
}

// bytes reads what lies at a position into b, fewer only at the end of the file. What was just stored is
// in memory.
func (r *Reader) bytes(b []byte, pos int64) ([]byte, error) {
	if r.p.log.recent.read(r.segment, b, pos) {
		return b, nil
	}
	return readFull(r.file, b, pos)
}

// chunk reads records from where the reader is. None and no error say that the
// segment, or what may be read of it, is at its end.
func (r *Reader) chunk(v view) ([]*driver.Message, error) {
	n := int(max(0, min(chunkSize, v.limit-r.pos)))
	space := r.room
	if space == nil || n > mostShared {
		space = new(room)
	}
	b, err := r.bytes(space.take(n), r.pos)
	if err != nil {
		return nil, err
	}
	fr, state := readFrame(b)
	if state == frameShort && r.pos+int64(fr.size) <= v.limit {
		ok, err := worthReading(r.file, r.pos, fr.size)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, r.damaged("the record is damaged")
		}
		if b, err = r.bytes(make([]byte, fr.size), r.pos); err != nil {
			return nil, err
		}
		_, state = readFrame(b)
	}
	switch state {
	case frameShort, frameBad:
		return nil, r.damaged("the record is damaged")
	case frameEnd:
		return nil, r.atEnd(v)
	}
	return r.messages(b, space)
}

// atEnd is at the end of a segment's records: nothing may be missing.
func (r *Reader) atEnd(v view) error {
	if r.expect < v.next && !r.segment.sparse() {
		return r.damaged(fmt.Sprintf("records up to offset %d are missing", v.next-1))
	}
	r.next, r.expect = max(r.next, v.next), max(r.expect, v.next)
	return nil
}

// damaged says that the place where the reader is is damaged.
func (r *Reader) damaged(reason string) error {
	return &CorruptError{Path: r.segment.path, Position: r.pos, Offset: r.expect, Reason: reason}
}

// messages decodes the whole records of b; those before the offset that is
// wanted are passed over.
func (r *Reader) messages(b []byte, space *room) ([]*driver.Message, error) {
	var out []*driver.Message
	for {
		fr, state := readFrame(b)
		if state == frameGood && !follows(fr.offset, r.expect, r.segment.sparse()) {
			state = frameBad
		}
		if state != frameGood {
			if len(out) == 0 && state == frameBad {
				return nil, r.damaged("the record has the wrong offset")
			}
			return out, nil
		}
		if fr.offset >= r.next {
			left := len(b) / fr.size // if they are of one size
			if out == nil {
				out = make([]*driver.Message, 0, left)
			}
			m := space.message(left, fr.size)
			if !decodeRecord(b[:fr.size:fr.size], m) {
				if len(out) > 0 {
					return out, nil
				}
				return nil, r.damaged("the record makes no sense")
			}
			m.Address, m.Partition = r.p.topic.name, r.p.number
			out = append(out, m)
			r.next = fr.offset + 1
		}
		r.pos, r.expect, b = r.pos+int64(fr.size), fr.offset+1, b[fr.size:]
	}
}

// Wait returns when there may be more to read, or ctx ends.
func (r *Reader) Wait(ctx context.Context) error {
	if r.alert == nil {
		r.alert = r.p.watch(newWatcher())
		r.p.log.follow(r.p)
		return ctx.Err()
	}
	select {
	case <-r.alert.of.wake:
		return nil
	case <-r.p.log.done:
		return driver.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Skip goes past damage, to the next whole record behind the place where Read
// stopped, and returns the offsets it passed over: from the first to the one
// before the second.
func (r *Reader) Skip() (from, to int64, err error) {
	from = r.next
	v, ok, err := r.p.view(r.next)
	if err != nil || !ok {
		return from, from, err
	}
	if r.segment != v.segment || r.file == nil {
		if err := r.enter(v); err != nil {
			r.leave()
			r.next = v.next
			return from, v.next, nil
		}
	}
	to, found, err := r.resume(v)
	if err == nil && !found {
		r.leave()
	}
	return from, to, err
}

// resume goes on, in the segment that is open, with the next whole record
// behind the place where the reader is, or behind the segment. Bytes that were
// made to look like many records are given up.
func (r *Reader) resume(v view) (to int64, found bool, err error) {
	budget := mostTried*max(0, v.limit-r.pos) + mostTried*chunkSize
	buffer := make([]byte, 2*chunkSize)
	for pos := r.pos + 1; pos < v.limit; pos += chunkSize {
		b, err := readFull(r.file, buffer[:min(2*chunkSize, v.limit-pos)], pos)
		if err != nil {
			return r.next, false, err
		}
		if len(b) == 0 {
			break // the file is shorter than was said
		}
		for i := pastZeros(b, 0); i < min(len(b), chunkSize); i = pastZeros(b, i+1) {
			if fr, ok := r.whole(b[i:], pos+int64(i), v, &budget); ok {
				r.pos, r.expect, r.next = pos+int64(i), fr.offset, fr.offset
				return fr.offset, true, nil
			}
		}
	}
	r.next = v.next
	return v.next, false, nil
}

// zeros is what large parts of a file may be.
var zeros [4096]byte

// pastZeros returns where a record can begin at or behind i: its length is not
// zero.
func pastZeros(b []byte, i int) int {
	for i+len(zeros) <= len(b) && bytes.Equal(b[i:i+len(zeros)], zeros[:]) {
		i += len(zeros) - 3
	}
	return i
}

// mostTried is how often a byte is looked at, on average, in search of a record.
const mostTried = 16

// whole tells whether a record that may come here lies at pos; b are bytes
// from there on. What is read takes from the budget.
func (r *Reader) whole(b []byte, pos int64, v view, budget *int64) (frame, bool) {
	if len(b) < frameSize+fixedSize || *budget < 0 {
		return frame{}, false
	}
	if o := readHead(b).offset; o < r.expect || o >= v.next {
		return frame{}, false
	}
	fr, state := readFrame(b)
	if pos+int64(fr.size) <= v.limit {
		*budget -= int64(fr.size)
	}
	if state == frameShort && fr.size > len(b) && pos+int64(fr.size) <= v.limit && fr.size > chunkSize {
		b, err := r.recordAt(pos, v.limit)
		if err != nil {
			return fr, false
		}
		fr, state = readFrame(b)
	}
	return fr, state == frameGood
}

// Bounds returns the oldest offset that a partition keeps and the one behind
// its last message. ErrNotFound says that there is no such topic or partition.
func (l *Log) Bounds(topic string, partition int) (start, end int64, err error) {
	p, err := l.partition(topic, partition)
	if err != nil {
		return 0, 0, err
	}
	if err := p.look(nil); err != nil {
		return 0, 0, err
	}
	start, end = p.bounds()
	return start, end, nil
}
