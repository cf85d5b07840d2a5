package layout

import "strings"

// atom reads what is neither a block collection nor has properties in front.
func (p *parser) atom(n int, flow bool) *Node {
	start := p.pos
	switch c := p.peek(0); {
	case c == '[' || c == '{':
		return p.flow()
	case c == '"' || c == '\'':
		p.quoted(c)
		style := DoubleQuoted
		if c == '\'' {
			style = SingleQuoted
		}
		return &Node{Style: style, Start: start, End: p.pos}
	case c == '*':
		for p.pos++; isNameByte(p.peek(0)); p.pos++ {
		}
		p.doc.Anchors[string(p.text[start+1:p.pos])] = true
		return &Node{Style: Alias, Start: start, End: p.pos}
	case (c == '|' || c == '>') && !flow:
		return p.blockScalar(n)
	case !flow && p.atIndicator(':'):
		return &Node{Start: start, End: start}
	}
	p.plain(n, flow)
	if p.pos == start {
		p.fail()
	}
	return &Node{Style: Plain, Start: start, End: p.pos}
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// quoted passes a quoted scalar.
func (p *parser) quoted(quote byte) {
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '\\' && quote == '"':
			p.pos++
		case c != quote:
		case quote == '\'' && p.peek(1) == quote:
			p.pos++
		default:
			p.pos++
			return
		}
	}
	p.fail()
}

// plain passes a plain scalar, which may go on in further lines.
func (p *parser) plain(n int, flow bool) {
	for i := p.pos; ; {
		if p.text[i] == '#' || p.markerAt(i, "---") || p.markerAt(i, "...") {
			return
		}
		for i < len(p.text) && !p.blankAt(i) && !p.endsPlain(i, flow) {
			i++
			p.pos = i
		}
		if i >= len(p.text) || !p.blankAt(i) {
			return
		}
		line := false
		for ; i < len(p.text) && p.blankAt(i); i++ {
			line = line || isBreak(p.text[i])
		}
		if i >= len(p.text) || line && !flow && p.doc.Column(i) <= n {
			return
		}
	}
}

// endsPlain tells whether a plain scalar ends before the visible byte at i.
func (p *parser) endsPlain(i int, flow bool) bool {
	c := p.text[i]
	return c == ':' && p.blankAt(i+1) || flow && strings.IndexByte(",?[]{}", c) >= 0
}

// flow reads a flow collection.
func (p *parser) flow() *Node {
	node := &Node{Style: FlowMapping, Start: p.pos}
	if p.text[p.pos] == '[' {
		node.Style = FlowSequence
	}
	p.pos++
	for p.err == nil {
		switch p.space(); p.peek(0) {
		case ']', '}':
			p.pos++
			node.End = p.pos
			return node
		case 0:
			p.fail()
		default:
			e := p.flowEntry()
			if node.Style == FlowSequence {
				e = asItem(e)
			}
			if p.space(); p.peek(0) == ',' {
				e.Comma = p.pos
				p.pos++
			}
			node.Entries = append(node.Entries, e)
		}
	}
	return node
}

// asItem makes a sequence's item of an entry: a value alone, or a pair.
func asItem(e *Entry) *Entry {
	if e.Mark < 0 && e.Colon < 0 {
		return &Entry{Mark: -1, Colon: -1, Comma: -1, Value: e.Key}
	}
	pair := &Node{Style: FlowPair, Start: e.Start(), End: e.End(), Entries: []*Entry{e}}
	return &Entry{Mark: -1, Colon: -1, Comma: -1, Value: pair}
}

// flowEntry reads what stands between two commas.
func (p *parser) flowEntry() *Entry {
	e := &Entry{Mark: -1, Colon: -1, Comma: -1}
	if p.peek(0) == '?' {
		e.Mark = p.pos
		p.pos++
		p.space()
	}
	e.Key = p.flowValue(p.pos)
	end := p.pos
	if p.space(); p.peek(0) != ':' {
		e.Value = &Node{Start: end, End: end}
		return e
	}
	e.Colon = p.pos
	p.pos++
	e.Value = p.flowValue(p.pos)
	return e
}

