package edit

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// flowEntries emits the edits of a flow collection's entries.
func (w *writer) flowEntries(n *node, c *child) {
	changes, stay := hunks(n)
	old := n.old
	switch {
	case len(changes) == 0:
	case old.Style == layout.FlowPair || len(old.Entries) == 0 && w.inFlow(c):
		column, wide := w.flowColumn(old)
		w.edit(old.Outset(), old.End, w.flow(n.value(), noQuote, column-w.style.unit, wide))
		return
	case len(old.Entries) == 0:
		w.replace(n, c)
		return
	case len(n.kids) == 0:
		w.edit(old.Start+1, old.End-1, "")
		return
	}
	for _, s := range stay {
		w.kept(s)
	}
	for _, h := range changes {
		w.flowHunk(n, h)
	}
}

// flowColumn is the column of a flow collection's entries, if each is on a line
// of its own as wide tells.
func (w *writer) flowColumn(in *layout.Node) (column int, wide bool) {
	if len(in.Entries) > 0 && w.doc.FirstInLine(in.Entries[0].Start()) {
		return w.doc.Column(in.Entries[0].Start()), w.doc.JSON
	}
	line := w.doc.LineStart(in.Start)
	return w.visible(line) - line + w.style.unit, len(in.Entries) == 0 && w.wideRoot()
}

// separator is what stands behind the commas of a flow collection.
func (w *writer) separator(in *layout.Node) string {
	for i, e := range in.Entries[1:] {
		comma := in.Entries[i].Comma
		if gap := w.doc.Slice(comma+1, e.Start()); comma >= 0 && strings.Trim(gap, " \t\r\n") == "" {
			return gap
		}
	}
	if first := in.Entries[0].Start(); w.doc.FirstInLine(first) {
		return w.news + repeat(w.doc.Column(first))
	}
	return w.style.comma
}

// flowHunk emits the edits of one hunk of a flow collection.
func (w *writer) flowHunk(n *node, h hunk) {
	entries := n.old.Entries
	sep := "," + w.separator(n.old)
	var parts []string
	for _, c := range h.new {
		parts = append(parts, w.flowPart(n, c))
	}
	text := strings.Join(parts, sep)
	switch {
	case h.from < h.to && text != "":
		w.edit(entries[h.from].Start(), entries[h.to-1].End(), text)
	case h.from < h.to:
		w.removeFlow(entries, h)
	case h.from < len(entries):
		at := entries[h.from].Start()
		w.edit(at, at, text+sep)
	default:
		last := entries[len(entries)-1]
		if last.Comma >= 0 {
			w.edit(last.Comma+1, last.Comma+1, sep[1:]+text)
			return
		}
		w.appendFlow(last.End(), sep, text)
	}
}

// appendFlow adds entries behind the last, which ends at an offset, and behind
// the comment on its line.
func (w *writer) appendFlow(end int, sep, text string) {
	line := w.doc.LineEnd(end)
	if strings.ContainsAny(sep, "\r\n") && strings.HasPrefix(strings.TrimLeft(w.doc.Slice(end, line), " \t"), "#") {
		w.edit(end, end, ",")
		w.edit(line, line, sep[1:]+text)
		return
	}
	w.edit(end, end, sep+text)
}

// removeFlow removes entries and the commas that are too many then.
func (w *writer) removeFlow(entries []*layout.Entry, h hunk) {
	first, last := entries[h.from], entries[h.to-1]
	if h.to < len(entries) {
		w.edit(first.Start(), entries[h.to].Start(), "")
		return
	}
	before := entries[h.from-1]
	if !strings.Contains(w.doc.Slice(before.Comma, first.Start()), "#") {
		w.edit(before.End(), last.End(), "")
		return
	}
	w.edit(before.Comma, before.Comma+1, "")
	end := last.End()
	if last.Comma >= 0 {
		end = last.Comma + 1
	}
	w.edit(w.gapStart(first.Start()), end, "")
}

// flowPart writes one entry: as it was, if it was in the same collection.
func (w *writer) flowPart(n *node, c *child) string {
	if c.home == n && c.old != nil && c.value.fresh == nil {
		outer := w.edits
		w.edits = nil
		w.kept(c)
		inner := w.edits
		w.edits = outer
		for i := range inner {
			inner[i].Start -= c.old.Start()
			inner[i].End -= c.old.Start()
		}
		text, err := Apply(w.doc.Text[c.old.Start():c.old.End()], inner)
		if err != nil {
			w.fail(err)
		}
		return string(text)
	}
	column, wide := w.flowColumn(n.old)
	value := w.flow(c.value.value(), noQuote, column, wide)
	if n.kind() == syntax.Sequence {
		return value
	}
	return w.pair(c.name, n.old.Entries) + value
}
