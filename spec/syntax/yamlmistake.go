package syntax

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// explain adds the finding for a mistake of YAML's syntax.
func (c *converter) explain(w why) {
	if w.anchor != "" {
		reportUnknownAlias(c.found, c.span(w.problemAt, w.problemAt+1+len(w.anchor)), w.anchor)
		return
	}
	if tab := c.tabBefore(w); tab >= 0 {
		c.found.errorf(c.span(tab, tab+1), "tab-indentation", "a tab cannot indent YAML").
			WithHelp("indent with spaces")
		return
	}
	if strings.HasPrefix(w.problem, "exceeded max depth") {
		reportDepth(c.found, c.span(w.problemAt, w.problemAt+1))
		return
	}
	for _, m := range yamlMistakes {
		if (m.problem == w.problem || m.problem == "") && strings.Contains(w.context, m.context) {
			m.report(c, w)
			return
		}
	}
	c.found.errorf(c.word(w.problemAt), codeYAML, "this is not YAML: %s", w.problem)
}

// yamlMistake says in our words what the library's words mean.
type yamlMistake struct {
	problem, context string // the library's words: all of problem or any, a part of context
	report           func(c *converter, w why)
}

var yamlMistakes = []yamlMistake{
	{"mapping values are not allowed in this context", "", reportColon},
	{"did not find expected key", "", reportNoKey},
	{"did not find expected '-' indicator", "", reportNoItem},
	{"could not find expected ':'", "", reportNoColon},
	{"did not find expected ',' or ']'", "", func(c *converter, w why) { reportOpen(c, w, "list", "]") }},
	{"did not find expected ',' or '}'", "", func(c *converter, w why) { reportOpen(c, w, "object", "}") }},
	{"did not find expected node content", "", reportNoValue},
	{"did not find expected <document start>", "", atProblem(
		"the document is complete before this", "align it with the keys above")},
	{"block sequence entries are not allowed in this context", "", atProblem(
		`a list cannot begin here`, `begin it on a line of its own, or put text that begins with "- " in quotes`)},
	{"mapping keys are not allowed in this context", "", atProblem(
		`"?" cannot begin a key here`, `put text that begins with "?" in quotes`)},
	{"found character that cannot start any token", "", reportNoToken},
	{"found unexpected end of stream", "quoted", atContext(
		"the quoted text that begins here is never closed", "close it with the same quote")},
	{"found unexpected document indicator", "quoted", atContext(
		"the quoted text that begins here is not closed before the document ends", "close it with the same quote")},
	{"found unknown escape character", "", reportEscape},
	{"did not find expected hexdecimal number", "", reportEscape},
	{"found invalid Unicode character escape code", "", reportEscape},
	{"did not find expected alphabetic or numeric character", "alias", atContext(
		`"*" begins an alias, and this is no alias's name`, `put text that begins with "*" in quotes`)},
	{"did not find expected alphabetic or numeric character", "anchor", atContext(
		`"&" begins an anchor, and this is no anchor's name`, `put text that begins with "&" in quotes`)},
	{"did not find expected comment or line break", "block scalar", atProblem(
		`text cannot follow "|" or ">" on the same line`, "begin it on the next line, indented")},
	{"found an indentation indicator equal to 0", "", atProblem(
		`text cannot be indented by 0 behind "|" or ">"`, "write a number from 1 to 9, or none")},
	{"found undefined tag handle", "", atProblem(
		"this tag's prefix is not declared", `put text that begins with "!" in quotes`)},
	{"found incompatible YAML document", "", atProblem(
		"this is not a version of YAML that can be read", "write %YAML 1.2 or nothing")},
	{"found duplicate %YAML directive", "", atProblem("the version is given twice", "remove one of them")},
	{"found duplicate %TAG directive", "", atProblem("the prefix is declared twice", "remove one of them")},
	{"", "directive", atContext("this is no directive of YAML", `put text that begins with "%" in quotes`)},
	{"", "tag", atContext("this is no tag", `put text that begins with "!" in quotes`)},
}

