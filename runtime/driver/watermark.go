package driver

import (
	"slices"
	"sort"
)

// Watermark follows one partition's messages from delivery to completion, and
// tells how far the run of completed ones reaches without a gap: the position
// that a log transport may commit. Offsets need not be dense, since compacted
// and transactional logs have holes. It does no locking. The zero value has the
// position 0; Skip takes it elsewhere.
//
//	w := driver.NewWatermark(5)
//	w.Deliver(5)
//	w.Deliver(6)
//	w.Done(6) // false: 5 is open
//	w.Done(5) // true
//	w.Next()  // 7
type Watermark struct {
	marks []mark // delivered, oldest first; those before head are done
	head  int
	open  int
	end   int64 // one past the last offset delivered or skipped
}

// mark is one delivered offset.
type mark struct {
	offset int64
	done   bool
}

// NewWatermark returns a Watermark whose position is next: the offset of the
// first message that is not known to be done.
func NewWatermark(next int64) *Watermark { return &Watermark{end: next} }

// Expect takes room for n messages that are delivered next.
func (w *Watermark) Expect(n int) {
	w.compact()
	w.marks = slices.Grow(w.marks, n)
}

// Deliver notes that the message at offset was handed out. Offsets ascend; one
// that was handed out or skipped before is ignored.
func (w *Watermark) Deliver(offset int64) {
	if offset < w.end {
		return
	}
	w.compact()
	w.marks = append(w.marks, mark{offset: offset})
	w.open++
	w.end = offset + 1
}

// Skip notes that there is nothing to hand out before the offset next, beyond
// what was delivered: control records, aborted messages, compacted ones.
func (w *Watermark) Skip(next int64) { w.end = max(w.end, next) }

// Done notes that the message at offset is complete, and reports whether Next
// has advanced by it. A second time, and an offset that was not delivered, are
// without effect.
func (w *Watermark) Done(offset int64) bool {
	i := w.find(offset)
	if i < 0 || w.marks[i].done {
		return false
	}
	w.marks[i].done = true
	w.open--
	if i > w.head {
		return false
	}
	for w.head < len(w.marks) && w.marks[w.head].done {
		w.head++
	}
	return true
}

// Next returns the position: every message before it is done or not there. It
// never decreases.
func (w *Watermark) Next() int64 {
	if w.head < len(w.marks) {
		return w.marks[w.head].offset
	}
	return w.end
}

// Open returns how many messages were delivered and are not done.
func (w *Watermark) Open() int { return w.open }

// find returns the index of offset in marks, or -1.
func (w *Watermark) find(offset int64) int {
	live := w.marks[w.head:]
	if len(live) == 0 || offset < live[0].offset {
		return -1
	}
	if i := offset - live[0].offset; i < int64(len(live)) && live[i].offset == offset {
		return w.head + int(i) // dense, as nearly always
	}
	i := sort.Search(len(live), func(i int) bool { return live[i].offset >= offset })
	if i == len(live) || live[i].offset != offset {
		return -1
	}
	return w.head + i
}

// compact frees the completed ones, also those behind a gap, once they are the
// larger half: one message that stays open for long costs no memory.
func (w *Watermark) compact() {
	if w.head == len(w.marks) {
		w.marks, w.head = w.marks[:0], 0
	}
	if done := len(w.marks) - w.open; done < 64 || done < len(w.marks)/2 {
		return
	}
	w.marks = slices.DeleteFunc(w.marks, func(m mark) bool { return m.done })
	w.head = 0
}
