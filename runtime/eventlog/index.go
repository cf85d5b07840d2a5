package eventlog

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"sort"
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
	latest int64 // time of any record
}

func newIndex(base int64) *index {
	return &index{
		places: []place{{offset: base, position: headerSize, before: math.MinInt64}},
		next:   base, end: headerSize, latest: math.MinInt64,
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

// An index file is, in little endian: magic; base, next, end, latest, count of
// places, int64 each; the places, three int64 each; CRC-32C of all before.
const (
	indexMagic = "awidx\r\n\x01"
	indexHead  = 48
	placeSize  = 24
)

// save writes the index beside its segment.
func (x *index) save(path string, base int64) error {
	b := append(make([]byte, 0, indexHead+len(x.places)*placeSize+4), indexMagic...)
	for _, v := range []int64{base, x.next, x.end, x.latest, int64(len(x.places))} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
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
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return parseIndex(b, base)
}

// parseIndex is loadIndex for the bytes of the file.
func parseIndex(b []byte, base int64) *index {
	if len(b) < indexHead+placeSize+4 || string(b[:8]) != indexMagic {
		return nil
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(body[i:])) }
	count := at(40)
	if crc32.Checksum(body, castagnoli) != sum || at(8) != base || count != int64(len(body)-indexHead)/placeSize {
		return nil
	}
	x := &index{next: at(16), end: at(24), latest: at(32), places: make([]place, count)}
	for i := range x.places {
		n := indexHead + i*placeSize
		x.places[i] = place{at(n), at(n + 8), at(n + 16)}
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
	defer s.mu.Unlock()
	if s.index == nil {
		if s.index = loadIndex(indexPath(s.path), s.base); s.index == nil || s.index.end > limit {
			s.index = newIndex(s.base)
		}
	}
	if err := s.index.extend(f, limit, s.sparse()); err != nil {
		return place{}, err
	}
	return look(s.index), nil
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
