package eventlog

import (
	"errors"
	"os"
	"slices"
)

// cutting is a truncation under way. Each of its steps may be repeated.
type cutting struct {
	mark mark
	last string   // path of the segment that is cut off
	gone []string // paths of those that are deleted, oldest first
	size int64    // of the last, 0 when it is deleted too
}

// Truncate drops the messages of a partition from an offset on; the next that
// is published gets that offset. Groups that were beyond it go back to it. No
// group of the topic may have a member: ErrLocked, and then all stay where they are. An offset
// beyond the end changes nothing. A truncation that has begun and could not be made durable is
// completed by the next call, or by whatever writes to the partition next.
func (l *Log) Truncate(topic string, number int, offset int64) error {
	return l.exclusively(topic, number, func(_ *committer, p *partition) error {
		start, end := p.bounds()
		offset := max(offset, start)
		if offset >= end {
			return nil // of a partition without segments nothing is left to drop
		}
		c, err := p.cutAt(offset)
		if err != nil {
			return err
		}
		l.joining.Lock() // a group that is joined meanwhile would be where nothing is any more
		defer l.joining.Unlock()
		groups, err := l.holdGroups(spot{topic, p.number})
		if err == nil {
			err = groups.pullBack(spot{topic, p.number}, p.writing.last, offset)
		}
		if err == nil {
			err = p.truncate(c)
		}
		return errors.Join(err, groups.close())
	})
}

// heldGroups are groups that no other process can join.
type heldGroups []*positions

// holdGroups takes the locks of all groups that have a place in a partition. When one is at work none is held.
func (l *Log) holdGroups(at spot) (held heldGroups, err error) {
	names, err := l.Groups()
	if err != nil {
		return nil, err
	}
	for _, g := range names {
		ps, err := l.Positions(g)
		if err == nil && slices.ContainsFunc(ps, func(p Position) bool { return spot{p.Address, p.Partition} == at }) {
			var s *positions
			if s, err = l.openPositions(g); err == nil {
				held = append(held, s)
			}
		}
		if err != nil {
			return nil, errors.Join(err, held.close())
		}
	}
	return held, nil
}

// pullBack moves those that are beyond an offset of a partition with that mark back to it, durably.
func (g heldGroups) pullBack(at spot, before mark, offset int64) error {
	for _, s := range g {
		st, _ := s.of(at)
		s.change(st, func(was standing) standing {
			was = was.since(before.epoch, before.cut)
			return standing{was.Cut(offset), was.serial, before.epoch}
		})
		if err := s.flush(); err != nil {
			return err
		}
	}
	return nil
}

// close lets go of them.
func (g heldGroups) close() (err error) {
	for _, s := range g {
		err = errors.Join(err, s.close())
	}
	return err
}

// cutAt finds out what is to be done to drop what lies at an offset and beyond.
func (p *partition) cutAt(offset int64) (*cutting, error) {
	p.mu.Lock()
	n := p.before(offset)
	last, gone := p.segments[n], p.segments[n+1:]
	p.mu.Unlock()
	size, err := last.positionOf(offset)
	if err != nil {
		return nil, err
	}
	if offset == last.base {
		gone, size = append([]*segment{last}, gone...), 0
	}
	c := &cutting{last: last.path, size: size}
	for _, s := range gone {
		c.gone = append(c.gone, s.path)
	}
	c.mark = mark{last.base, size, offset, offset, p.writing.last.epoch + 1, true}
	return c, nil
}

// truncate does it. Whoever has the turn calls it. Until the partition is written again
// it counts as one that was not: to make it ready may fail.
func (p *partition) truncate(c *cutting) error {
	err := p.writing.close()
	p.log.writer.unwritten(p)
	p.mu.Lock() // until it is ready again: who joined a group meanwhile would find it empty
	defer p.mu.Unlock()
	p.writing, p.end, p.size, p.segments, p.loaded, p.listed, p.cutting = nil, 0, 0, nil, false, false, c
	if err == nil {
		err = p.finishCut()
	}
	if err != nil {
		return err
	}
	w, err := p.takeOver(nil)
	if err == nil {
		p.install(w)
	}
	return err
}

// positionOf returns where in the segment the first record is that does not
// come before an offset.
func (s *segment) positionOf(offset int64) (int64, error) {
	f, err := s.acquire()
	if err != nil {
		return 0, err
	}
	defer s.release()
	limit, err := f.Size()
	if err != nil {
		return 0, err
	}
	pos, next, state, err := scan(f, headerSize, limit, s.base, s.sparse(), func(_ int64, fr frame, _ []byte) bool { return fr.offset < offset })
	if err == nil && next < offset && state != frameGood && state != frameEnd {
		err = &CorruptError{Path: s.path, Position: pos, Offset: next, Reason: "the record is damaged"}
	}
	return pos, err
}

// truncating tells whether a truncation was begun and is not durable.
func (p *partition) truncating() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cutting != nil
}

// unwritten says that a partition is to be made ready again before it is written.
func (c *committer) unwritten(p *partition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.written = false
}

// finishCut is the truncation. The mark goes first: a crash leaves more records, never
// damage. Until all of it is durable the mark does not promise it, so that who takes
// over sees to it. p.mu is held.
func (p *partition) finishCut() error {
	if err := p.log.unsettled.begin(p); err != nil {
		return err
	}
	c := p.cutting
	defer p.log.bell.ring()
	if err := p.writeMark(c.mark.bytes(nil), true); err != nil {
		return err
	}
	p.log.bell.ring()
	for _, path := range slices.Backward(c.gone) {
		if err := removeSegment(path); err != nil {
			return err
		}
	}
	if c.size > 0 {
		if err := errors.Join(p.log.shorten(c.last, c.size), os.RemoveAll(indexPath(c.last))); err != nil {
			return err
		}
	}
	if err := p.log.folders.settle(p.dir); err != nil {
		return err
	}
	done := c.mark
	done.unsynced = p.log.options.Sync != Always
	if err := p.writeMark(done.bytes(nil), true); err != nil {
		return err
	}
	p.cutting = nil
	return nil
}

// shorten cuts a segment's file off, durably. It is made longer before, so that there
// is something to sync though it was cut off in an attempt that has failed.
func (l *Log) shorten(path string, size int64) error {
	f, err := l.open(path, os.O_RDWR)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size+1), f.Truncate(size), f.SyncData(), f.Close())
}
