package driver

import (
	"slices"
	"sort"
)

// Progress is where a group is in a partition when messages are done in any
// order: everything before End is done but Open. Offsets at which no message lies
// count as done. The zero Progress is that nothing is. It is a value: its methods
// change nothing, and Open is not changed by whoever has it.
//
//	p := driver.Progress{End: 9, Open: []int64{4, 7}}
//	p.Next()            // 4
//	p.Done(5)           // true
//	p.Advance(6).Next() // 7
type Progress struct {
	End  int64
	Open []int64 // ascending, all before End
}

// Next returns the position: the first offset that is not done.
func (p Progress) Next() int64 {
	if len(p.Open) > 0 {
		return p.Open[0]
	}
	return p.End
}

// Done reports whether the message at an offset is done.
func (p Progress) Done(offset int64) bool {
	if offset >= p.End {
		return false
	}
	_, open := slices.BinarySearch(p.Open, offset)
	return !open
}

// Advance returns p with everything before next done.
func (p Progress) Advance(next int64) Progress {
	p.Open = p.Open[p.before(next):]
	p.End = max(p.End, next)
	return p
}

// Cut returns p with nothing done from an offset on.
func (p Progress) Cut(offset int64) Progress {
	if offset < p.End {
		p.Open = p.Open[:p.before(offset)]
		p.End = offset
	}
	return p
}

// Union returns what is done by p or by q.
func (p Progress) Union(q Progress) Progress {
	if p.End > q.End {
		p, q = q, p
	}
	out := Progress{End: q.End}
	for _, o := range q.Open {
		if !p.Done(o) {
			out.Open = append(out.Open, o)
		}
	}
	return out
}

// before returns how many of Open lie before an offset.
func (p Progress) before(offset int64) int {
	return sort.Search(len(p.Open), func(i int) bool { return p.Open[i] >= offset })
}

// Progress returns what is done, given what was when the partition was assigned,
// or any later Progress: everything delivered or skipped but what is open.
func (w *Watermark) Progress(before Progress) Progress {
	p := Progress{End: max(w.end, before.End)}
	for _, m := range w.marks[w.head:] {
		if !m.done {
			p.Open = append(p.Open, m.offset)
		}
	}
	p.Open = append(p.Open, before.Open[before.before(w.end):]...)
	return p
}
