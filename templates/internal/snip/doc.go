package snip

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/dave/jennifer/jen"
)

// columns is the width that comments are wrapped at; a tab counts for tab.
const (
	columns = 80
	tab     = 8
)

// Doc is a doc comment and the line break behind it, or nothing. Indent is how
// many tabs will stand before it. Whatever the text holds, each line begins
// with "// " or "//\t", so that it is a comment and never a directive.
func Doc(d ir.Doc, indent int) *jen.Statement {
	s := jen.Null()
	for _, line := range DocLines(d, indent) {
		s.Comment(line).Line()
	}
	return s
}

// NotInlined adds to a doc comment that the function behind it is not to be inlined.
func NotInlined(doc *jen.Statement) *jen.Statement {
	return doc.Comment("//").Line().Comment("//go:noinline // it builds faster").Line()
}

// DocLines are the lines of a doc comment, with their slashes.
func DocLines(d ir.Doc, indent int) []string {
	width := columns - indent*tab - len("// ")
	var out []string
	for _, b := range d {
		lines := blockLines(b, width)
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, "//")
		}
		out = append(out, lines...)
	}
	return out
}

func blockLines(b ir.Block, width int) []string {
	var out []string
	switch b.Kind {
	case ir.Paragraph:
		out = wrap(b.Text, width, "// ", "// ")
	case ir.Heading:
		if text := strings.Join(strings.Fields(plainQuotes(Line(b.Text))), " "); text != "" {
			out = []string{"// # " + text}
		}
	case ir.List:
		for _, item := range b.Items {
			out = append(out, wrap(item, width-4, "//   - ", "//     ")...)
		}
	case ir.Code:
		for _, line := range unindented(b.Items) {
			out = append(out, strings.TrimRight("//\t"+line, "\t"))
		}
	}
	return out
}

// unindented are the lines of a code block as gofmt leaves them: without what
// all are indented by, and without empty lines at either end.
func unindented(items []string) []string {
	var lines []string
	least := -1
	for _, item := range items {
		line := strings.TrimRightFunc(harmless(Line(item)), unicode.IsSpace)
		if indent := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (least < 0 || indent < least) {
			least = indent
		}
		if line != "" || len(lines) > 0 {
			lines = append(lines, line)
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		lines[i] = line[min(least, len(line)):]
	}
	return lines
}

// wrap breaks a text into lines of at most width characters; longer words get
// lines of their own.
func wrap(text string, width int, first, next string) []string {
	var out []string
	line, prefix := "", first
	flush := func() {
		if line != "" {
			out = append(out, prefix+harmless(line))
			line, prefix = "", next
		}
	}
	for _, word := range strings.Fields(plainQuotes(Line(text))) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			flush()
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	flush()
	return out
}

// plainQuotes writes the quotation marks of prose that gofmt would make others
// of, more of them at each run, as one character.
func plainQuotes(text string) string {
	for _, double := range [][2]string{{"``", "`"}, {"''", `"`}} {
		for strings.Contains(text, double[0]) {
			text = strings.ReplaceAll(text, double[0], double[1])
		}
	}
	return text
}

// harmless keeps a line from being an old build constraint, the one directive
// that may have space behind its slashes.
func harmless(line string) string {
	if text := strings.TrimSpace(line); strings.HasPrefix(text, "+build") {
		return "\\" + text
	}
	return line
}

// Line makes one line of Go comment text out of any text: what would end the
// line or the comment, and what readers cannot see, becomes a space or goes.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r == '\u200d', r == '\u200c': // joiners of emoji and scripts
			return r
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1 // byte order marks, changes of writing direction
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