// flowValue reads the value that comes next, or none, which then ends at an
// offset.
func (p *parser) flowValue(end int) *Node {
	p.space()
	var props []Span
	if c := p.peek(0); c == '&' || c == '!' {
		props = p.props()
		end = props[len(props)-1].End
		p.space()
	}
	node := &Node{Start: end, End: end}
	switch c := p.peek(0); {
	case c == ',' || c == ']' || c == '}' || c == ':' || c == 0:
	default:
		node = p.atom(-1, true)
	}
	node.Props = append(props, node.Props...)
	return node
}

// props reads the anchor and tag that come next in this line, and the blanks
// behind them.
func (p *parser) props() []Span {
	var out []Span
	for {
		start := p.pos
		switch {
		case p.peek(0) == '&':
			for p.pos++; isNameByte(p.peek(0)); p.pos++ {
			}
		case p.peek(0) == '!':
			p.tag()
		default:
			return out
		}
		out = append(out, Span{start, p.pos})
		p.pos = p.blanks(p.pos)
	}
}

func (p *parser) tag() {
	stop := " \t\r\n,[]{}"
	if p.peek(1) == '<' {
		stop = "> \t\r\n"
	}
	for p.pos < len(p.text) && strings.IndexByte(stop, p.text[p.pos]) < 0 {
		p.pos++
	}
	if p.peek(0) == '>' {
		p.pos++
	}
}

// space moves to the next visible character that is no comment.
func (p *parser) space() {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case isBlank(c) || isBreak(c):
			p.pos++
		case c == '#':
			p.comment()
		default:
			return
		}
	}
}

// comment passes a comment and keeps its place.
func (p *parser) comment() {
	start := p.pos
	p.pos = p.lineEnd(p.pos)
	end := start + len(strings.TrimRight(string(p.text[start:p.pos]), " \t"))
	if n := len(p.doc.Comments); n == 0 || p.doc.Comments[n-1].Start < start {
		p.doc.Comments = append(p.doc.Comments, Span{start, end})
	}
}

func (p *parser) fail() {
	if p.err == nil {
		p.err = errLayout
	}
	p.pos = len(p.text)
}

// peek is the byte that comes after i others, or 0 behind the end.
func (p *parser) peek(i int) byte {
	if p.pos+i < len(p.text) {
		return p.text[p.pos+i]
	}
	return 0
}

// blankAt tells whether there is white space or the end of the text at i.
func (p *parser) blankAt(i int) bool {
	return i >= len(p.text) || isBlank(p.text[i]) || isBreak(p.text[i])
}

// blanks is the offset of the first byte from i on that is no space or tab.
func (p *parser) blanks(i int) int {
	for i < len(p.text) && isBlank(p.text[i]) {
		i++
	}
	return i
}

func (p *parser) lineEnd(i int) int { return p.doc.LineEnd(i) }

func (p *parser) column() int { return p.doc.Column(p.pos) }

func (p *parser) atLineEnd() bool {
	i := p.blanks(p.pos)
	return i >= len(p.text) || isBreak(p.text[i]) || p.text[i] == '#'
}

// atIndicator tells whether a block indicator comes next.
func (p *parser) atIndicator(c byte) bool { return p.peek(0) == c && p.blankAt(p.pos+1) }

func (p *parser) atMarker(marker string) bool { return p.markerAt(p.pos, marker) }

// markerAt tells whether a document marker stands at i.
func (p *parser) markerAt(i int, marker string) bool {
	return i+len(marker) <= len(p.text) && string(p.text[i:i+len(marker)]) == marker && p.blankAt(i+len(marker)) &&
		(i == p.begin || isBreak(p.text[i-1]))
}
