package syntax

// flow reads the array or object in brackets that comes next.
func (p *swift) flow() *Node {
	if p.depth++; p.depth > MaxDepth {
		return nil
	}
	start := p.pos
	firstMember, firstItem := len(p.members), len(p.items)
	closer := byte(']')
	if p.text[start] == '{' {
		closer = '}'
	}
	p.pos++
	for p.flowSpace() && p.text[p.pos] != closer {
		if !p.flowElement(closer) {
			return nil
		}
		if p.text[p.pos] == ',' {
			p.pos++
		} else if p.text[p.pos] != closer {
			return nil
		}
	}
	if p.pos >= len(p.text) || p.text[p.pos] != closer {
		return nil
	}
	p.pos++
	if closer == '}' {
		return p.object(start, p.pos, firstMember)
	}
	return p.array(start, p.pos, firstItem)
}

// flowElement reads a member or an item, and moves to what follows it.
func (p *swift) flowElement(closer byte) bool {
	var key Key
	if closer == '}' {
		var ok bool
		if key, ok = p.flowKey(); !ok || !p.flowSpace() {
			return false
		}
	}
	value := p.flowValue()
	if value == nil {
		return false
	}
	if closer == '}' {
		p.members = append(p.members, Member{Key: key, Value: value})
	} else {
		p.items = append(p.items, value)
	}
	return p.flowSpace()
}

// flowValue reads the value within brackets that comes next.
func (p *swift) flowValue() *Node {
	start := p.pos
	switch c := p.text[start]; {
	case c == '[' || c == '{':
		return p.flow()
	case c == '"' || c == '\'':
		text, ok := p.quoted()
		if !ok {
			return nil
		}
		return p.node(String, text, start, p.pos)
	}
	if !p.startsPlain() {
		return nil
	}
	end := p.flowPlain()
	if end < 0 || p.atColon() {
		return nil
	}
	return p.plain(p.text[start:end], start, end)
}

// flowKey reads a key within brackets with its colon.
func (p *swift) flowKey() (Key, bool) {
	start := p.pos
	if c := p.text[start]; c != '"' && c != '\'' {
		if !p.startsPlain() {
			return Key{}, false
		}
		end := p.flowPlain()
		if end < 0 || !p.atColon() || p.pos-start > longestKey || p.text[start:end] == "<<" {
			return Key{}, false
		}
		p.pos++
		return Key{Text: p.text[start:end], At: p.span(start, end)}, true
	}
	text, ok := p.quoted()
	end := p.pos
	if !ok || end-start > longestKey {
		return Key{}, false
	}
	for i := start; i < end; i++ {
		if p.text[i] == '\n' {
			return Key{}, false
		}
	}
	if p.skipSpaces(); p.pos >= len(p.text) || p.text[p.pos] != ':' || p.pos-start > longestKey {
		return Key{}, false
	}
	p.pos++
	return Key{Text: text, At: p.span(start, end)}, true
}

// flowPlain is plainLine within brackets. It returns -1 to give up.
func (p *swift) flowPlain() (end int) {
	text, i := p.text, p.pos
	end = i
	for ; i < len(text); i++ {
		if c := text[i]; plainEnd[c] {
			switch {
			case c == ' ' || c == '\t':
				continue
			case c == '?':
				return -1
			case c == '#' && end < i:
				p.pos = end
				return end
			case c == '\n' || c == '\r' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}',
				c == ':' && p.blankAt(i+1):
				p.pos = i
				return end
			}
		}
		end = i + 1
	}
	return -1
}

// flowSpace moves to the next character within brackets that is neither white
// space nor part of a comment. It gives up at tabs and at the end.
func (p *swift) flowSpace() bool {
	for begin := p.pos; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\n' || c == '\r':
		case c == '#' && p.pos > begin:
			p.pos = lineEnd(p.text, p.pos) - 1
		default:
			return c != '\t'
		}
	}
	return false
}
