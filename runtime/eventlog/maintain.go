package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// exclusively runs something on a partition that is written, while nothing is
// being stored and the segments are all there is.
func (l *Log) exclusively(topic string, number int, run func(*committer, *partition) error) error {
	return l.between(topic, number, func(c *committer, p *partition) error {
		if _, err := p.prepare(); err != nil {
			return err
		}
		if err := c.journal.reset(); err != nil {
			return err
		}
		return run(c, p)
	})
}

// dropping runs something that drops a partition's first segments: a journal that
// is played leaves out what has gone, so that it may have more. That is done too where
// the end of the partition has no room for what the journal has.
func (l *Log) dropping(topic string, number int, run func(*partition) error) error {
	return l.between(topic, number, func(_ *committer, p *partition) error {
		if _, err := p.prepare(); unlessFull(err) != nil || err != nil && p.truncating() {
			return err
		}
		return run(p)
	})
}

// between runs something on a partition of a log that is written here, while nothing is
// being stored.
func (l *Log) between(topic string, number int, run func(*committer, *partition) error) error {
	c, err := l.write()
	if err != nil {
		return err
	}
	p, err := l.partition(topic, number)
	if err != nil {
		return err
	}
	return c.do(func() error { return run(c, p) })
}

// Retain drops now what Options.Retention does not keep. It is done by itself
// for each partition that goes on in a new segment. ErrLocked says that another
// process writes the log.
func (l *Log) Retain(context.Context) error {
	names, err := l.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		t, err := l.existing(name)
		if err != nil {
			return err
		}
		for i := range t.partitions {
			if err := l.dropping(name, i, (*partition).retain); err != nil {
				return err
			}
		}
	}
	return nil
}

// retain drops the oldest segments that are too many or too old.
func (p *partition) retain() error {
	keep := p.log.options.Retention
	if keep == (Retention{}) {
		return nil
	}
	p.mu.Lock()
	segments := slices.Clone(p.segments)
	p.mu.Unlock()
	sizes := make([]int64, len(segments))
	var total int64
	for i, s := range segments {
		info, err := os.Stat(s.path)
		if err != nil {
			return err
		}
		sizes[i] = info.Size()
		total += sizes[i]
	}
	n := 0
	for ; n < len(segments)-1 && keep.Bytes > 0 && total > keep.Bytes; n++ {
		total -= sizes[n]
	}
	return p.dropFirst(max(n, p.log.tooOld(segments)))
}

// tooOld returns how many of a partition's segments are too old. What was stored while
// the clock was wrong, or was dated so by who published it, has no age: it goes with what
// comes behind it, which would otherwise stay with it for years.
func (l *Log) tooOld(segments []*segment) int {
	keep := l.options.Retention.Age
	if keep <= 0 {
		return 0
	}
	now, n := l.clock.Now(), 0
	old, ahead := now.Add(-keep).UnixNano(), now.Add(mostAhead).UnixNano()
	for i, s := range segments[:max(0, len(segments)-1)] {
		t, err := s.span()
		switch {
		case err != nil:
			return n
		case t.latest < old:
			n = i + 1
		case t.latest <= ahead:
			return n
		}
	}
	return n
}

// mostAhead is how far the clocks of those who publish may be ahead of the log's.
const mostAhead = 24 * time.Hour

// dropFirst deletes the first n segments, oldest first, so that a crash leaves
// no gap.
func (p *partition) dropFirst(n int) error {
	p.mu.Lock()
	gone := p.segments[:n]
	p.segments = slices.Clone(p.segments[n:])
	p.mu.Unlock()
	var errs []error
	for _, s := range gone {
		errs = append(errs, removeSegment(s.path))
	}
	return errors.Join(errs...)
}

// DropBefore drops the messages of a partition before an offset, as far as
// whole segments have no others, and returns the oldest offset that is left.
// ErrNotFound says that there is no such topic or partition, ErrLocked that
// another process writes the log.
func (l *Log) DropBefore(topic string, number int, offset int64) (start int64, err error) {
	err = l.dropping(topic, number, func(p *partition) error {
		p.mu.Lock()
		n := p.before(offset)
		p.mu.Unlock()
		err := p.dropFirst(n)
		start, _ = p.bounds()
		return err
	})
	return start, err
}

// before returns how many segments have nothing at an offset or behind. p.mu is
// held.
func (p *partition) before(offset int64) int {
	n := sort.Search(len(p.segments), func(i int) bool { return p.segments[i].base > offset }) - 1
	return max(n, 0)
}

// TopicInfo describes a topic.
type TopicInfo struct {
	Address    string
	Partitions []PartitionInfo
}

// PartitionInfo describes a partition.
type PartitionInfo struct {
	// Start is the oldest offset kept, End the one behind the last.
	Start, End int64
	// Segments is how many files there are, Bytes their size.
	Segments int
	Bytes    int64
}

// Topics describes all topics, sorted by address.
func (l *Log) Topics() ([]TopicInfo, error) {
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	var out []TopicInfo
	for _, name := range names {
		t, err := l.existing(name)
		if err != nil {
			return nil, err
		}
		info := TopicInfo{Address: name}
		for _, p := range t.partitions {
			i, err := p.info()
			if err != nil {
				return nil, fmt.Errorf("%s, partition %d: %w", name, p.number, err)
			}
			info.Partitions = append(info.Partitions, i)
		}
		out = append(out, info)
	}
	return out, nil
}

// info describes the partition.
func (p *partition) info() (PartitionInfo, error) {
	if err := p.update(nil); err != nil {
		return PartitionInfo{}, err
	}
	for {
		i, gone, err := p.sizes()
		if gone == nil || !p.vanished(gone) {
			return i, err
		}
	}
}

// sizes is info of the segments that are known, and the one whose file is gone.
func (p *partition) sizes() (i PartitionInfo, gone *segment, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i = PartitionInfo{Start: p.start(), End: p.end, Segments: len(p.segments)}
	for n, s := range p.segments {
		if n == len(p.segments)-1 {
			i.Bytes += p.size
			break
		}
		info, err := os.Stat(s.path)
		if errors.Is(err, fs.ErrNotExist) {
			return i, s, err
		}
		if err != nil {
			return i, nil, err
		}
		i.Bytes += info.Size()
	}
	return i, nil, nil
}

// IsLog tells whether a directory holds a log.
func IsLog(dir string) bool {
	for _, name := range []string{topicsDir, groupsDir} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// errNoLog says that a directory holds no log.
func errNoLog(dir string) error { return fmt.Errorf("%s holds no log: %w", dir, driver.ErrNotFound) }
