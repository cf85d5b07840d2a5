package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// unitStandings are, of a group, what units have done, in their order.
type unitStandings map[spot][]standing

// groupStandings are those of groups, by file name.
type groupStandings map[string]unitStandings

func (g groupStandings) add(group string, at spot, st standing) {
	if g[group] == nil {
		g[group] = unitStandings{}
	}
	g[group][at] = append(g[group][at], st)
}

// An entry of units has unitsMark in place of the partition, no name, and in
// place of records:
//
//	length     uint32  bytes of the standings
//	standings          each: uint32 length of the group's file name, the name, an
//	                   entry of positions
//	parts              each: uint32 length of all of it, segment's base int64,
//	                   position in it int64, partition uint32, uint32 length of the
//	                   topic's file name, the name, records
const (
	unitsMark     = 1<<32 - 1
	unitPart      = 28       // without name and records
	mostStandings = 64 << 20 // bytes that are believed
)

// isUnits tells an entry of units from one of a partition.
func (e journalPart) isUnits() bool { return e.partition == unitsMark && e.topic == "" }

// appendUnits appends an entry of units that change the standings and append the
// steps' records, which are numbered.
func (j *journal) appendUnits(b, standings []byte, steps []*unitStep) []byte {
	return j.sealed(b, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint64(b, 0)
		b = binary.LittleEndian.AppendUint64(b, headerSize)
		b = binary.LittleEndian.AppendUint32(b, unitsMark)
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(standings)))
		b = append(b, standings...)
		for _, s := range steps {
			name := s.p.topic.file
			b = binary.LittleEndian.AppendUint32(b, uint32(unitPart+len(name)+len(s.records)))
			b = binary.LittleEndian.AppendUint64(b, uint64(s.p.writing.active.base))
			b = binary.LittleEndian.AppendUint64(b, uint64(s.p.writing.size))
			b = binary.LittleEndian.AppendUint32(b, uint32(s.p.number))
			b = binary.LittleEndian.AppendUint32(b, uint32(len(name)))
			b = append(append(b, name...), s.records...)
		}
		return b
	})
}

// appendStanding appends what an entry of units says of a group.
func appendStanding(b []byte, group string, at spot, st standing) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(group)))
	return appendEntry(append(b, group...), at, st)
}

// eachUnit calls part with what an entry of units has for each partition, and
// stand with where groups are then. What makes no sense ends it.
func (e journalPart) eachUnit(part func(journalPart) error, stand func(group string, at spot, st standing)) error {
	size := e.records.Size()
	head, err := readFull(e.records, make([]byte, min(4, size)), 0)
	if err != nil || len(head) < 4 {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(head))
	if n > min(size-4, mostStandings) {
		return nil
	}
	b, err := readFull(e.records, make([]byte, n), 4)
	if err != nil {
		return err
	}
	eachStanding(b, stand)
	for at := 4 + n; size-at >= unitPart; {
		p, length, err := e.part(at)
		if err != nil || length == 0 {
			return err
		}
		if err := part(p); err != nil {
			return err
		}
		at += length
	}
	return nil
}

// eachStanding reads what is said of groups.
func eachStanding(b []byte, stand func(group string, at spot, st standing)) {
	for len(b) >= 4 {
		name := int(binary.LittleEndian.Uint32(b))
		if b = b[4:]; name > min(len(b), maxName) {
			return
		}
		group := string(b[:name])
		n, at, st := parseEntry(b[name:], "")
		if n == 0 || st.serial == 0 {
			return
		}
		stand(group, at, st)
		b = b[name+n:]
	}
}

// part reads one part; length is 0 when there is none.
func (e journalPart) part(at int64) (p journalPart, length int64, err error) {
	size := e.records.Size()
	b, err := readFull(e.records, make([]byte, min(unitPart+maxName, size-at)), at)
	if err != nil || len(b) < unitPart {
		return p, 0, err
	}
	length, name := int64(binary.LittleEndian.Uint32(b)), int64(binary.LittleEndian.Uint32(b[24:]))
	if length < unitPart || length > size-at || name > min(length-unitPart, maxName) {
		return p, 0, nil
	}
	p = journalPart{
		base: int64(binary.LittleEndian.Uint64(b[4:])), position: int64(binary.LittleEndian.Uint64(b[12:])),
		partition: binary.LittleEndian.Uint32(b[20:]), topic: string(b[unitPart : unitPart+name]),
		records: io.NewSectionReader(e.records, at+unitPart+name, length-unitPart-name),
	}
	if p.base < 0 || p.position < headerSize || p.isUnits() {
		return p, 0, nil
	}
	return p, length, nil
}

