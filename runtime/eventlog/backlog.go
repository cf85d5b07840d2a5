package eventlog

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// backlog is what a journal has for partitions and nobody has put into their segments
// since: who opens a log after a crash reads its journal and goes on. What there is for
// a partition is put there before it is read or written here, and what is left soon
// after. Until all of it is, the journal forgets nothing. A nil backlog is empty.
type backlog struct {
	log        *Log
	lock       *lock // of the writer
	journal    file
	generation uint64
	end        int64 // of its entries

	mu     sync.Mutex
	parts  map[spot]*pending // by the topic's file name
	block  []pending         // for the next that are made
	room   []int64           // for where their entries begin
	waits  int               // for how many partitions something does
	player player
	played []string  // segments that were written, and not synced
	given  bool      // the log was given up: nothing is played any more
	looked time.Time // when it was made sure that the lock is held
}

// pending is what a journal has for a partition: where the entries begin that are not in the segment yet.
type pending struct{ waits []int64 }

// pendings are how many are made at a time.
const pendings = 64

func newBacklog(l *Log, lock *lock, journal file) *backlog {
	return &backlog{log: l, lock: lock, journal: journal, looked: time.Now(),
		player: player{log: l, files: map[string]file{}, units: groupStandings{}, parts: map[spot]bool{}}}
}

// read takes up what a journal of some size has. Units are put into the segments at
// once, behind what the same partitions have from before them.
func (b *backlog) read(size int64) (generation uint64, end int64, err error) {
	b.end = size
	b.parts = make(map[spot]*pending, min(size/4096, 1024))
	if b.generation, err = readGeneration(b.journal); err != nil {
		return 0, 0, err
	}
	generation, end, err = eachEntry(b.journal, size, func(e journalPart) error {
		if !e.isUnits() {
			b.await(e)
			return nil
		}
		return e.eachUnit(func(part journalPart) error {
			b.name(part)
			if err := b.put(part.spot()); err != nil {
				return err
			}
			return b.player.playPart(part)
		}, b.player.units.add)
	})
	return generation, end, errors.Join(err, b.close())
}

// await notes an entry that is to be put into its segment.
func (b *backlog) await(e journalPart) {
	p := b.name(e)
	if len(p.waits) == 0 {
		if b.waits++; len(b.room) == 0 {
			b.room = make([]int64, pendings)
		}
		p.waits, b.room = b.room[:0:1], b.room[1:]
	}
	p.waits = append(p.waits, e.at)
}

// name returns what there is for the partition of an entry, made when there is nothing.
func (b *backlog) name(e journalPart) *pending {
	p := b.parts[e.spot()]
	if p == nil {
		if len(b.block) == 0 {
			b.block = make([]pending, pendings)
		}
		p, b.block = &b.block[0], b.block[1:]
		b.parts[e.spot()] = p
	}
	return p
}

// play puts into a partition's segments what waits for it.
func (p *partition) play() error {
	b := p.log.backlog.Load()
	if b == nil {
		return nil
	}
	return b.play(spot{p.topic.file, p.number})
}

// play is that of a partition.
func (b *backlog) play(at spot) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.parts[at]
	switch {
	case p == nil || len(p.waits) == 0:
		return nil
	case b.given:
		return driver.ErrClosed
	}
	if time.Since(b.looked) >= b.log.guard {
		if !b.lock.held() {
			return fmt.Errorf("the lock was lost: %w", holderOf(b.lock.path, ""))
		}
		b.looked = time.Now()
	}
	err := errors.Join(b.put(at), b.close())
	if b.waits == 0 {
		b.log.backlog.CompareAndSwap(b, nil)
	}
	return err
}

// put is play for who closes the files.
func (b *backlog) put(at spot) error {
	p := b.parts[at]
	if p == nil || len(p.waits) == 0 {
		return nil
	}
	for _, from := range p.waits {
		e, n, err := readEntry(&ahead{of: b.journal}, from, b.end, b.generation)
		if err == nil && n == 0 {
			err = &CorruptError{Path: filepath.Join(b.log.dir, journalFile), Position: from, Offset: -1, Reason: "an entry is damaged that a segment needs"}
		}
		if err == nil {
			err = b.player.play(e)
		}
		if err != nil {
			return typed(err)
		}
	}
	p.waits = nil
	b.waits--
	return nil
}

// close gives up the files of the segments that were written.
func (b *backlog) close() (err error) {
	for path, f := range b.player.files {
		b.played = append(b.played, path)
		err = errors.Join(err, f.Close())
	}
	clear(b.player.files)
	if b.player.full {
		b.player.full = false
		b.log.shaken.Store(true)
	}
	return err
}

// giveUp lets nothing be played any more, once who plays is through: somebody else may
// write the log then.
func (b *backlog) giveUp() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.given = true
	b.log.backlog.CompareAndSwap(b, nil)
}

// rest puts all that is left into the segments.
func (b *backlog) rest() error {
	var errs []error
	for _, at := range b.left() {
		errs = append(errs, b.play(at))
	}
	return errors.Join(errs...)
}

// left returns for which partitions something waits, in any order.
func (b *backlog) left() (out []spot) {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for at, p := range b.parts {
		if len(p.waits) > 0 {
			out = append(out, at)
		}
	}
	return out
}

// written returns the segments that were written and are to be synced.
func (b *backlog) written() []string {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.Sort(b.played)
	b.played = slices.Compact(b.played)
	return slices.Clone(b.played)
}

// synced notes that they were.
func (b *backlog) synced() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.played = nil
}
