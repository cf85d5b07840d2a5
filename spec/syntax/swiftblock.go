package syntax

import "strings"

// blockScalar reads the text behind "|" or ">", whose lines are indented by more
// than parent.
func (p *swift) blockScalar(parent int) *Node {
	start, chomp := p.pos, byte(0)
	if p.pos++; p.pos < len(p.text) && (p.text[p.pos] == '-' || p.text[p.pos] == '+') {
		chomp = p.text[p.pos]
		p.pos++
	}
	header := p.pos
	if p.skipSpaces(); !p.atLineEnd(header) {
		return nil
	}
	b := blockText{text: p.text, pos: lineEnd(p.text, p.pos) + 1, folded: p.text[start] == '>', out: p.scratch[:0]}
	if !b.enter(parent) {
		return nil
	}
	begin := b.pos
	if !b.read() {
		return nil
	}
	visible := strings.TrimRight(p.text[begin:b.end], " \t\r\n")
	if visible == "" {
		return nil
	}
	p.scratch, p.pos = b.out, b.end
	return p.node(String, b.value(begin, chomp), start, begin+len(visible))
}

// blockText is the text of a block scalar while it is being read.
type blockText struct {
	text   string
	folded bool
	indent int // of all lines, set by the first that is not empty

	pos    int  // the line that comes next, behind its indentation
	empty  int  // empty lines before it
	lines  int  // how many have been read
	end    int  // behind the last of them, before its line break
	broken bool // it has a line break
	spaced bool // it begins with white space
	out    []byte
}

// enter moves from the line below the header to the first that is not empty. It
// reports false where the text is empty or its indentation is not plain to see.
func (b *blockText) enter(parent int) bool {
	longest := 0
	for i, line := b.pos, b.pos; i < len(b.text); i++ {
		switch b.text[i] {
		case ' ', '\r':
		case '\n':
			longest = max(longest, i-line)
			line = i + 1
			b.empty++
		default:
			b.pos, b.indent = i, i-line
			return b.text[i] != '\t' && b.indent > parent && b.indent >= longest
		}
	}
	return false
}

// read reads all lines. It reports false when a tab indents one of them.
func (b *blockText) read() bool {
	for {
		next := lineEnd(b.text, b.pos)
		b.broken = next < len(b.text)
		b.end = next
		if b.broken && next > b.pos && b.text[next-1] == '\r' {
			b.end--
		}
		wasBroken := b.lines > 0
		b.append(wasBroken)
		b.lines++
		if !b.broken {
			return true
		}
		column := b.skipEmpty(next + 1)
		if b.pos == len(b.text) || column < b.indent {
			return b.pos == len(b.text) || b.text[b.pos] != '\t'
		}
	}
}

// skipEmpty moves from the beginning of a line to the next that is not empty,
// behind its indentation, and returns in which column that is.
func (b *blockText) skipEmpty(i int) (column int) {
	b.empty = 0
	for line := i; ; i++ {
		for i < len(b.text) && i-line < b.indent && b.text[i] == ' ' {
			i++
		}
		if i < len(b.text) && b.text[i] == '\r' {
			i++
		}
		if i == len(b.text) || b.text[i] != '\n' {
			b.pos = i
			return i - line
		}
		b.empty++
		line = i + 1
	}
}

// append adds a line, and what the breaks before it stand for.
func (b *blockText) append(wasBroken bool) {
	spaced := b.text[b.pos] == ' ' || b.text[b.pos] == '\t'
	switch {
	case !wasBroken:
	case b.folded && !b.spaced && !spaced:
		if b.empty == 0 {
			b.out = append(b.out, ' ')
		}
	default:
		b.out = append(b.out, '\n')
	}
	b.out = append(appendBreaks(b.out, b.empty), b.text[b.pos:b.end]...)
	b.spaced = spaced
}

// value is the whole text: without its last line breaks for "-", with all of
// them for "+", else with one.
func (b *blockText) value(begin int, chomp byte) string {
	end := b.end
	if b.broken && chomp != '-' {
		b.out = append(b.out, '\n')
		end++
	}
	if chomp == '+' && b.broken { // else the empty lines are before the last one
		b.out = appendBreaks(b.out, b.empty)
	}
	if written := b.text[begin:end]; b.lines == 1 && written == string(b.out) {
		return written // shares its memory
	}
	return string(b.out)
}
