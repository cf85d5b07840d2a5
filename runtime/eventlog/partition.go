package eventlog

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
)

// partition is one log of a topic: segments, the last of which grows.
type partition struct {
	log    *Log
	topic  *topic
	number int32
	dir    string
	slot   uint16 // in the file of changes

	mu       sync.Mutex
	loaded   bool       // its end is known
	listed   bool       // so are its segments
	segments []*segment // oldest first
	end      int64      // the offset behind the last that may be read
	size     int64      // where it ends in the last segment
	epoch    uint32     // how often it was truncated
	cut      int64      // and where, the last time
	alerts   []*alert   // of those who wait for more
	writing  *writing   // nil unless this Log writes the partition
	cutting  *cutting   // a truncation that was begun and is not durable, nil if there is none

	followers int // how many wait for what other processes write, guarded by Log.mu

	unsettled bool // see unsettled.open, guarded by its mu

	// Guarded by committer.mu.
	dirty   bool
	buffer  []byte // records that are not numbered yet
	written bool   // this Log has written it, and it is ready: nothing is left to be told of its end
}

// view is what a reader sees of the segment in which an offset lies.
type view struct {
	segment *segment
	limit   int64 // its records end here
	next    int64 // the offset that the segments behind it begin with, or the end
	last    bool
	start   int64 // the oldest offset kept
	epoch   uint32
	cut     int64 // where it was truncated last
}

// list returns the segments of a directory, oldest first. What a compaction that
// did not come to its end has left, those that another one replaces and those
// that were being made, is left out and returned apart.
func (p *partition) list() (live []*segment, rest []string, err error) {
	if err := plainDirs(p.dir); err != nil {
		return nil, nil, err
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, nil, err
	}
	compacting := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == compactingFile })
	for _, e := range entries {
		base, ok := segmentBase(e.Name())
		if !ok {
			if _, made := segmentBase(strings.TrimSuffix(e.Name(), madeSuffix)); made && e.Type().IsRegular() {
				rest = append(rest, filepath.Join(p.dir, e.Name()))
			}
			continue
		}
		s := p.log.segment(filepath.Join(p.dir, e.Name()), base)
		s.of = p
		if n := len(live); compacting && n > 0 && live[n-1].covers(base) {
			rest = append(rest, s.path)
			continue
		}
		live = append(live, s)
	}
	return live, rest, nil
}

// covers tells whether a compacted segment has taken the place of one that
// begins at base.
func (s *segment) covers(base int64) bool {
	if _, err := s.acquire(); err != nil {
		return false // whoever reads it will be told
	}
	defer s.release()
	return s.sparse() && s.head.end > base
}

// load makes the partition readable as another process, or the past, left it. What
// could not be put there is told to who writes, and readers of what lacks.
func (p *partition) load() error {
	_ = p.play()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.enlist()
}

// enlist looks at the directory where nobody has done so. p.mu is held.
func (p *partition) enlist() error {
	if p.loaded && p.listed {
		return nil
	}
	return p.refresh(nil, true)
}

// update is load, and look where load has not just looked.
func (p *partition) update(marks *markReader) error {
	_ = p.play()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded && p.writing != nil {
		return nil
	}
	return p.refresh(marks, true)
}

