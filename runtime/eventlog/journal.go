package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// journal makes a round durable that has records for many partitions: one file
// is synced in place of all of theirs, which get the same bytes without. Now
// and then they are synced, and the journal begins anew. A log that is opened
// after a crash first puts what the journal has into the segments.
//
// The file begins with journalMagic, the generation, uint64, and CRC-32C of
// both. Entries follow, each with: its length and the CRC-32C of what follows,
// uint32; the generation, uint64; the segment's base and the position in it,
// int64; partition, uint32; length of the topic's file name, uint32, the name;
// records. The first entry that is not whole, or of another generation, ends
// it. An entry may be one of units (see appendUnits).
type journal struct {
	log        *Log
	file       file // nil until it is needed
	generation uint64
	size, room int64
	filled     int64 // up to where it was written, with entries or zeros
	header     bool  // the header is of an earlier generation
	unsynced   map[*partition]struct{}
	moved      map[*positions]struct{} // whose file may lack what units have moved
	units      map[spot]bool           // partitions, by the topic's file name, that units were played into
	backlog    *backlog                // what it has and the segments may lack; nil when it had nothing
	buffer     []byte

	// What is to be mended before anything else is stored.
	waits  error // units that have happened wait to be written to their segments
	uncut  bool  // what failed may lie behind size
	doubts bool  // the segments could not be synced: nothing may be forgotten

	last  *partition // that the last round was for, one of them
	stays int        // how many rounds before that one were for it alone

	stuck time.Time // when a full journal could not be emptied
}

const (
	journalFile   = "journal"
	journalMagic  = "awjnl\r\n\x01"
	journalHead   = 20
	journalEntry  = 40 // without name and records
	journalFull   = 64 << 20
	journalRoom   = 4 << 20
	staysAfter    = 8         // rounds in succession for one partition that the journal takes
	journalLarge  = 256 << 10 // bytes for each of them that are better synced in place
	leastFilled   = 64 << 10  // bytes that are filled ahead, as many as there are before them
	mostFilled    = 512 << 10 // and at most
	mostAtOnce    = 32        // segments that are synced at a time
	largestBuffer = 4 << 20
)

// suits tells whether a round is better off in the journal. One that cannot be emptied
// takes no more. A single partition is synced in place once it is the one of several rounds in
// succession: a file that was last synced a while ago takes twice as long as the journal.
func (j *journal) suits(steps []writeStep) bool {
	if j.size > journalFull {
		return false
	}
	parts, bytes := 0, 0
	for i := range steps {
		if steps[i].err == nil {
			parts++
			bytes += len(steps[i].records)
		}
	}
	if parts == 0 || bytes/parts >= journalLarge {
		return false
	}
	return !j.same(steps) || j.stays < staysAfter
}

// same tells whether a round is for the one partition that the last was for, or is the first.
func (j *journal) same(steps []writeStep) bool {
	return len(steps) == 1 && (j.last == nil || j.last == steps[0].p)
}

// follow notes for which partitions a round was.
func (j *journal) follow(steps []writeStep) {
	if j.stays++; !j.same(steps) {
		j.stays = 0
	}
	j.last = steps[0].p
}

// store makes a round durable, while write, unless it is nil, puts it into the segments. What of it that
// could not do is taken back from the journal: it is refused, and must never be played.
// When store fails, nothing of the round is in the journal.
func (j *journal) store(steps []writeStep, write func()) error {
	if err := j.open(); err != nil {
		if write != nil {
			write()
		}
		return err
	}
	before, b := j.size, j.entries(steps)
	err := j.putWhile(b, write)
	if err == nil && slices.ContainsFunc(steps, func(s writeStep) bool { return s.entered && s.err != nil }) {
		if err = j.retract(before); err == nil {
			err = j.put(j.entries(steps))
		}
	}
	if err != nil {
		return err
	}
	for i := range steps {
		if s := &steps[i]; s.err == nil {
			j.covers(s.p)
		}
	}
	return nil
}

// putWhile is put beside something else that is done, unless that is nil.
func (j *journal) putWhile(b []byte, do func()) error {
	if do != nil {
		var other sync.WaitGroup
		other.Go(do)
		defer other.Wait()
	}
	return j.put(b)
}

// entries returns those of a round.
func (j *journal) entries(steps []writeStep) []byte {
	b := j.buffer[:0]
	for i := range steps {
		s := &steps[i]
		if s.entered = s.err == nil; s.entered {
			b = j.entry(b, s)
		}
	}
	return b
}

