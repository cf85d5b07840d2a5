package eventlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// reached is how far a group had come when somebody looked.
type reached struct {
	group   string
	entries []byte             // of its file, until they are put in order
	ends    map[string][]int64 // by address and partition
}

// reachesLooked is for how many partitions the entries of groups are looked through. To put
// them all in order takes as long as that for some thirty, and a log that was just opened may have
// one partition to write.
const reachesLooked = 8

// in returns how far the group had come in a partition; 0 where it is not there.
func (r *reached) in(at spot) (end int64) {
	if ends := r.ends[at.address]; int(at.partition) < len(ends) {
		end = ends[at.partition]
	}
	for b := r.entries; len(b) >= positionsHead; {
		n := int(binary.LittleEndian.Uint32(b))
		if n < positionsHead || n > len(b) {
			break
		}
		if partition := int32(binary.LittleEndian.Uint32(b[8:]) &^ (hasSerial | hasEpoch)); partition == at.partition && bytes.HasSuffix(b[:n], []byte(at.address)) {
			if _, s, st := parseEntry(b[:n], at.address); s == at {
				end = st.End
			}
		}
		b = b[n:]
	}
	return end
}

// order puts the entries in order.
func (r *reached) order() {
	eachEntryOf(r.entries, r.note)
	r.entries = nil
}

// ready makes a partition ready for the first records that this writer puts there.
func (c *committer) ready(p *partition) (*writing, error) {
	w, err := p.prepare()
	if err != nil || w.pulled {
		return w, err
	}
	if err := c.pullGroups(spot{p.topic.name, p.number}, w.next); err != nil {
		return nil, err
	}
	w.pulled = true
	return w, nil
}

// pullGroups sends groups that are beyond the end of a partition back to it. A power
// cut has taken what they had handled, and the offsets are about to be given to
// other messages, which they would take for handled.
func (c *committer) pullGroups(at spot, end int64) error {
	if c.reach == nil {
		reach, err := c.log.reach()
		if err != nil {
			return err
		}
		c.reach = reach
	}
	c.reaches++
	for i := range c.reach {
		r := &c.reach[i]
		if c.reaches == reachesLooked {
			r.order()
		}
		if r.in(at) <= end {
			continue
		}
		if err := c.log.pullGroup(r.group, at, end); err != nil {
			return err
		}
	}
	return nil
}

// reach reads how far groups have come. Those whose files are damaged, are no files, or
// are somebody else's are left out: whoever joins them is told, and publishing goes on.
func (l *Log) reach() ([]reached, error) {
	groups, err := l.Groups()
	if err != nil {
		return nil, err
	}
	out := make([]reached, 0, len(groups))
	for _, g := range groups {
		dir, err := l.groupPath(g)
		if err != nil {
			return nil, err
		}
		r := reached{group: g, ends: map[string][]int64{}}
		r.entries, err = positionsEntries(filepath.Join(dir, positionsFile))
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, driver.ErrInvalid) && !errors.Is(err, os.ErrPermission) {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// note takes up an entry of the group's file.
func (r reached) note(at spot, st standing) {
	if at.partition >= maxPartitions {
		return // there is no such one
	}
	ends := r.ends[at.address]
	if lacks := int(at.partition) + 1 - len(ends); lacks > 0 {
		ends = append(ends, make([]int64, lacks)...)
		r.ends[at.address] = ends
	}
	ends[at.partition] = st.End
}

// pullGroup sends a group back to the end of a partition, durably. One that another
// process has is left where that has found the end.
func (l *Log) pullGroup(group string, at spot, end int64) error {
	l.joining.Lock()
	defer l.joining.Unlock()
	back := func(s *positions) {
		p, _ := s.of(at)
		s.change(p, func(st standing) standing { return standing{st.Cut(end), st.serial, st.epoch} })
	}
	if g, ok := l.groups[group]; ok {
		back(g.positions)
		return g.positions.flush()
	}
	s, err := l.openPositions(group)
	if errors.Is(err, ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	back(s)
	return s.close()
}
