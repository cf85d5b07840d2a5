package eventlog

import (
	"encoding/binary"
	"hash/crc32"
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

// byOffset returns the last place that does not lie behind an offset.
func (x *index) byOffset(offset int64) place {
	i := sort.Search(len(x.places), func(i int) bool { return x.places[i].offset > offset })
	return x.places[max(i-1, 0)]
}

// byTime returns the last place such that all records before it are older.
func (x *index) byTime(t int64) place {
	i := sort.Search(len(x.places), func(i int) bool { return x.places[i].before >= t })
	return x.places[max(i-1, 0)]
}

// An index file is, in little endian: magic; base, next, end, latest, earlier,
// count of places, int64 each; CRC-32C of all before; the places, three int64
// each; CRC-32C of all before.
const (
	indexMagic = "awidx\r\n\x02"
	indexHead  = 60
	placeSize  = 24
	// mostIndex is what the index of the largest segment takes.
	mostIndex = indexHead + placeSize*(2<<30/indexEvery) + 4
)

// save writes the index beside its segment.
func (x *index) save(path string, base int64) error {
	b := append(make([]byte, 0, indexHead+len(x.places)*placeSize+4), indexMagic...)
	for _, v := range []int64{base, x.next, x.end, x.latest, x.earlier, int64(len(x.places))} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	for _, p := range x.places {
		b = binary.LittleEndian.AppendUint64(b, uint64(p.offset))
		b = binary.LittleEndian.AppendUint64(b, uint64(p.position))
		b = binary.LittleEndian.AppendUint64(b, uint64(p.before))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return replaceFile(path, b, false)
}

// loadIndex reads an index file; nil when it is missing, damaged or of another
// segment.
func loadIndex(path string, base int64) *index {
	b, err := readFile(path, mostIndex)
	if err != nil {
		return nil
	}
	return parseIndex(b, base)
}

// parseIndexHead reads the beginning of an index file; count is that of places.
func parseIndexHead(b []byte, base int64) (x *index, count int64) {
	if len(b) < indexHead || string(b[:8]) != indexMagic ||
		crc32.Checksum(b[:indexHead-4], castagnoli) != binary.LittleEndian.Uint32(b[indexHead-4:]) {
		return nil, 0
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[i:])) }
	if at(8) != base || at(16) < base || at(24) < headerSize {
		return nil, 0
	}
	return &index{next: at(16), end: at(24), times: times{at(32), at(40)}}, at(48)
}

// parseIndex is loadIndex for the bytes of the file.
func parseIndex(b []byte, base int64) *index {
	x, count := parseIndexHead(b, base)
	if x == nil || len(b) < indexHead+placeSize+4 {
		return nil
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum || (len(body)-indexHead)%placeSize != 0 || count != int64(len(body)-indexHead)/placeSize {
		return nil
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(body[i:])) }
	x.places = make([]place, count)
	for i := range x.places {
		n := indexHead + i*placeSize
		x.places[i] = place{at(n), at(n + 8), at(n + 16)}
		if p := x.places[i]; p.position < headerSize || p.position > x.end || p.offset < base || p.offset > x.next {
			return nil
		}
	}
	return x
}

// seek looks a place up in the segment's index, which is made from its records
// as far as it does not exist. limit is where the records end at most.
func (s *segment) seek(limit int64, look func(*index) place) (place, error) {
	f, err := s.acquire()
	if err != nil {
		return place{}, err
	}
	defer s.release()
	s.mu.Lock()
	if s.index == nil {
		if s.index = loadIndex(indexPath(s.path), s.base); s.index == nil || s.index.end > limit {
			s.index = newIndex(s.base, anyTime)
		}
	}
	if err := s.index.extend(f, limit, s.sparse()); err != nil {
		s.mu.Unlock()
		return place{}, err
	}
	found, active := look(s.index), s.active
	s.mu.Unlock()
	if !active {
		s.indexes.use(s)
	}
	return found, nil
}

// indexes are those of segments that were looked up last. An index takes a
// thousandth of its segment, so that a log of any size holds a few of them.
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
		if _, err := s.seek(info.Size(), func(x *index) place { t = x.times; return place{} }); err != nil {
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

// spanOfFile reads the times from the index file, if that is about all of the
// segment.
func (s *segment) spanOfFile(size int64) (times, bool) {
	f, err := openRegular(indexPath(s.path), os.O_RDONLY)
	if err != nil {
		return times{}, false
	}
	defer func() { _ = f.Close() }()
	b, err := readFull(f, make([]byte, indexHead), 0)
	if err != nil {
		return times{}, false
	}
	x, _ := parseIndexHead(b, s.base)
	if x == nil || x.end != size {
		return times{}, false
	}
	return x.times, true
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
