package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The file of a group's positions begins with positionsMagic. Entries follow,
// the last for a partition counts: length uint32, CRC-32C uint32 of what
// follows, partition uint32, position int64, address. An entry that is not
// whole ends the file. It is written anew when it has become long.
const (
	positionsFile   = "positions"
	positionsLock   = "lock"
	positionsMagic  = "awpos\r\n\x01"
	positionsHead   = 20 // of an entry, without the address
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

// positions is where a group is, in memory and on the disk.
type positions struct {
	dir  string
	open opener
	lock *lock

	mu      sync.Mutex
	at      map[spot]int64
	changed map[spot]struct{}
	size    int64 // of the file
	file    file
	synced  bool
	timer   *time.Timer // runs while something is to be written
	last    time.Time   // of the last sync
	closed  bool
	scratch []byte
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
	dir, err := l.groupPath(group)
	if err != nil {
		return nil, err
	}
	if err := makeDirs(dir); err != nil {
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
	s := &positions{dir: dir, open: l.open, lock: lock, changed: map[spot]struct{}{}, synced: true, last: time.Now()}
	path = filepath.Join(dir, positionsFile)
	torn := 0
	if s.at, torn, err = readPositions(path); err == nil {
		if err = s.rewrite(); errors.Is(err, ErrFull) {
			err = s.resume(path, torn)
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

// readPositions reads the file of a group; torn tells how many bytes at its
// end are no whole entry.
func readPositions(path string) (at map[spot]int64, torn int, err error) {
	at = map[spot]int64{}
	b, err := readFile(path, mostPositions)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(b) == 0 {
		return at, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if len(b) < len(positionsMagic) || string(b[:len(positionsMagic)]) != positionsMagic {
		return nil, 0, &CorruptError{Path: path, Offset: -1, Reason: "not the positions of a group"}
	}
	b = b[len(positionsMagic):]
	for {
		n, s, position := parseEntry(b)
		if n == 0 {
			return at, len(b), nil
		}
		at[s] = position
		b = b[n:]
	}
}

// parseEntry reads one entry; it returns its size, 0 when there is none.
func parseEntry(b []byte) (int, spot, int64) {
	if len(b) < positionsHead {
		return 0, spot{}, 0
	}
	n := int(binary.LittleEndian.Uint32(b))
	if n < positionsHead || n > len(b) || crc32.Checksum(b[8:n], castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return 0, spot{}, 0
	}
	partition := binary.LittleEndian.Uint32(b[8:])
	position := int64(binary.LittleEndian.Uint64(b[12:]))
	if partition > math.MaxInt32 || position < 0 || position > maxOffset {
		return 0, spot{}, 0
	}
	return n, spot{string(b[positionsHead:n]), int32(partition)}, position
}

func appendEntry(b []byte, s spot, position int64) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(positionsHead+len(s.address)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.partition))
	b = binary.LittleEndian.AppendUint64(b, uint64(position))
	b = append(b, s.address...)
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(b[start+8:], castagnoli))
	return b
}

// positionsBytes is the file of these positions.
func positionsBytes(at map[spot]int64) []byte {
	b := []byte(positionsMagic)
	for _, s := range sortedSpots(at) {
		b = appendEntry(b, s, at[s])
	}
	return b
}

func sortedSpots(at map[spot]int64) []spot {
	out := make([]spot, 0, len(at))
	for s := range at {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b spot) int {
		if a.address != b.address {
			if a.address < b.address {
				return -1
			}
			return 1
		}
		return int(a.partition) - int(b.partition)
	})
	return out
}

// rewrite replaces the file by one without what is outdated.
func (s *positions) rewrite() error {
	path := filepath.Join(s.dir, positionsFile)
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
	b := positionsBytes(s.at)
	if err := replaceFile(path, b, true); err != nil {
		return typed(err)
	}
	f, err := s.open(path, os.O_RDWR)
	if err != nil {
		return err
	}
	s.file, s.size, s.synced = f, int64(len(b)), true
	clear(s.changed)
	return nil
}

// resume goes on in the file as it is, because there is no room for another.
// Without one there is nothing to go on in: it is made when there is room.
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
	s.file, s.size, s.synced = f, s.size-int64(torn), false
	return nil
}

// get returns the position in a partition; false when there is none.
func (s *positions) get(at spot) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	position, ok := s.at[at]
	return position, ok
}

// set notes a position, which is written soon.
func (s *positions) set(at spot, position int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[at] = position
	s.changed[at] = struct{}{}
	if s.timer == nil && !s.closed {
		s.timer = time.AfterFunc(positionsLag, s.lag)
	}
}

// lag is what the timer does.
func (s *positions) lag() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = nil
	if s.closed {
		return
	}
	err := s.write()
	if err == nil && time.Since(s.last) >= positionsSync {
		err = s.sync()
	}
	if err != nil || !s.synced {
		s.timer = time.AfterFunc(positionsSync, s.lag)
	}
}

// write writes what has changed.
func (s *positions) write() error {
	if s.file == nil || s.size > positionsRewrit {
		return s.rewrite()
	}
	if len(s.changed) == 0 {
		return nil
	}
	s.scratch = s.scratch[:0]
	for at := range s.changed {
		s.scratch = appendEntry(s.scratch, at, s.at[at])
	}
	if _, err := s.file.WriteAt(s.scratch, s.size); err != nil {
		return typed(err)
	}
	s.size += int64(len(s.scratch))
	s.synced = false
	clear(s.changed)
	return nil
}

// save writes what has changed.
func (s *positions) save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write()
}

// sync makes what was written durable.
func (s *positions) sync() error {
	if s.synced {
		return nil
	}
	if err := s.file.SyncData(); err != nil {
		return typed(err)
	}
	s.synced, s.last = true, time.Now()
	return nil
}

// flush makes all positions durable.
func (s *positions) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	if err := s.write(); err != nil {
		return err
	}
	return s.sync()
}

// close makes all positions durable and lets go of the group.
func (s *positions) close() error {
	err := s.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
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
	at, _, err := readPositions(filepath.Join(dir, positionsFile))
	if err != nil {
		return nil, err
	}
	out := make([]Position, 0, len(at))
	for _, s := range sortedSpots(at) {
		out = append(out, Position{s.address, s.partition, at[s]})
	}
	return out, nil
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
		s.set(spot{p.Address, p.Partition}, p.Offset)
	}
	return s.close()
}
