package eventlog

import (
	"encoding/binary"
	"hash/crc32"
	"os"
)

// An index file is, in little endian: magic; base, next, end, latest, earlier,
// count of places, int64 each; CRC-32C of all before. Parts with places follow, each
// of which ends with the CRC-32C of its places, begun with that of the head: one with
// the first place of every block, then the blocks of partPlaces places, the last of
// which may have fewer. A place is three int64. So a place is found by reading the
// beginning and one block.
const (
	indexMagic = "awidx\r\n\x03"
	indexHead  = 60
	placeSize  = 24
	partPlaces = 128
	// mostPlaces is how many the largest segment has.
	mostPlaces = 2 << 30 / indexEvery
	mostIndex  = indexHead + placeSize*(mostPlaces+mostPlaces/partPlaces+1) + 4*(mostPlaces/partPlaces+2)
	// indexBegin is how much is read of a file at first: it has the first places of
	// the blocks of a segment of 160 MB.
	indexBegin = 2 << 10
)

// save writes the index beside its segment.
func (x *index) save(path string, base int64) error {
	b := append(make([]byte, 0, indexHead+len(x.places)*(placeSize+1)+placeSize+8), indexMagic...)
	for _, v := range []int64{base, x.next, x.end, x.latest, x.earlier, int64(len(x.places))} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	head := b[:indexHead:indexHead]
	var firsts []place
	for at := 0; at < len(x.places); at += partPlaces {
		firsts = append(firsts, x.places[at])
	}
	b = appendPart(b, head, firsts)
	for at := 0; at < len(x.places); at += partPlaces {
		b = appendPart(b, head, x.places[at:min(at+partPlaces, len(x.places))])
	}
	return replaceFile(path, b, false)
}

// appendPart appends places with their checksum.
func appendPart(b, head []byte, places []place) []byte {
	start := len(b)
	for _, p := range places {
		b = binary.LittleEndian.AppendUint64(b, uint64(p.offset))
		b = binary.LittleEndian.AppendUint64(b, uint64(p.position))
		b = binary.LittleEndian.AppendUint64(b, uint64(p.before))
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Update(headSum(head), castagnoli, b[start:]))
}

// headSum returns the checksum of the head.
func headSum(head []byte) uint32 { return binary.LittleEndian.Uint32(head[indexHead-4:]) }

// partSize returns how many bytes so many places take.
func partSize(places int64) int64 { return places*placeSize + 4 }

// blocksOf returns how many blocks there are.
func blocksOf(places int64) int64 { return (places + partPlaces - 1) / partPlaces }

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
	if len(b) < indexHead || string(b[:8]) != indexMagic || crc32.Checksum(b[:indexHead-4], castagnoli) != headSum(b) {
		return nil, 0
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[i:])) }
	if at(8) != base || at(16) < base || at(24) < headerSize || at(48) < 1 || at(48) > mostPlaces {
		return nil, 0
	}
	return &index{next: at(16), end: at(24), times: times{at(32), at(40)}}, at(48)
}

// parseIndex is loadIndex for the bytes of the file.
func parseIndex(b []byte, base int64) *index {
	x, count := parseIndexHead(b, base)
	if x == nil {
		return nil
	}
	head, blocks := b[:indexHead], blocksOf(count)
	if int64(len(b)) != indexHead+partSize(blocks)+count*placeSize+4*blocks {
		return nil
	}
	firsts, b := b[indexHead:indexHead+partSize(blocks)], b[indexHead+partSize(blocks):]
	if _, ok := x.parsePart(nil, head, firsts, base); !ok {
		return nil
	}
	x.places = make([]place, 0, count)
	for ok := true; len(b) > 0; {
		n := partSize(min(partPlaces, count-int64(len(x.places))))
		if x.places, ok = x.parsePart(x.places, head, b[:n], base); !ok {
			return nil
		}
		b = b[n:]
	}
	return x
}

// parsePart appends the places of a part; false when it is damaged.
func (x *index) parsePart(to []place, head, b []byte, base int64) ([]place, bool) {
	body := b[:len(b)-4]
	if crc32.Update(headSum(head), castagnoli, body) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, false
	}
	for ; len(body) > 0; body = body[placeSize:] {
		at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(body[i:])) }
		p := place{at(0), at(8), at(16)}
		if p.position < headerSize || p.position > x.end || p.offset < base || p.offset > x.next {
			return nil, false
		}
		to = append(to, p)
	}
	return to, true
}

// indexFile is the file of an index, of which parts are read.
type indexFile struct {
	*os.File
	base  int64
	begin []byte // what was read of it, the head at least
	x     *index // without places
	count int64
}

// openIndex opens the index file of the segment and reads its beginning; nil when it is
// missing or damaged, or tells of something else than the records up to limit.
func (s *segment) openIndex(limit int64) *indexFile {
	f, err := openRegular(indexPath(s.path), os.O_RDONLY)
	if err != nil {
		return nil
	}
	b, err := readFull(f, make([]byte, indexBegin), 0)
	if err == nil {
		if x, count := parseIndexHead(b, s.base); x != nil && x.end == limit {
			return &indexFile{f, s.base, b, x, count}
		}
	}
	_ = f.Close()
	return nil
}

// part reads places, so many, from a position of the file on.
func (f *indexFile) part(at, places int64) ([]place, bool) {
	size := partSize(places)
	b := f.begin[min(at, int64(len(f.begin))):]
	if int64(len(b)) < size {
		var err error
		if b, err = readFull(f, make([]byte, size), at); err != nil || int64(len(b)) < size {
			return nil, false
		}
	}
	return f.x.parsePart(make([]place, 0, places), f.begin[:indexHead], b[:size], f.base)
}

// seekFile looks a place up in the index file; false when that does not tell.
func (s *segment) seekFile(limit int64, is beyond) (place, bool) {
	f := s.openIndex(limit)
	if f == nil {
		return place{}, false
	}
	defer func() { _ = f.Close() }()
	blocks := blocksOf(f.count)
	firsts, ok := f.part(indexHead, blocks)
	if !ok {
		return place{}, false
	}
	block := int64(last(firsts, is))
	at := indexHead + partSize(blocks) + block*partSize(partPlaces)
	places, ok := f.part(at, min(partPlaces, f.count-block*partPlaces))
	if !ok {
		return place{}, false
	}
	return places[last(places, is)], true
}

// spanOfFile reads the times from the index file, if that is about all of the
// segment.
func (s *segment) spanOfFile(size int64) (times, bool) {
	f := s.openIndex(size)
	if f == nil {
		return times{}, false
	}
	return f.x.times, f.Close() == nil
}
