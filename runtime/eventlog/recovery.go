package eventlog

import (
	"bytes"
	"errors"
	"math"
	"os"
)

// Recovery tells what a writer found at the end of a partition when it opened
// it, and what it did.
type Recovery struct {
	Address   string
	Partition int32
	// Path is the file of the last segment, Position the byte at which its
	// whole records end.
	Path     string
	Position int64
	// Dropped is how many bytes of records that were never acknowledged were
	// cut off.
	Dropped int64
	// Next is the offset with which the partition goes on.
	Next int64
	// Damage is what is wrong when the end is no torn write: bytes that were
	// acknowledged. Nothing was cut off then; the partition goes on in a new
	// segment, and readers are told when they come to the place.
	Damage *CorruptError
}

// recover finds the end of the last segment.
func (w *writing) recover(m mark, marked bool) error {
	n := len(w.segments)
	if w.base = 0; n == 0 {
		return w.recoverEmpty(m)
	}
	last := w.segments[n-1]
	w.base = last.base
	f, err := w.p.log.open(last.path, os.O_RDWR)
	if err != nil {
		return err
	}
	if err := last.check(f); err != nil {
		_ = f.Close()
		return w.recoverHeadless(last, m, err)
	}
	x := w.trusted(last, f, m, marked)
	last.mu.Lock()
	last.file, last.users, last.index, last.active, last.info, last.known = f, 1, x, true, nil, nil
	last.mu.Unlock()
	w.active, w.file = last, f
	r, err := w.scanEnd(m, marked)
	if err != nil {
		return err
	}
	if r.Damage != nil || last.sparse() {
		return w.abandon(r)
	}
	promised := int64(0)
	if marked && !m.unsynced && m.base == last.base {
		promised = m.size
	}
	return w.cut(r, promised)
}

// trusted returns the index that was left for the last segment, if all that it
// tells of is known to be durable: only what lies behind has to be read then.
// Else it is made anew.
func (w *writing) trusted(last *segment, f file, m mark, marked bool) *index {
	path := indexPath(last.path)
	b, err := readFile(path, mostIndex)
	if errors.Is(err, os.ErrNotExist) {
		return newIndex(last.base, earlierOf(w.segments[:len(w.segments)-1]))
	}
	var x *index
	if err == nil {
		x = parseIndex(b, last.base)
	}
	size, err := f.Size()
	if x != nil && err == nil && marked && !m.unsynced && m.base == last.base && x.end <= min(m.size, size) &&
		(x.end == m.size) == (x.next == m.next) && x.next <= m.next {
		w.saved = x.end
		return x
	}
	_ = os.Remove(path)
	return newIndex(last.base, earlierOf(w.segments[:len(w.segments)-1]))
}

// earlierOf bounds the times of segments.
func earlierOf(segments []*segment) int64 {
	if len(segments) == 0 {
		return math.MinInt64
	}
	return segments[len(segments)-1].after()
}

// recoverEmpty is recover for a partition without segments. A mark says where
// it goes on when all its segments were dropped.
func (w *writing) recoverEmpty(m mark) error {
	if m.unsynced {
		w.next = m.base
		return nil
	}
	w.next = m.next
	if m.size > headerSize && w.p.log.options.OnRecover != nil {
		w.report(Recovery{Path: w.p.dir, Next: m.next, Damage: &CorruptError{Path: w.p.dir, Offset: m.base,
			Reason: "the segments are missing"}})
	}
	return nil
}

// recoverHeadless is recover for a last segment whose header is no header: one
// that a crash kept from being made, unless the mark says that it had records.
func (w *writing) recoverHeadless(last *segment, m mark, cause error) error {
	var damage *CorruptError
	if !errors.As(cause, &damage) {
		return cause
	}
	if m.base == last.base && m.size > headerSize && !m.unsynced {
		w.next = m.next
		w.report(Recovery{Path: last.path, Next: m.next, Damage: damage})
		return unlessFull(w.goOn())
	}
	if err := os.Remove(last.path); err != nil {
		return err
	}
	if w.segments = w.segments[:len(w.segments)-1]; len(w.segments) > 0 {
		w.own()
	}
	w.report(Recovery{Path: last.path, Next: last.base})
	if m.unsynced { // and what it says went with the segment
		m.base = last.base
	}
	return w.recover(m, true)
}

