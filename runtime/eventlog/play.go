package eventlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// playJournal reads a journal, and puts what units have into the segments; what else
// it has waits in the backlog. The journal goes on behind that: the segments are synced
// with its next checkpoint. The writer's lock is held.
func (l *Log) playJournal(lock *lock) (*journal, error) {
	j := &journal{log: l, generation: 1, stays: staysAfter, unsynced: map[*partition]struct{}{}, moved: map[*positions]struct{}{}}
	f, err := l.open(filepath.Join(l.dir, journalFile), os.O_RDWR)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, err
	}
	j.file, j.size, j.header = f, journalHead, true
	if j.room, err = f.Size(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	b := newBacklog(l, lock, f)
	generation, end, err := b.read(j.room)
	if err == nil {
		j.units, err = b.player.parts, l.takeUp(j, b.player.units)
	}
	if err != nil {
		return nil, errors.Join(typed(err), f.Close())
	}
	j.backlog = b
	if len(b.waits) > 0 {
		l.backlog.Store(b)
	}
	if end > journalHead {
		j.generation, j.size, j.header = generation, end, false
		return j, nil
	}
	j.generation = generation + 1
	if generation == 0 { // nothing in the file may ever be taken for an entry
		if err := f.Truncate(0); err != nil {
			return nil, errors.Join(typed(err), f.Close())
		}
		j.room = 0
	}
	return j, nil
}

// journalPart is an entry. Its records are read when they are needed.
type journalPart struct {
	at             int64 // where it is in the journal, unless it is part of another
	base, position int64
	partition      uint32
	topic          string
	records        *io.SectionReader
}

// spot names the partition, by the topic's file name.
func (e journalPart) spot() spot { return spot{e.topic, int32(e.partition)} }

// eachEntry calls f with the whole entries of a journal, and returns its
// generation and where they end. It holds no more than a part of an entry in
// memory, whatever the file says.
func eachEntry(r io.ReaderAt, size int64, f func(journalPart) error) (generation uint64, end int64, err error) {
	if generation, err = readGeneration(r); err != nil || generation == 0 {
		return 0, journalHead, err
	}
	end = journalHead
	a := &ahead{of: r, step: 4 * chunkSize}
	for size-end >= journalEntry {
		e, n, err := readEntry(a, end, size, generation)
		if err != nil || n == 0 {
			return generation, end, err
		}
		if err := f(e); err != nil {
			return generation, end, err
		}
		end += n
	}
	return generation, end, nil
}

// readGeneration reads the header; 0 when there is none.
func readGeneration(r io.ReaderAt) (uint64, error) {
	head, err := readFull(r, make([]byte, journalHead), 0)
	if err != nil || len(head) < journalHead || string(head[:8]) != journalMagic ||
		crc32.Checksum(head[:16], castagnoli) != binary.LittleEndian.Uint32(head[16:]) {
		return 0, err
	}
	return binary.LittleEndian.Uint64(head[8:]), nil
}

// readEntry reads the entry at a position; n is 0 when there is none.
func readEntry(a *ahead, at, size int64, generation uint64) (e journalPart, n int64, err error) {
	b, err := a.peek(at, min(journalEntry+maxName, size-at))
	if err != nil || len(b) < journalEntry {
		return e, 0, err
	}
	n = int64(binary.LittleEndian.Uint32(b))
	name := int64(binary.LittleEndian.Uint32(b[36:]))
	if n < journalEntry || n > size-at || binary.LittleEndian.Uint64(b[8:]) != generation || name > min(n-journalEntry, maxName) {
		return e, 0, nil
	}
	e = journalPart{
		at: at, base: int64(binary.LittleEndian.Uint64(b[16:])), position: int64(binary.LittleEndian.Uint64(b[24:])),
		partition: binary.LittleEndian.Uint32(b[32:]), topic: a.name(b[journalEntry : journalEntry+name]),
		records: io.NewSectionReader(a.of, at+journalEntry+name, n-journalEntry-name),
	}
	want, sum := binary.LittleEndian.Uint32(b[4:]), uint32(0)
	for from, to := at+8, at+n; from < to; {
		b, err := a.peek(from, min(chunkSize, to-from))
		if err != nil || len(b) == 0 {
			return e, 0, err
		}
		sum, from = crc32.Update(sum, castagnoli, b), from+int64(len(b))
	}
	if sum != want || e.base < 0 || e.position < headerSize {
		return e, 0, nil
	}
	return e, n, nil
}

// ahead reads a file through a buffer, more than is asked for where the next is read
// behind it.
type ahead struct {
	of     io.ReaderAt
	step   int64 // how much is read at least
	buffer []byte
	at     int64 // where it lies
	last   string
}

// name returns a topic's name, which mostly is that of the entry before.
func (a *ahead) name(b []byte) string {
	if string(b) != a.last {
		a.last = string(b)
	}
	return a.last
}