// atProblem makes a report of fixed words at the place of the mistake.
func atProblem(message, help string) func(*converter, why) {
	return func(c *converter, w why) {
		c.found.errorf(c.word(w.problemAt), codeYAML, "%s", message).WithHelp("%s", help)
	}
}

// atContext makes a report of fixed words at the beginning of what was read.
func atContext(message, help string) func(*converter, why) {
	return func(c *converter, w why) {
		c.found.errorf(c.word(w.contextAt), codeYAML, "%s", message).WithHelp("%s", help)
	}
}

// reportColon: a colon where no key can be. Either the colon is part of a text,
// or the line is indented so that it continues the text above.
func reportColon(c *converter, w why) {
	start := min(c.indentEnd(w.problemAt), w.problemAt)
	if before := c.text[start:w.problemAt]; bytes.Contains(before, []byte(": ")) {
		c.found.errorf(c.span(w.problemAt, w.problemAt+1), codeYAML, `a second ":" is not allowed in one line`).
			WithHelp("put the text in quotes if the colon is part of it")
		return
	}
	c.found.errorf(c.span(start, w.problemAt), codeYAML, "a key cannot stand here, as the line continues the value above").
		WithHelp("align it with its sibling keys, or put the value above in quotes if the colon is part of it")
}

// reportNoKey: something other than a key among the keys of an object.
func reportNoKey(c *converter, w why) {
	at := c.word(w.problemAt)
	if c.indentEnd(w.problemAt) != w.problemAt {
		reportTrailing(c, at)
		return
	}
	if c.isItem(w.problemAt) {
		c.found.errorf(at, codeYAML, "a list item cannot stand among the keys of an object").
			Note(c.word(w.contextAt), "the object begins here").
			WithHelp("indent the list below its key")
		return
	}
	reportMisaligned(c, w, "object")
}

// reportNoItem: something other than an item among the items of a list.
func reportNoItem(c *converter, w why) {
	at := c.word(w.problemAt)
	sameColumn := c.file.Position(w.problemAt).Column == c.file.Position(w.contextAt).Column
	switch {
	case c.indentEnd(w.problemAt) != w.problemAt:
		reportTrailing(c, at)
	case sameColumn:
		c.found.errorf(at, codeYAML, "a key cannot stand among the items of a list").
			Note(c.word(w.contextAt), "the list begins here").
			WithHelp(`begin it with "- " if it is an item, or align it with the key the list belongs to`)
	default:
		reportMisaligned(c, w, "list")
	}
}

func reportMisaligned(c *converter, w why, what string) {
	c.found.errorf(c.word(w.problemAt), codeYAML, "the indentation of this line fits none of the lines above").
		Note(c.word(w.contextAt), "it may belong to the %s that begins here", what).
		WithHelp("align it with its siblings")
}

// reportTrailing: something behind a complete value, on the same line.
func reportTrailing(c *converter, at source.Span) {
	if text := at.Text(); text != "" && strings.Contains("]}", text[:1]) {
		at.End = at.Start + 1
		c.found.errorf(at, codeYAML, "%q closes nothing", text[:1])
		return
	}
	c.found.errorf(at, codeYAML, "the value is complete before this").
		WithHelp("put the whole text in quotes; a quote in it is doubled in '…' and escaped with a backslash in \"…\"")
}

// reportNoColon: a line that is neither a key nor the continuation of a text.
func reportNoColon(c *converter, w why) {
	end := c.lineEnd(w.contextAt)
	line := bytes.TrimRight(c.text[w.contextAt:end], " \t")
	c.found.errorf(c.span(w.contextAt, w.contextAt+len(line)), codeYAML, `expected "key: value" here`).
		WithHelp("indent the line further if it continues the text above it")
}

func reportOpen(c *converter, w why, what, closer string) {
	if w.problemAt >= len(bytes.TrimRight(c.text, " \t\r\n")) {
		c.found.errorf(c.span(w.contextAt, w.contextAt+1), codeYAML, "the %s that begins here is never closed", what).
			WithHelp("close it with %q", closer)
		return
	}
	c.found.errorf(c.word(w.problemAt), codeYAML, `expected "," or %q before this`, closer).
		Note(c.span(w.contextAt, w.contextAt+1), "the %s begins here", what)
}

