package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The file of a group's positions begins with positionsMagic. Entries follow (see
// appendEntry), the last for a partition counts. An entry that is not whole ends
// the file. It is written anew when it has become long.
const (
	positionsFile   = "positions"
	positionsLock   = "lock"
	positionsMagic  = "awpos\r\n\x01"
	positionsRewrit = 4 << 20
	mostPositions   = 64 << 20 // bytes of a file that is believed
	// How long acknowledgements may lie in memory, and how long in the
	// system's, unless Flush or Close makes them durable before.
	positionsLag  = 5 * time.Millisecond
	positionsSync = time.Second
)

// spot names a partition.
type spot struct {
	address   string
	partition int32
}

// positions is where a group is, in memory and on the disk. Who acknowledges needs mu,
// which nobody holds while the disk works.
type positions struct {
	dir     string
	open    opener
	folders *folders
	lock    *lock

	disk    sync.Mutex // guards the file and what is known of it; taken before mu
	size    int64      // of the file
	file    file
	synced  bool
	last    time.Time   // of the last sync
	failed  error       // why they were not durable when they were closed
	left    os.FileInfo // the file that was left then
	scratch []byte

	mu     sync.Mutex
	stands stands
	serial uint64      // of the last unit
	timer  *time.Timer // runs while something is to be written or synced
	idle   bool        // nothing is to be written: the timer runs for a sync
	closed bool
}