// covers says that the journal has what the partition's segment may lose.
func (j *journal) covers(p *partition) {
	p.writing.unsynced = true
	j.unsynced[p] = struct{}{}
}

// put makes entries durable. When it fails none of them is ever played, unless
// the error is ErrUnknownOutcome: then they may be, until the journal is mended.
func (j *journal) put(b []byte) error {
	if cap(b) <= largestBuffer {
		j.buffer = b
	}
	err := j.write(b)
	if err == nil {
		return nil
	}
	if failed := j.retract(j.size); failed != nil {
		return failed
	}
	return err
}

// retract takes back what was written beyond a size. When it fails that may be played, until
// the journal is mended: the error is ErrUnknownOutcome.
func (j *journal) retract(size int64) error {
	j.size, j.uncut = size, true
	if err := j.takeBack(nil); err != nil {
		return errors.Join(driver.ErrUnknownOutcome, err)
	}
	return nil
}

// takeBack cuts off what was written and is not to be played, and puts something
// else there.
func (j *journal) takeBack(instead []byte) error {
	err := j.file.Truncate(j.size)
	if err == nil && len(instead) > 0 {
		_, err = j.file.WriteAt(instead, j.size)
	}
	if err == nil {
		err = j.file.SyncData()
	}
	j.room, j.uncut = j.size, err != nil
	j.filled = min(j.filled, j.size)
	return typed(err)
}

// mend sees to it that the journal can be relied on, after something has failed.
// An error says that it cannot yet, and that nothing may be stored.
func (j *journal) mend() error {
	if j.waits != nil {
		return j.waits
	}
	var err error
	if j.uncut {
		// A sync has failed since the file was cut off. Another may succeed and
		// do nothing; so it is given something to do.
		err = j.takeBack(make([]byte, journalEntry))
	}
	if err == nil && j.doubts {
		err = j.syncSegments()
	}
	if err != nil {
		return fmt.Errorf("what could not be stored before cannot be put in order yet: %w", err)
	}
	return nil
}

// write is put without a way back.
func (j *journal) write(b []byte) error {
	if j.size+int64(len(b)) > j.room {
		room := j.size + int64(len(b)) + journalRoom
		if err := j.file.Allocate(j.room, room); err == nil {
			j.room = room
		}
	}
	end := j.size + int64(len(b))
	if j.header {
		if _, err := j.file.WriteAt(journalHeader(j.generation), 0); err != nil {
			return typed(err)
		}
	}
	if _, err := j.file.WriteAt(b, j.size); err != nil {
		return typed(err)
	}
	j.fill(end)
	if err := j.file.SyncData(); err != nil {
		return typed(err)
	}
	j.header, j.size = false, end
	return nil
}

// fill writes zeros behind what has just been written, if that reaches beyond what the
// file was ever written, as writing.fill does for a segment. Each sync would note for
// the file system that more of its room is used, and with that store what it knows of the
// files of all partitions that were written: a round of many takes half as long again.
// An error is left to the write of the next entries.
func (j *journal) fill(end int64) {
	if end <= j.filled {
		return
	}
	j.filled = end
	for upTo := min(end+min(max(end, leastFilled), mostFilled), j.room); j.filled < upTo; {
		n := min(upTo-j.filled, int64(len(noBytes)))
		if _, err := j.file.WriteAt(noBytes[:n], j.filled); err != nil {
			j.filled = j.room
			return
		}
		j.filled += n
	}
}

// open opens the file for the first round.
func (j *journal) open() error {
	if j.file != nil {
		return nil
	}
	f, err := j.log.open(filepath.Join(j.log.dir, journalFile), os.O_RDWR|os.O_CREATE)
	if err != nil {
		return typed(err)
	}
	if err := j.log.folders.settle(j.log.dir); err != nil {
		return errors.Join(typed(err), f.Close())
	}
	j.room, _ = f.Size()
	j.file, j.size, j.header = f, journalHead, true
	return nil
}

// entry appends a partition's part of a round.
func (j *journal) entry(b []byte, s *writeStep) []byte {
	return j.sealed(b, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint64(b, uint64(s.p.writing.active.base))
		b = binary.LittleEndian.AppendUint64(b, uint64(s.before.size))
		b = binary.LittleEndian.AppendUint32(b, uint32(s.p.number))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(s.p.topic.file)))
		b = append(b, s.p.topic.file...)
		return append(b, s.records...)
	})
}

