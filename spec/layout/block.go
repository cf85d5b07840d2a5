package layout

import "bytes"

// parser goes through a text that is known to be sound, so that it need not look
// for mistakes.
type parser struct {
	text  []byte
	pos   int
	begin int
	doc   *Doc
	err   error
}

// document reads the text as a whole.
func (p *parser) document() {
	for p.space(); p.peek(0) == '%' && p.column() == 0; p.space() {
		start := p.pos
		p.pos = p.lineEnd(p.pos)
		p.mark(start, p.pos)
	}
	if p.atMarker("---") {
		p.pos += len("---")
		p.mark(p.pos-len("---"), p.pos)
	}
	p.doc.Root = p.block(-1, false)
	for p.space(); p.atMarker("---") || p.atMarker("..."); p.space() {
		p.pos += len("---")
		p.mark(p.pos-len("---"), p.pos)
	}
	if p.pos < len(p.text) && p.err == nil {
		p.err = errLayout
	}
}

func (p *parser) mark(start, end int) {
	end = start + len(bytes.TrimRight(p.text[start:end], " \t"))
	p.doc.Marks = append(p.doc.Marks, Span{start, end})
}

// block reads the value that comes next within a block collection whose entries
// are at column n; seqToo tells that a sequence at that very column is meant
// too, which is so for the values of mappings.
func (p *parser) block(n int, seqToo bool) *Node {
	start := p.pos
	p.space()
	c := p.column()
	if p.pos >= len(p.text) || p.err != nil || p.atMarker("---") || p.atMarker("...") ||
		c < n || c == n && !p.flush(seqToo) {
		return &Node{Start: start, End: start}
	}
	switch {
	case p.atIndicator('-'):
		return p.sequence(c)
	case p.atIndicator('?'), p.atIndicator(':'):
		return p.mapping(c, nil)
	}
	props := p.props()
	if p.atLineEnd() && len(props) > 0 {
		node := p.block(n, seqToo)
		node.Props = append(props, node.Props...)
		return node
	}
	node := p.withProps(p.atom(n, false), props)
	if p.atColon(node) {
		return p.mapping(c, node)
	}
	return node
}

// flush tells whether what comes next is a value though it is not indented: a
// sequence where that is allowed and, as the library has it, a block scalar.
func (p *parser) flush(seqToo bool) bool {
	return seqToo && p.atIndicator('-') || p.peek(0) == '|' || p.peek(0) == '>'
}

// withProps gives a node the properties in front of it. One of which nothing
// else is written stands right behind them.
func (p *parser) withProps(node *Node, props []Span) *Node {
	node.Props = props
	if node.Style == Empty && len(props) > 0 {
		node.Start = props[len(props)-1].End
		node.End = node.Start
	}
	return node
}

// atColon tells whether node, which has just been read, is a key.
func (p *parser) atColon(node *Node) bool {
	i := p.blanks(p.pos)
	if i >= len(p.text) || p.text[i] != ':' || !p.blankAt(i+1) || node.Style.IsBlockScalar() {
		return false
	}
	return !bytes.ContainsAny(p.text[node.Start:node.End], "\r\n")
}

// mapping reads a block mapping at a column; the first key may have been read.
func (p *parser) mapping(column int, key *Node) *Node {
	m := &Node{Style: BlockMapping, Indent: column, Start: p.pos}
	if key != nil {
		m.Start = key.Outset()
	}
	for p.err == nil {
		e := p.member(column, key)
		m.Entries = append(m.Entries, e)
		m.End = e.End()
		key = nil
		p.space()
		if p.pos >= len(p.text) || p.column() != column || p.atMarker("---") || p.atMarker("...") || p.atIndicator('-') {
			break
		}
	}
	return m
}

