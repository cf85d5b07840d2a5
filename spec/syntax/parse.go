// Package syntax turns YAML and JSON text into nodes that know their place. It
// is the only importer of the YAML library.
//
// It imports source and diag.
//
//	root, found := syntax.Parse(source.NewFile("orders.yaml", text))
//	if title := root.Get("info").Get("title"); title != nil {
//		fmt.Println(title.Text, title.At) // Orders orders.yaml:3:10
//	}
package syntax

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Limits of one text. What goes beyond is a finding.
const (
	MaxDepth = 1000    // levels of arrays and objects within each other, aliases followed
	MaxMarks = 5 << 20 // commas, colons, brackets and dashes: they make nodes, and nodes cost memory
	MaxAdded = 1 << 20 // nodes that aliases and merge keys may add to those that are written
)

// Parse reads one YAML 1.2 or JSON document; which of them it is, the content
// decides. Findings, sorted, tell what is wrong with the text. The node is nil
// when nothing sound could be made of it, which is always so after a mistake of
// YAML's syntax; a mistake of JSON's syntax is stepped over where it is plain
// what was meant. A value that is in itself impossible, such as an alias of
// nothing, is left out.
//
// Plain scalars of YAML are read by the core schema of YAML 1.2: true and false
// are booleans; yes, on and y are strings, whatever YAML 1.1 made of them. Keys
// are the text they are written with, be it 200, true or null.
func Parse(f *source.File) (*Node, diag.List) {
	found := new(findings)
	if at, yes := isBinary(f.Text()); yes {
		found.errorf(source.Span{File: f, Start: at, End: at + 1}, "not-text", "this is no text but binary data").
			WithHelp("give a document in YAML or JSON")
		return nil, found.sorted(f)
	}
	text := decoded(f, found)
	if countMarks(text) > MaxMarks {
		found.errorf(startOf(f), codeTooLarge, "the document has more values than can be read, about %d", MaxMarks).
			WithHelp("split it into several files that reference each other")
		return nil, found.sorted(f)
	}
	node, more := parseText(f, text)
	found.include(more)
	return node, found.sorted(f)
}

// parseText tells JSON from YAML. What begins with a bracket may be JSON or
// YAML's flow style; when it is neither, the findings are those of the notation
// that was more likely meant.
func parseText(f *source.File, text []byte) (*Node, *findings) {
	first := firstSignificant(text)
	if !bracketed(text[first:]) {
		if root := parseSwiftly(f, text); root != nil {
			return root, new(findings)
		}
		return parseYAML(f, text)
	}
	p := parseJSON(f, text, first)
	if p.sure || !slices.ContainsFunc(p.found.list, isJSONMistake) {
		return p.root, p.found
	}
	node, found := parseYAML(f, text)
	switch {
	case node == nil && meansJSON(f, text, first):
		return p.root, p.found
	case node != nil && len(found.list) == 0 && isNamedJSON(f):
		for _, d := range p.found.list {
			d.Severity = min(d.Severity, diag.Warning) // readers of JSON alone fail
		}
		return node, p.found
	}
	return node, found
}

func isNamedJSON(f *source.File) bool {
	return strings.EqualFold(filepath.Ext(f.Name()), ".json")
}

func isJSONMistake(d *diag.Diagnostic) bool { return d.Code == codeJSON }

// meansJSON tells whether a text that is neither JSON nor YAML was meant to be
// JSON: by its file's name, or as it goes on like JSON behind the bracket.
func meansJSON(f *source.File, text []byte, first int) bool {
	switch strings.ToLower(filepath.Ext(f.Name())) {
	case ".json":
		return true
	case ".yaml", ".yml":
		return false
	}
	rest := bytes.TrimLeft(text[first+1:], " \t\r\n")
	return len(rest) > 0 && bytes.IndexByte([]byte(`"{[}]`), rest[0]) >= 0
}

// firstSignificant is the offset of the first byte that is neither a byte order
// mark nor white space.
func firstSignificant(text []byte) int {
	rest := bytes.TrimPrefix(text, []byte(byteOrderMark))
	return len(text) - len(bytes.TrimLeft(rest, " \t\r\n"))
}

// bracketed tells whether text begins with a bracket, be it behind comments as
// some write them into JSON.
func bracketed(text []byte) bool {
	for {
		switch {
		case len(text) == 0:
			return false
		case bytes.HasPrefix(text, []byte("//")):
			_, text, _ = bytes.Cut(text, []byte("\n"))
		case bytes.HasPrefix(text, []byte("/*")):
			_, text, _ = bytes.Cut(text, []byte("*/"))
		default:
			return text[0] == '{' || text[0] == '['
		}
		text = bytes.TrimLeft(text, " \t\r\n")
	}
}

// countMarks counts the bytes without which there is no further node.
func countMarks(text []byte) int {
	n := 0
	for _, c := range []string{",", ":", "[", "{", "-", "?"} {
		n += bytes.Count(text, []byte(c))
	}
	return n
}

func startOf(f *source.File) source.Span {
	start := f.LineStart(1)
	return source.Span{File: f, Start: start, End: start}
}

// Codes that are used in several places.
const (
	codeYAML     diag.Code = "yaml-syntax"
	codeJSON     diag.Code = "json-syntax"
	codeTooDeep  diag.Code = "too-deep"
	codeTooLarge diag.Code = "too-large"
)

func reportDepth(found *findings, at source.Span) {
	found.errorf(at, codeTooDeep, "the document has more than %d levels", MaxDepth).
		WithHelp("describe recursive data with a $ref")
}

func reportEmpty(found *findings, f *source.File) {
	found.errorf(startOf(f), "empty-document", "the document is empty")
}

// shared is a text as a string, which shares the memory of the file's text where
// that is the text.
func shared(f *source.File, text []byte) string {
	if whole := f.Text(); len(text) > 0 && &text[0] == &whole[0] && len(text) == len(whole) {
		return f.Shared()
	}
	return string(text)
}