// sealed appends an entry of this generation, with what within appends.
func (j *journal) sealed(b []byte, within func([]byte) []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, 8)...)
	b = within(binary.LittleEndian.AppendUint64(b, j.generation))
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start))
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(b[start+8:], castagnoli))
	return b
}

func journalHeader(generation uint64) []byte {
	b := binary.LittleEndian.AppendUint64([]byte(journalMagic), generation)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// checkpoint makes durable in the segments what the journal has, and begins a
// new generation. The header of it is written with the first round: until then
// the old entries do no harm.
func (j *journal) checkpoint() error {
	if err := j.backlog.rest(); err != nil {
		return err // nothing is forgotten yet
	}
	if err := j.secure(); err != nil {
		return err
	}
	if j.file != nil && j.size > journalHead {
		j.generation++
		j.size, j.header = journalHead, true
	}
	return nil
}

// secure makes durable in the segments what they have of the journal, and where units have moved groups.
func (j *journal) secure() error {
	if err := j.mend(); err != nil {
		return err
	}
	if err := j.savePositions(); err != nil {
		return err
	}
	if err := j.syncSegments(); err != nil {
		return err
	}
	clear(j.unsynced)
	return nil
}

// relieve empties a full journal. When that fails it is left alone for a while, if the
// segments lack something: a failed sync of them is told to the next round.
func (j *journal) relieve() {
	if j.size > journalFull && time.Since(j.stuck) >= mostPause && j.checkpoint() != nil {
		j.stuck = time.Now()
	}
}

// syncSegments makes durable what the segments have of the journal. After it has
// failed they are in doubt.
func (j *journal) syncSegments() (err error) {
	defer func() { j.doubts = err != nil }()
	if err := j.rewrite(); err != nil {
		return err
	}
	var all []func() error
	for p := range j.unsynced {
		all = append(all, p.writing.syncFile)
	}
	played, entries := j.backlog.take()
	for _, path := range played {
		all = append(all, func() error { return j.log.syncSegment(path) })
	}
	err = together(all)
	if err == nil && j.log.shaken.Load() {
		err = errNotAgain
	}
	if err != nil {
		j.backlog.giveBack(played, entries)
		return err
	}
	j.backlog.rested()
	return nil
}

// errNotAgain says that a full disk has kept what the journal has from being written again meanwhile: a sync says nothing of it.
var errNotAgain = errors.New("a segment could not be written again meanwhile with what the journal has")

// savePositions makes durable where units have moved groups.
func (j *journal) savePositions() error {
	for s := range j.moved {
		if err := s.flush(); err != nil {
			return err
		}
		delete(j.moved, s)
	}
	return nil
}

// together runs functions, some at a time, and returns their errors.
func together(all []func() error) error {
	errs := make([]error, len(all))
	gate := make(chan struct{}, mostAtOnce)
	var wait sync.WaitGroup
	for i, do := range all {
		gate <- struct{}{}
		wait.Go(func() {
			defer func() { <-gate }()
			errs[i] = do()
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// syncSegment makes a segment's file durable, if it is still there.
func (l *Log) syncSegment(path string) error {
	f, err := l.open(path, os.O_RDWR)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = f.SyncData()
	if err != nil {
		l.shake()
	}
	return errors.Join(typed(err), f.Close())
}

// reset is a checkpoint after which what the journal had is never played: what
// is in the segments may be changed. Where some of them cannot be written, that is so for all others.
func (j *journal) reset() error {
	if j.backlog.rest() != nil {
		if err := j.secure(); err != nil {
			return err
		}
		return j.condense()
	}
	if err := j.checkpoint(); err != nil || j.file == nil {
		return err
	}
	j.generation++
	_, err := j.file.WriteAt(journalHeader(j.generation), 0)
	j.size = journalHead
	written := err == nil
	if !written { // emptying it needs no room
		j.room, j.filled = 0, 0
		err = j.file.Truncate(0)
	}
	if err == nil {
		err = j.file.SyncData()
	}
	j.header = !written || err != nil // what a failed sync had is written again
	return typed(err)
}

// abandon closes the journal and leaves it as it is.
func (j *journal) abandon() error {
	j.backlog.giveUp()
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// close empties the journal for good and deletes it.
func (j *journal) close() error {
	err := j.checkpoint()
	if err = errors.Join(err, j.abandon()); j.file == nil {
		return err
	}
	if err == nil {
		err = errors.Join(os.Remove(filepath.Join(j.log.dir, journalFile)), j.log.folders.settle(j.log.dir))
	}
	return err
}
