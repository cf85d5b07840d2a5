package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// CompactOptions adjusts a compaction. The zero value, and nil, is the default.
type CompactOptions struct {
	// Tombstones is how long the deletion of a key, a message with the key and
	// no value, is kept for readers that are behind. Default: 24 h.
	Tombstones time.Duration
}

// CompactReport says what a compaction has done.
type CompactReport struct {
	// Kept and Dropped count messages of the segments that were compacted.
	Kept, Dropped int64
	// Before and After are the bytes of those segments.
	Before, After int64
}

// Compact keeps, of the messages of a topic with the same key, the last: all
// segments but the one being written are replaced, one after the other and each
// as a whole, by ones without the others. Offsets stay as they are; messages
// without a key are kept. It may run while messages are published and read; calls
// take turns. It holds the keys of a partition in memory. ErrNotFound says that
// there is no such topic, ErrLocked that another process writes the log.
func (l *Log) Compact(ctx context.Context, topic string, o *CompactOptions) (CompactReport, error) {
	l.compacting.Lock()
	defer l.compacting.Unlock()
	var report CompactReport
	keep := 24 * time.Hour
	if o != nil && o.Tombstones > 0 {
		keep = o.Tombstones
	}
	t, err := l.existing(topic)
	if err != nil {
		return report, err
	}
	for i := range t.partitions {
		var writer *committer
		if err := l.exclusively(topic, i, func(c *committer, p *partition) error { writer = c; return p.tidyUp() }); err != nil {
			return report, err
		}
		c := compaction{p: t.partitions[i], writer: writer, before: l.clock.Now().Add(-keep).UnixNano(), report: &report}
		if err := c.run(ctx); err != nil {
			return report, err
		}
	}
	return report, nil
}

// compaction is that of one partition.
type compaction struct {
	p      *partition
	writer *committer
	before int64            // tombstones older than this go
	last   map[string]int64 // the last offset of each key
	report *CompactReport
	buffer []byte // of records that are kept and not yet written
}

func (c *compaction) run(ctx context.Context) error {
	c.p.mu.Lock()
	sealed := slices.Clone(c.p.segments[:max(0, len(c.p.segments)-1)])
	if len(sealed) == 0 {
		c.p.mu.Unlock()
		return nil
	}
	active := c.p.segments[len(sealed)].base
	c.p.mu.Unlock()
	if err := c.learn(ctx); err != nil {
		return err
	}
	for len(sealed) > 0 {
		n := c.together(sealed)
		next := active
		if n < len(sealed) {
			next = sealed[n].base
		}
		err := c.replace(ctx, sealed[:n], next)
		if errors.Is(err, os.ErrNotExist) && !c.p.has(sealed[0]) {
			err = nil // retention was faster
		}
		if err != nil {
			return err
		}
		sealed = sealed[n:]
	}
	return nil
}

// has tells whether a segment is one of the partition's.
func (p *partition) has(s *segment) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.segments, s)
}

// learn finds the last offset of each key.
func (c *compaction) learn(ctx context.Context) error {
	c.last = map[string]int64{}
	r := c.p.reader(0)
	defer r.Close()
	for {
		batch, err := r.Read()
		if err = errors.Join(err, ctx.Err()); err != nil || len(batch) == 0 {
			return err
		}
		for _, m := range batch {
			if m.Key != nil {
				c.last[string(m.Key)] = m.Offset
			}
		}
	}
}

// together returns how many of the first segments are to become one: as many
// as are small together.
func (c *compaction) together(segments []*segment) int {
	var total int64
	for i, s := range segments {
		info, err := os.Stat(s.path)
		if err != nil {
			return 1
		}
		if total += info.Size(); total > c.p.log.options.SegmentBytes/2 {
			return max(i, 1)
		}
	}
	return len(segments)
}

// replace writes one segment for several, up to the offset next, and puts it in
// their place.
func (c *compaction) replace(ctx context.Context, old []*segment, next int64) error {
	path := old[0].path
	made, err := c.p.log.createSegment(path+madeSuffix, old[0].base, old[0].earlier(), false)
	if err != nil {
		return err
	}
	made.head.flags, made.head.end = compacted, next
	err = c.fill(ctx, made, old)
	made.release()
	if err == nil {
		c.report.After += made.index.end
		s := c.p.log.segment(path, made.base)
		s.of = c.p
		err = c.writer.do(func() error { return c.p.swap(old, s, made.index) })
	}
	if err != nil {
		_ = os.Remove(path + madeSuffix)
	}
	return err
}

