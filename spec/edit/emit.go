package edit

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// writer turns what is to become of a document into edits of its text.
type writer struct {
	*Document
	edits []Edit
	err   error
	spent int
	above map[*layout.Entry]*layout.Entry // the entry before each, of block collections that were looked at
}

// edit replaces a stretch of the text. A comment behind it stays one: blank space
// is put before its #.
func (w *writer) edit(start, end int, text string) {
	if end < len(w.doc.Text) && w.doc.Text[end] == '#' {
		before := string(w.doc.Text[max(0, start-1):start]) + text
		if len(before) > 0 && !strings.ContainsAny(before[len(before)-1:], " \t\r\n") {
			text += " "
		}
	}
	if start < end || text != "" {
		w.edits = append(w.edits, Edit{start, end, text})
	}
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// Edits are the edits of the text that do what the operations asked for, in its
// order, the inner before the outer where they insert at one place.
func (d *Document) Edits() ([]Edit, error) {
	w := &writer{Document: d, above: map[*layout.Entry]*layout.Entry{}}
	w.node(d.root, nil)
	w.trimEnd()
	return d.closeOpen(w.edits, false), w.err
}

// trimEnd takes away blanks that are all there is in the last line, which would
// become part of a block scalar that is written before them.
func (w *writer) trimEnd() {
	end := len(w.doc.Text)
	start := w.gapStart(end)
	if len(w.edits) > 0 && start < end && start > 0 && w.doc.Text[start-1] == '\n' {
		for _, e := range w.edits {
			if e.End > start {
				return
			}
		}
		w.edit(start, end, "")
	}
}

// Text is the edited text, as UTF-8. It has been read again and means what the
// operations asked for: an error that matches ErrFault says that it does not.
func (d *Document) Text() ([]byte, error) {
	edits, err := d.Edits()
	if err != nil {
		return nil, err
	}
	text, err := Apply(d.doc.Text, edits)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFault, err)
	}
	again, found := syntax.Parse(source.NewFile(d.doc.File.Name(), text))
	switch {
	case found.HasErrors():
		return nil, fmt.Errorf("%w: %s", ErrFault, found[0])
	case !syntax.Equal(again, d.root.value()):
		return nil, ErrFault
	}
	return text, nil
}

// node emits the edits of a value that is written somewhere; c is the entry it
// is the value of, nil for the root.
func (w *writer) node(n *node, c *child) {
	switch {
	case w.err != nil:
	case n.fresh != nil:
		w.replace(n, c)
	case n.open && n.old.Style.IsFlow():
		w.flowEntries(n, c)
	case n.open && n.old.Style.IsBlockCollection():
		w.blockEntries(n, c)
	}
}

// renamed emits the edit of a key that has changed.
func (w *writer) renamed(c *child) {
	if c.old == nil || c.old.Key == nil || c.name == c.old.Name {
		return
	}
	k := c.old.Key
	q := quoteOf(k)
	if w.doc.JSON {
		q = double
	}
	text := quoted(c.name, c.home.old.Style.IsFlow(), q, w.style.quote)
	if k.Style == layout.Empty {
		text += " "
	}
	if at := k.Outset(); c.old.Mark >= 0 && at == c.old.Mark+1 {
		text = " " + text // behind a ? that nothing follows
	}
	w.edit(k.Outset(), k.End, text)
}

// kept emits the edits within an entry that stays where it is.
func (w *writer) kept(c *child) {
	w.renamed(c)
	w.node(c.value, c)
}

// inFlow tells whether the entry's value must be written as within brackets.
func (w *writer) inFlow(c *child) bool {
	if c == nil {
		return w.doc.JSON || w.root.old.Style.IsFlow()
	}
	return w.doc.JSON || c.home.old.Style.IsFlow()
}

// slot is the offset behind which an entry's value is written.
func (w *writer) slot(c *child) int {
	switch {
	case c == nil:
		return w.root.old.Outset()
	case c.old.Colon >= 0:
		return c.old.Colon + 1
	case c.old.Key != nil:
		return c.old.Key.End
	}
	return c.old.Mark + 1
}

// replace writes a new value in place of an old one.
func (w *writer) replace(n *node, c *child) {
	old := n.old
	if w.inFlow(c) {
		w.replaceFlow(n, c)
		return
	}
	column := 0
	if c != nil {
		column = c.home.old.Indent
	}
	item := c != nil && c.old.Key == nil
	head, lines := w.block(n, item)
	if c == nil && head == "" { // the root's entries are not indented below anything
		lines = w.entries(n)
	}
	lines = indented(lines, column)
	switch {
	case old.Style.IsBlockCollection():
		w.replaceBlock(c, old, head, lines)
	case old.Style.IsBlockScalar():
		start := old.Outset()
		if c != nil && strings.TrimSpace(w.doc.Slice(w.slot(c), start)) == "" { // it may stand where nothing else can
			start, head = w.slot(c), spaced(head)
		}
		w.edit(start, old.Header, head)
		w.replaceLines(w.doc.NextLine(old.Header), w.scalarEnd(old), lines)
	default:
		w.replaceInline(n, c, head, lines)
	}
}

