// Package source is the ground every position stands on: a file's text, spans
// of it, and the translation of byte offsets into lines and columns.
//
// It imports nothing of this module.
//
//	f := source.NewFile("orders.yaml", text)
//	s := source.Span{File: f, Start: 10, End: 14}
//	fmt.Println(s) // orders.yaml:2:3
package source

import (
	"fmt"
	"sort"
	"sync"
	"unicode/utf8"
)

// File is one text that was read, under the name it is shown to the user with.
// It is immutable and safe for concurrent use.
type File struct {
	name string
	uri  string
	text []byte

	once  sync.Once
	lines []int // byte offset at which each line starts
}

// NewFile returns a file whose name and URI are both name. The text is not
// copied and must not be changed afterwards.
func NewFile(name string, text []byte) *File {
	return NewFileAt(name, name, text)
}

// NewFileAt returns a file that is shown as name and that relative references
// in it are resolved against uri.
func NewFileAt(name, uri string, text []byte) *File {
	return &File{name: name, uri: uri, text: text}
}

// Name is what the user is shown: usually the path as they typed it.
func (f *File) Name() string { return f.name }

// URI is the base that relative references in the file are resolved against.
func (f *File) URI() string { return f.uri }

// Text is the whole content. It must not be changed.
func (f *File) Text() []byte { return f.text }

// Position is a place for people: both numbers count from 1, and the column
// counts Unicode code points, not bytes.
type Position struct {
	Line, Column int
}

// Position translates a byte offset. Offsets outside the text are moved to its
// nearest end.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.text))
	starts := f.lineStarts()
	line := sort.SearchInts(starts, offset+1) - 1
	column := utf8.RuneCount(f.text[starts[line]:offset]) + 1
	return Position{Line: line + 1, Column: column}
}

// Offset is the inverse of Position. Places outside the text are moved to its
// nearest end.
func (f *File) Offset(p Position) int {
	starts := f.lineStarts()
	if p.Line < 1 {
		return 0
	}
	if p.Line > len(starts) {
		return len(f.text)
	}
	offset := starts[p.Line-1]
	for range p.Column - 1 {
		if offset >= len(f.text) || f.text[offset] == '\n' {
			break
		}
		_, size := utf8.DecodeRune(f.text[offset:])
		offset += size
	}
	return offset
}

// Lines is how many lines the text has; an empty text has one.
func (f *File) Lines() int { return len(f.lineStarts()) }

// Line returns line n, counted from 1, without its line break.
func (f *File) Line(n int) string {
	starts := f.lineStarts()
	if n < 1 || n > len(starts) {
		return ""
	}
	end := len(f.text)
	if n < len(starts) {
		end = starts[n] - 1
	}
	line := f.text[starts[n-1]:end]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return string(line)
}

func (f *File) lineStarts() []int {
	f.once.Do(func() {
		f.lines = []int{0}
		for i, c := range f.text {
			if c == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return f.lines
}

// Span is a stretch of a file's text: the bytes [Start, End). The zero Span is
// nowhere.
type Span struct {
	File       *File
	Start, End int
}

// Spanner is anything that knows its place in the text.
type Spanner interface {
	Span() Span
}

// Span makes a Span a Spanner.
func (s Span) Span() Span { return s }

// IsZero tells whether the span is nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Position is where the span begins.
func (s Span) Position() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(s.Start)
}

// EndPosition is the place just behind the span.
func (s Span) EndPosition() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(s.End)
}

// Text is the spanned text.
func (s Span) Text() string {
	if s.File == nil || s.Start > s.End || s.End > len(s.File.text) {
		return ""
	}
	return string(s.File.text[s.Start:s.End])
}

// String is the span's beginning as file:line:column.
func (s Span) String() string {
	if s.File == nil {
		return "-"
	}
	p := s.Position()
	return fmt.Sprintf("%s:%d:%d", s.File.name, p.Line, p.Column)
}

// Origin tells where an object of a document was written: embedded in every
// object of the models so that a finding about it can point at the text.
type Origin struct {
	At      Span
	Pointer string // JSON Pointer within At.File, RFC 6901
}

// Span makes whatever embeds an Origin a Spanner.
func (o Origin) Span() Span { return o.At }
