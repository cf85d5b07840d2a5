// Package layout is the concrete side of a document: where each value, key,
// indicator, bracket, anchor, tag and comment stands in the text. The syntax
// package says what a text means, this one how it is written, which is what
// must be known to change a text without touching the rest of it.
//
// It imports source, diag and syntax.
//
//	doc, found := layout.Parse(source.NewFile("orders.yaml", text))
//	if doc != nil {
//		fmt.Println(doc.Root.Style, len(doc.Comments)) // block mapping 3
//	}
package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Style is how a value is written.
type Style uint8

// The styles of YAML 1.2, chapters 6 to 8.
const (
	Empty         Style = iota // nothing is written
	Plain                      // text
	SingleQuoted               // 'text'
	DoubleQuoted               // "text"
	Literal                    // | and lines
	Folded                     // > and lines
	Alias                      // *name
	BlockMapping               // key: value, a line each
	BlockSequence              // - item, a line each
	FlowMapping                // {key: value}
	FlowSequence               // [item]
	FlowPair                   // key: value as the item of a flow sequence
)

var styleNames = [...]string{
	"empty", "plain", "single quoted", "double quoted", "literal", "folded", "alias",
	"block mapping", "block sequence", "flow mapping", "flow sequence", "flow pair",
}

// String is the style in YAML's words.
func (s Style) String() string {
	if int(s) < len(styleNames) {
		return styleNames[s]
	}
	return fmt.Sprintf("style(%d)", uint8(s))
}

// IsBlockCollection tells whether the value is a block mapping or sequence.
func (s Style) IsBlockCollection() bool { return s == BlockMapping || s == BlockSequence }

// IsFlow tells whether the value is a flow collection.
func (s Style) IsFlow() bool { return s == FlowMapping || s == FlowSequence || s == FlowPair }

// IsBlockScalar tells whether the value is a literal or folded block.
func (s Style) IsBlockScalar() bool { return s == Literal || s == Folded }

// Span is a stretch of the text: the bytes [Start, End).
type Span struct {
	Start, End int
}

// Node is one value, or key, as it is written.
type Node struct {
	Style Style
	Props []Span // anchor and tag, in the order of the text
	// Start and End are the extent of the value itself. A block collection
	// reaches to the end of its last value. A block scalar ends with its last
	// line, without that line's break; with keep chomping the empty lines at its
	// end are its own.
	Start, End int
	// Indent is the column, counted from 0, of a block collection's entries or
	// of the content of a block scalar.
	Indent  int
	Header  int  // of a block scalar: the end of its indicators
	Body    int  // of a block scalar: the start of its first line, or -1
	Keep    bool // of a block scalar: keep chomping
	Open    bool // of a block scalar: the text ends without a line break within it
	Entries []*Entry
	// Value is what the node means. It is nil for keys and for what stands
	// within the value of a merge key.
	Value *syntax.Node
}

// Outset is where the node begins, anchor and tag included.
func (n *Node) Outset() int {
	if len(n.Props) > 0 {
		return n.Props[0].Start
	}
	return n.Start
}

// Entry is a member of a mapping or an item of a sequence.
type Entry struct {
	Mark  int    // offset of "-" or "?", or -1
	Key   *Node  // nil for items
	Name  string // the key's text
	Merge bool   // the key is a merge key
	Colon int    // offset of the ":" behind the key, or -1
	Value *Node
	Comma int // offset of the comma behind the entry, or -1
}

// Start is where the entry begins.
func (e *Entry) Start() int {
	switch {
	case e.Mark >= 0:
		return e.Mark
	case e.Key != nil:
		return e.Key.Outset()
	}
	return e.Value.Outset()
}

// End is where the entry ends, its comma not included.
func (e *Entry) End() int {
	end := e.Value.End
	if n := len(e.Value.Props); n > 0 {
		end = max(end, e.Value.Props[n-1].End)
	}
	if e.Colon >= 0 {
		end = max(end, e.Colon+1)
	}
	return max(end, e.Mark+1)
}

// Doc is a document as it is written. It is immutable and safe for concurrent
// use.
type Doc struct {
	File     *source.File
	Text     []byte // of the file, as UTF-8
	Begin    int    // offset behind a byte order mark
	Root     *Node
	JSON     bool   // the text is JSON
	Comments []Span // in the order of the text
	Marks    []Span // directives and document markers, in the order of the text
	// Anchors are the names of the anchors that aliases refer to.
	Anchors map[string]bool
}

// errLayout tells that a text is laid out in a way that this package does not
// understand, though the YAML library does.
var errLayout = errors.New("the layout of the text is not understood")

// Parse reads one document. The Doc is nil when the findings have errors: what
// is wrong cannot be laid out. Where the text is sound and Parse comes to
// another structure than the syntax package, which is a fault of ours, that is
// a finding too, with the code internal-layout.
func Parse(f *source.File) (*Doc, diag.List) {
	root, found := syntax.Parse(f)
	if root == nil || found.HasErrors() {
		return nil, found
	}
	d := &Doc{File: f, Text: f.Text(), Begin: f.LineStart(1), Anchors: map[string]bool{}}
	rest := d.Text[d.Begin:]
	trimmed := bytes.TrimLeft(rest, " \t\r\n")
	d.JSON = len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(rest)
	p := &parser{text: d.Text, pos: d.Begin, begin: d.Begin, doc: d}
	p.document()
	if p.err == nil {
		p.err = bind(d.Root, root)
	}
	if p.err != nil {
		at := source.Span{File: f, Start: p.pos, End: p.pos}
		found.Errorf(at, "internal-layout", "asyncwire does not understand how this document is laid out: %v", p.err).
			WithHelp("this is a fault of asyncwire; please report it, with the document if you can share it")
		return nil, found
	}
	return d, found
}

// Slice is a stretch of the text.
func (d *Doc) Slice(start, end int) string { return string(d.Text[start:end]) }

// LineStart is the offset at which the line of an offset begins.
func (d *Doc) LineStart(offset int) int {
	for offset > d.Begin && !isBreak(d.Text[offset-1]) {
		offset--
	}
	return offset
}

// LineEnd is the offset of the line break, or the end of the text, at or behind
// an offset.
func (d *Doc) LineEnd(offset int) int {
	for offset < len(d.Text) && !isBreak(d.Text[offset]) {
		offset++
	}
	return offset
}

// NextLine is the offset at which the line behind the line of an offset begins,
// or the end of the text.
func (d *Doc) NextLine(offset int) int { return afterBreak(d.Text, d.LineEnd(offset)) }

// Column is how many bytes stand before an offset in its line.
func (d *Doc) Column(offset int) int { return offset - d.LineStart(offset) }

// FirstInLine tells whether there is nothing but white space before an offset in
// its line.
func (d *Doc) FirstInLine(offset int) bool {
	return len(bytes.Trim(d.Text[d.LineStart(offset):offset], " \t")) == 0
}

// Newline is the line break that the text uses.
func (d *Doc) Newline() string {
	i := bytes.IndexAny(d.Text, "\r\n")
	switch {
	case i < 0 || d.Text[i] == '\n':
		return "\n"
	case i+1 < len(d.Text) && d.Text[i+1] == '\n':
		return "\r\n"
	}
	return "\r"
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// afterBreak is the offset behind the line break at i, if there is one.
func afterBreak(text []byte, i int) int {
	if i < len(text) && text[i] == '\r' {
		i++
		if i < len(text) && text[i] == '\n' {
			i++
		}
		return i
	}
	if i < len(text) && text[i] == '\n' {
		i++
	}
	return i
}

// Lines are the lines of a text, without their breaks, which may be of any kind.
func Lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}
