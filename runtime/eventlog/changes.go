package eventlog

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The file of changes lets a process that reads many partitions of a log which
// another one writes look at one file to know which of them have something new,
// and not at the marks of all. It is counters, uint32 each, in slots that
// partitions share: when a mark was written, the counter of its partition's slot
// goes up. Nothing depends on it: it is not synced, and who reads looks at all
// marks now and then.
const (
	changesFile  = "changes"
	changesSlots = 1024
	changesSize  = 4 * changesSlots
	lookAtAll    = time.Second
)

// slotOf returns the slot of a partition: those of one topic have different ones,
// as far as there are.
func slotOf(topic string, number int) uint16 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, topic)
	return uint16((h.Sum32() + uint32(number)) % changesSlots)
}

// bell tells other processes of changes. It has the file open while this Log holds
// the lock of the writer.
type bell struct {
	mu        sync.Mutex
	file      *os.File
	counts    []byte // the file
	low, high int    // the part of it that the file lacks
	broken    bool   // the file cannot be written
}

// note counts that the mark of a partition was written, which is told when the bell
// rings.
func (b *bell) note(dir string, slot uint16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken || b.file == nil && !b.open(filepath.Join(dir, changesFile)) {
		return
	}
	at := 4 * int(slot)
	binary.LittleEndian.PutUint32(b.counts[at:], binary.LittleEndian.Uint32(b.counts[at:])+1)
	if b.low == b.high {
		b.low, b.high = at, at
	}
	b.low, b.high = min(b.low, at), max(b.high, at+4)
}

// ring tells of what was noted, of many partitions with one write.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken || b.low == b.high {
		return
	}
	if _, err := b.file.WriteAt(b.counts[b.low:b.high], int64(b.low)); err != nil {
		b.broken = true
	}
	b.low, b.high = 0, 0
}

// open takes up the counters where the writer before has left them.
func (b *bell) open(path string) bool {
	f, err := openRegular(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		b.broken = true
		return false
	}
	at := make([]byte, changesSize)
	if n, _ := f.ReadAt(at, 0); n < changesSize {
		if err = f.Truncate(changesSize); err != nil {
			_ = f.Close()
			b.broken = true
			return false
		}
	}
	b.file, b.counts = f, at
	return true
}

// close gives up the file, before somebody else may write it.
func (b *bell) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil {
		_ = b.file.Close()
	}
	b.file, b.counts, b.low, b.high, b.broken = nil, nil, 0, 0, false
}

// ear hears what a bell in another process tells. One goroutine uses it.
type ear struct {
	file       *os.File
	last, next []byte
	all        time.Time // when everything was looked at
}

// listen returns the slots in which there may be something new since the last
// time, or true when that may be in all of them.
func (e *ear) listen(dir string) (rang []uint16, all bool) {
	if time.Since(e.all) >= lookAtAll || !e.read() {
		e.begin(dir)
		return nil, true
	}
	e.last, e.next = e.next, e.last
	if bytes.Equal(e.last, e.next) {
		return nil, false
	}
	for at := 0; at < changesSize; at += 4 {
		if !bytes.Equal(e.last[at:at+4], e.next[at:at+4]) {
			rang = append(rang, uint16(at/4))
		}
	}
	return rang, false
}

// read reads the counters as they are now.
func (e *ear) read() bool {
	if e.file == nil {
		return false
	}
	n, _ := e.file.ReadAt(e.next, 0)
	return n == changesSize
}

// begin takes up the file that is there now, before everything is looked at.
func (e *ear) begin(dir string) {
	e.close()
	e.all = time.Now()
	f, err := openRegular(filepath.Join(dir, changesFile), os.O_RDONLY)
	if err != nil {
		return
	}
	e.file = f
	if e.last == nil {
		e.last, e.next = make([]byte, changesSize), make([]byte, changesSize)
	}
	if !e.read() {
		e.close()
		return
	}
	e.last, e.next = e.next, e.last
}

func (e *ear) close() {
	if e.file != nil {
		_ = e.file.Close()
	}
	e.file = nil
}
