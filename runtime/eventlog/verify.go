package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Problem is one thing that is wrong with a log.
type Problem struct {
	// Code is damaged-record, missing-records, wrong-index, damaged-positions,
	// lost-position or waiting-units.
	Code string
	// Address and Partition name the partition; Address is empty when the
	// problem is not one of a partition.
	Address   string
	Partition int32
	// Group is the group whose positions are meant.
	Group string
	// Offset is the first one that is concerned.
	Offset int64
	// Path and Position tell where the file is wrong.
	Path     string
	Position int64
	// Message says it in words.
	Message string
	// Harmless is what mends itself: nothing that was acknowledged is lost.
	Harmless bool
}

// Verification says what was looked at.
type Verification struct {
	Topics, Partitions, Segments, Groups int
	Messages, Bytes                      int64
}

// Verify reads every record of the log, what the indexes say and the positions
// of groups, and tells of everything that is wrong. It may run while messages
// are published, also by another process; it reads what was durable when it came
// to the partition. It changes nothing.
func (l *Log) Verify(ctx context.Context, tell func(Problem)) (Verification, error) {
	v := verification{log: l, tell: tell, ends: map[spot]int64{}}
	if !IsLog(l.dir) {
		return v.Verification, errNoLog(l.dir)
	}
	names, err := l.names()
	if err != nil {
		return v.Verification, err
	}
	for _, name := range names {
		t, err := l.existing(name)
		if err != nil {
			return v.Verification, err
		}
		v.Topics++
		for _, p := range t.partitions {
			if err := v.partition(ctx, p); err != nil {
				return v.Verification, err
			}
		}
	}
	if err := v.journal(); err != nil {
		return v.Verification, err
	}
	return v.Verification, v.groups()
}

// journal looks for units that the segments lack: the next writer puts them there.
func (v *verification) journal() error {
	missing, _, err := v.log.missing(journalEnd{})
	if err == nil && missing > 0 {
		v.tell(Problem{Code: "waiting-units", Path: filepath.Join(v.log.dir, journalFile), Harmless: true,
			Message: fmt.Sprintf("%d entries of the journal are not in the segments yet: who writes the log puts them there", missing)})
	}
	return err
}

// verification is a running Verify.
type verification struct {
	Verification
	log  *Log
	tell func(Problem)
	ends map[spot]int64
	// waited is how much of a moment was waited for the ends of partitions.
	waited time.Duration
}

// partition checks one partition.
func (v *verification) partition(ctx context.Context, p *partition) error {
	if err := p.update(nil); err != nil {
		return err
	}
	v.Partitions++
	p.mu.Lock()
	c := cut{p: p, segments: append([]*segment(nil), p.segments...), size: p.size, end: p.end}
	p.mu.Unlock()
	v.ends[spot{p.topic.name, p.number}] = c.end
	for i, s := range c.segments {
		next, limit := c.end, c.size
		if i < len(c.segments)-1 {
			next, limit = c.segments[i+1].base, -1
		} else if next == s.base && s.unmade() {
			break
		}
		if err := v.segment(ctx, p, s, limit, next); err != nil {
			return err
		}
	}
	return nil
}

// problem tells of something wrong with a partition.
func (v *verification) problem(p *partition, code string, d CorruptError, harmless bool) {
	v.tell(Problem{
		Code: code, Address: p.topic.name, Partition: p.number, Offset: d.Offset, Path: d.Path, Position: d.Position,
		Message: d.Reason, Harmless: harmless,
	})
}

// segment checks one segment, which has to reach the offset next. limit is -1
// when its records may fill the file.
func (v *verification) segment(ctx context.Context, p *partition, s *segment, limit, next int64) error {
	f, err := s.acquire()
	var damage *CorruptError
	switch {
	case errors.As(err, &damage):
		v.problem(p, "damaged-record", *damage, false)
		return nil
	case errors.Is(err, os.ErrNotExist):
		return nil // dropped since
	case err != nil:
		return err
	}
	defer s.release()
	if limit < 0 {
		if limit, err = f.Size(); err != nil {
			return err
		}
	}
	v.Segments++
	return v.records(ctx, p, s, f, limit, next)
}

