package eventlog

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// mendIndex has the file of a sealed segment's index written again, of which somebody
// has found that it is missing, damaged or old: without it the whole segment is read
// each time. Only the writer writes.
func (p *partition) mendIndex(s *segment) {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.writer; c != nil && !l.closed && s.beginMend() {
		l.background.Go(func() { s.endMend(p.mendIndexes(c, s)) })
	}
}

// mending is what became of writing the file of an index again.
type mending struct {
	under  bool      // it is being written
	failed bool      // it is still of no use
	tried  time.Time // when that was known last
}

// mendAgain is how long a file that was written again, or could not be, is left alone.
const mendAgain = time.Second

// beginMend reports whether the index's file is to be written again by the caller.
func (s *segment) beginMend() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mend.under || time.Since(s.mend.tried) < mendAgain {
		return false
	}
	s.mend.under = true
	return true
}

// endMend notes what came of it.
func (s *segment) endMend(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mend = mending{failed: err != nil, tried: time.Now()}
}

// mendIndexes writes the index of a segment, and before it those of the segments in
// front whose files are of no use either: an index has a bound on all times before it.
// When that fails, who looks something up reads the segment, as before.
func (p *partition) mendIndexes(c *committer, s *segment) error {
	p.log.mending.Lock()
	defer p.log.mending.Unlock()
	p.mu.Lock()
	segments := p.segments
	p.mu.Unlock()
	last := slices.Index(segments, s)
	first := max(last, 0)
	for first > 0 && segments[first-1].after() == anyTime {
		first--
	}
	for i := first; i <= last && !p.log.ending(); i++ {
		earlier := int64(math.MinInt64)
		if i > 0 {
			earlier = segments[i-1].after()
		}
		size, err := segments[i].size()
		if err == nil {
			err = segments[i].indexed(size, func(*index) {})
		}
		if err == nil {
			err = c.do(func() error { return p.saveIndex(segments[i], earlier) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errIndexGone is that others were looked up meanwhile: the index is not held any more.
var errIndexGone = errors.New("the index was forgotten")

// saveIndex writes the file of the index of a segment that is still there and sealed.
// Whoever has the turn calls it.
func (p *partition) saveIndex(s *segment, earlier int64) error {
	p.mu.Lock()
	at := slices.Index(p.segments, s)
	sealed := at >= 0 && at < len(p.segments)-1
	p.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !sealed || s.active:
		return nil
	case s.index == nil:
		return errIndexGone
	}
	s.index.earlier = min(s.index.earlier, earlier)
	s.known = &times{s.index.latest, s.index.earlier}
	return s.index.save(indexPath(s.path), s.base)
}

// catchUp puts into the segments what the journal has for them, again and again where
// that fails, and makes ready the partitions that then have more than their marks tell of.
func (l *Log) catchUp(c *committer) {
	rest := newBreather()
	left := l.playLeft(rest)
	l.showWhole(c, rest, left)
	for pause := leastRest; left > 0; pause = longerRest(pause) {
		select {
		case <-time.After(pause):
		case <-l.done:
			return // whoever empties the journal does what is left
		}
		if now := l.playLeft(rest); now < left {
			left = now
			l.showWhole(c, rest, left)
		}
	}
}

// playLeft plays the journal for all partitions that are left, and returns for how many
// that has failed.
func (l *Log) playLeft(rest *breather) int {
	b := l.backlog.Load()
	for _, at := range b.left() {
		if rest.breathe(l.done); l.ending() {
			break
		}
		_ = b.play(at) // who writes it or joins it is told why it failed
	}
	return len(b.left())
}

// showWhole makes ready the partitions that have more than their marks tell of, which a
// power cut has made old: who consumes in another process is given what the marks tell of,
// and only the writer may tell what is whole behind. When nothing is left in the journal either, the log
// is settled then.
func (l *Log) showWhole(c *committer, rest *breather, left int) {
	unsure := l.unsettled.unsure()
	if unsure == (slots{}) {
		return
	}
	settled := left == 0
	names, err := l.names()
	if err != nil {
		return // who reads is told what is wrong
	}
	var marks markReader
	defer marks.close()
	for _, name := range names {
		dir, n := "", 0
		file, err := escape(name)
		if err == nil {
			dir = filepath.Join(l.dir, topicsDir, file)
			n, err = countPartitions(dir)
		}
		settled = settled && err == nil
		for i := range n {
			if rest.breathe(l.done); l.ending() {
				return
			}
			if !unsure.has(slotOf(file, i)) {
				continue
			}
			more, whole := lookBehind(&marks, dir, int32(i))
			if !more {
				settled = settled && (whole || l.writes(name, i))
				continue
			}
			p, err := l.partition(name, i)
			if err == nil {
				err = p.complete(c) // tried again when it is written
			}
			settled = settled && err == nil
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if settled && l.writer == c && c.lock.held() { // else another one may have written since
		l.unsettled.looked()
	}
}

// breather lets work that nobody waits for take half of a processor at most: after some
// time it rests for as long.
type breather struct{ since time.Time }

const breath = time.Millisecond

// newBreather begins with a rest, in which what the log was opened for is done.
func newBreather() *breather { return &breather{time.Now().Add(-4 * breath)} }

// breathe rests when it is time to, unless the log is closed.
func (b *breather) breathe(closed <-chan struct{}) {
	worked := time.Since(b.since)
	if worked < breath {
		return
	}
	select {
	case <-time.After(worked):
	case <-closed:
	}
	b.since = time.Now()
}

// ending tells whether the log is being closed.
func (l *Log) ending() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// complete puts what the journal has for a partition into its segment, and makes the
// partition ready to be written when it then has more than its mark tells of.
func (p *partition) complete(c *committer) error {
	var marks markReader
	defer marks.close()
	if err := p.play(); err != nil {
		return err
	}
	if more, _ := lookBehind(&marks, p.topic.dir, p.number); !more {
		return nil
	}
	return c.do(func() error {
		_, err := c.ready(p)
		return err
	})
}

// lookBehind tells whether a partition of the topic in a directory has more than its mark tells of, and
// whether that says all there is to say: that it is durable, there, and nothing behind it. So does none
// where there is nothing.
func lookBehind(marks *markReader, topic string, partition int32) (more, whole bool) {
	m, marked, there := marks.read(topic, partition)
	dir := filepath.Join(topic, strconv.Itoa(int(partition)))
	if !marked { // all that is whole is read then
		entries, err := os.ReadDir(dir)
		return false, !there && err == nil && len(entries) == 0
	}
	more, there, err := m.compare(dir)
	return err == nil && more, err == nil && there && !more && !m.unsynced
}

// asLeft tells whether a partition's mark says all there is to say.
func (p *partition) asLeft(marks *markReader) bool {
	_, whole := lookBehind(marks, p.topic.dir, p.number)
	return whole && !p.truncating()
}

// compare tells whether there is more in a partition's directory than its mark tells of, and
// whether there is as much.
func (m mark) compare(dir string) (more, there bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, false, err
	}
	for _, e := range entries {
		if base, ok := segmentBase(e.Name()); ok && base > m.base {
			return true, false, nil
		}
	}
	if m.size == 0 && len(entries) == 0 {
		return false, true, nil // it was truncated to nothing
	}
	f, err := openRegular(filepath.Join(dir, segmentName(m.base)), os.O_RDONLY)
	if err != nil {
		return false, false, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return false, false, err
	}
	next, err := readFull(f, make([]byte, frameSize), m.size) // zeros where room is left
	return slices.ContainsFunc(next, func(b byte) bool { return b != 0 }), info.Size() >= m.size, err
}
