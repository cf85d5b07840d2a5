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

// truncate drops what lies at an offset and beyond. Whoever has the turn calls it. Until
// the partition is written again it counts as one that was not: to make it ready may fail.
func (p *partition) truncate(offset int64) error {
	p.mu.Lock()
	n := p.before(offset)
	last, gone := p.segments[n], p.segments[n+1:]
	p.mu.Unlock()
	size, err := last.positionOf(offset)
	if err != nil {
		return err
	}
	if offset == last.base {
		gone, size = append([]*segment{last}, gone...), 0
	}
	c := &cutting{last: last.path, size: size}
	for _, s := range gone {
		c.gone = append(c.gone, s.path)
	}
	c.mark = mark{last.base, size, offset, offset, p.writing.last.epoch + 1, true}
	err = p.writing.close()
	p.log.writer.unwritten(p)
	p.mu.Lock() // until it is ready again: who joined a group meanwhile would find it empty
	defer p.mu.Unlock()
	p.writing, p.end, p.size, p.segments, p.loaded, p.listed, p.cutting = nil, 0, 0, nil, false, false, c
	if err == nil {
		_, err = p.prepareHeld()
	}
	return err
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
