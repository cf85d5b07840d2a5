package edit

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
)

// hunk is a stretch of entries that are removed, from one number up to another,
// with what is inserted in their place. What stays lies around it.
type hunk struct {
	from, to int
	new      []*child
}

// hunks compares a collection's entries as they were with those it is to have,
// and returns which stay, in order, as well.
func hunks(n *node) (changes []hunk, stay []*child) {
	numbers := map[*layout.Entry]int{}
	for i, e := range n.old.Entries {
		numbers[e] = i
	}
	var own []int
	for _, c := range n.kids {
		if c.old != nil && c.home == n {
			own = append(own, numbers[c.old])
		}
	}
	keep := map[int]bool{}
	for _, i := range longestRising(own) {
		keep[i] = true
	}
	h := hunk{}
	flush := func(next int) {
		h.to = next
		if h.from < h.to || len(h.new) > 0 {
			changes = append(changes, h)
		}
		h = hunk{from: next + 1}
	}
	for _, c := range n.kids {
		if i, ok := numbers[c.old]; ok && c.home == n && keep[i] {
			stay = append(stay, c)
			flush(i)
			continue
		}
		h.new = append(h.new, c)
	}
	flush(len(n.old.Entries))
	return changes, stay
}

// longestRising is the longest rising subsequence of different numbers.
func longestRising(numbers []int) []int {
	var ends []int // of the best sequence of each length: index of its last number
	before := make([]int, len(numbers))
	for i, n := range numbers {
		at, _ := slices.BinarySearchFunc(ends, n, func(e, n int) int { return numbers[e] - n })
		before[i] = -1
		if at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	out := make([]int, len(ends))
	for i, at := len(ends)-1, lastOf(ends); i >= 0; i, at = i-1, before[at] {
		out[i] = numbers[at]
	}
	return out
}

func lastOf(list []int) int {
	if len(list) == 0 {
		return -1
	}
	return list[len(list)-1]
}

// blockEntries emits the edits of a block collection's entries.
func (w *writer) blockEntries(n *node, c *child) {
	changes, stay := hunks(n)
	if len(n.kids) == 0 {
		w.emptyBlock(n, c)
		return
	}
	for _, s := range stay {
		w.kept(s)
	}
	for _, h := range changes {
		w.blockHunk(n.old, h)
	}
}

// emptyBlock writes a block collection of which nothing is left in brackets.
// Comments in it that belong to no entry stay.
func (w *writer) emptyBlock(n *node, c *child) {
	old := n.old
	empty := "{}"
	if old.Style == layout.BlockSequence {
		empty = "[]"
	}
	first := w.region(old, old.Entries[0])
	inline := c != nil && !strings.ContainsAny(w.doc.Slice(w.slot(c), old.Entries[0].Start()), "\r\n")
	switch {
	case inline:
		w.edit(old.Entries[0].Start(), w.contentEnd(first.end), empty)
	case c != nil:
		at := w.slot(c)
		if ps := old.Props; len(ps) > 0 {
			at = ps[len(ps)-1].End
		}
		w.edit(at, at, " "+empty)
		w.edit(first.start, first.end, "")
	default:
		w.edit(first.start, w.contentEnd(first.end), empty)
	}
	for _, e := range old.Entries[1:] {
		r := w.region(old, e)
		w.edit(r.start, r.end, "")
	}
}

// blockHunk emits the edits of one hunk of a block collection.
func (w *writer) blockHunk(old *layout.Node, h hunk) {
	var lines []string
	blank := w.blankBetween(old)
	for i, c := range h.new {
		if (blank || w.blankAbove(c)) && w.mayBeApart(old, h, i) {
			lines = append(lines, "")
		}
		lines = append(lines, indented(w.entry(c, old.Style == layout.BlockSequence, old.Entries), old.Indent)...)
	}
	compact := func(i int) bool { return !w.doc.FirstInLine(old.Entries[i].Start()) }
	switch {
	case h.from == h.to:
		w.insertLines(old, h.from, lines, blank)
	case len(lines) > 0 && compact(h.from):
		r := w.region(old, old.Entries[h.to-1])
		w.edit(old.Entries[h.from].Start(), w.contentEnd(r.end), strings.TrimLeft(strings.Join(lines, w.news), " "))
	case len(lines) > 0:
		w.replaceLines(w.region(old, old.Entries[h.from]).start, w.region(old, old.Entries[h.to-1]).end, lines)
	case compact(h.from):
		w.edit(old.Entries[h.from].Start(), w.visible(w.region(old, old.Entries[h.to-1]).end), "")
	default:
		w.removeLines(old, h)
	}
}

// blankAbove tells whether an entry was separated by an empty line from the one
// above it.
func (w *writer) blankAbove(c *child) bool {
	if c.old == nil || !c.home.old.Style.IsBlockCollection() {
		return false
	}
	above := w.entryAbove(c.home.old, c.old)
	return above != nil && w.hasBlank(w.regionEnd(c.home.old, above), w.region(c.home.old, c.old).start)
}

// hasBlank tells whether there is an empty line between two starts of lines.
func (w *writer) hasBlank(from, to int) bool {
	for line := from; line < to; line = w.doc.NextLine(line) {
		if w.blankLines(line) > line {
			return true
		}
	}
	return false
}

// mayBeApart tells whether there may be an empty line above the new entry with a
// number of a hunk: not where there is one already, nor at the beginning, nor
// where it would become part of a block scalar.
func (w *writer) mayBeApart(old *layout.Node, h hunk, i int) bool {
	if i > 0 {
		before := h.new[i-1]
		return before.old == nil || before.value.fresh != nil || !keepsEnd(before.old.Value)
	}
	if h.from == 0 {
		return false
	}
	above := old.Entries[h.from-1]
	if h.from < h.to && w.hasBlank(w.regionEnd(old, above), w.region(old, old.Entries[h.from]).start) {
		return false
	}
	return !keepsEnd(above.Value)
}

// insertLines inserts lines before the entry with a number, or behind the last.
func (w *writer) insertLines(old *layout.Node, before int, lines []string, blank bool) {
	if before > 0 {
		e := old.Entries[before-1]
		at := w.region(old, e).end
		w.replaceLines(at, at, lines)
		return
	}
	if blank {
		lines = append(lines, "")
	}
	e := old.Entries[0]
	if !w.doc.FirstInLine(e.Start()) {
		text := strings.TrimLeft(strings.Join(lines, w.news), " ")
		w.edit(e.Start(), e.Start(), text+w.news+repeat(old.Indent))
		return
	}
	at := w.region(old, e).start
	w.replaceLines(at, at, lines)
}

// removeLines removes entries that are on lines of their own, and empty lines
// that are too many then.
func (w *writer) removeLines(old *layout.Node, h hunk) {
	start, end := w.region(old, old.Entries[h.from]).start, w.region(old, old.Entries[h.to-1]).end
	before := start
	for before > w.doc.Begin {
		line := w.doc.LineStart(w.contentEnd(before))
		if line >= before || w.visible(line) < start || h.from > 0 && line < w.region(old, old.Entries[h.from-1]).end {
			break
		}
		before = line
	}
	after := w.blankLines(end)
	switch {
	case h.to < len(old.Entries) && (before < start || h.from == 0) && after > end:
		end = after
	case h.to == len(old.Entries) && h.from > 0 && before < start && (after > end || after == len(w.doc.Text)):
		start = before
	}
	w.edit(start, end, "")
}

// blankLines is the start of the first line from one on that is not empty.
func (w *writer) blankLines(line int) int {
	for line < len(w.doc.Text) {
		next := w.doc.NextLine(line)
		if strings.TrimSpace(w.doc.Slice(line, next)) != "" {
			return line
		}
		line = next
	}
	return line
}

// visible is the offset of the first visible character at or behind another.
func (w *writer) visible(offset int) int {
	for offset < len(w.doc.Text) && strings.IndexByte(" \t\r\n", w.doc.Text[offset]) >= 0 {
		offset++
	}
	return offset
}

// blankBetween tells whether empty lines separate a collection's entries.
func (w *writer) blankBetween(old *layout.Node) bool {
	for i, e := range old.Entries[1:] {
		end := w.region(old, old.Entries[i]).end
		if w.blankLines(end) == end || w.region(old, e).start < end {
			return false
		}
	}
	return len(old.Entries) > 1
}
