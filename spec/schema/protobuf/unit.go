package protobuf

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/reporter"
)

// unit is one file of a schema, be it inlined in a document.
type unit struct {
	name   string
	origin *source.File
	parts  *syntax.Parts // of an inlined schema; nil for a file
	text   string        // without a byte order mark
	mark   int           // the length of that
	prefix string        // what the compiler is told in front of the text

	lines    *source.File // the text, for its lines
	declared []string     // once needed

	busy       bool
	incomplete bool         // an import is missing
	told       map[int]bool // where errors have been reported
	deps       linker.Files
	linked     linker.Result
}

const byteOrderMark = "\uFEFF"

func newUnit(name string, origin *source.File, parts *syntax.Parts, text string) *unit {
	u := &unit{name: name, origin: origin, parts: parts, text: strings.TrimPrefix(text, byteOrderMark), told: map[int]bool{}}
	u.mark = len(text) - len(u.text)
	u.lines = source.NewFile(name, []byte(u.text))
	return u
}

// file is the linked file, or nil.
func (u *unit) file() linker.File {
	if u.linked == nil {
		return nil
	}
	return u.linked
}

// at is the place of the bytes [start, end) of the text.
func (u *unit) at(start, end int) source.Span {
	start, end = u.mark+max(start, 0), u.mark+min(max(end, start), len(u.text))
	if u.parts != nil {
		return u.parts.Span(start, end)
	}
	return source.Span{File: u.origin, Start: start, End: end}
}

// span is the place of what the compiler points at, or of its first line where
// it is more.
func (u *unit) span(s ast.SourceSpan) source.Span {
	start, end := s.Start().Offset-len(u.prefix), s.End().Offset-len(u.prefix)
	if s.Start().Line == 0 || start < 0 {
		return u.at(0, 0)
	}
	start = min(start, len(u.text))
	end = min(max(end, start), len(u.text))
	_, last := utf8.DecodeRuneInString(u.text[end:]) // the compiler's end is the last character
	end += last
	if i := strings.IndexAny(u.text[start:end], "\r\n"); i >= 0 {
		end = start + i
	}
	return u.at(start, end)
}

var (
	withPlace   = regexp.MustCompile(`^(.*?) at ([^\s;]+):(\d+):(\d+)(.*)$`)
	unknownName = regexp.MustCompile(`unknown (?:type|extension|request type|response type) (\S+)`)
)

// report makes a finding of what the compiler reports.
func (c *compiler) report(s diag.Severity, err reporter.ErrorWithPos) {
	u := c.files[err.Start().Filename]
	if u == nil {
		return // of a file that is built in
	}
	text := err.Unwrap().Error()
	unknown := unknownName.FindStringSubmatch(text)
	switch {
	case s == diag.Warning && (u != c.root || strings.HasPrefix(text, "no syntax specified")):
		return
	case unknown != nil && u.incomplete:
		return // it follows from the import that is missing
	}
	at := u.span(err)
	if s == diag.Error {
		if u.told[at.Start] {
			return // the parser says in two ways what is wrong here
		}
		u.told[at.Start] = true
		c.errors++
	}
	var d *diag.Diagnostic
	place := withPlace.FindStringSubmatch(text)
	if place != nil {
		text = place[1] + place[5]
	}
	if s == diag.Warning {
		d = c.found.Warningf(at, codeWarning, "%s", text)
	} else {
		d = c.found.Errorf(at, codeSyntax, "%s", text)
	}
	if place != nil {
		c.note(d, place[2], place[3], text)
	}
	if unknown != nil {
		if near := diag.Nearest(unknown[1], u.names()); near != "" {
			d.WithHelp("did you mean %q?", near)
		}
	}
}

var quotedName = regexp.MustCompile(`"([^"]+)"`)

// note shows the line that a message names.
func (c *compiler) note(d *diag.Diagnostic, file, line, text string) {
	u := c.files[file]
	number, err := strconv.Atoi(line)
	if u == nil || err != nil || number < 1 || number > u.lines.Lines() {
		return
	}
	start, content := u.lines.LineStart(number), u.lines.Line(number)
	end := start + len(content)
	if name := quotedName.FindStringSubmatch(text); name != nil {
		short := name[1][strings.LastIndexByte(name[1], '.')+1:]
		if i := strings.Index(content, short); i >= 0 {
			start, end = start+i, start+i+len(short)
		}
	}
	d.Note(u.at(start, end), "first defined here")
}

var declaration = regexp.MustCompile(`\b(?:message|enum)\s+([A-Za-z_]\w*)`)

// names are the types that a file seems to declare, for what may be meant.
func (u *unit) names() []string {
	if u.declared == nil {
		u.declared = []string{}
		for _, m := range declaration.FindAllStringSubmatch(u.text, -1) {
			u.declared = append(u.declared, m[1])
		}
	}
	return u.declared
}
