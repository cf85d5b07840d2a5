package edit

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
)

// region is an entry of a block collection with the comments that belong to it:
// those directly above it, those behind its values, and those below it that are
// indented further than it. It consists of whole lines, unless the entry stands
// compact behind a dash: then it begins where the entry does.
type region struct{ start, end int }

func (w *writer) region(in *layout.Node, e *layout.Entry) region {
	if !w.doc.FirstInLine(e.Start()) {
		return region{e.Start(), w.regionEnd(in, e)}
	}
	return region{w.regionStart(in, e), w.regionEnd(in, e)}
}

// regionEnd is the start of the line behind an entry.
func (w *writer) regionEnd(in *layout.Node, e *layout.Entry) int {
	end := w.doc.NextLine(e.End())
	for line := end; line < len(w.doc.Text); {
		next := w.doc.NextLine(line)
		text := strings.TrimRight(w.doc.Slice(line, next), "\r\n")
		switch trimmed := strings.TrimLeft(text, " \t"); {
		case trimmed == "":
		case trimmed[0] == '#' && len(text)-len(trimmed) > in.Indent:
			end = next
		default:
			return end
		}
		line = next
	}
	return end
}

// regionStart is the start of the first line of an entry and of the comments
// directly above it. Comments above the first entry of the document are the
// document's.
func (w *writer) regionStart(in *layout.Node, e *layout.Entry) int {
	start := w.doc.LineStart(e.Start())
	floor := w.doc.Begin
	switch before := w.entryAbove(in, e); {
	case before != nil:
		floor = w.regionEnd(in, before)
	case in == w.doc.Root:
		return start
	}
	for start > floor {
		line := w.doc.LineStart(w.contentEnd(start))
		if line < floor || !strings.HasPrefix(strings.TrimLeft(w.doc.Slice(line, start), " \t"), "#") {
			break
		}
		start = line
	}
	return start
}

// entryAbove is the entry before another, nil for the first.
func (w *writer) entryAbove(in *layout.Node, e *layout.Entry) *layout.Entry {
	if _, known := w.above[in.Entries[0]]; !known {
		var before *layout.Entry
		for _, other := range in.Entries {
			w.above[other] = before
			before = other
		}
	}
	return w.above[e]
}

// keepsEnd tells whether a value ends with a block scalar to which the empty
// lines below it belong.
func keepsEnd(n *layout.Node) bool {
	for len(n.Entries) > 0 {
		n = n.Entries[len(n.Entries)-1].Value
	}
	return n.Style.IsBlockScalar() && n.Keep
}

// closeOpen returns the edits with one more, where the text ends within a block
// scalar and something comes behind it now: the scalar's value has no line break
// at its end, and its header must say so.
func (d *Document) closeOpen(edits []Edit, behind bool) []Edit {
	n := d.doc.Root
	for len(n.Entries) > 0 {
		n = n.Entries[len(n.Entries)-1].Value
	}
	if !n.Style.IsBlockScalar() || !n.Open {
		return edits
	}
	for _, e := range edits {
		if e.Start < n.End && e.End > n.Start {
			return edits
		}
		behind = behind || e.Start >= n.End && e.New != ""
	}
	if !behind {
		return edits
	}
	header := strings.NewReplacer("+", "", "-", "").Replace(d.doc.Slice(n.Start, n.Header))
	return append(edits, Edit{n.Start, n.Header, header + "-"})
}
