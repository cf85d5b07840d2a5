package edit

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// maxRendered bounds the text of one value: aliases may stand for far more than
// is written.
const maxRendered = 64 << 20

// key writes a member's key like those of its siblings.
func (w *writer) key(name string, siblings []*layout.Entry, flow bool) string {
	q := noQuote
	if w.doc.JSON {
		return doubleQuoted(name)
	}
	for i, e := range siblings {
		own := quoteOf(e.Key)
		if own == noQuote || i > 0 && own != q {
			q = noQuote
			break
		}
		q = own
	}
	return quoted(name, flow, q, w.style.quote)
}

// quoteOf is how a scalar is quoted.
func quoteOf(n *layout.Node) quote {
	switch {
	case n == nil:
	case n.Style == layout.SingleQuoted:
		return single
	case n.Style == layout.DoubleQuoted:
		return double
	}
	return noQuote
}

// block writes a value for block style: what goes behind the key, or dash, and
// the lines below, which are indented against the column of the collection it
// is in. Compact tells that the value is an item.
func (w *writer) block(n *node, item bool) (head string, lines []string) {
	v := n.value()
	switch v.Kind {
	case syntax.String:
		if header, body, ok := asLiteral(v.Text); ok {
			return header, indented(body, w.step(item))
		}
	case syntax.Mapping:
		if len(v.Members) == 0 {
			return "{}", nil
		}
		return "", indented(w.entries(n), w.step(item))
	case syntax.Sequence:
		if len(v.Items) == 0 {
			return "[]", nil
		}
		by := w.style.sequence
		if item {
			by = itemStep
		}
		return "", indented(w.entries(n), by)
	}
	if w.spend(len(v.Text)); n.fresh != nil {
		return scalarText(v, false, quoteOf(n.old), w.style.quote), nil
	}
	return scalarText(v, false, noQuote, w.style.quote), nil
}

// itemStep is the width of a dash and the space behind it.
const itemStep = 2

func (w *writer) step(item bool) int {
	if item {
		return itemStep
	}
	return w.style.unit
}

// entries writes the lines of all entries of an object or array, at column 0.
func (w *writer) entries(n *node) []string {
	var out []string
	for _, c := range n.children() {
		out = append(out, w.entry(c, n.kind() == syntax.Sequence, nil)...)
	}
	return out
}

// entry writes the lines of one entry at column 0: its own, if it can be taken
// over from where it was, or new ones.
func (w *writer) entry(c *child, item bool, siblings []*layout.Entry) []string {
	if lines := w.transplanted(c, item); lines != nil {
		return lines
	}
	head, lines := w.block(c.value, item)
	if !item {
		first := w.key(c.name, siblings, false) + ":"
		if head != "" {
			first += " " + head
		}
		w.spend(len(first))
		return append([]string{first}, lines...)
	}
	w.spend(len(head) + 2)
	if head == "" && len(lines) > 0 { // compact: the first line stands behind the dash
		lines[0] = "- " + strings.TrimPrefix(lines[0], repeat(itemStep))
		if strings.HasPrefix(lines[0], "- #") {
			lines[0] = "-" + lines[0][1:]
		}
		return lines
	}
	return append([]string{"- " + head}, lines...)
}

// spend gives up when a value becomes far larger than anybody means.
func (w *writer) spend(n int) {
	if w.spent += n; w.spent > maxRendered && w.err == nil {
		w.err = fmt.Errorf("the value is larger than %d bytes: %w", maxRendered, ErrWrongUse)
	}
}

// transplanted are the lines of an entry that was written in block style
// elsewhere, with the comments above it and all that was done within it. They
// are nil when it cannot be taken over.
func (w *writer) transplanted(c *child, item bool) []string {
	if c.old == nil || c.home == nil || !c.home.old.Style.IsBlockCollection() || item != (c.old.Key == nil) || c.value.fresh != nil {
		return nil
	}
	outer := w.edits
	w.edits = nil
	w.renamed(c)
	w.node(c.value, c)
	inner := w.edits
	w.edits = outer
	r := w.region(c.home.old, c.old)
	end := max(w.contentEnd(r.end), c.old.End())
	if r.end >= len(w.doc.Text) {
		inner = w.closeOpen(inner, true)
	}
	for i := range inner {
		inner[i].Start -= r.start
		inner[i].End -= r.start
	}
	text, err := Apply(w.doc.Text[r.start:end], clip(inner, end-r.start))
	if err != nil {
		w.fail(err)
	}
	lines := layout.Lines(strings.TrimRight(string(text), "\r\n"))
	if keepsEnd(c.old.Value) {
		lines = layout.Lines(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"))
	}
	for i := range lines {
		lines[i] = dedent(lines[i], c.home.old.Indent)
	}
	w.spend(len(text))
	return lines
}

// clip moves edits that reach behind the text to its end.
func clip(edits []Edit, length int) []Edit {
	for i := range edits {
		if edits[i].Start > length {
			edits[i].Start = length
			edits[i].New = "\n" + strings.TrimRight(edits[i].New, "\r\n")
		}
		edits[i].End = max(edits[i].Start, min(edits[i].End, length))
	}
	return edits
}

// dedent removes up to n spaces from the beginning of a line.
func dedent(line string, n int) string {
	spaces := len(line) - len(strings.TrimLeft(line, " "))
	return line[min(spaces, n):]
}

// indented puts n spaces in front of lines, but for empty ones.
func indented(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			line = repeat(n) + line
		}
		out[i] = line
	}
	return out
}

// flow writes a value within brackets. In JSON that has a member a line, lines
// are indented by column and more.
func (w *writer) flow(v *syntax.Node, q quote, column int, wide bool) string {
	if v.Kind != syntax.Mapping && v.Kind != syntax.Sequence {
		if w.spend(len(v.Text)); w.doc.JSON {
			return scalarText(v, true, double, double)
		}
		return scalarText(v, true, q, w.style.quote)
	}
	var parts []string
	for _, m := range v.Members {
		parts = append(parts, w.pair(m.Key.Text, nil)+w.flow(m.Value, noQuote, column+w.style.unit, wide))
	}
	for _, item := range v.Items {
		parts = append(parts, w.flow(item, noQuote, column+w.style.unit, wide))
	}
	open, closer := "{", "}"
	if v.Kind == syntax.Sequence {
		open, closer = "[", "]"
	}
	w.spend(2 + len(parts)*3)
	if !wide || len(parts) == 0 {
		return open + strings.Join(parts, ","+w.style.comma) + closer
	}
	line := w.news + repeat(column+w.style.unit)
	return open + line + strings.Join(parts, ","+line) + w.news + repeat(column) + closer
}

// pair writes a key and its colon within brackets.
func (w *writer) pair(name string, siblings []*layout.Entry) string {
	if w.doc.JSON {
		return doubleQuoted(name) + ":" + w.style.colon
	}
	return w.key(name, siblings, true) + ": "
}
