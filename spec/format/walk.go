package format

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
)

// step is how far each level of block collections is indented.
const step = 2

// token is a stretch of the text that is written without a change, unless it has
// several lines, with what decides about the white space in front of it.
type token struct {
	start, end int
	kind       kind
	level      *level
	column     int  // where it begins if it is the first of its line
	fresh      bool // it must begin a line
	gap        gap
	lines      int          // the column of its further lines
	node       *layout.Node // of a header or body
}

type kind uint8

const (
	whole   kind = iota // written as it is, line by line
	header              // the indicators of a block scalar
	body                // the lines of a block scalar
	comment             // a comment
)

// gap is what stands between a token and another in front of it on its line.
type gap uint8

const (
	one  gap = iota // a space
	none            // nothing
	kept            // what was there
)

// level is a block collection: the columns of its entries before and after.
type level struct {
	outer    *level
	old, new int
}

// column is where a value begins that is on a line of its own within l.
func (l *level) column() int {
	if l == nil {
		return 0
	}
	return l.new + step
}

// within is the level of a block collection in l whose entries were at a column.
func (l *level) within(old int) *level { return &level{outer: l, old: old, new: l.column()} }

// base is the column that the content of scalars is indented against.
func (l *level) base() int {
	if l == nil {
		return 0
	}
	return l.new
}

// shift is by how many columns the lines of flow collections in l move.
func (l *level) shift() int {
	if l == nil {
		return 0
	}
	return l.new - l.old
}

// flow is a flow collection that is not part of another.
type flow struct {
	start, end int
	level      *level
}

// walker makes tokens of a document.
type walker struct {
	doc    *layout.Doc
	tokens []token
	flows  []flow
}

func (w *walker) add(t token) { w.tokens = append(w.tokens, t) }

func (w *walker) document() {
	begin := w.doc.Root.Outset()
	for _, m := range w.doc.Marks {
		if m.Start < begin {
			w.add(token{start: m.Start, end: m.End, fresh: true})
		}
	}
	first := len(w.tokens)
	if w.value(w.doc.Root, nil, one); w.looksMarked(first) {
		w.tokens, w.flows = w.tokens[:first], nil
		w.value(w.doc.Root, &level{}, one)
	}
	if len(w.tokens) > first && w.doc.Root.Style.IsBlockCollection() {
		w.tokens[first].fresh = true // compact behind "---" it would be indented
	}
	for _, m := range w.doc.Marks {
		if m.Start >= begin {
			w.add(token{start: m.Start, end: m.End, fresh: true})
		}
	}
}

// looksMarked tells whether a text that would begin a line, among the tokens from
// first on, is a marker of documents there. Indented it is none.
func (w *walker) looksMarked(first int) bool {
	for _, t := range w.tokens[first:] {
		text := w.doc.Text[t.start:t.end]
		if t.column != 0 || t.kind != whole || len(text) < 3 || string(text[:3]) != "---" && string(text[:3]) != "..." {
			continue
		}
		if len(text) == 3 || strings.ContainsRune(" \t\r\n", rune(text[3])) {
			return true
		}
	}
	return false
}

// value adds the tokens of a value within a block collection, or of an explicit
// key. The first of them has the given gap.
func (w *walker) value(n *layout.Node, l *level, g gap) {
	for _, p := range n.Props {
		w.add(token{start: p.Start, end: p.End, level: l, column: l.column(), gap: g})
		g = one
	}
	switch {
	case n.Style == layout.Empty:
	case n.Style.IsBlockCollection():
		inner := l.within(n.Indent)
		for _, e := range n.Entries {
			w.entry(e, inner, g)
			g = one
		}
	case n.Style.IsFlow():
		w.flows = append(w.flows, flow{n.Start, n.End, l})
		first := len(w.tokens)
		w.flow(n, l)
		w.tokens[first].gap, w.tokens[first].column = g, l.column()
	case n.Style.IsBlockScalar():
		w.add(token{start: n.Start, end: n.Header, kind: header, level: l, column: l.column(), gap: g, node: n})
		if n.Body >= 0 {
			w.add(token{start: n.Body, end: n.End, kind: body, level: l, fresh: true, lines: l.base() + step, node: n})
		}
	default:
		w.add(token{start: n.Start, end: n.End, level: l, column: l.column(), gap: g, lines: l.base() + step})
	}
}

// entry adds the tokens of an entry of the block collection l.
func (w *walker) entry(e *layout.Entry, l *level, g gap) {
	if e.Mark >= 0 {
		w.add(token{start: e.Mark, end: e.Mark + 1, level: w.holder(e, l), column: l.new, gap: g})
		g = one
	}
	if e.Key == nil {
		w.value(e.Value, l, one)
		return
	}
	first := len(w.tokens)
	w.value(e.Key, l, g)
	if e.Mark < 0 && len(w.tokens) > first {
		w.tokens[first].column = l.new
	}
	if e.Colon < 0 {
		return
	}
	colon := token{start: e.Colon, end: e.Colon + 1, level: w.holder(e, l), column: l.new, gap: none}
	if e.Key.Style == layout.Alias || len(w.tokens) == first || e.Key.Style == layout.Empty {
		colon.gap = one // else it would become part of the name, or of the tag
	}
	w.add(colon)
	w.value(e.Value, l, one)
}

// holder is the level of comments behind an entry's indicator: where its value
// is left empty, one of its own.
func (w *walker) holder(e *layout.Entry, l *level) *level {
	if e.Value.Style != layout.Empty || len(e.Value.Props) > 0 {
		return l
	}
	return &level{outer: l, old: l.old + 1, new: l.new + step}
}

// flow adds the tokens of a value within brackets.
func (w *walker) flow(n *layout.Node, l *level) {
	keep := func(start, end int) {
		if start < end {
			w.add(token{start: start, end: end, level: l, gap: kept, column: -1, lines: -1})
		}
	}
	for _, p := range n.Props {
		if len(w.flows) > 0 && p.Start >= w.flows[len(w.flows)-1].start {
			keep(p.Start, p.End)
		}
	}
	if !n.Style.IsFlow() {
		keep(n.Start, n.End)
		return
	}
	if n.Style != layout.FlowPair {
		keep(n.Start, n.Start+1)
	}
	for _, e := range n.Entries {
		if e.Mark >= 0 {
			keep(e.Mark, e.Mark+1)
		}
		if e.Key != nil {
			w.flow(e.Key, l)
		}
		if e.Colon >= 0 {
			keep(e.Colon, e.Colon+1)
		}
		w.flow(e.Value, l)
		if e.Comma >= 0 {
			keep(e.Comma, e.Comma+1)
		}
	}
	if n.Style != layout.FlowPair {
		keep(n.End-1, n.End)
	}
}