// scalarEnd is the start of the line behind a block scalar.
func (w *writer) scalarEnd(n *layout.Node) int {
	if n.Body < 0 {
		return w.doc.NextLine(n.Header)
	}
	return w.doc.NextLine(n.End)
}

// replaceInline replaces a value that is neither a block collection nor a block
// scalar.
func (w *writer) replaceInline(n *node, c *child, head string, lines []string) {
	start, end := n.old.Outset(), n.old.End
	if ps := n.old.Props; len(ps) > 0 {
		end = max(end, ps[len(ps)-1].End)
	}
	switch {
	case n.old.Style == layout.Empty && len(n.old.Props) == 0:
		if start, end = w.slot(c), w.slot(c); c.old.Colon < 0 && c.old.Key != nil {
			w.fail(fmt.Errorf("a key with neither colon nor value cannot be given one: %w", ErrWrongUse))
			return
		}
		head = spaced(head)
	case head == "" && c != nil && !strings.ContainsAny(w.doc.Slice(w.slot(c), start), "\r\n"):
		start = w.slot(c)
	}
	if c == nil && head == "" {
		w.edit(start, end, strings.Join(lines, w.news))
		return
	}
	w.edit(start, end, head)
	at := w.doc.NextLine(end)
	w.replaceLines(at, at, lines)
}

// spaced puts a space in front of text.
func spaced(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}

// replaceBlock replaces a block collection.
func (w *writer) replaceBlock(c *child, old *layout.Node, head string, lines []string) {
	last := w.region(old, old.Entries[len(old.Entries)-1]).end
	if c == nil {
		text := head
		if head == "" {
			text = strings.Join(lines, w.news)
			lines = nil
		}
		w.edit(old.Outset(), w.contentEnd(last), text)
		w.replaceLines(last, last, lines)
		return
	}
	slot := w.slot(c)
	start := old.Entries[0].Start()
	if len(old.Props) > 0 && old.Outset() < w.doc.NextLine(slot) { // those on lines of their own go with the lines
		w.edit(w.gapStart(old.Outset()), old.Props[len(old.Props)-1].End, "")
	}
	if !strings.ContainsAny(w.doc.Slice(slot, start), "\r\n") { // compact behind a dash
		if head != "" {
			w.edit(start, w.contentEnd(last), head)
			w.replaceLines(last, last, lines)
			return
		}
		text := strings.Join(lines, w.news)
		w.edit(start, w.contentEnd(last), strings.TrimLeft(text, " "))
		return
	}
	w.edit(slot, slot, spaced(head))
	w.replaceLines(w.doc.NextLine(slot), last, lines)
}

// gapStart is where the blanks in front of an offset begin.
func (w *writer) gapStart(offset int) int {
	for offset > 0 && (w.doc.Text[offset-1] == ' ' || w.doc.Text[offset-1] == '\t') {
		offset--
	}
	return offset
}

// contentEnd is the offset of the line break that ends at an offset, or the
// offset itself where none does.
func (w *writer) contentEnd(offset int) int {
	text := w.doc.Text[:offset]
	switch {
	case strings.HasSuffix(string(text[max(0, offset-2):]), "\r\n"):
		return offset - 2
	case offset > 0 && (text[offset-1] == '\n' || text[offset-1] == '\r'):
		return offset - 1
	}
	return offset
}

// replaceLines replaces whole lines: both offsets are at the start of a line, or
// at the end of a text that does not end with a line break.
func (w *writer) replaceLines(start, end int, lines []string) {
	if len(lines) == 0 {
		w.edit(start, end, "")
		return
	}
	text := strings.Join(lines, w.news) + w.news
	if start == len(w.doc.Text) && w.contentEnd(start) == start && start > w.doc.Begin {
		text = w.news + text
	}
	w.edit(start, end, text)
}

// replaceFlow replaces a value within brackets, or in JSON.
func (w *writer) replaceFlow(n *node, c *child) {
	old := n.old
	column, wide := 0, w.wideRoot()
	if c != nil {
		column, wide = w.flowColumn(c.home.old)
	}
	text := w.flow(n.value(), quoteOf(old), column, wide)
	start, end := old.Outset(), old.End
	if ps := old.Props; len(ps) > 0 {
		end = max(end, ps[len(ps)-1].End)
	}
	switch {
	case c == nil || old.Style != layout.Empty || len(old.Props) > 0:
	case c.old.Key != nil && c.old.Colon < 0:
		key := c.old.Key
		if c.old.Mark < 0 && strings.ContainsAny(w.doc.Slice(key.Outset(), key.End), "\r\n") {
			w.fail(fmt.Errorf("a key over several lines, without a colon, cannot be given a value: %w", ErrWrongUse))
			return
		}
		start, end, text = key.End, key.End, ": "+text
	default:
		start, end, text = w.slot(c), w.slot(c), " "+text
	}
	w.edit(start, end, text)
}

// wideRoot tells whether JSON is written with a member a line.
func (w *writer) wideRoot() bool {
	return w.doc.JSON && strings.ContainsAny(strings.TrimSpace(string(w.doc.Text)), "\r\n")
}