// fill writes a segment that holds what is kept of others, durably.
func (c *compaction) fill(ctx context.Context, made *segment, old []*segment) error {
	if _, err := made.file.WriteAt(made.head.bytes(), 0); err != nil {
		return typed(err)
	}
	for _, s := range old {
		if err := c.copy(ctx, s, made); err != nil {
			return err
		}
	}
	return typed(made.file.SyncData())
}

// copy appends what is kept of a segment.
func (c *compaction) copy(ctx context.Context, from, to *segment) error {
	f, err := from.acquire()
	if err != nil {
		return err
	}
	defer from.release()
	size, err := f.Size()
	if err != nil {
		return err
	}
	c.report.Before += size
	var failed error
	pos, next, state, err := scan(f, headerSize, size, from.base, from.sparse(), func(_ int64, fr frame, r []byte) bool {
		if !c.keeps(fr, r) {
			c.report.Dropped++
			return true
		}
		c.report.Kept++
		to.index.add(to.index.end, fr.offset, int64(fr.size), fr.time)
		c.buffer = append(c.buffer, r...)
		if len(c.buffer) >= chunkSize {
			failed = c.flush(to)
		}
		return failed == nil && ctx.Err() == nil
	})
	if err = errors.Join(err, failed, c.flush(to), ctx.Err()); err != nil {
		return err
	}
	if state != frameEnd {
		return &CorruptError{Path: from.path, Position: pos, Offset: next, Reason: "the record is damaged"}
	}
	return nil
}

// flush writes what is in the buffer.
func (c *compaction) flush(to *segment) error {
	_, err := to.file.WriteAt(c.buffer, to.index.end-int64(len(c.buffer)))
	c.buffer = c.buffer[:0]
	return typed(err)
}

// keeps tells whether a record stays.
func (c *compaction) keeps(fr frame, r []byte) bool {
	var m driver.Message
	if !decodeRecord(r, &m) || m.Key == nil {
		return true
	}
	if last, ok := c.last[string(m.Key)]; ok && last > fr.offset {
		return false
	}
	return m.Value != nil || fr.time >= c.before
}

// swap puts a segment in the place of several. The rename is the moment; the
// files that it makes superfluous are left out by whoever finds them after a
// crash.
func (p *partition) swap(old []*segment, made *segment, x *index) error {
	if err := p.log.writer.journal.reset(); err != nil {
		return err
	}
	i := slices.Index(p.segments, old[0])
	if i < 0 || i+len(old) > len(p.segments) || !slices.Equal(p.segments[i:i+len(old)], old) {
		return os.Remove(made.path + madeSuffix) // retention was faster
	}
	if err := p.compacting(old); err != nil {
		return err
	}
	if err := os.RemoveAll(indexPath(made.path)); err != nil {
		return err
	}
	if err := p.putInPlace(i, len(old), made); err != nil {
		return err
	}
	if err := p.log.folders.settle(p.dir); err != nil {
		return err
	}
	var errs []error
	for _, s := range old[1:] {
		errs = append(errs, removeSegment(s.path))
	}
	if err := errors.Join(append(errs, x.save(indexPath(made.path), made.base))...); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(p.dir, compactingFile))
}

// putInPlace renames a segment that was made for n others, of which the first has its name, and has readers turn to it.
func (p *partition) putInPlace(i, n int, made *segment) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := os.Rename(made.path+madeSuffix, made.path); err != nil {
		return err
	}
	p.segments = slices.Concat(p.segments[:i], []*segment{made}, p.segments[i+n:])
	return nil
}

// compacting notes that files may be left which are replaced.
func (p *partition) compacting(old []*segment) error {
	if len(old) == 1 {
		return nil
	}
	return typed(p.log.folders.replaceFile(filepath.Join(p.dir, compactingFile), nil))
}

// earlier bounds the times of what lies before a sealed segment.
func (s *segment) earlier() int64 {
	t, err := s.span()
	if err != nil {
		return anyTime
	}
	return t.earlier
}
