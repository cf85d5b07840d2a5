package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The steps in which room on the disk is taken for a segment that grows.
const (
	firstRoom = 64 << 10
	mostRoom  = 8 << 20
)

// writing is the end of a partition that this Log writes. It belongs to whoever has
// the committer's turn once it is made.
type writing struct {
	p        *partition
	segments []*segment // what there is, until the partition has them
	active   *segment   // acquired; nil until there is something to write
	base     int64      // the offset that the last segment begins with
	file     file
	size     int64  // where the next record goes
	room     int64  // bytes that the file has on the disk
	filled   int64  // up to where zeros were written into them; see fill
	next     int64  // offset of the next record
	torn     bool   // bytes behind size have to be cut off before anything else
	marked   bool   // its mark says what last does
	there    bool   // it has a mark, which may say less
	last     mark   // what was written as its mark
	scratch  []byte // its bytes
	saved    int64  // up to where the index's file tells of the active segment
	rolled   bool   // a new segment was begun since retention was looked at
	unsynced bool   // the journal has what the file may lose
	unsure   bool   // what lies behind from was found, and is not known to be durable
	from     int64
	disk     broken
	pulled   bool // no group is beyond the end
	doubt    bool // a sync failed: what was not synced before has to be written again first
}

// prepare makes the partition ready to be written: it finds its end, and cuts
// off what a crash left half written. Whoever has the turn calls it, if anybody can have it: where
// segments are synced at the same time, one sync may fail and the other one hide it.
func (p *partition) prepare() (*writing, error) {
	if err := p.play(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	w, known, err := p.writing, p.segments, error(nil)
	if w == nil && p.cutting != nil {
		err = p.finishCut()
	}
	p.mu.Unlock()
	if w != nil || err != nil {
		return w, err
	}
	if w, err = p.takeOver(known); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.install(w)
	return w, nil
}

// takeOver finds the end of a partition for which the journal has nothing. What is known of its segments stays so. Who
// reads it waits for nothing of this: a disk may hang.
func (p *partition) takeOver(known []*segment) (*writing, error) {
	if err := p.log.unsettled.begin(p); err != nil {
		return nil, err
	}
	live, rest, err := p.list()
	if err != nil {
		return nil, err
	}
	if err := p.tidy(rest); err != nil {
		return nil, err
	}
	m, marked := p.readMark()
	if !marked {
		if err := unlessFull(p.topic.settle(p.log)); err != nil { // tried again before anything is stored
			return nil, err
		}
	}
	// The last segment is one that nobody reads yet: its file becomes the
	// writer's, and readers turn to it.
	keep(known, live[:max(0, len(live)-1)])
	w := &writing{p: p, last: m, marked: marked, there: marked, segments: live}
	if err := w.recover(m, marked); err != nil {
		p.again()
		w.torn = true // so that nothing is cut off: where it ends is not known
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// install has a partition written. p.mu is held.
func (p *partition) install(w *writing) {
	p.segments, w.segments = w.segments, nil
	p.writing, p.loaded, p.listed = w, true, true
	p.advance(w.now())
}

// prepared tells whether the partition is ready to be written.
func (p *partition) prepared() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writing != nil
}

// tidy deletes what a compaction has replaced, or was making, and a crash kept.
// None is under way: it has a partition prepared before.
func (p *partition) tidy(rest []string) error {
	for _, path := range rest {
		if err := removeSegment(path); err != nil {
			return err
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return os.RemoveAll(filepath.Join(p.dir, compactingFile))
}

// tidyUp is tidy behind a compaction that has failed. Whoever has the turn calls it.
func (p *partition) tidyUp() error {
	_, rest, err := p.list()
	if err == nil && len(rest) > 0 {
		err = p.log.folders.mend() // that they were replaced is durable then
	}
	if err != nil {
		return err
	}
	return p.tidy(rest)
}

// now is the mark of what was written.
func (w *writing) now() mark {
	m := w.last
	m.base, m.size, m.next = w.base, w.size, w.next
	return m
}

// durable tells whether records are to be synced.
func (w *writing) durable() bool { return w.p.log.options.Sync == Always }

// leaveMark writes down how much is stored, and whether it is durable, and tells
// others of it.
func (w *writing) leaveMark(unsynced bool) error {
	defer w.p.log.bell.ring()
	return w.setMark(unsynced)
}

// setMark is leaveMark for who tells of many partitions together.
func (w *writing) setMark(unsynced bool) error {
	if !w.remark(unsynced) {
		return nil
	}
	return w.putMark()
}

// remark sets what the mark is to say, and tells whether it has to be written for that.
func (w *writing) remark(unsynced bool) bool {
	m := w.now()
	m.unsynced = unsynced
	if m == w.last && w.marked {
		return false
	}
	w.last, w.marked = m, false
	return true
}

// putMark writes the mark.
func (w *writing) putMark() error {
	w.scratch = w.last.bytes(w.scratch[:0])
	err := w.p.writeMark(w.scratch, false)
	w.marked = err == nil
	w.there = w.there || w.marked
	return err
}

// roll begins a new segment, behind those that there are, and seals the last.
func (w *writing) roll(segments []*segment) (all []*segment, err error) {
	path := filepath.Join(w.p.dir, segmentName(w.next))
	if w.active != nil && w.active.base == w.next {
		return segments, fmt.Errorf("%s: a segment without records is to be replaced", path)
	}
	earlier := earlierOf(segments)
	if w.active != nil {
		earlier = w.active.index.after()
	}
	s, err := w.p.log.createSegment(path, w.next, earlier, w.durable())
	if err != nil {
		return segments, err
	}
	if w.durable() {
		if err := w.p.log.folders.settle(w.p.dir); err != nil {
			s.release()
			return segments, errors.Join(typed(err), os.Remove(path))
		}
	}
	if w.active != nil {
		w.seal()
	}
	s.of = w.p
	w.base = s.base
	w.active, w.file, w.size, w.room, w.saved, w.torn = s, s.file, headerSize, headerSize, headerSize, false
	w.filled = headerSize
	w.rolled, w.doubt = true, false
	return append(segments[:len(segments):len(segments)], s), nil
}

// seal ends the active segment: what room it has not used is given back, and
// its index is written. Neither is needed to read it.
func (w *writing) seal() {
	if w.room > w.size && !w.torn {
		_ = w.file.Truncate(w.size)
	}
	s := w.active
	saved := w.saveIndex() == nil
	s.mu.Lock()
	s.active, s.known = false, &times{s.index.latest, s.index.earlier}
	if saved {
		s.index = nil // whoever needs it reads it
	}
	s.mu.Unlock()
	if !saved {
		s.indexes.use(s)
	}
	s.release()
	w.active, w.file = nil, nil
}

// indexAfter is how many bytes of records an index's file may leave out: that
// much is read after a crash.
const indexAfter = 4 << 20

// indexWorth is how many bytes are sooner read again than told of by a file.
const indexWorth = 128 << 10

// saveIndex writes the active segment's index.
func (w *writing) saveIndex() error {
	s := w.active
	s.mu.Lock()
	defer s.mu.Unlock()
	w.saved = w.size // not tried again at once when it fails
	return s.index.save(indexPath(s.path), s.base)
}

// put writes records, which have their offsets, to the end of the partition, without syncing. When it
// fails nothing is kept of them.
func (w *writing) put(b []byte) error {
	if err := w.prepareFor(int64(len(b))); err != nil {
		return err
	}
	return w.extend(b)
}

// prepareFor sees to it that n bytes can be put.
func (w *writing) prepareFor(n int64) error {
	if err := w.mend(); err != nil {
		return err
	}
	return w.makeRoom(n)
}

// extend is put where that was prepared. Other partitions may be written at the same time.
func (w *writing) extend(b []byte) error {
	if _, err := w.file.WriteAt(b, w.size); err != nil {
		w.torn = true
		return errors.Join(typed(err), w.mend())
	}
	w.active.mu.Lock()
	for pos := w.size; len(b) > 0; {
		fr := readHead(b)
		w.active.index.add(pos, fr.offset, int64(fr.size), fr.time)
		w.next, pos, b = fr.offset+1, pos+int64(fr.size), b[fr.size:]
	}
	w.size = w.active.index.end
	w.active.mu.Unlock()
	return nil
}

// mend cuts off what a failed write may have left, so that it is never taken
// for a record, and makes durable what was found and is not known to be.
func (w *writing) mend() error {
	if w.torn {
		if err := w.file.Truncate(w.size); err != nil {
			return typed(err)
		}
		w.torn, w.room = false, w.size
	}
	if w.unsure {
		if err := again(w.file, w.from, w.size); err != nil {
			return err
		}
		if err := w.file.SyncData(); err != nil {
			w.shake()
			return typed(err)
		}
		if err := w.p.log.folders.again(w.p.dir); err != nil {
			return err
		}
		w.unsure = false
	}
	return nil
}

// makeRoom sees to it that n bytes can be written.
func (w *writing) makeRoom(n int64) error {
	if w.active == nil || w.size+n > w.p.log.options.SegmentBytes && w.next > w.active.base {
		if c := w.p.log.writer; !c.lock.held() {
			return c.taken() // a file of that name would be another writer's
		}
		if err := w.settle(); err != nil {
			return err
		}
		segments, err := w.roll(w.p.segments) // which nobody else changes
		if err != nil {
			return err
		}
		w.p.mu.Lock()
		w.p.segments = segments
		w.p.mu.Unlock()
	}
	if !w.there { // without a mark all that is written is read
		if err := w.leaveMark(w.last.unsynced); err != nil {
			return err
		}
	}
	if w.size-w.saved >= indexAfter {
		_ = w.saveIndex()
	}
	if w.size+n <= w.room {
		return nil
	}
	step := min(max(w.size, firstRoom), mostRoom)
	room := max(min(w.size+n+step, w.p.log.options.SegmentBytes), w.size+n)
	if err := w.file.Allocate(w.room, room); err == nil {
		w.room = room
	} else if size, err := w.file.Size(); err == nil {
		w.room = size // a write may do with less
	}
	return nil
}

// The bytes that are filled ahead, and of a round that is worth it: one that has more is
// long in being written anyway.
const (
	fillAhead  = 64 << 10
	fillsRound = 16 << 10
)

// fill writes zeros where the next records will be, if that was not done. Room that was
// taken and never written costs a sync more: the file system has to note that it is used,
// for each record anew. Where the system cannot take room the file grows by the zeros.
// An error is left to the write of the records.
func (w *writing) fill() {
	end := min(w.size+fillAhead, w.room)
	if w.size < w.filled || end <= w.size {
		return
	}
	w.filled = end
	if _, err := w.file.WriteAt(noBytes[:end-w.size], w.size); err != nil {
		w.filled = w.room
	}
}

// noBytes is what fill writes.
var noBytes [fillAhead]byte

// settle makes the active segment durable before another follows it, so that a
// power cut leaves no gap between segments.
func (w *writing) settle() error {
	switch {
	case w.active == nil:
		return nil
	case !w.durable():
		return w.syncAll()
	case w.unsynced && w.doubt:
		if err := w.p.log.writer.journal.rewrite(); err != nil {
			return err
		}
	}
	return w.syncFile()
}

// syncFile makes what the journal has durable in the segment's own file.
func (w *writing) syncFile() error {
	if !w.unsynced {
		return nil
	}
	if err := w.file.SyncData(); err != nil {
		w.shake()
		return typed(err)
	}
	w.unsynced = false
	return nil
}

// shake notes that a sync has failed: of what was not synced before nobody knows
// whether another sync would make it durable.
func (w *writing) shake() {
	w.doubt = true
	w.p.log.shake()
}

// syncAll makes all of the active segment durable. When that has failed before, all
// of it is written again: no journal has it.
func (w *writing) syncAll() error {
	if w.doubt {
		if err := again(w.file, 0, w.size); err != nil {
			return err
		}
	}
	if err := w.file.SyncData(); err != nil {
		w.shake()
		return typed(err)
	}
	w.doubt = false
	return nil
}

// undo takes back records that were put and could not be synced. Their bytes
// are cut off and never trusted to another sync, which may succeed without
// writing what the system has given up on.
func (w *writing) undo(to mark) {
	w.torn = true
	w.size, w.next = to.size, to.next
	w.active.mu.Lock()
	w.active.index.cut(to.next, to.size)
	w.active.mu.Unlock()
}

// finish leaves the partition so that it is opened again without reading it:
// with an index, and a mark which says that all of it is durable.
func (w *writing) finish() error {
	if w.active == nil || w.torn {
		return nil
	}
	if w.last.unsynced {
		if err := w.mend(); err != nil {
			return unlessFull(err)
		}
		if err := w.syncAll(); err != nil {
			return err
		}
		if err := unlessFull(w.leaveMark(false)); err != nil {
			return err
		}
	}
	if w.size-w.saved >= indexWorth {
		_ = w.saveIndex() // it can be made again
	}
	return nil
}

// close gives up the files, with the room that was not used.
func (w *writing) close() error {
	if w.active == nil {
		return nil
	}
	var err error
	if w.room > w.size && !w.torn {
		err = w.file.Truncate(w.size)
	}
	w.active.mu.Lock()
	w.active.active = false
	w.active.mu.Unlock()
	w.active.release()
	return err
}

// now is the time of messages that bring none.
func now() int64 { return time.Now().UnixNano() }
