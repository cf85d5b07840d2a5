package eventlog

import (
	"math"
	"os"
	"slices"
	"sort"
	"sync"
)

// indexEvery is how many bytes of records an index may leave out.
const indexEvery = 16 << 10

// place is an entry of an index.
type place struct {
	offset   int64
	position int64 // of the record with that offset
	before   int64 // the latest time of the records before, in the segment
}

// index says where records of a segment lie. Whoever uses it checks what it
// finds there: an index is a hint, and can be made again from the segment.
type index struct {
	places []place
	next   int64 // the offset behind the last record seen
	end    int64 // the position behind it
	times
}

// times are those of a segment.
type times struct {
	latest  int64 // time of any record
	earlier int64 // no record that is kept before the segment is later
}

// anyTime bounds the times of segments that nobody has looked at.
const anyTime = math.MaxInt64

// after bounds the times of what lies before the next segment.
func (t times) after() int64 { return max(t.latest, t.earlier) }

func newIndex(base, earlier int64) *index {
	return &index{
		places: []place{{offset: base, position: headerSize, before: math.MinInt64}},
		next:   base, end: headerSize, times: times{math.MinInt64, earlier},
	}
}

// add notes a record, which follows the last.
func (x *index) add(position, offset, size, time int64) {
	if position-x.places[len(x.places)-1].position >= indexEvery {
		x.places = append(x.places, place{offset, position, x.latest})
	}
	x.next, x.end, x.latest = offset+1, position+size, max(x.latest, time)
}

// beyond tells whether a place lies behind what is looked for.
type beyond func(place) bool

// byOffset looks for the last place that does not lie behind an offset.
func byOffset(offset int64) beyond { return func(p place) bool { return p.offset > offset } }

// byTime looks for the last place such that all records before it are older.
func byTime(t int64) beyond { return func(p place) bool { return p.before >= t } }

// last returns which of some places is the last that is not beyond what is looked
// for; the first when all are.
func last(places []place, is beyond) int {
	return max(sort.Search(len(places), func(i int) bool { return is(places[i]) })-1, 0)
}

// seek looks a place up in the segment's index: in the one that is held, else in its
// file. limit is where the records end at most.
func (s *segment) seek(limit int64, is beyond) (found place, err error) {
	s.mu.Lock()
	held := s.index != nil
	s.mu.Unlock()
	if !held {
		if found, ok := s.seekFile(limit, is); ok {
			return found, nil
		}
	}
	err = s.indexed(limit, func(x *index) { found = x.places[last(x.places, is)] })
	return found, err
}

// indexed looks into the segment's index, which is made from its records as far as
// it does not exist, and held for those who look next.
func (s *segment) indexed(limit int64, look func(*index)) error {
	f, err := s.acquire()
	if err != nil {
		return err
	}
	defer s.release()
	s.mu.Lock()
	if s.index == nil {
		if s.index = loadIndex(indexPath(s.path), s.base); s.index == nil || s.index.end > limit {
			s.index = newIndex(s.base, anyTime)
		}
	}
	lacks := s.index.end != limit || s.mend.failed
	if err := s.index.extend(f, limit, s.sparse()); err != nil {
		s.mu.Unlock()
		return err
	}
	look(s.index)
	active, whole := s.active, s.index.end == limit
	s.mu.Unlock()
	if !active {
		s.indexes.use(s)
		if lacks && whole && s.of != nil {
			s.of.mendIndex(s)
		}
	}
	return nil
}

// indexes are those, of segments that were looked up last, which no file has. An index
// takes a thousandth of its segment, so that a log of any size holds a few of them.
type indexes struct {
	mu   sync.Mutex
	used []*segment // those used last at the end
}

// mostIndexes is how many segments keep their index, beside those written.
const mostIndexes = 16

// use lets a segment keep its index until enough others were used. No segment's
// lock is held.
func (x *indexes) use(s *segment) {
	x.mu.Lock()
	x.used = append(slices.DeleteFunc(x.used, func(o *segment) bool { return o == s }), s)
	var gone *segment
	if len(x.used) > mostIndexes {
		gone = x.used[0]
		x.used = slices.Delete(x.used, 0, 1)
	}
	x.mu.Unlock()
	if gone != nil {
		gone.forget()
	}
}

// forget gives up the index of a segment that is not written.
func (s *segment) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.active {
		s.index = nil
	}
}

// span returns the times of a segment that is sealed, for which the beginning
// of its index file is enough.
func (s *segment) span() (times, error) {
	s.mu.Lock()
	known := s.known
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return times{}, err
	}
	t, ok := s.spanOfFile(info.Size())
	if !ok { // made from the records
		if err := s.indexed(info.Size(), func(x *index) { t = x.times }); err != nil {
			return t, err
		}
	}
	s.mu.Lock()
	s.known = &t
	s.mu.Unlock()
	return t, nil
}

// after bounds the times of what comes before the segment behind s, as far as
// that is told by the index file.
func (s *segment) after() int64 {
	if info, err := os.Stat(s.path); err == nil {
		if t, ok := s.spanOfFile(info.Size()); ok {
			return t.after()
		}
	}
	return anyTime
}

// cut forgets what lies at an offset and behind. The latest time stays, which
// at worst makes a search by time begin early.
func (x *index) cut(offset, position int64) {
	for n := len(x.places); n > 1 && x.places[n-1].offset >= offset; n-- {
		x.places = x.places[:n-1]
	}
	x.next, x.end = offset, position
}

// extend adds what is whole behind the index's end. Another reader may have
// taken it beyond limit already.
func (x *index) extend(f file, limit int64, sparse bool) error {
	if limit <= x.end {
		return nil
	}
	_, _, _, err := scan(f, x.end, limit, x.next, sparse, func(pos int64, fr frame, _ []byte) bool {
		x.add(pos, fr.offset, int64(fr.size), fr.time)
		return true
	})
	return err
}
