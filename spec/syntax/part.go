package syntax

import (
	"sort"
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
)

// Parts tells where the pieces of a string are written, whatever the style:
// plain, in quotes, as a block, over several lines or with escapes. It is
// immutable and safe for concurrent use.
type Parts struct {
	whole  source.Span
	pieces []piece // in order and without gaps; nil when only the whole has a place
}

// piece is a stretch of a decoded text and what stands for it in the file.
type piece struct {
	text, length int
	from, to     int
	plain        bool // byte by byte; else it stands for all of it
}

// PartsOf returns the places of the pieces of a text that is written at a span:
// of a node of kind String, or of a key. A text that is not what the span says,
// as after a mistake that was stepped over, has its whole place alone.
func PartsOf(at source.Span, text string) *Parts {
	p := &Parts{whole: at}
	if at.File == nil || at.Start > at.End || at.End > len(at.File.Text()) {
		return p
	}
	w := partWalk{src: at.File.Text(), pos: at.Start, end: at.End, text: text}
	if w.walk() && w.done == len(text) {
		p.pieces = w.pieces
		if text == "" {
			p.pieces = []piece{{from: w.pos, to: w.pos}}
		}
	}
	return p
}

// Exact tells whether the pieces have places of their own.
func (p *Parts) Exact() bool { return p.pieces != nil }

// Span is the place of the bytes [start, end) of the text. A byte that is
// written as part of an escape, or that stands for the break between two lines,
// has the place of all of that. Offsets outside the text are moved to its
// nearest end.
func (p *Parts) Span(start, end int) source.Span {
	if p.pieces == nil {
		return p.whole
	}
	out := source.Span{File: p.whole.File, Start: p.begin(max(start, 0))}
	out.End = out.Start
	if end > start {
		out.End = max(out.Start, p.finish(end))
	}
	return out
}

// begin is where the byte at an offset of the text begins, or where the text
// ends.
func (p *Parts) begin(offset int) int {
	at := p.pieces[p.at(offset)]
	switch {
	case offset >= at.text+at.length:
		return min(at.to, p.whole.End)
	case at.plain:
		return at.from + offset - at.text
	}
	return at.from
}

// finish is where the byte before an offset of the text ends.
func (p *Parts) finish(offset int) int {
	at := p.pieces[p.at(offset-1)]
	if at.plain && offset <= at.text+at.length {
		return at.from + offset - at.text
	}
	return at.to
}

// at is the number of the piece that a byte is in, or the last one.
func (p *Parts) at(offset int) int {
	after := sort.Search(len(p.pieces), func(i int) bool { return p.pieces[i].text > offset })
	return max(after-1, 0)
}

// partWalk goes along what is written for a text, which it knows already: it
// only finds out which byte belongs to which.
type partWalk struct {
	src      []byte
	pos, end int
	text     string
	done     int // bytes of text that have a place
	pieces   []piece
}

// walk reports false when what is written does not decode to the text.
func (w *partWalk) walk() bool {
	if string(w.src[w.pos:w.end]) == w.text {
		return w.same(w.end)
	}
	if w.pos == w.end {
		return false
	}
	switch w.src[w.pos] {
	case '"', '\'':
		quote := w.src[w.pos]
		if w.end-w.pos < 2 || w.src[w.end-1] != quote {
			return false
		}
		w.pos++
		w.end--
		return w.flow(quote)
	case '|', '>':
		return w.block()
	}
	return w.flow(0)
}

// same takes the bytes up to an offset as they are.
func (w *partWalk) same(to int) bool {
	n := to - w.pos
	if n == 0 {
		return true
	}
	if n > len(w.text)-w.done || string(w.src[w.pos:to]) != w.text[w.done:w.done+n] {
		return false
	}
	if last := len(w.pieces) - 1; last >= 0 && w.pieces[last].plain && w.pieces[last].to == w.pos {
		w.pieces[last].length += n
		w.pieces[last].to = to
	} else {
		w.pieces = append(w.pieces, piece{text: w.done, length: n, from: w.pos, to: to, plain: true})
	}
	w.pos = to
	w.done += n
	return true
}

