package render

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/source"
)

const (
	tabWidth   = 4
	frameWidth = 120 // cells of a line that are shown
	frameLead  = 40  // of them before the marked text when the line is cut

	frameReach = 4096 // bytes of a line around the marked text that are looked at
)

// frame is the first line of a span as a terminal may show it, and below it the
// spanned text marked with carets, at least one. Of a long line the part around
// the span is shown. User names and passwords in URLs are not.
func frame(at source.Span) (code, mark string) {
	text := at.File.Text()
	start := min(max(at.Start, 0), len(text))
	number := at.File.Position(start).Line
	lineStart := at.File.LineStart(number)
	start = max(start, lineStart)
	lineEnd := max(start, at.File.LineEnd(number))
	end := min(max(at.End, start), lineEnd)
	first, last := max(lineStart, start-frameReach), min(lineEnd, start+frameReach)
	line := masked(text[first:last])
	start, end = start-first, min(end, last)-first

	var b builder
	before := line[:start]
	if cut := lead(before); len(cut) < len(before) {
		b.add("…")
		before = cut
	}
	b.text(before)
	from := b.cells
	b.text(line[start:end])
	to := max(b.cells, from+1)
	b.text(line[end:])
	return b.String(), strings.Repeat(" ", from) + strings.Repeat("^", max(1, min(to, b.cells)-from))
}

// masked is a line with asterisks over the user names and passwords of the URLs
// in it, and over the values of their queries, which may be tokens: none of them
// belongs into a log.
func masked(line []byte) []byte {
	out := line
	hide := func(from, to int) {
		if from >= to {
			return
		}
		if &out[0] == &line[0] {
			out = bytes.Clone(line)
		}
		copy(out[from:], bytes.Repeat([]byte("*"), to-from))
	}
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte("//"))
		if i < 0 {
			return out
		}
		named := at+i > 0 && line[at+i-1] == ':'
		at += i + len("//")
		end := at + until(line[at:], "/?#'\"`<> \t")
		hide(at, at+bytes.LastIndexByte(line[at:end], '@'))
		if named {
			hideQuery(line[:end+until(line[end:], "#'\"`<> \t")], end, hide)
		}
	}
}

// hideQuery hides the values of the query that the URL at the end of a line has
// behind an offset.
func hideQuery(line []byte, from int, hide func(from, to int)) {
	mark := bytes.IndexByte(line[from:], '?')
	if mark < 0 {
		return
	}
	for from += mark + 1; from < len(line); {
		end := from + until(line[from:], "&")
		hide(from+bytes.IndexByte(line[from:end], '=')+1, end)
		from = end + 1
	}
}

// until is the offset of the first of some characters, or of the end.
func until(text []byte, chars string) int {
	if i := bytes.IndexAny(text, chars); i >= 0 {
		return i
	}
	return len(text)
}

// lead is the end of the text before a span that is worth showing.
func lead(before []byte) []byte {
	var whole builder
	if len(before) <= frameWidth*utf8.UTFMax {
		whole.text(before)
		if whole.cells <= frameWidth-frameLead && !whole.full {
			return before
		}
	}
	cut := len(before)
	for range frameLead {
		_, size := utf8.DecodeLastRune(before[:cut])
		cut -= size
	}
	return before[cut:]
}

// builder builds a line for a terminal and counts its cells. It is cut where it
// would become too long.
type builder struct {
	strings.Builder
	cells int
	full  bool
}

func (b *builder) add(s string) {
	b.WriteString(s)
	b.cells += width(s)
}

// text adds text of a document.
func (b *builder) text(text []byte) {
	for len(text) > 0 && !b.full {
		r, size := utf8.DecodeRune(text)
		shown := visible(r)
		if r == '\t' {
			shown = strings.Repeat(" ", tabWidth-b.cells%tabWidth)
		}
		if b.cells+width(shown) > frameWidth {
			b.add("…")
			b.full = true
			return
		}
		b.add(shown)
		text = text[size:]
	}
}

// prose makes one line of text that is safe on a terminal: white space becomes
// a space, what would control the terminal becomes visible.
func prose(s string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		if r == '\n' || r == '\r' || r == '\t' {
			r = ' '
		}
		b.WriteString(visible(r))
	}
	return b.String()
}

// visible is a character as a terminal may show it. Control characters and
// those that reorder text become visible and harmless.
func visible(r rune) string {
	switch {
	case r < ' ':
		return string('␀' + r)
	case r == 0x7F:
		return "␡"
	case r < 0xA0 && r > 0x7F, unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\uFEFF':
		return fmt.Sprintf("<U+%04X>", r)
	}
	return string(r)
}

// width is how many cells of a terminal a text takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide are the characters that take two cells: Unicode Standard Annex 11, "W"
// and "F", in blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, // Hangul Jamo
		{Lo: 0x231A, Hi: 0x231B, Stride: 1}, // watch, hourglass
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1}, // CJK radicals to CJK punctuation
		{Lo: 0x3041, Hi: 0x33FF, Stride: 1}, // Kana to CJK compatibility
		{Lo: 0x3400, Hi: 0x4DBF, Stride: 1}, // CJK extension A
		{Lo: 0x4E00, Hi: 0xA4CF, Stride: 1}, // CJK, Yi
		{Lo: 0xA960, Hi: 0xA97F, Stride: 1}, // Hangul Jamo extended A
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, // Hangul
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1}, // CJK compatibility ideographs
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1}, // CJK compatibility forms
		{Lo: 0xFF01, Hi: 0xFF60, Stride: 1}, // fullwidth forms
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1}, // fullwidth signs
	},
	R32: []unicode.Range32{
		{Lo: 0x16FE0, Hi: 0x18AFF, Stride: 1}, // Tangut
		{Lo: 0x1B000, Hi: 0x1B2FF, Stride: 1}, // Kana supplement
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1}, // pictographs, emoticons
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1}, // transport
		{Lo: 0x1F900, Hi: 0x1F9FF, Stride: 1}, // more pictographs
		{Lo: 0x1FA70, Hi: 0x1FAFF, Stride: 1}, // yet more pictographs
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}, // CJK extensions
	},
}
