package eventlog

import (
	"errors"
	"io/fs"
	"math"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// OffsetAt returns the offset of a partition's first message whose time is not
// before at; the end of the partition when there is none. Times need not
// ascend: messages behind the offset may be older.
func (l *Log) OffsetAt(topic string, partition int, at time.Time) (int64, error) {
	p, err := l.partition(topic, partition)
	if err != nil {
		return 0, err
	}
	if at.IsZero() {
		return p.offsetAt(math.MinInt64)
	}
	return p.offsetAt(int64(driver.At(at)))
}

// offsetAt is OffsetAt in nanoseconds.
func (p *partition) offsetAt(at int64) (int64, error) {
	r := p.reader(p.notAfter(at))
	defer r.Close()
	for {
		v, ok, err := p.view(r.next)
		if errors.Is(err, fs.ErrNotExist) && p.vanished(v.segment) {
			continue
		}
		if err != nil || !ok {
			_, end := p.bounds()
			return max(end, r.next), err
		}
		if !v.last {
			if t, err := v.segment.span(); err == nil && t.latest < at {
				r.next = v.next
				continue
			}
		}
		err = r.enter(v)
		if errors.Is(err, fs.ErrNotExist) && p.vanished(v.segment) {
			continue
		}
		if err != nil {
			return 0, err
		}
		return r.search(v, at)
	}
}

// notAfter returns the first offset of a segment before which all messages are
// older. Times of segments that cannot be read count as any.
func (p *partition) notAfter(at int64) int64 {
	p.mu.Lock()
	segments := p.segments[:max(0, len(p.segments)-1)]
	p.mu.Unlock()
	i := lastFrom(len(segments), at, func(i int) times {
		t, err := segments[i].span()
		if err != nil {
			return times{anyTime, anyTime}
		}
		return t
	})
	if i < 0 {
		return 0
	}
	return segments[i].base
}

// lastFrom returns the last of n segments before which all is older than at; -1 when there
// is none. It looks where at would be if messages came at one rate, for which one look at a
// segment nobody knows is mostly enough, however many there are; every third look halves
// what is left, which bounds them where messages came at many.
func lastFrom(n int, at int64, span func(i int) times) int {
	low, high := 0, n // what lies before low is older, and not all before high
	var below, above int64
	for look := 0; low < high; look++ {
		i := low + (high-low)/2
		switch {
		case look == 0:
			i = n - 1
		case look == 1:
			i = 0
		case look%3 != 0:
			// As integers: times of one moment would be the same as floating point.
			share := float64(uint64(at)-uint64(below)) / float64(uint64(above)-uint64(below))
			i = min(low+int(share*float64(high-low)), high-1)
		}
		switch t := span(i); {
		case t.earlier >= at:
			high, above = i, t.earlier
		case t.after() >= at:
			return i
		default:
			low, below = i+1, t.after()
		}
	}
	return low - 1
}

// search reads on until a record is not before at.
func (r *Reader) search(v view, at int64) (int64, error) {
	from, err := r.lookUp(v, byTime(at))
	if err != nil {
		return 0, err
	}
	if from.offset > r.next {
		r.pos, r.expect, r.next = from.position, from.offset, from.offset
	}
	for {
		batch, err := r.Read()
		if err != nil {
			return 0, err
		}
		if len(batch) == 0 {
			return r.next, nil
		}
		for _, m := range batch {
			if int64(m.Time) >= at {
				return m.Offset, nil
			}
		}
	}
}