// own has the last segment be one that nobody reads yet.
func (w *writing) own() {
	last := &w.segments[len(w.segments)-1]
	*last = w.p.log.segment((*last).path, (*last).base)
	(*last).of = w.p
}

// scanEnd reads the last segment and finds out where it ends, and why.
func (w *writing) scanEnd(m mark, marked bool) (Recovery, error) {
	s := w.active
	size, err := w.file.Size()
	if err != nil {
		return Recovery{}, err
	}
	w.room = size
	pos, next, state, err := scan(w.file, s.index.end, size, s.index.next, s.sparse(), func(pos int64, fr frame, _ []byte) bool {
		s.index.add(pos, fr.offset, int64(fr.size), fr.time)
		return true
	})
	r := Recovery{Path: s.path, Position: pos, Next: max(next, s.head.end)}
	if err != nil {
		return r, err
	}
	if state != frameEnd {
		r.Dropped = size - pos
	}
	if promised := marked && !m.unsynced && (m.base == s.base && m.size > pos || m.base > s.base); promised {
		r.Next = max(m.next, next)
		r.Damage = &CorruptError{Path: s.path, Position: pos, Offset: next, Reason: "acknowledged records are damaged or missing"}
		r.Dropped = 0
	}
	w.size, w.next = pos, r.Next
	return r, nil
}

// cut drops what lies behind the last whole record, and makes what is kept
// durable, unless the mark has promised that it is: from now on it counts as
// acknowledged. It is written again before: that the process which wrote it was told
// of a failed sync nobody knows any more, and a sync tells of a failure once.
func (w *writing) cut(r Recovery, promised int64) error {
	known := promised == w.size
	if w.room > w.size && !w.keepsRoom() {
		if err := w.file.Truncate(w.size); err != nil {
			return typed(err)
		}
		w.room = w.size
	}
	if w.durable() && !known {
		w.unsure, w.from = true, promised
		if err := unlessFull(w.mend()); err != nil {
			return err
		}
	}
	if r.Dropped > 0 {
		w.report(r)
	}
	return unlessFull(w.leaveMark(w.unsure || !w.durable() && !known))
}

// How much room is looked at, and how much of it at once.
const (
	mostKept   = 4 * firstRoom
	roomAtOnce = 16 << 10
)

// keepsRoom tells whether what lies behind the records is nothing but room that a killed writer has left,
// which is of use as it is: cutting it off and taking it anew has the file system give it back
// first. Whatever else lies there might one day be taken for records. It is taken again
// in case that this is a copy of the file, in which zeros have no room.
func (w *writing) keepsRoom() bool {
	if w.room-w.size > mostKept {
		return false
	}
	b := make([]byte, min(w.room-w.size, roomAtOnce))
	for at := w.size; at < w.room; at += int64(len(b)) {
		var err error
		if b, err = readFull(w.file, b[:min(int64(len(b)), w.room-at)], at); err != nil || len(b) == 0 || !bytes.Equal(b, noBytes[:len(b)]) {
			return false
		}
	}
	return w.file.Allocate(w.size, w.room) == nil
}

// abandon leaves the last segment as it is and goes on in a new one: with the
// next message when there is no room for it now.
func (w *writing) abandon(r Recovery) error {
	size := w.room
	w.room = w.size // so that nothing is cut off
	if r.Damage != nil {
		w.report(r)
	}
	err := w.goOn()
	if errors.Is(err, ErrFull) {
		w.seal()
		w.size, w.room = size, size // readers see all that is there
	}
	return unlessFull(err)
}

// goOn begins a new segment.
func (w *writing) goOn() (err error) {
	w.segments, err = w.roll(w.segments)
	return err
}

// unlessFull returns an error that is no want of room, for what can be done
// without or later.
func unlessFull(err error) error {
	if errors.Is(err, ErrFull) {
		return nil
	}
	return err
}

func (w *writing) report(r Recovery) {
	if tell := w.p.log.options.OnRecover; tell != nil {
		r.Address, r.Partition = w.p.topic.name, w.p.number
		w.p.log.telling.Lock()
		defer w.p.log.telling.Unlock()
		tell(r)
	}
}
