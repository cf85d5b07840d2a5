package eventlog

import (
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// stand is where a group is in one partition. It is guarded by positions.mu. Whoever has
// the partition keeps it, so that an acknowledgement looks nothing up.
type stand struct {
	standing
	spot    spot
	known   bool // the group is there; else it only asked
	changed bool // what is written says something else
}

// stands is where a group is in all partitions.
type stands struct {
	all     map[spot]*stand
	changed []*stand // each once
	room    []*stand // for the next changed
	block   []stand  // for the next that are made
}

// standsOf returns the stands of a group that has these standings.
func standsOf(at map[spot]standing) stands {
	s := stands{all: make(map[spot]*stand, len(at))}
	block := make([]stand, len(at))
	for spot, st := range at {
		block[0] = stand{standing: st, spot: spot, known: true}
		s.all[spot], block = &block[0], block[1:]
	}
	return s
}

// expect takes room for so many partitions, where the group is in none.
func (s *stands) expect(n int) {
	if len(s.all) == 0 {
		s.all, s.changed, s.block = make(map[spot]*stand, n), make([]*stand, 0, n), make([]stand, n)
	}
}

// in returns the stand in a partition, made when there is none.
func (s *stands) in(at spot) *stand {
	st := s.all[at]
	if st == nil {
		if len(s.block) == 0 {
			s.block = make([]stand, 1)
		}
		st, s.block = &s.block[0], s.block[1:]
		st.spot, s.all[at] = at, st
	}
	return st
}

// put changes a stand.
func (s *stands) put(st *stand, to standing) {
	st.standing, st.known = to, true
	if !st.changed {
		st.changed = true
		s.changed = append(s.changed, st)
	}
}

// join takes up units that came after what is known.
func (s *stands) join(more unitStandings) {
	for at, units := range more {
		for _, unit := range units {
			if st := s.in(at); unit.serial > st.serial {
				s.put(st, st.with(unit))
			}
		}
	}
}

// standings returns where the group is.
func (s *stands) standings() map[spot]standing {
	out := make(map[spot]standing, len(s.all))
	for at, st := range s.all {
		if st.known {
			out[at] = st.standing
		}
	}
	return out
}

// take returns what has changed, which then is written. Whoever could not write it
// gives it back.
func (s *stands) take() []*stand {
	taken := s.changed
	for _, st := range taken {
		st.changed = false
	}
	s.changed, s.room = s.room[:0], nil
	return taken
}

// giveBack says that what was taken is not written.
func (s *stands) giveBack(taken []*stand) {
	for _, st := range taken {
		s.put(st, st.standing)
	}
}

// enter gives the group a place in each of a topic's partitions where it has none, and returns those
// in which that is the oldest offset kept, which is not known. A place beyond the end is one of messages
// that are lost; the group goes on with what is there.
func (s *positions) enter(cursors []cursor, spans []span, begin driver.Start) (unknown []*cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stands.expect(len(cursors))
	for i := range cursors {
		c, span := &cursors[i], spans[i]
		c.at = s.stands.in(c.spot())
		at := c.at.since(span.epoch, span.cut)
		switch {
		case c.at.known && at.epoch == c.at.epoch && at.End <= span.end:
			continue
		case c.at.known:
			at.Progress = at.Cut(span.end)
		case begin == driver.StartLatest:
			at.End = span.end
		case !span.listed:
			c.at.epoch = at.epoch
			unknown = append(unknown, c)
			continue
		default:
			at.End = span.start
		}
		s.move(c.at, at)
	}
	return unknown
}

// of returns where the group is in a partition, and whether it is there already.
func (s *positions) of(at spot) (st *stand, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st = s.stands.in(at)
	return st, st.known
}

// get returns where the group is.
func (s *positions) get(st *stand) standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return st.standing
}

// change notes where the group is in a partition, which is written soon.
func (s *positions) change(st *stand, to func(standing) standing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.move(st, to(st.standing))
}

// move is change. mu is held.
func (s *positions) move(st *stand, to standing) {
	s.stands.put(st, to)
	switch {
	case s.closed:
	case s.timer == nil:
		s.timer = time.AfterFunc(positionsLag, s.lag)
	case s.idle && s.timer.Stop():
		s.timer.Reset(positionsLag)
	}
	s.idle = false
}

// set moves the group to where it is told.
func (s *positions) set(st *stand, p driver.Progress) {
	s.change(st, func(was standing) standing { return standing{p, was.serial, was.epoch} })
}

// since returns what is done, once the group has heard of the last truncation.
func (s *positions) since(st *stand, epoch uint32, cut int64) driver.Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.epoch < epoch {
		s.move(st, st.standing.since(epoch, cut))
	}
	return st.Progress
}

// advance says that everything before next is done.
func (s *positions) advance(st *stand, next int64) {
	s.change(st, func(was standing) standing { return standing{was.Advance(next), was.serial, was.epoch} })
}

// include takes up a unit that has happened; now tells what is done, given what was.
func (s *positions) include(st *stand, now func(driver.Progress) driver.Progress, serial uint64) {
	s.change(st, func(was standing) standing { return standing{now(was.Progress), max(serial, was.serial), was.epoch} })
}

// next returns the serial of a further unit.
func (s *positions) next() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return s.serial
}

// snapshot returns where the group is now.
func (s *positions) snapshot() map[spot]standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stands.standings()
}
