package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"sync"
	"time"
)

// A segment file begins with, in little endian:
//
//	magic    8 bytes  "awlog\r\n" and the version, 1
//	base     int64    the offset it begins with
//	end      int64    the offset that follows it; 0: that of the next segment
//	created  int64    nanoseconds since 1970, UTC
//	flags    uint32   1: compacted, offsets may be missing
//	checksum uint32   CRC-32C of all before
//
// and zeros up to headerSize. Records follow.
const (
	headerSize  = 64
	headerBytes = 40
	compacted   = 1
	magic       = "awlog\r\n\x01"
)

// header is what a segment's file begins with.
type header struct {
	base, end, created int64
	flags              uint32
}

// bytes returns the header as it is written.
func (h header) bytes() []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.base))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.end))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.created))
	b = binary.LittleEndian.AppendUint32(b, h.flags)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return b[:headerSize]
}

// readHeader reads the header, and says what is wrong with it if anything is.
func readHeader(b []byte) (h header, fault string) {
	switch {
	case len(b) < headerSize:
		return h, "the file is shorter than its header"
	case string(b[:len(magic)-1]) != magic[:len(magic)-1]:
		return h, "not a segment of a log"
	case b[len(magic)-1] != magic[len(magic)-1]:
		return h, "written by a newer version"
	case crc32.Checksum(b[:headerBytes-4], castagnoli) != binary.LittleEndian.Uint32(b[headerBytes-4:]):
		return h, "the header's checksum is wrong"
	}
	h.base = int64(binary.LittleEndian.Uint64(b[8:]))
	h.end = int64(binary.LittleEndian.Uint64(b[16:]))
	h.created = int64(binary.LittleEndian.Uint64(b[24:]))
	h.flags = binary.LittleEndian.Uint32(b[32:])
	if h.base < 0 || h.base > maxOffset || h.end < 0 || h.end > maxOffset {
		return h, "the header names offsets that are none"
	}
	return h, ""
}

// segment is one file of a partition. Its file is open while somebody uses it.
type segment struct {
	path string
	base int64
	open opener

	indexes *indexes   // of the log
	of      *partition // nil while it is being made

	mu     sync.Mutex
	file   file // nil while nobody uses it
	users  int
	head   header
	info   os.FileInfo // when it was first opened; nil for those made here
	index  *index      // nil until needed
	active bool        // it is written here: the index stays
	known  *times      // once it is sealed and somebody asked
	mend   mending     // of the file of its index

	recently recently // guarded by Log.recent.mu
}

// same tells whether the file that the segment was read from is still there as
// it was.
func (s *segment) same() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.info == nil {
		return true // nothing of it is known
	}
	now, err := os.Lstat(s.path)
	return err == nil && os.SameFile(s.info, now) && now.Size() == s.info.Size() && now.ModTime().Equal(s.info.ModTime())
}

// segment returns a segment whose file is opened when it is needed.
func (l *Log) segment(path string, base int64) *segment {
	return &segment{path: path, base: base, open: l.open, indexes: &l.indexes}
}

// acquire opens the file for one more user, who calls release in the end.
func (s *segment) acquire() (file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		f, err := s.open(s.path, os.O_RDONLY)
		if err != nil {
			return nil, err
		}
		if err := s.check(f); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s.file = f
		if s.info == nil && !s.active {
			s.info, _ = os.Lstat(s.path)
		}
	}
	s.users++
	return s.file, nil
}

// size returns how many bytes the file has, which need not be open.
func (s *segment) size() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		return s.file.Size()
	}
	info, err := os.Lstat(s.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// unmade reports whether the file has no whole header yet: then nobody was promised
// a record in it, and its writer is making it, or was killed.
func (s *segment) unmade() bool {
	size, err := s.size()
	return err == nil && size < headerSize
}

// check reads the header.
func (s *segment) check(f file) error {
	b := make([]byte, headerSize)
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head, fault := readHeader(b[:n])
	if fault == "" && head.base != s.base {
		fault = "the header names another offset than the file's name"
	}
	if fault != "" {
		return &CorruptError{Path: s.path, Offset: s.base, Reason: fault}
	}
	s.head = head
	return nil
}

// release undoes an acquire.
func (s *segment) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 {
		_ = s.file.Close()
		s.file = nil
	}
}

// sparse tells whether offsets may be missing. The file must be acquired.
func (s *segment) sparse() bool { return s.head.flags&compacted != 0 }

// createSegment makes an empty segment, to be written, and acquires it. earlier
// bounds the times of what lies before it; durable says whether its
// header is forced to the disk; its name in the directory is the caller's matter.
func (l *Log) createSegment(path string, base, earlier int64, durable bool) (*segment, error) {
	f, err := l.open(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, typed(err)
	}
	s := l.segment(path, base)
	s.file, s.users, s.index, s.active = f, 1, newIndex(base, earlier), true
	s.head = header{base: base, created: time.Now().UnixNano()}
	_, err = f.WriteAt(s.head.bytes(), 0)
	if err == nil && durable {
		err = f.SyncData()
	}
	if err != nil {
		return nil, typed(errors.Join(err, f.Close(), os.Remove(path)))
	}
	return s, nil
}

// scan walks over the whole records of a file from pos, whose next offset is
// next, to limit, and calls visit with each until it returns false. It returns
// where it stopped, the offset that follows, and what it found there.
func scan(f io.ReaderAt, pos, limit, next int64, sparse bool, visit func(pos int64, fr frame, r []byte) bool) (int64, int64, int, error) {
	buf := make([]byte, 0, chunkSize)
	for {
		n := max(0, min(int64(cap(buf)), limit-pos))
		b, err := readFull(f, buf[:n], pos)
		if err != nil {
			return pos, next, frameBad, err
		}
		rest, last := b, int64(len(b)) < int64(cap(buf))
		for {
			fr, state := readFrame(rest)
			if state == frameGood && !follows(fr.offset, next, sparse) {
				state = frameBad
			}
			if state == frameShort && !last && pos+int64(fr.size) <= limit {
				if ok, err := worthReading(f, pos, fr.size); err != nil || !ok {
					return pos, next, frameBad, err
				}
				buf = grow(buf, len(rest), fr.size)
				break
			}
			if state != frameGood {
				return pos, next, state, nil
			}
			if !visit(pos, fr, rest[:fr.size]) {
				return pos, next, frameGood, nil
			}
			pos, next, rest = pos+int64(fr.size), fr.offset+1, rest[fr.size:]
			if len(rest) == 0 && !last {
				break
			}
		}
	}
}

// worthReading tells whether memory may be taken for the record of that size at
// pos.
func worthReading(f io.ReaderAt, pos int64, size int) (bool, error) {
	if size <= largeRecord {
		return true, nil
	}
	return sound(f, pos, size)
}

// grow returns a buffer that a record of size bytes fits into, when all that
// was read of it is the beginning of one.
func grow(buf []byte, have, size int) []byte {
	if have == cap(buf) || size > cap(buf) {
		return make([]byte, 0, max(size, 2*chunkSize))
	}
	return buf
}

// follows tells whether a record of that offset may come when next is due.
func follows(offset, next int64, sparse bool) bool {
	return offset == next || sparse && offset > next && offset <= maxOffset
}

// readFull reads up to len(b) bytes; fewer only at the end of the file.
func readFull(f io.ReaderAt, b []byte, pos int64) ([]byte, error) {
	n, err := f.ReadAt(b, pos)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

// chunkSize is how many bytes are read at a time.
const chunkSize = 64 << 10
