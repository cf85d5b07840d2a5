package generator

import (
	"regexp"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// The lines that Markdown has besides paragraphs (CommonMark 0.31).
var (
	fence      = regexp.MustCompile("^ {0,3}(```+|~~~+)")
	heading    = regexp.MustCompile(`^ {0,3}#{1,6}(?:[ \t]+|$)`)
	underline  = regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	rule       = regexp.MustCompile(`^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	bullet     = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+`)
	tableRow   = regexp.MustCompile(`^ {0,3}\|`)
	indented   = regexp.MustCompile(`^(?: {4}|\t)`)
	quoted     = regexp.MustCompile(`^ {0,3}>[ \t]?`)
	lineBreaks = regexp.MustCompile("\r\n|[\r\u0085\u2028\u2029\v\f]")
)

// The marks within a line.
var (
	strong = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|\b__([^_\s](?:[^_]*[^_\s])?)__\b`)
	link   = regexp.MustCompile(`!?\[([^\[\]]*)\]\(([^()\s]*)\)`)
	tag    = regexp.MustCompile(`(?i)</?(?:br|p|b|i|em|strong|code|ul|ol|li|div|span)\s*/?>`)
)

// markdown turns a CommonMark text into the blocks that Go's doc comments know:
// paragraphs, headings, lists and code. Tables become code.
func markdown(text string) ir.Doc {
	m := &marked{}
	for line := range strings.SplitSeq(lineBreaks.ReplaceAllString(text, "\n"), "\n") {
		m.line(strings.TrimRight(line, " \t"))
	}
	m.end()
	return m.doc
}

// marked is the state between two lines.
type marked struct {
	doc    ir.Doc
	open   *ir.Block // what the next line may go on with
	lines  []string  // of the paragraph, or of the list's last item, that is open
	fenced string    // the marks that end a fenced block
}

// end adds the open block to the document. Go takes code behind a list, and a
// list behind code, for a part of it, unless there is text between them.
func (m *marked) end() {
	m.join()
	b := m.open
	m.open = nil
	if b == nil || b.Text == "" && len(b.Items) == 0 {
		return
	}
	if last := len(m.doc) - 1; last >= 0 && len(b.Items) > 0 && len(m.doc[last].Items) > 0 {
		if b.Kind == m.doc[last].Kind && b.Kind == ir.List {
			m.doc[last].Items = append(m.doc[last].Items, b.Items...)
			return
		}
		m.doc = append(m.doc, ir.Block{Text: "In detail:"})
	}
	m.doc = append(m.doc, *b)
}

// join puts the lines of the open paragraph or item together.
func (m *marked) join() {
	text := strings.TrimSpace(strings.Join(m.lines, " "))
	m.lines = nil
	switch {
	case m.open == nil || text == "":
	case m.open.Kind == ir.List:
		m.open.Items = append(m.open.Items, text)
	default:
		m.open.Text = text
	}
}

func (m *marked) begin(kind ir.BlockKind) {
	m.end()
	m.open = &ir.Block{Kind: kind}
}

func (m *marked) line(line string) {
	if m.fenced != "" {
		if strings.HasPrefix(strings.TrimSpace(line), m.fenced) {
			m.fenced = ""
			m.end()
			return
		}
		m.open.Items = append(m.open.Items, line)
		return
	}
	line = quoted.ReplaceAllString(line, "")
	kind := ir.Paragraph
	if m.open != nil {
		kind = m.open.Kind
	}
	inParagraph := m.open != nil && kind == ir.Paragraph
	inList := m.open != nil && kind == ir.List
	switch {
	case line == "":
		m.end()
	case fence.MatchString(line):
		m.begin(ir.Code)
		m.fenced = fence.FindStringSubmatch(line)[1]
	case heading.MatchString(line):
		m.heading(strings.TrimRight(heading.ReplaceAllString(line, ""), "# "))
	case inParagraph && underline.MatchString(line):
		m.join()
		m.heading(m.open.Text)
	case rule.MatchString(line):
		m.end()
	case tableRow.MatchString(line):
		m.code(line)
	case bullet.MatchString(line):
		m.item(line)
	case !inParagraph && !inList && indented.MatchString(line):
		m.code(indented.ReplaceAllString(line, ""))
	case inList:
		m.lines = append(m.lines, inline(line))
	default:
		m.text(line)
	}
}

func (m *marked) heading(text string) {
	m.open, m.lines = nil, nil
	m.begin(ir.Heading)
	m.open.Text = inline(text)
	m.end()
}

func (m *marked) code(line string) {
	if m.open == nil || m.open.Kind != ir.Code {
		m.begin(ir.Code)
	}
	m.open.Items = append(m.open.Items, line)
}

func (m *marked) item(line string) {
	if m.open == nil || m.open.Kind != ir.List {
		m.begin(ir.List)
	}
	m.join()
	m.lines = append(m.lines, inline(bullet.ReplaceAllString(line, "")))
}

func (m *marked) text(line string) {
	if m.open == nil || m.open.Kind != ir.Paragraph {
		m.begin(ir.Paragraph)
	}
	m.lines = append(m.lines, inline(line))
}

// inline takes the marks out of a line: strong text stays, a link becomes its
// text with the address behind it.
func inline(line string) string {
	line = tag.ReplaceAllString(line, " ")
	line = strong.ReplaceAllString(line, "$1$2")
	line = link.ReplaceAllStringFunc(line, func(l string) string {
		parts := link.FindStringSubmatch(l)
		if parts[1] == "" || parts[1] == parts[2] {
			return parts[2]
		}
		return parts[1] + " (" + parts[2] + ")"
	})
	return strings.TrimSpace(line)
}