// member reads one member of a block mapping.
func (p *parser) member(column int, key *Node) *Entry {
	e := &Entry{Mark: -1, Colon: -1, Comma: -1, Key: key}
	switch {
	case key != nil:
	case p.atIndicator('?'):
		e.Mark = p.pos
		p.pos++
		e.Key = p.block(column, true)
		if p.space(); p.pos >= len(p.text) || p.column() != column || !p.atIndicator(':') {
			e.Value = &Node{Start: e.Key.End, End: e.Key.End}
			return e
		}
	case p.atIndicator(':'):
		e.Key = &Node{Start: p.pos, End: p.pos}
	default:
		props := p.props()
		e.Key = p.withProps(p.atom(column, false), props)
	}
	p.pos = p.blanks(p.pos)
	if p.peek(0) != ':' {
		p.fail()
		e.Value = &Node{Start: p.pos, End: p.pos}
		return e
	}
	e.Colon = p.pos
	p.pos++
	e.Value = p.block(column, true)
	return e
}

// sequence reads a block sequence at a column.
func (p *parser) sequence(column int) *Node {
	s := &Node{Style: BlockSequence, Indent: column, Start: p.pos}
	for p.err == nil && p.pos < len(p.text) && p.column() == column && p.atIndicator('-') && !p.atMarker("---") {
		e := &Entry{Mark: p.pos, Colon: -1, Comma: -1}
		p.pos++
		e.Value = p.block(column, false)
		s.Entries = append(s.Entries, e)
		s.End = e.End()
		p.space()
	}
	return s
}

// blockScalar reads a literal or folded scalar within a block collection whose
// entries are at column n.
func (p *parser) blockScalar(n int) *Node {
	node := &Node{Style: Literal, Start: p.pos, Body: -1}
	if p.text[p.pos] == '>' {
		node.Style = Folded
	}
	for p.pos++; p.pos < len(p.text); p.pos++ {
		c := p.text[p.pos]
		if '1' <= c && c <= '9' {
			node.Indent = max(n, 0) + int(c-'0')
		} else if c != '+' && c != '-' {
			break
		}
		node.Keep = node.Keep || c == '+'
	}
	node.Header, node.End = p.pos, p.pos
	if p.pos = p.blanks(p.pos); p.peek(0) == '#' {
		p.comment()
	}
	p.pos = afterBreak(p.text, p.pos)
	if node.Indent == 0 {
		node.Indent = max(p.detect(), n+1, 1)
	}
	p.body(node)
	return node
}

// detect finds the indentation of a block scalar's content, which begins here.
func (p *parser) detect() int {
	most := 0
	for i := p.pos; i < len(p.text); {
		start := i
		for i < len(p.text) && p.text[i] == ' ' {
			i++
		}
		most = max(most, i-start)
		if i >= len(p.text) || !isBreak(p.text[i]) {
			break
		}
		i = afterBreak(p.text, i)
	}
	return most
}

// body finds the lines of a block scalar, whose indentation is known.
func (p *parser) body(node *Node) {
	first := p.pos
	for p.pos < len(p.text) {
		i := p.pos
		for i < len(p.text) && i-p.pos < node.Indent && p.text[i] == ' ' {
			i++
		}
		switch {
		case i < len(p.text) && isBreak(p.text[i]):
		case i-p.pos < node.Indent || i >= len(p.text):
			p.endBody(node, first)
			return
		default:
			i = p.lineEnd(i)
			node.Body, node.End = first, i
			node.Open = i >= len(p.text)
		}
		p.pos = afterBreak(p.text, i)
	}
	p.endBody(node, first)
}

// endBody gives a scalar that keeps them the empty lines at its end.
func (p *parser) endBody(node *Node, first int) {
	if !node.Keep || p.pos <= first || node.Open {
		return
	}
	node.Body, node.End = first, p.pos
	switch {
	case bytes.HasSuffix(p.text[:node.End], []byte("\r\n")):
		node.End -= 2
	case isBreak(p.text[node.End-1]):
		node.End--
	}
}