// glance is update for who wants to know no more as yet than where the partition ends. A settled one
// has no more in the journal than its mark tells of, and nothing without a mark, if there is a file of marks to
// tell so.
func (p *partition) glance(marks *markReader, settled bool) error {
	if !settled {
		_ = p.play()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded && p.writing != nil {
		return nil
	}
	if settled && !p.loaded && p.cutting == nil {
		if _, _, there := marks.ahead(p.topic.dir, p.number); !there && marks.file != nil {
			p.loaded = true
			return nil
		}
	}
	return p.refresh(marks, false)
}

// refresh takes up what is new. Who does so with many partitions has one reader of marks for
// them. Without list the directory is looked at alone where the mark does not tell all that
// is known of it. p.mu is held.
func (p *partition) refresh(marks *markReader, list bool) error {
	if marks == nil {
		marks = new(markReader)
		defer marks.close()
	}
	read := marks.read
	if !p.loaded && !list {
		read = marks.ahead
	}
	m, marked, there := read(p.topic.dir, p.number)
	if p.cutting != nil { // a mark that could not be made durable may be an old one by now
		m, marked = p.cutting.mark, true
	}
	if !marked && there && p.loaded && p.end > 0 && (p.listed || !list) {
		return nil // it is being written: what is known stays so
	}
	if marked && p.loaded && m.epoch != p.epoch {
		p.segments = nil // nothing that is known of them has to be so
	}
	if marked && !p.listed && !list {
		p.loaded = true
		p.advance(m)
		return nil
	}
	if n := len(p.segments); marked && p.listed && n > 0 && p.segments[n-1].base == m.base {
		p.advance(m)
		return nil
	}
	return p.reload(m, marked)
}

// reload is refresh with a look at the directory. p.mu is held.
func (p *partition) reload(m mark, marked bool) error {
	live, _, err := p.list()
	if err != nil {
		return err
	}
	if !marked {
		if m, err = p.unmarked(live); err != nil {
			return err
		}
		m.epoch, m.cut = p.epoch, p.cut // a mark that was lost is no truncation
		// What a writer adds is not durable before its mark says so, and it leaves
		// one before it adds anything.
		if left, ok := p.readMark(); ok {
			if live, _, err = p.list(); err != nil {
				return err
			}
			m = left
		}
	}
	for len(live) > 0 && live[len(live)-1].base > m.base {
		live = live[:len(live)-1]
	}
	keep(p.segments, live)
	p.segments = live
	p.loaded, p.listed = true, true
	p.advance(m)
	return nil
}

// keep leaves the segments of a list as they are whose files are known.
func keep(known, live []*segment) {
	for i, s := range live {
		j := slices.IndexFunc(known, func(k *segment) bool { return k.base == s.base })
		if j >= 0 && known[j].same() {
			live[i] = known[j]
		}
	}
}

// advance moves the end forward and tells who waits for it. p.mu is held.
func (p *partition) advance(m mark) {
	if m.next <= p.end && m.size == p.size && m.epoch == p.epoch {
		return
	}
	p.end, p.size, p.epoch, p.cut = m.next, m.size, m.epoch, m.cut
	for _, a := range p.alerts {
		a.raise()
	}
}

// unmarked finds the end of a partition that has no mark: it was never written
// to, or its mark is lost.
func (p *partition) unmarked(live []*segment) (mark, error) {
	if len(live) == 0 {
		return mark{}, nil
	}
	s := live[len(live)-1]
	f, err := s.acquire()
	if err != nil {
		var damage *CorruptError
		if errors.As(err, &damage) {
			return mark{base: s.base, size: headerSize, next: s.base}, nil // a segment that was being made
		}
		return mark{}, err
	}
	defer s.release()
	limit, err := f.Size()
	if err != nil {
		return mark{}, err
	}
	pos, next, _, err := scan(f, headerSize, limit, s.base, s.sparse(), func(int64, frame, []byte) bool { return true })
	return mark{base: s.base, size: pos, next: max(next, s.head.end)}, err
}

// start returns the oldest offset kept. p.mu is held.
func (p *partition) start() int64 {
	if len(p.segments) == 0 {
		return p.end
	}
	return p.segments[0].base
}

// oldest returns the oldest offset kept.
func (p *partition) oldest() (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.enlist()
	return p.start(), err
}

// span is what is known of what a partition has.
type span struct {
	start, end int64 // start is that of a partition whose segments are known
	epoch      uint32
	cut        int64
	listed     bool
}

// span returns what is known.
func (p *partition) span() span {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := span{end: p.end, epoch: p.epoch, cut: p.cut, listed: p.loaded && p.listed}
	if s.listed {
		s.start = p.start()
	}
	return s
}

// truncated returns how often the partition was truncated, and where the last time.
func (p *partition) truncated() (epoch uint32, cut int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.epoch, p.cut
}

// bounds returns the oldest offset kept and the one behind the last, of a partition whose segments are
// known.
func (p *partition) bounds() (start, end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.start(), p.end
}

// view returns where to read an offset; false when it is not there yet. An
// offset that is not kept any more is that of the oldest.
func (p *partition) view(offset int64) (view, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if offset < p.end {
		if err := p.enlist(); err != nil {
			return view{epoch: p.epoch, cut: p.cut}, false, err
		}
	}
	v := view{start: p.start(), epoch: p.epoch, cut: p.cut}
	offset = max(offset, v.start)
	if offset >= p.end {
		return v, false, nil
	}
	i := sort.Search(len(p.segments), func(i int) bool { return p.segments[i].base > offset }) - 1
	return p.viewAt(v, i)
}

// viewAt is view for the segment with that index. p.mu is held.
func (p *partition) viewAt(v view, i int) (view, bool, error) {
	v.segment, v.last = p.segments[i], i == len(p.segments)-1
	if v.last {
		v.limit, v.next = p.size, p.end
		return v, true, nil
	}
	v.next = p.segments[i+1].base
	var err error
	v.limit, err = v.segment.size()
	return v, err == nil, err
}