func reportNoValue(c *converter, w why) {
	if at := c.word(w.problemAt); w.problemAt < len(c.text) {
		c.found.errorf(at, codeYAML, "expected a value before this").
			WithHelp("put the text in quotes if it is one")
		return
	}
	c.found.errorf(c.span(len(c.text), len(c.text)), codeYAML, "the document ends where a value should be")
}

func reportNoToken(c *converter, w why) {
	r, size := utf8.DecodeRune(c.text[w.problemAt:])
	c.found.errorf(c.span(w.problemAt, w.problemAt+size), codeYAML, "%q cannot begin a value", string(r)).
		WithHelp("put the text in quotes")
}

// reportEscape: a backslash in double quotes begins nothing that is known. The
// library is at the backslash, or behind the letter that follows it.
func reportEscape(c *converter, w why) {
	start := w.problemAt
	if start >= 2 && start < len(c.text) && c.text[start] != '\\' && c.text[start-2] == '\\' {
		start -= 2
	}
	length := map[byte]int{'x': 4, 'u': 6, 'U': 10}[c.byteAt(start+1)]
	if length == 0 {
		_, size := utf8.DecodeRune(c.text[min(start+1, len(c.text)):])
		length = 1 + size
	}
	at := c.span(start, start+length)
	if i := bytes.IndexAny(c.text[at.Start:at.End], "\"\r\n"); i > 1 {
		at.End = at.Start + i
	}
	reportBadEscape(c.found.errorf(at, codeYAML, ""), at.Text())
}

// reportBadEscape words the finding about an escape sequence.
func reportBadEscape(d *diag.Diagnostic, escape string) {
	if r, ok := escapedUnit(escape); ok && utf16.IsSurrogate(r) {
		d.Message = escape + " is half of a character"
		d.WithHelp("a character beyond U+FFFF is written as two such escapes")
		return
	}
	d.Message = escape + " is no escape sequence"
	d.WithHelp(`write \\ for a backslash`)
}

func (c *converter) byteAt(i int) byte {
	if i < len(c.text) {
		return c.text[i]
	}
	return 0
}

// tabBefore is the offset of a tab in the indentation of the line of a mistake
// that may come from it, or -1. Within brackets a tab is as good as a space.
func (c *converter) tabBefore(w why) int {
	switch {
	case strings.Contains(w.problem, "tab character"), c.byteAt(w.problemAt) == '\t':
	case strings.Contains(w.context, "flow"), strings.Contains(w.context, "quoted"):
		return -1
	}
	start := c.lineStart(w.problemAt)
	i := bytes.IndexByte(c.text[start:c.indentEnd(w.problemAt)], '\t')
	if i < 0 {
		return -1
	}
	return start + i
}

// lineStart is the offset at which the line at an offset begins.
func (c *converter) lineStart(offset int) int {
	return c.file.LineStart(c.file.Position(offset).Line)
}

// indentEnd is the offset of the first visible character of the line at an
// offset.
func (c *converter) indentEnd(offset int) int {
	i := c.lineStart(offset)
	for i < len(c.text) && (c.text[i] == ' ' || c.text[i] == '\t') {
		i++
	}
	return i
}

func (c *converter) isItem(offset int) bool {
	return offset < len(c.text) && c.text[offset] == '-' && (offset+1 == len(c.text) || isBlank(c.text[offset+1]))
}

// word is the span of what stands at an offset, up to white space.
func (c *converter) word(offset int) source.Span {
	end := offset
	for end < len(c.text) && !isBlank(c.text[end]) {
		end++
	}
	return c.span(offset, end)
}

func (c *converter) span(start, end int) source.Span {
	start = min(start, len(c.text))
	return source.Span{File: c.file, Start: start, End: max(start, min(end, len(c.text)))}
}
