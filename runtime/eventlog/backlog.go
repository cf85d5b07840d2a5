package eventlog

import (
	"errors"
	"fmt"
	"maps"
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
	waits  map[spot][]int64 // where the entries of partitions begin, by the topic's file name
	done   map[spot][]int64 // of those that were put into segments which were not synced since
	player player
	played []string  // segments that were written, and not synced
	given  bool      // the log was given up: nothing is played any more
	looked time.Time // when it was made sure that the lock is held
}

func newBacklog(l *Log, lock *lock, journal file) *backlog {
	return &backlog{log: l, lock: lock, journal: journal, waits: map[spot][]int64{}, done: map[spot][]int64{}, looked: time.Now(),
		player: player{log: l, files: map[string]file{}, units: groupStandings{}, parts: map[spot]bool{}}}
}

// read takes up what a journal of some size has. Units are put into the segments at
// once, behind what the same partitions have from before them.
func (b *backlog) read(size int64) (generation uint64, end int64, err error) {
	b.end = size
	if b.generation, err = readGeneration(b.journal); err != nil {
		return 0, 0, err
	}
	generation, end, err = eachEntry(b.journal, size, func(e journalPart) error {
		if !e.isUnits() {
			b.waits[e.spot()] = append(b.waits[e.spot()], e.at)
			return nil
		}
		return e.eachUnit(func(part journalPart) error {
			if err := b.put(part.spot()); err != nil {
				return err
			}
			return b.player.playPart(part)
		}, b.player.units.add)
	})
	return generation, end, errors.Join(err, b.close())
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
	if len(b.waits[at]) == 0 {
		return nil
	}
	if err := b.mine(); err != nil {
		return err
	}
	return errors.Join(b.put(at), b.close())
}

// again has what was put into a partition's segment put there again before anybody looks at it: a sync of it has
// failed, and the system may have given up on it, so that the partition would end before it.
func (p *partition) again() {
	if b := p.log.backlog.Load(); b != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		at := spot{p.topic.file, p.number}
		b.await(at, b.done[at])
		delete(b.done, at)
	}
}

// await has entries wait before those that do. mu is held.
func (b *backlog) await(at spot, entries []int64) {
	if len(entries) > 0 {
		b.waits[at] = slices.Concat(entries, b.waits[at])
	}
}

// mine tells whether this process still is the writer. mu is held.
func (b *backlog) mine() error {
	if b.given {
		return driver.ErrClosed
	}
	if time.Since(b.looked) >= b.log.guard {
		if !b.lock.held() {
			return fmt.Errorf("the lock was lost: %w", holderOf(b.lock.path, ""))
		}
		b.looked = time.Now()
	}
	return nil
}

// put is play for who closes the files.
func (b *backlog) put(at spot) error {
	for _, from := range b.waits[at] {
		e, _, err := b.entry(from)
		if err == nil {
			err = b.player.play(e)
		}
		if err != nil {
			return typed(err)
		}
	}
	if entries := b.waits[at]; len(entries) > 0 {
		b.done[at] = append(b.done[at], entries...)
	}
	delete(b.waits, at)
	return nil
}

// entry reads the one at a place of the journal, and how long it is. mu is held, unless nobody else plays yet.
func (b *backlog) entry(at int64) (e journalPart, n int64, err error) {
	e, n, err = readEntry(&ahead{of: b.journal}, at, b.end, b.generation)
	if err == nil && n == 0 {
		err = &CorruptError{Path: filepath.Join(b.log.dir, journalFile), Position: at, Offset: -1, Reason: "an entry is damaged that a segment needs"}
	}
	return e, n, err
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

// left returns for which partitions something waits.
func (b *backlog) left() []spot {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.waits))
}

// written returns the segments that were written and are to be synced.
func (b *backlog) written() []string {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.played)
}

// take is written for who syncs them, with the entries that they have; what is written meanwhile is to be synced later.
func (b *backlog) take() (paths []string, entries map[spot][]int64) {
	if b == nil {
		return nil, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	paths, b.played = b.played, nil
	entries, b.done = b.done, map[spot][]int64{}
	slices.Sort(paths)
	return slices.Compact(paths), entries
}

// giveBack says that they could not be synced: they may lack the entries by now.
func (b *backlog) giveBack(paths []string, entries map[spot][]int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.played = append(b.played, paths...)
	for at, from := range entries {
		b.await(at, from)
	}
}

// rested lets nobody ask any more, once nothing waits and all that was put into segments is synced.
func (b *backlog) rested() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waits) == 0 && len(b.done) == 0 {
		b.log.backlog.CompareAndSwap(b, nil)
	}
}