// peek returns up to n bytes; fewer only at the end of the file. They are valid until the
// next call.
func (a *ahead) peek(at, n int64) (b []byte, err error) {
	from := at - a.at
	if from < 0 || from+n > int64(len(a.buffer)) {
		if want := max(n, a.step); want > int64(cap(a.buffer)) {
			a.buffer = make([]byte, want)
		}
		a.buffer, err = readFull(a.of, a.buffer[:max(n, a.step)], at)
		a.at, from = at, 0
	}
	return a.buffer[from:min(from+n, int64(len(a.buffer)))], err
}

// player puts entries where they belong.
type player struct {
	log    *Log
	files  map[string]file
	units  groupStandings // by the group's file name
	parts  map[spot]bool  // by the topic's file name, where units have records
	buffer []byte

	readOnly bool            // what would be written is errUnits
	only     map[string]bool // paths, unless nil: other segments stay as they are
	topic    string          // the directory that was seen to be plain
	full     bool            // there was no room to write again what is there
}

// play writes an entry to where it belongs. A segment that is gone was dropped
// since, and one that is shorter is not the one that was meant.
func (p *player) play(e journalPart) error {
	if e.isUnits() {
		return e.eachUnit(p.playPart, func(group string, at spot, st standing) { p.units.add(group, at, st) })
	}
	f, err := p.open(e)
	if f == nil || err != nil {
		return err
	}
	size, err := f.Size()
	if err != nil || e.position > size {
		return err
	}
	for at := int64(0); at < e.records.Size(); at += chunkSize {
		if err := p.put(f, e, at); err != nil {
			return err
		}
	}
	return nil
}

// put writes a part of an entry, also when it is there already: who wrote it may
// have been told that it could not be synced, and a sync that follows then makes
// durable what was written since. On a full disk what is there has to do for now.
func (p *player) put(f file, e journalPart, at int64) error {
	if p.buffer == nil {
		p.buffer = make([]byte, 2*chunkSize)
	}
	want, err := readFull(e.records, p.buffer[:chunkSize], at)
	if err != nil {
		return err
	}
	if !p.readOnly {
		_, err = f.WriteAt(want, e.position+at)
		if err = typed(err); p.only != nil || !errors.Is(err, ErrFull) {
			return err
		}
	}
	have, failed := readFull(f, p.buffer[chunkSize:][:len(want)], e.position+at)
	switch there := failed == nil && bytes.Equal(have, want); {
	case p.readOnly && failed == nil && !there:
		return errUnits
	case there && !p.readOnly:
		p.full, err = true, nil
	}
	return errors.Join(err, failed)
}

// rewrite writes to the segments again what the journal has for those of which a
// sync has failed: the system may have given up on what it could not write, and
// another sync does not try that again.
func (j *journal) rewrite() error {
	only := map[string]bool{}
	for p := range j.unsynced {
		if p.writing.doubt {
			only[p.writing.active.path] = true
		}
	}
	shaken := j.log.shaken.Swap(false)
	if shaken {
		for _, path := range j.backlog.written() {
			only[path] = true
		}
	}
	if len(only) == 0 {
		return nil
	}
	player := player{log: j.log, files: map[string]file{}, units: groupStandings{}, parts: map[spot]bool{}, only: only}
	_, end, err := eachEntry(j.file, j.size, player.play)
	if err == nil && end < j.size && !j.header {
		err = &CorruptError{Path: filepath.Join(j.log.dir, journalFile), Position: end, Offset: -1, Reason: "an entry is damaged that segments need"}
	}
	for _, f := range player.files {
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		j.log.shaken.Store(shaken)
		return err
	}
	for p := range j.unsynced {
		p.writing.doubt = false
	}
	return nil
}

// again writes the bytes of a file again, so that a sync makes them durable.
func again(f file, from, to int64) error {
	b := make([]byte, min(chunkSize, to-from))
	for from < to {
		part, err := readFull(f, b[:min(int64(len(b)), to-from)], from)
		if err == nil && len(part) == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			_, err = f.WriteAt(part, from)
		}
		if err != nil {
			return typed(err)
		}
		from += int64(len(part))
	}
	return nil
}

// flag is how segments are opened.
func (p *player) flag() int {
	if p.readOnly {
		return os.O_RDONLY
	}
	return os.O_RDWR
}

// open returns the segment of an entry, nil when there is none.
func (p *player) open(e journalPart) (file, error) {
	if _, ok := unescape(e.topic); !ok {
		return nil, nil
	}
	dir := filepath.Join(p.log.dir, topicsDir, e.topic, strconv.FormatUint(uint64(e.partition), 10))
	path := filepath.Join(dir, segmentName(e.base))
	if f, ok := p.files[path]; ok {
		return f, nil
	}
	if p.only != nil && !p.only[path] {
		return nil, nil
	}
	err := p.plain(filepath.Dir(dir))
	if err == nil {
		err = plainDirs(dir)
	}
	var f file
	if err == nil {
		f, err = p.log.open(path, p.flag())
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.files[path] = f
	return f, nil
}

// plain is plainDirs for the directory of a topic, and the one it is in.
func (p *player) plain(topic string) error {
	if topic == p.topic {
		return nil
	}
	if err := plainDirs(filepath.Dir(topic), topic); err != nil {
		return err
	}
	p.topic = topic
	return nil
}