// stands takes the bytes [from, to) as standing for s.
func (w *partWalk) stands(s string, from, to int) bool {
	if !strings.HasPrefix(w.text[w.done:], s) {
		return false
	}
	if s != "" {
		w.pieces = append(w.pieces, piece{text: w.done, length: len(s), from: from, to: to})
		w.done += len(s)
	}
	return true
}

// flow goes along a text in quotes, or without any where quote is 0. YAML 1.2,
// sections 7.3.1 to 7.3.3, and RFC 8259, section 7.
func (w *partWalk) flow(quote byte) bool {
	for w.pos < w.end {
		start := w.pos
		ok := true
		switch c := w.src[w.pos]; {
		case c == '\\' && quote == '"':
			ok = w.escape()
		case c == '\'' && quote == '\'':
			w.pos += 2
			ok = w.stands("'", start, w.pos)
		case isBlank(c):
			ok = w.blanks()
		default:
			to := w.pos + 1
			for to < w.end && w.src[to] != '\\' && w.src[to] != '\'' && !isBlank(w.src[to]) {
				to++
			}
			ok = w.same(to)
		}
		if !ok {
			return false
		}
	}
	return w.pos == w.end
}

// blanks goes along white space, which is as written unless there is a line
// break in it: that means one space, and each further one a line break.
func (w *partWalk) blanks() bool {
	to, breaks := w.blankRun(w.pos)
	if breaks == 0 {
		return w.same(to)
	}
	from := w.pos
	w.pos = to
	if breaks == 1 {
		return w.stands(" ", from, to)
	}
	return w.stands(strings.Repeat("\n", breaks-1), from, to)
}

// blankRun is where the white space from i on ends, and how many line breaks
// are in it.
func (w *partWalk) blankRun(i int) (to, breaks int) {
	for i < w.end && isBlank(w.src[i]) {
		if next := w.lineBreak(i); next > i {
			breaks++
			i = next
			continue
		}
		i++
	}
	return i, breaks
}

// lineBreak is the offset behind the line break at i, or i when there is none.
func (w *partWalk) lineBreak(i int) int {
	switch {
	case i >= len(w.src):
		return i
	case w.src[i] == '\r' && i+1 < len(w.src) && w.src[i+1] == '\n':
		return i + 2
	case w.src[i] == '\n' || w.src[i] == '\r':
		return i + 1
	}
	return i
}

// yamlEscapes are the escapes of one letter in double quotes. YAML 1.2, section
// 5.7; those of JSON are among them.
var yamlEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': `"`, '/': "/", '\\': `\`, '\'': "'", 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// codeEscapes are how many digits follow the escapes of a code point.
var codeEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escape goes along the escape that comes next.
func (w *partWalk) escape() bool {
	from, rest := w.pos, w.src[w.pos:w.end]
	if len(rest) < 2 {
		return false
	}
	if r, ok := surrogatePair(rest); ok {
		w.pos += escapedPair
		return w.stands(string(r), from, w.pos)
	}
	if s, ok := yamlEscapes[rest[1]]; ok {
		w.pos += 2
		return w.stands(s, from, w.pos)
	}
	if digits, ok := codeEscapes[rest[1]]; ok {
		r, ok := hexRune(rest[2:], digits)
		w.pos += 2 + digits
		return ok && w.stands(string(r), from, w.pos)
	}
	next := w.lineBreak(w.pos + 1)
	if next == w.pos+1 {
		return false
	}
	to, breaks := w.blankRun(next)
	w.pos = to
	return w.stands(strings.Repeat("\n", breaks), from, to)
}

// hexRune reads so many hexadecimal digits.
func hexRune(s []byte, digits int) (rune, bool) {
	if len(s) < digits {
		return 0, false
	}
	r := rune(0)
	for _, c := range s[:digits] {
		i := strings.IndexByte("0123456789abcdef", c|0x20)
		if i < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(i)
	}
	return r, true
}
