package format

import (
	"bytes"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
)

// printer writes tokens, and the comments between them.
type printer struct {
	doc   *layout.Doc
	flows []flow
	out   bytes.Buffer

	end     int    // of the text written so far, in the original
	last    *token // the last that is no comment
	aligned bool   // what was written last is a comment behind a value, or one aligned to such
	was, is int    // columns of that comment before and after
}

func (p *printer) print(tokens []token) {
	comments := p.doc.Comments
	for i := range tokens {
		for len(comments) > 0 && comments[0].Start < tokens[i].start {
			p.comment(comments[0], &tokens[i])
			comments = comments[1:]
		}
		p.token(&tokens[i])
	}
	for _, c := range comments {
		p.comment(c, nil)
	}
	if n := p.out.Len(); n > 0 && (p.out.Bytes()[n-1] != '\n' || p.last != nil && p.last.kind == body) {
		p.out.WriteByte('\n')
	}
}

// token writes one token and the white space in front of it.
func (p *printer) token(t *token) {
	between := string(p.doc.Text[max(p.end, p.doc.Begin):max(t.start, p.end)])
	breaks := countBreaks(between)
	column := func() int {
		if t.column < 0 {
			return p.shifted(t.start, t.level)
		}
		return t.column
	}
	switch {
	case p.last == nil && p.out.Len() == 0:
		p.pad(column())
	case breaks > 0 || t.fresh:
		p.newLine(breaks)
		if t.kind != body {
			p.pad(column())
		}
	case t.gap == one:
		p.pad(1)
	case t.gap == kept:
		p.out.WriteString(strings.ReplaceAll(between, "\t", " "))
	}
	p.content(t)
	p.end, p.last, p.aligned = t.end, t, false
}

// newLine ends the line and keeps one of the empty lines that followed it.
func (p *printer) newLine(breaks int) {
	p.out.WriteByte('\n')
	if breaks > 1 {
		p.out.WriteByte('\n')
	}
}

func (p *printer) pad(n int) { p.out.WriteString(strings.Repeat(" ", max(n, 0))) }

// shifted is the column of a line within a flow collection: as far from those
// around it as before.
func (p *printer) shifted(offset int, l *level) int {
	return max(p.visual(offset)+l.shift(), l.base(), 0)
}

// visual is the column of an offset, where a tab is as wide as a step.
func (p *printer) visual(offset int) int {
	line := p.doc.Text[p.doc.LineStart(offset):offset]
	return len(line) + (step-1)*bytes.Count(line, []byte("\t"))
}

func (p *printer) content(t *token) {
	text := string(p.doc.Text[t.start:t.end])
	switch {
	case t.kind == header:
		p.out.WriteString(headerOf(text, t.node))
	case t.kind == body:
		p.body(text, t)
	case !strings.ContainsAny(text, "\r\n"):
		p.out.WriteString(text)
	default:
		p.folded(text, t)
	}
}

// headerOf is a block scalar's header for content that is indented by one step.
// Where the text ended without a line break, so does the value.
func headerOf(text string, n *layout.Node) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case '1' <= c && c <= '9':
			b.WriteByte('0' + step)
		case !n.Open || c != '+' && c != '-':
			b.WriteRune(c)
		}
	}
	if n.Open {
		b.WriteByte('-')
	}
	return b.String()
}

// body writes the lines of a block scalar, whose own white space is kept.
func (p *printer) body(text string, t *token) {
	for i, line := range layout.Lines(text) {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		if line = line[min(spaces, t.node.Indent):]; line != "" {
			p.pad(t.lines)
			p.out.WriteString(line)
		}
	}
}

// folded writes a plain or quoted scalar of several lines. White space around
// its line breaks has no meaning, unless it is escaped.
func (p *printer) folded(text string, t *token) {
	offset := t.start
	lines := layout.Lines(text)
	for i, line := range lines {
		trimmed := line
		if i > 0 {
			trimmed = strings.TrimLeft(line, " \t")
		}
		if i < len(lines)-1 {
			trimmed = trimRight(trimmed, text[0] == '"')
		}
		if i > 0 {
			p.out.WriteByte('\n')
			offset = p.doc.NextLine(offset)
		}
		if i > 0 && trimmed != "" {
			column := t.lines
			if column < 0 {
				column = p.shifted(offset+len(line)-len(strings.TrimLeft(line, " \t")), t.level)
			}
			p.pad(column)
		}
		p.out.WriteString(trimmed)
	}
}

// trimRight removes white space from a line's end, but what a backslash escapes.
func trimRight(line string, escapes bool) string {
	trimmed := strings.TrimRight(line, " \t")
	slashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if escapes && slashes%2 == 1 && len(trimmed) < len(line) {
		return line[:len(trimmed)+1]
	}
	return trimmed
}

// comment writes a comment that the token next follows.
func (p *printer) comment(c layout.Span, next *token) {
	between := string(p.doc.Text[max(p.end, p.doc.Begin):c.Start])
	breaks, was := countBreaks(between), p.visual(c.Start)
	first := p.out.Len() == 0
	switch {
	case first || breaks > 0:
		is := p.commentColumn(c, next)
		if p.aligned = p.aligned && breaks == 1 && was == p.was; p.aligned {
			is = p.is
		}
		if !first {
			p.newLine(breaks)
		}
		p.is = is
		p.pad(is)
	default:
		p.pad(max(len(between), 1))
		p.aligned, p.is = true, p.column()
	}
	p.was = was
	p.out.Write(p.doc.Text[c.Start:c.End])
	p.end = c.End
}

// column is the length of the line that is being written.
func (p *printer) column() int {
	return p.out.Len() - 1 - bytes.LastIndexByte(p.out.Bytes(), '\n')
}

// commentColumn is where a comment on a line of its own goes: to what it belongs
// to. That is what follows, or a block that ends here and that it was indented
// like.
func (p *printer) commentColumn(c layout.Span, next *token) int {
	for len(p.flows) > 0 && p.flows[0].end <= c.Start {
		p.flows = p.flows[1:]
	}
	if len(p.flows) > 0 && p.flows[0].start < c.Start {
		return p.shifted(c.Start, p.flows[0].level)
	}
	var inner *level
	if p.last != nil {
		inner = p.last.level
	}
	best := outermost(inner)
	if next != nil && next.level != nil {
		if best = next.level; !inner.isIn(best) {
			return next.column
		}
	}
	if best == nil {
		return 0
	}
	column := p.doc.Column(c.Start)
	for l := inner; l != best && column > best.old; l = l.outer {
		if l.old <= column {
			return l.new
		}
	}
	return best.new
}

func outermost(l *level) *level {
	for l != nil && l.outer != nil {
		l = l.outer
	}
	return l
}

// isIn tells whether a level is another or lies within it.
func (l *level) isIn(other *level) bool {
	for ; l != nil; l = l.outer {
		if l == other {
			return true
		}
	}
	return false
}

func countBreaks(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, "\r") - strings.Count(s, "\r\n")
}
