package eventlog

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// mark tells how much of a partition is durable: size bytes of the segment
// that begins at base, which is all before the offset next. The writer leaves
// it in the topic's file of marks after each sync and never syncs that: after a power cut it
// may be old, but it never promises too much. Other processes hand out to
// groups only what it covers; and what it covers was promised, so damage there
// is no torn end.
//
// It is base, size, next, cut, int64 each; uint32 with 1 for unsynced and
// twice the epoch; CRC-32C of all before. The file has that of partition n at n times
// markSlot, so that none lies in two sectors of a disk.
type mark struct {
	base, size, next int64
	// cut is where the partition was last truncated, epoch counts how often.
	cut   int64
	epoch uint32
	// unsynced: it is stored, and not known to be durable (Sync None).
	unsynced bool
}

const (
	markSize = 40
	markSlot = 64
)

func (m mark) bytes(b []byte) []byte {
	for _, v := range []int64{m.base, m.size, m.next, m.cut} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	flags := m.epoch << 1
	if m.unsynced {
		flags |= 1
	}
	b = binary.LittleEndian.AppendUint32(b, flags)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// parseMark reads a mark; false when there is none.
func parseMark(b []byte) (mark, bool) {
	if len(b) != markSize || crc32.Checksum(b[:markSize-4], castagnoli) != binary.LittleEndian.Uint32(b[markSize-4:]) {
		return mark{}, false
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[i:])) }
	flags := binary.LittleEndian.Uint32(b[32:])
	m := mark{base: at(0), size: at(8), next: at(16), cut: at(24), epoch: flags >> 1, unsynced: flags&1 != 0}
	return m, m.base >= 0 && m.size >= 0 && m.next >= m.base && m.next <= maxOffset && m.cut >= 0
}

// readMark reads the mark of a partition of the topic in a directory; see markReader.
func readMark(topic string, partition int32) (m mark, ok, there bool) {
	var marks markReader
	defer marks.close()
	return marks.read(topic, partition)
}

// markReader reads marks, one by one as they are then: one that was read ahead may be older
// than what is known by the time it is looked at, unless that is nothing. The file of a topic stays open until one of
// another is read, so that who reads many opens it once. The zero value is ready; close it.
type markReader struct {
	topic string   // its directory
	file  *os.File // nil until there is one
	room  [markSize]byte
	block []byte // marks that were read ahead
	from  int64  // where they begin
}

// marksAhead is how many marks are read ahead.
const marksAhead = 256

// read reads the mark of a partition of the topic in a directory. While it is being
// written it may look damaged: then it is read again. there says that something is, whatever
// it tells; where the file cannot be read it is not open then.
func (r *markReader) read(topic string, partition int32) (m mark, ok, there bool) {
	if !r.turn(topic) {
		return mark{}, false, false
	}
	for range 3 {
		b, err := readFull(r.file, r.room[:], int64(partition)*markSlot)
		if err != nil {
			r.close()
			return mark{}, false, there
		}
		if len(b) < markSize || r.room == [markSize]byte{} {
			return mark{}, false, there
		}
		there = true
		if m, ok := parseMark(b); ok {
			return m, true, true
		}
	}
	return mark{}, false, there
}

// ahead is read for who knows nothing of the partition yet: to that one a mark is as good that was read
// with those before it.
func (r *markReader) ahead(topic string, partition int32) (m mark, ok, there bool) {
	if !r.turn(topic) {
		return mark{}, false, false
	}
	at := int64(partition) * markSlot
	if at < r.from || at+markSize > r.from+int64(len(r.block)) {
		if r.block == nil {
			r.block = make([]byte, marksAhead*markSlot)
		}
		b, err := readFull(r.file, r.block, at)
		if err != nil {
			r.close()
			return mark{}, false, false
		}
		r.from = at
		clear(r.block[len(b):])
	}
	b := r.block[at-r.from:][:markSize]
	if m, ok := parseMark(b); ok {
		return m, true, true
	}
	if [markSize]byte(b) == [markSize]byte{} {
		return mark{}, false, false
	}
	return r.read(topic, partition)
}