// unitsOf reads what the journal has of a group, by its file name.
func (l *Log) unitsOf(group string) (unitStandings, error) {
	f, err := l.open(filepath.Join(l.dir, journalFile), os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := groupStandings{}
	size, err := f.Size()
	if err == nil {
		_, _, err = eachEntry(f, size, func(e journalPart) error {
			if !e.isUnits() {
				return nil
			}
			return e.eachUnit(func(journalPart) error { return nil }, func(of string, at spot, st standing) {
				if of == group {
					all.add(of, at, st)
				}
			})
		})
	}
	return all[group], errors.Join(err, f.Close())
}

// errUnits says that the segments lack what units have.
var errUnits = errors.New("units were stored that a crash has kept from the segments: open the log for writing first")

// awaitUnits returns when the segments have what the journal's units do that it has
// now, and an error when that does not come about: nobody writes. Who writes has
// others in the meantime.
func (l *Log) awaitUnits() error {
	var until journalEnd
	for try := 0; ; try++ {
		missing, end, err := l.missing(until)
		if err != nil || missing == 0 {
			return err
		}
		if try == 0 {
			until = end
		}
		if try == lockTries {
			return fmt.Errorf("%s: %w", filepath.Join(l.dir, journalFile), errUnits)
		}
		time.Sleep(lockWait)
	}
}

// journalEnd is how far a journal is; zero is as far as it is.
type journalEnd struct {
	generation uint64
	entries    int
}

// missing counts the entries of units, up to some end, that the segments lack a part
// of. It returns where the journal ends.
func (l *Log) missing(until journalEnd) (n int, end journalEnd, err error) {
	f, err := l.open(filepath.Join(l.dir, journalFile), os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return 0, end, nil
	}
	if err != nil {
		return 0, end, err
	}
	player := player{log: l, files: map[string]file{}, readOnly: true}
	size, err := f.Size()
	if err == nil {
		end.generation, _, err = eachEntry(f, size, func(e journalPart) error {
			end.entries++
			if !e.isUnits() || until.entries > 0 && end.entries > until.entries {
				return nil
			}
			err := e.eachUnit(player.play, func(string, spot, standing) {})
			if errors.Is(err, errUnits) {
				n++
				return nil
			}
			return err
		})
	}
	for _, f := range player.files {
		err = errors.Join(err, f.Close())
	}
	if until.generation > 0 && end.generation != until.generation {
		n = 0 // those that were meant are in the segments, or the journal had stayed
	}
	return n, end, errors.Join(err, f.Close())
}

// unplayed is unitsOf where the group's file may lack any: what the journal of
// another process has, and not what this Log has seen to.
func (l *Log) unplayed(group string) (unitStandings, error) {
	l.mu.Lock()
	seen := l.writer != nil && !l.unsaved
	l.mu.Unlock()
	if seen {
		return nil, nil
	}
	return l.unitsOf(group)
}

// lacksUnits says that the journal may have units that a group's file lacks.
func (l *Log) lacksUnits() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsaved = true
}

// takeUp puts where units have moved groups into the groups' files, before the
// journal may be emptied. Who has a group open has done so already.
func (l *Log) takeUp(j *journal, groups groupStandings) error {
	for file, units := range groups {
		name, ok := unescape(file)
		if !ok {
			continue
		}
		s, err := l.takeUpGroup(name, file, units)
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		if err := s.close(); err != nil { // there is no room: the journal keeps it
			if unlessFull(err) != nil {
				return err
			}
			j.moved[s] = struct{}{}
			l.lacksUnits()
		}
	}
	return nil
}

// playPart writes what units have for a partition.
func (p *player) playPart(e journalPart) error {
	p.parts[e.spot()] = true
	return p.play(e)
}

// unitTopics returns the topics that units were played into: what they have is
// done, so it has to be seen, also where nobody writes.
func (l *Log) unitTopics(j *journal) ([]*topic, error) {
	var out []*topic
	for s := range j.units {
		name, ok := unescape(s.address)
		if !ok {
			continue
		}
		t, err := l.topic(name)
		if err != nil {
			return nil, err
		}
		if t != nil && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, nil
}

// showUnits makes ready the partitions that units were played into.
func (l *Log) showUnits(j *journal) error {
	topics, err := l.unitTopics(j)
	if err != nil {
		return err
	}
	for _, t := range topics {
		for _, p := range t.partitions {
			if j.units[spot{t.file, p.number}] {
				if _, err := p.prepare(); err != nil {
					return err
				}
			}
		}
	}
	j.units = nil
	return nil
}

// takeUpGroup opens a group to take up units; nil when another has.
func (l *Log) takeUpGroup(name, file string, units unitStandings) (*positions, error) {
	for try := 0; ; try++ {
		s, err := l.openPositionsWith(name, func(string) (unitStandings, error) { return units, nil })
		if !errors.Is(err, ErrLocked) {
			return s, err
		}
		at, _, failed := readPositions(filepath.Join(l.dir, groupsDir, file, positionsFile))
		if failed == nil && units.within(at) {
			return nil, nil
		}
		if try == 10*lockTries {
			return nil, err
		}
		time.Sleep(lockWait)
	}
}

// within tells whether standings include the units.
func (u unitStandings) within(at map[spot]standing) bool {
	for s, units := range u {
		if units[len(units)-1].serial > at[s].serial {
			return false
		}
	}
	return true
}
