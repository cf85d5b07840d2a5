package eventlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// playJournal puts what a journal has into the segments. The journal goes on
// behind that: the segments are synced with its next checkpoint. The writer's
// lock is held.
func (l *Log) playJournal() (*journal, error) {
	j := &journal{log: l, generation: 1, unsynced: map[*partition]struct{}{}, moved: map[*positions]struct{}{}}
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
	player := player{log: l, files: map[string]file{}, units: groupStandings{}, parts: map[spot]bool{}}
	generation, end, err := eachEntry(f, j.room, player.play)
	if player.full {
		l.shaken.Store(true)
	}
	if err == nil {
		j.units, err = player.parts, l.takeUp(j, player.units)
	}
	for path, f := range player.files {
		j.played = append(j.played, path)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, errors.Join(typed(err), f.Close())
	}
	if end > journalHead {
		j.generation, j.size, j.header = generation, end, false
		return j, nil
	}
	j.generation = generation + 1
	if generation == 0 { // nothing in the file may ever be taken for an entry
		j.room, err = 0, f.Truncate(0)
	}
	return j, typed(err)
}

// journalPart is an entry. Its records are read when they are needed.
type journalPart struct {
	base, position int64
	partition      uint32
	topic          string
	records        *io.SectionReader
}

// eachEntry calls f with the whole entries of a journal, and returns its
// generation and where they end. It holds no more than a part of an entry in
// memory, whatever the file says.
func eachEntry(r io.ReaderAt, size int64, f func(journalPart) error) (generation uint64, end int64, err error) {
	head, err := readFull(r, make([]byte, journalHead), 0)
	if err != nil || len(head) < journalHead || string(head[:8]) != journalMagic ||
		crc32.Checksum(head[:16], castagnoli) != binary.LittleEndian.Uint32(head[16:]) {
		return 0, journalHead, err
	}
	generation, end = binary.LittleEndian.Uint64(head[8:]), journalHead
	sum, buffer := crc32.New(castagnoli), make([]byte, chunkSize)
	for size-end >= journalEntry {
		e, n, err := readEntry(r, end, size, generation, sum, buffer)
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

// readEntry reads the entry at a position; n is 0 when there is none.
func readEntry(r io.ReaderAt, at, size int64, generation uint64, sum hash.Hash32, buffer []byte) (e journalPart, n int64, err error) {
	b, err := readFull(r, make([]byte, min(journalEntry+maxName, size-at)), at)
	if err != nil || len(b) < journalEntry {
		return e, 0, err
	}
	n = int64(binary.LittleEndian.Uint32(b))
	name := int64(binary.LittleEndian.Uint32(b[36:]))
	if n < journalEntry || n > size-at || binary.LittleEndian.Uint64(b[8:]) != generation || name > min(n-journalEntry, maxName) {
		return e, 0, nil
	}
	sum.Reset()
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{io.NewSectionReader(r, at+8, n-8)}, buffer); err != nil {
		return e, 0, err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(b[4:]) {
		return e, 0, nil
	}
	e = journalPart{
		base: int64(binary.LittleEndian.Uint64(b[16:])), position: int64(binary.LittleEndian.Uint64(b[24:])),
		partition: binary.LittleEndian.Uint32(b[32:]), topic: string(b[journalEntry : journalEntry+name]),
		records: io.NewSectionReader(r, at+journalEntry+name, n-journalEntry-name),
	}
	if e.base < 0 || e.position < headerSize {
		return e, 0, nil
	}
	return e, n, nil
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
		for _, path := range j.played {
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