// turn opens the file of a topic's marks, if it is not open.
func (r *markReader) turn(topic string) bool {
	if r.file != nil && r.topic == topic {
		return true
	}
	r.close()
	f, err := openRegular(filepath.Join(topic, marksFile), os.O_RDONLY)
	if err != nil {
		return false
	}
	r.topic, r.file = topic, f
	return true
}

// close gives up the file.
func (r *markReader) close() {
	if r.file != nil {
		_ = r.file.Close()
	}
	r.file, r.block = nil, nil
}

// readMark is that of this partition.
func (p *partition) readMark() (m mark, ok bool) {
	m, ok, _ = readMark(p.topic.dir, p.number)
	return m, ok
}

// marks is the file of a topic's marks while this Log writes it.
type marks struct {
	mu   sync.Mutex
	file file // nil until one is written
}

// write does something with the file.
func (m *marks) write(p *partition, do func(file) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		f, err := p.log.open(filepath.Join(p.topic.dir, marksFile), os.O_RDWR|os.O_CREATE)
		if err != nil {
			return err
		}
		m.file = f
	}
	return do(m.file)
}

// close gives up the file.
func (m *marks) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.file
	if m.file = nil; f == nil {
		return nil
	}
	return f.Close()
}

// writeMark writes the bytes of the partition's mark, and with durable makes it so.
func (p *partition) writeMark(b []byte, durable bool) error {
	err := p.topic.marks.write(p, func(f file) error {
		_, err := f.WriteAt(b, int64(p.number)*markSlot)
		p.log.bell.note(p.log.dir, p.slot)
		if err == nil && durable {
			err = f.SyncData()
		}
		return err
	})
	if err == nil && durable {
		err = p.log.folders.settle(p.topic.dir)
	}
	return typed(err)
}

// The marks that are written together: of partitions with so few others between them that these
// take less than a call of the system for each, and so many at most.
const (
	marksBetween = 128
	marksAtOnce  = 1024
)

// markWriter writes the marks of many partitions. One goroutine uses it.
type markWriter struct {
	late []*writing // whose marks do not say what last does
	room []byte     // what is written at once
}

// add notes that a mark is to be written.
func (m *markWriter) add(w *writing) { m.late = append(m.late, w) }

// write writes the marks. One that stays behind makes readers elsewhere wait.
func (m *markWriter) write() {
	slices.SortFunc(m.late, func(a, b *writing) int {
		if a.p.topic != b.p.topic {
			return strings.Compare(a.p.topic.file, b.p.topic.file)
		}
		return int(a.p.number - b.p.number)
	})
	for rest := m.late; len(rest) > 0; {
		n := near(rest)
		if n == 1 || m.writeAll(rest[:n]) != nil { // there may be no room for what lies between
			for _, w := range rest[:n] {
				_ = w.putMark()
			}
		}
		rest = rest[n:]
	}
	clear(m.late)
	m.late = m.late[:0]
}

// near returns how many of the first marks are written together.
func near(of []*writing) int {
	first := of[0].p
	for i := 1; i < len(of); i++ {
		p := of[i].p
		if p.topic != first.topic || p.number-of[i-1].p.number > marksBetween || p.number-first.number >= marksAtOnce {
			return i
		}
	}
	return len(of)
}

// writeAll writes marks with one call, and what lies between them as it is. Nobody else
// writes any meanwhile: they are those of a topic that this Log writes.
func (m *markWriter) writeAll(of []*writing) error {
	first := of[0].p
	from := int64(first.number) * markSlot
	n := int(of[len(of)-1].p.number-first.number)*markSlot + markSize
	m.room = slices.Grow(m.room[:0], n)[:n]
	return first.topic.marks.write(first, func(f file) error {
		b, err := readFull(f, m.room, from)
		if err != nil {
			return err
		}
		clear(m.room[len(b):])
		for _, w := range of {
			w.last.bytes(m.room[int64(w.p.number)*markSlot-from:][:0])
		}
		if _, err := f.WriteAt(m.room, from); err != nil {
			return err
		}
		for _, w := range of {
			w.marked, w.there = true, true
			w.p.log.bell.note(w.p.log.dir, w.p.slot)
		}
		return nil
	})
}