// groupPath returns the directory of a group, which need not exist.
func (l *Log) groupPath(group string) (string, error) {
	file, err := escape(group)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(l.dir, groupsDir, file)
	if err := plainDirs(filepath.Dir(dir), dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return dir, nil
}

// openPositions takes a group's lock and reads where it is.
func (l *Log) openPositions(group string) (*positions, error) {
	return l.openPositionsWith(group, l.unplayed)
}

// openPositionsWith is openPositions with what the journal has of the group, which
// is asked for once the lock is held.
func (l *Log) openPositionsWith(group string, units func(file string) (unitStandings, error)) (*positions, error) {
	dir, err := l.groupPath(group)
	if err != nil {
		return nil, err
	}
	if err := l.folders.makeDirs(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, positionsLock)
	lock, err := takeLock(path)
	if errors.Is(err, ErrLocked) {
		return nil, holderOf(path, group)
	}
	if err != nil {
		return nil, fmt.Errorf("group %q: %w", group, typed(err))
	}
	s := &positions{dir: dir, open: l.open, folders: l.folders, lock: lock, synced: true, last: time.Now()}
	path = filepath.Join(dir, positionsFile)
	var at map[spot]standing
	torn := 0
	// The journal first: who empties it has put into the file what it had.
	more, err := units(filepath.Base(dir))
	if err == nil {
		at, torn, err = readPositions(path)
	}
	if err == nil {
		s.begin(at, more)
		if err = s.rewrite(); errors.Is(err, ErrFull) {
			err = s.resume(path, torn)
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

// begin takes up what the file has, and the units that came after it.
func (s *positions) begin(at map[spot]standing, more unitStandings) {
	s.stands = standsOf(at)
	s.stands.join(more)
	for _, st := range s.stands.all {
		s.serial = max(s.serial, st.serial)
	}
}

// rewrite replaces the file by one without what is outdated. When that fails the next
// write is one, too. disk is held.
func (s *positions) rewrite() error {
	path := filepath.Join(s.dir, positionsFile)
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
	s.mu.Lock()
	b, taken := positionsBytes(s.stands.standings()), s.stands.take()
	s.mu.Unlock()
	f, err := s.replace(path, b)
	if err != nil { // who goes on in the file that is there writes them to that
		s.mu.Lock()
		defer s.mu.Unlock()
		s.stands.giveBack(taken)
		return err
	}
	s.file, s.size, s.synced = f, int64(len(b)), true
	return nil
}

// replace puts content into the file, and opens it.
func (s *positions) replace(path string, content []byte) (file, error) {
	if err := errors.Join(s.folders.mend(), s.folders.replaceFile(path, content)); err != nil {
		return nil, typed(err)
	}
	return s.open(path, os.O_RDWR)
}

// resume goes on in the file as it is, because there is no room for another.
// Without one there is nothing to go on in: it is made when there is room. So it is
// when what is there cannot be written again, without which a sync says nothing of it.
func (s *positions) resume(path string, torn int) error {
	f, err := s.open(path, os.O_RDWR)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.size, err = f.Size(); err != nil {
		return errors.Join(err, f.Close())
	}
	s.size -= int64(torn)
	if err := again(f, 0, s.size); err != nil {
		return errors.Join(unlessFull(err), f.Close())
	}
	s.file, s.synced = f, false
	return nil
}

// group returns the name of the group's directory.
func (s *positions) group() string { return filepath.Base(s.dir) }

// lag is what the timer does.
func (s *positions) lag() {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	s.timer = nil
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return
	}
	err := s.write()
	if err == nil && time.Since(s.last) >= positionsSync {
		err = s.sync()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.timer != nil { // of what has changed meanwhile
		s.timer.Stop()
		s.timer = nil
	}
	if s.timer == nil && (err != nil || !s.synced) {
		s.timer, s.idle = time.AfterFunc(positionsSync, s.lag), err == nil
	}
}

// write writes what has changed. disk is held.
func (s *positions) write() error {
	if s.file == nil || s.size > positionsRewrit {
		return s.rewrite()
	}
	s.mu.Lock()
	taken := s.stands.take()
	s.scratch = s.scratch[:0]
	for _, st := range taken {
		s.scratch = appendEntry(s.scratch, st.spot, st.standing)
	}
	s.mu.Unlock()
	var err error
	if len(s.scratch) > 0 {
		_, err = s.file.WriteAt(s.scratch, s.size)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.stands.giveBack(taken)
	} else if len(s.scratch) > 0 {
		s.size += int64(len(s.scratch))
		s.synced = false
	}
	s.stands.room = taken
	return typed(err)
}

// save writes what has changed.
func (s *positions) save() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	return s.write()
}

// sync makes what was written durable. disk is held.
func (s *positions) sync() error {
	if s.synced {
		return nil
	}
	if err := s.file.SyncData(); err != nil {
		// Another sync may succeed without what this one had. So the file is made
		// anew with the next write.
		_ = s.file.Close()
		s.file = nil
		return typed(err)
	}
	s.synced, s.last = true, time.Now()
	return nil
}

// flush makes all positions durable.
func (s *positions) flush() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	return s.flushHeld()
}

// flushHeld is flush. disk is held.
func (s *positions) flushHeld() error {
	if s.over() {
		return s.saved()
	}
	if err := s.write(); err != nil {
		return err
	}
	return s.sync()
}

// over tells whether they were closed.
func (s *positions) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// saved sees to it that what was not durable when the positions were closed is so:
// it was made so by who opened them again, or it is now, unless somebody has them
// open. That the file has it says nothing, since a sync of that may have failed; one
// that was put in its place is durable.
func (s *positions) saved() error {
	if s.failed == nil {
		return nil
	}
	lock, err := takeLock(filepath.Join(s.dir, positionsLock))
	if err != nil && !errors.Is(err, ErrLocked) {
		return errors.Join(s.failed, err)
	}
	path := filepath.Join(s.dir, positionsFile)
	now, _, failed := readPositions(path)
	if err == nil {
		if failed == nil {
			failed = s.saveOver(now)
		}
		failed = errors.Join(failed, lock.Close())
	} else if failed == nil && (!s.within(now) || sameFile(path, s.left)) {
		failed = err
	}
	if failed != nil {
		return errors.Join(s.failed, failed)
	}
	s.failed = nil
	return nil
}

// saveOver puts what units have done into a file that has what is now.
func (s *positions) saveOver(now map[spot]standing) error {
	for at, st := range s.snapshot() {
		if st.serial > now[at].serial {
			now[at] = now[at].with(st)
		}
	}
	return typed(s.folders.replaceFile(filepath.Join(s.dir, positionsFile), positionsBytes(now)))
}

// within tells whether standings have all units that are known here.
func (s *positions) within(now map[spot]standing) bool {
	for at, st := range s.snapshot() {
		if now[at].serial < st.serial {
			return false
		}
	}
	return true
}

// sameFile tells whether a file is the one that it was.
func sameFile(path string, was os.FileInfo) bool {
	now, err := os.Lstat(path)
	return err == nil && was != nil && os.SameFile(now, was)
}

// close makes all positions durable and lets go of the group.
func (s *positions) close() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	already := s.over()
	err := s.flushHeld()
	if already {
		return nil
	}
	if s.failed = err; err != nil {
		s.left, _ = os.Lstat(filepath.Join(s.dir, positionsFile))
	}
	s.mu.Lock()
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	return errors.Join(err, s.lock.Close())
}

// Position is where a group is in a partition: the offset of the first message
// that it has not acknowledged.
type Position struct {
	Address   string
	Partition int32
	Offset    int64
}

// Groups lists the groups that have positions, sorted.
func (l *Log) Groups() ([]string, error) {
	return namesIn(filepath.Join(l.dir, groupsDir))
}

// Positions returns where a group is, by address and partition. A group that
// is in use may be further by what it has acknowledged in the last moment.
func (l *Log) Positions(group string) ([]Position, error) {
	dir, err := l.groupPath(group)
	if err != nil {
		return nil, err
	}
	at, err := l.standings(dir)
	if err != nil {
		return nil, err
	}
	out := make([]Position, 0, len(at))
	for _, s := range sortedSpots(at) {
		out = append(out, Position{s.address, s.partition, at[s].Next()})
	}
	return out, nil
}

// standings reads where a group is, as it lies on the disk: in its file, and in
// the journal.
func (l *Log) standings(dir string) (map[spot]standing, error) {
	units, err := l.unitsOf(filepath.Base(dir))
	if err != nil {
		return nil, err
	}
	at, _, err := readPositions(filepath.Join(dir, positionsFile))
	if err != nil {
		return nil, err
	}
	s := standsOf(at)
	s.join(units)
	return s.standings(), nil
}

// epochOf returns how often a partition was truncated, as far as its mark tells.
func (l *Log) epochOf(address string, partition int32) uint32 {
	file, err := escape(address)
	if err != nil {
		return 0
	}
	m, _, _ := readMark(filepath.Join(l.dir, topicsDir, file), partition)
	return m.epoch
}

// SetPositions moves a group, durably. It must have no member: ErrLocked.
func (l *Log) SetPositions(group string, to ...Position) error {
	if l.options.ReadOnly {
		return ErrReadOnly
	}
	s, err := l.openPositions(group)
	if err != nil {
		return err
	}
	for _, p := range to {
		if p.Offset < 0 || p.Partition < 0 || p.Address == "" {
			return errors.Join(fmt.Errorf("position %+v: %w", p, driver.ErrInvalid), s.close())
		}
		st, _ := s.of(spot{p.Address, p.Partition})
		epoch := l.epochOf(p.Address, p.Partition)
		s.change(st, func(was standing) standing { return standing{driver.Progress{End: p.Offset}, was.serial, epoch} })
	}
	return s.close()
}
