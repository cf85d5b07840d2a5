package syntax

import "strings"

// blockLine is one line of a block scalar: its content behind the indentation,
// and its line break.
type blockLine struct {
	start, end int
	next       int // behind the line break
}

// block goes along a block scalar. YAML 1.2, section 8.1. How far it is indented
// shows where its first visible line is compared with the text, so that an
// indentation indicator need not be understood.
func (w *partWalk) block() bool {
	folded := w.src[w.pos] == '>'
	w.pos = w.afterLine(w.pos)
	indent := w.indentation()
	if indent < 0 {
		return w.literal(len(w.src)) // empty lines, if any
	}
	if folded {
		return w.folded(indent)
	}
	return w.literal(indent)
}

// afterLine is where the line behind the one at i begins.
func (w *partWalk) afterLine(i int) int {
	for i < len(w.src) && w.src[i] != '\n' && w.src[i] != '\r' {
		i++
	}
	return w.lineBreak(i)
}

// indentation is how many spaces each line of the block begins with, or -1 when
// it has no visible line.
func (w *partWalk) indentation() int {
	visible := strings.IndexFunc(w.text, func(r rune) bool { return r != ' ' && r != '\n' })
	if visible < 0 {
		return -1
	}
	deeper := visible - (strings.LastIndexByte(w.text[:visible], '\n') + 1)
	for start := w.pos; start < len(w.src); start = w.afterLine(start) {
		i := start
		for i < len(w.src) && w.src[i] == ' ' {
			i++
		}
		if i < len(w.src) && w.lineBreak(i) == i {
			return i - start - deeper
		}
	}
	return -1
}

// line returns the line that comes next, and passes it.
func (w *partWalk) line(indent int) blockLine {
	l := blockLine{start: w.pos}
	for l.start < len(w.src) && l.start-w.pos < indent && w.src[l.start] == ' ' {
		l.start++
	}
	l.end = l.start
	for l.end < len(w.src) && w.src[l.end] != '\n' && w.src[l.end] != '\r' {
		l.end++
	}
	l.next = w.lineBreak(l.end)
	w.pos = l.next
	return l
}

// content takes a line's content as it is.
func (w *partWalk) content(l blockLine) bool {
	w.pos = l.start
	ok := w.same(l.end)
	w.pos = l.next
	return ok
}

// newline takes a line's break as one.
func (w *partWalk) newline(l blockLine) bool { return w.stands("\n", l.end, l.next) }

// literal goes along lines that are as they read.
func (w *partWalk) literal(indent int) bool {
	for w.done < len(w.text) {
		ended := w.pos >= len(w.src)
		l := w.line(indent)
		if !w.content(l) || w.done < len(w.text) && (ended || !w.newline(l)) {
			return false
		}
	}
	return true
}

// folded goes along lines that are joined with a space, but for those that are
// indented further; empty lines between them are line breaks.
func (w *partWalk) folded(indent int) bool {
	visible := len(strings.TrimRight(w.text, "\n"))
	var before *blockLine // the last line with content
	var empty []blockLine // those since
	deeper := false       // the line before begins with white space
	for w.done < visible {
		if w.pos >= len(w.src) {
			return false
		}
		l := w.line(indent)
		if l.start == l.end {
			empty = append(empty, l)
			continue
		}
		blank := isBlank(w.src[l.start])
		if !w.join(before, empty, deeper || blank) || !w.content(l) {
			return false
		}
		before, empty, deeper = &l, nil, blank
	}
	return w.trailing(before, indent)
}

// join takes what stands between two lines with content.
func (w *partWalk) join(before *blockLine, empty []blockLine, kept bool) bool {
	switch {
	case before == nil:
	case kept:
		if !w.newline(*before) {
			return false
		}
	case len(empty) == 0:
		return w.stands(" ", before.end, before.next)
	}
	for _, l := range empty {
		if !w.newline(l) {
			return false
		}
	}
	return true
}

// trailing takes the line breaks that the text ends with.
func (w *partWalk) trailing(last *blockLine, indent int) bool {
	if last == nil {
		return false
	}
	l := *last
	for w.done < len(w.text) {
		if !w.newline(l) || w.done < len(w.text) && w.pos >= len(w.src) {
			return false
		}
		l = w.line(indent)
	}
	return true
}