// records reads a segment; behind damage it goes on with the next whole record.
func (v *verification) records(ctx context.Context, p *partition, s *segment, f file, limit, next int64) error {
	x := loadIndex(indexPath(s.path), s.base)
	at := map[int64]int64{} // where the records that the index names lie
	if x != nil {
		for _, e := range x.places {
			at[e.offset] = -1
		}
	}
	pos, due, err := v.walk(ctx, p, s, limit, next, at)
	if err != nil {
		return err
	}
	v.Bytes += pos
	if due < next && !s.sparse() {
		v.problem(p, "missing-records", CorruptError{
			Path: s.path, Position: pos, Offset: due, Reason: fmt.Sprintf("the messages up to offset %d are missing", next-1),
		}, false)
	}
	if x == nil {
		return nil
	}
	for _, e := range x.places {
		if e.position != headerSize && e.position < pos && at[e.offset] != e.position {
			v.problem(p, "wrong-index", CorruptError{Path: indexPath(s.path), Position: e.position, Offset: e.offset,
				Reason: "the index is wrong; reading does not rely on it"}, true)
			break
		}
	}
	return nil
}

// walk reads the records with a reader of its own, and notes where each lies.
func (v *verification) walk(ctx context.Context, p *partition, s *segment, limit, next int64, at map[int64]int64) (pos, due int64, err error) {
	f, err := s.acquire()
	if err != nil {
		return 0, 0, err
	}
	r := &Reader{p: p, segment: s, file: f, pos: headerSize, expect: s.base, next: s.base}
	defer r.Close()
	for {
		var state int
		r.pos, r.expect, state, err = scan(f, r.pos, limit, r.expect, s.sparse(), func(pos int64, fr frame, b []byte) bool {
			v.Messages++
			if _, named := at[fr.offset]; named {
				at[fr.offset] = pos
			}
			var m driver.Message
			if !decodeRecord(b, &m) {
				v.problem(p, "damaged-record", CorruptError{Path: s.path, Position: pos, Offset: fr.offset, Reason: "the record makes no sense"}, false)
			}
			return ctx.Err() == nil
		})
		if err = errors.Join(err, ctx.Err()); err != nil || state == frameEnd {
			return r.pos, r.expect, err
		}
		bad := CorruptError{Path: s.path, Position: r.pos, Offset: r.expect, Reason: "the record is damaged"}
		to, found, err := r.resume(view{segment: s, limit: limit, next: next})
		if err != nil {
			return r.pos, r.expect, err
		}
		if to > bad.Offset+1 {
			bad.Reason = fmt.Sprintf("the records up to offset %d are damaged", to-1)
		}
		v.problem(p, "damaged-record", bad, false)
		if !found {
			return r.pos, next, nil
		}
	}
}

// groups checks the positions of all groups.
func (v *verification) groups() error {
	groups, err := v.log.Groups()
	if err != nil {
		return err
	}
	for _, g := range groups {
		v.Groups++
		dir, err := v.log.groupPath(g)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, positionsFile)
		at, err := v.log.standings(dir)
		var damage *CorruptError
		switch {
		case errors.As(err, &damage):
			v.tell(Problem{Code: "damaged-positions", Group: g, Path: path, Message: damage.Reason})
			continue
		case err != nil:
			return err
		}
		for _, s := range sortedSpots(at) {
			end, ok := v.ends[s]
			if ok && at[s].End > end { // what was published since may have been handled
				if end, err = v.endOf(s, at[s].End); err != nil {
					return err
				}
			}
			if ok && at[s].End > end {
				v.tell(Problem{Code: "lost-position", Address: s.address, Partition: s.partition, Group: g, Offset: at[s].End, Path: path,
					Message: fmt.Sprintf("group %s is at offset %d, beyond the end, %d", g, at[s].End, end)})
			}
		}
	}
	return nil
}

// moment is how long Verify waits, in all, for ends to reach where groups are: a writer
// tells others of records before it counts them itself.
const moment = 500 * time.Millisecond

// endOf returns the end of a partition as soon as a position lies before it, or, when
// the time for that is over, as it is.
func (v *verification) endOf(s spot, at int64) (int64, error) {
	for {
		_, end, err := v.log.Bounds(s.address, int(s.partition))
		if err != nil || at <= end || v.waited >= moment {
			return end, err
		}
		const step = 5 * time.Millisecond
		time.Sleep(step)
		v.waited += step
	}
}
