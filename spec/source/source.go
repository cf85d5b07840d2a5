// Package source is the ground every position stands on: a file's text, spans
// of it, and the translation of byte offsets into lines and columns.
//
// It imports nothing of this module.
//
//	f := source.NewFile("orders.yaml", []byte("info:\n  title: Orders\n"))
//	s := source.Span{File: f, Start: 8, End: 13}
//	fmt.Println(s, s.Text()) // orders.yaml:2:3 title
package source

import (
	"bytes"
	"fmt"
	"sort"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// File is one text that was read, under the name it is shown to the user with.
// It is immutable and safe for concurrent use.
type File struct {
	name     string
	uri      string
	text     []byte
	encoding Encoding
	before   int // lines of the text that it is a part of

	once  sync.Once
	lines []int // byte offset at which each line starts

	countOnce sync.Once
	counts    []mark // at every stride bytes or so
}

// mark is an offset and how many code points there are before it.
type mark struct {
	offset, runes int
}

// stride is how many bytes lie between two marks. Lines that are shorter do
// without.
const stride = 4096

// NewFile returns a file whose name and URI are both name. The text is not
// copied and must not be changed afterwards. Text in UTF-16, which its byte
// order mark or its first characters tell, is converted to UTF-8 first.
func NewFile(name string, text []byte) *File {
	return NewFileAt(name, name, text)
}

// NewFileAt is like NewFile for a file that is shown as name and that relative
// references in it are resolved against uri.
func NewFileAt(name, uri string, text []byte) *File {
	encoding := encodingOf(text)
	return &File{name: name, uri: uri, text: encoding.decode(text), encoding: encoding}
}

// Part returns a stretch of a larger text in UTF-8 that is not kept as a whole. It
// begins with a line of that text, behind as many as before says, and its
// positions are those in the whole; offsets are its own.
func Part(name string, text []byte, before int) *File {
	return &File{name: name, uri: name, text: text, before: before}
}

// Before is how many lines of the whole stand before a part of it, else 0.
func (f *File) Before() int { return f.before }

// Name is what the user is shown: usually the path as they typed it.
func (f *File) Name() string { return f.name }

// URI is the base that relative references in the file are resolved against.
func (f *File) URI() string { return f.uri }

// Text is the whole content, as UTF-8 unless it is broken. It must not be
// changed.
func (f *File) Text() []byte { return f.text }

// Shared is Text as a string. The two share their memory, so that pieces of the
// string cost none.
func (f *File) Shared() string {
	return unsafe.String(unsafe.SliceData(f.text), len(f.text)) // sound, as the text does not change
}

// Encoding is what the text was read in.
func (f *File) Encoding() Encoding { return f.encoding }

// Position is a place for people: both numbers count from 1, and the column
// counts Unicode code points, not bytes.
type Position struct {
	Line, Column int
}

// Position translates a byte offset. Offsets outside the text are moved to its
// nearest end. A byte order mark has no place of its own: the text begins
// behind it.
func (f *File) Position(offset int) Position {
	starts := f.lineStarts()
	offset = min(max(offset, starts[0]), len(f.text))
	line := sort.SearchInts(starts, offset+1) - 1
	return Position{Line: f.before + line + 1, Column: f.runes(starts[line], offset) + 1}
}

// runes counts the code points between two offsets. A long line, such as a whole
// document in one, is not counted from its beginning each time.
func (f *File) runes(from, to int) int {
	if to-from < stride {
		return utf8.RuneCount(f.text[from:to])
	}
	f.countOnce.Do(f.count)
	return f.runesBefore(to) - f.runesBefore(from)
}

func (f *File) runesBefore(offset int) int {
	i := sort.Search(len(f.counts), func(i int) bool { return f.counts[i].offset > offset }) - 1
	return f.counts[i].runes + utf8.RuneCount(f.text[f.counts[i].offset:offset])
}

// count fills counts. A mark stands where a code point begins, so that none is
// counted twice; where there is none for long, every byte counts as one.
func (f *File) count() {
	at := mark{}
	f.counts = append(make([]mark, 0, len(f.text)/stride+1), at)
	for at.offset+2*stride < len(f.text) {
		next := at.offset + stride
		for range utf8.UTFMax {
			if utf8.RuneStart(f.text[next]) {
				break
			}
			next++
		}
		at = mark{offset: next, runes: at.runes + utf8.RuneCount(f.text[at.offset:next])}
		f.counts = append(f.counts, at)
	}
}

// Offset is the inverse of Position. Places outside the text are moved to its
// nearest end, places beyond the end of their line to that end.
func (f *File) Offset(p Position) int {
	starts := f.lineStarts()
	p.Line -= f.before
	if p.Line > len(starts) {
		return len(f.text)
	}
	start, end := f.bounds(max(p.Line, 1))
	if p.Line < 1 {
		return start
	}
	for offset := start; offset < end; {
		if p.Column--; p.Column < 1 {
			return offset
		}
		_, size := utf8.DecodeRune(f.text[offset:end])
		offset += size
	}
	return end
}

// Lines is the number of the last line, which is how many lines the text has; an
// empty text has one. A line ends with LF, CR LF or CR.
func (f *File) Lines() int { return f.before + len(f.lineStarts()) }

// LineStart is the offset at which line n begins, counted from 1. Lines outside
// the text are moved to its nearest end.
func (f *File) LineStart(n int) int {
	starts := f.lineStarts()
	if n -= f.before; n > len(starts) {
		return len(f.text)
	}
	return starts[max(n, 1)-1]
}

// LineEnd is the offset at which line n ends, counted from 1: that of its line
// break. Lines outside the text are moved to its nearest end.
func (f *File) LineEnd(n int) int {
	starts := f.lineStarts()
	n -= f.before
	switch {
	case n < 1:
		return starts[0]
	case n > len(starts):
		return len(f.text)
	}
	_, end := f.bounds(n)
	return end
}

// Line returns line n, counted from 1, without its line break, and "" when
// there is no such line.
func (f *File) Line(n int) string {
	if n -= f.before; n < 1 || n > len(f.lineStarts()) {
		return ""
	}
	start, end := f.bounds(n)
	return string(f.text[start:end])
}

// bounds are the offsets of a line's start and of its line break.
func (f *File) bounds(n int) (start, end int) {
	starts := f.lineStarts()
	start, end = starts[n-1], len(f.text)
	if n == len(starts) {
		return start, end
	}
	end = starts[n] - 1
	if f.text[end] == '\n' && end > start && f.text[end-1] == '\r' {
		end--
	}
	return start, end
}

func (f *File) lineStarts() []int {
	f.once.Do(func() {
		begin := 0
		if f.before == 0 && bytes.HasPrefix(f.text, []byte(bomUTF8)) {
			begin = len(bomUTF8)
		}
		f.lines = append(make([]int, 0, bytes.Count(f.text, []byte("\n"))+1), begin)
		for i := begin; i < len(f.text); i++ {
			next := bytes.IndexByte(f.text[i:], '\n')
			if next < 0 {
				next = len(f.text) - i
			}
			f.carriageReturns(i, i+next)
			if i += next; i < len(f.text) {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return f.lines
}

// carriageReturns adds the lines that end with a CR between from and to, which is
// where a LF is or the text ends.
func (f *File) carriageReturns(from, to int) {
	for from < to {
		i := bytes.IndexByte(f.text[from:to], '\r')
		if i < 0 {
			return
		}
		if from += i + 1; from < to || to == len(f.text) {
			f.lines = append(f.lines, from)
		}
	}
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
	return s.File.Shared()[s.Start:s.End]
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
