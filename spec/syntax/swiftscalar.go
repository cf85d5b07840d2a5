package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// plainEnd are the bytes at which plain text may end, or that fold it.
var plainEnd = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, ':': true, '#': true, ',': true, '[': true, ']': true, '{': true, '}': true, '?': true}

// startsPlain tells whether plain text begins at pos. It is stricter than YAML
// where "-", "?" or ":" come first.
func (p *swift) startsPlain() bool {
	switch c := p.text[p.pos]; c {
	case '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ', '\t', '\n', '\r':
		return false
	case '-':
		return p.pos+1 < len(p.text) && isWord(p.text[p.pos+1])
	}
	return true
}

// plainLine moves to what ends the plain text at pos, or the line: a line break,
// the white space before a comment, or the colon behind a key. It returns the offset behind the text's
// last visible character.
func (p *swift) plainLine() (end int) {
	text, i := p.text, p.pos
	end = i
	for ; i < len(text); i++ {
		if c := text[i]; plainEnd[c] {
			switch {
			case c == ' ' || c == '\t':
				continue
			case c == '#' && end < i:
				p.pos = end
				return end
			case c == '\n' || c == '\r', c == ':' && p.blankAt(i+1):
				p.pos = i
				return end
			}
		}
		end = i + 1
	}
	p.pos = i
	return end
}

// inlineScalar reads plain or quoted text among blocks; its further lines are
// indented by more than parent.
func (p *swift) inlineScalar(parent int) *Node {
	start := p.pos
	if c := p.text[start]; c == '"' || c == '\'' {
		text, ok := p.quoted()
		if !ok {
			return nil
		}
		return p.node(String, text, start, p.pos)
	}
	if !p.startsPlain() {
		return nil
	}
	end := p.plainLine()
	if p.atColon() {
		return nil
	}
	if p.atBreak() {
		return p.folded(start, end, parent)
	}
	return p.plain(p.text[start:end], start, end)
}

func (p *swift) atBreak() bool {
	return p.pos < len(p.text) && (p.text[p.pos] == '\n' || p.text[p.pos] == '\r')
}

// plain makes a node of plain text.
func (p *swift) plain(text string, start, end int) *Node {
	kind, value := resolvePlain(text)
	if kind == notFinite {
		return nil
	}
	return p.node(kind, value, start, end)
}

// folded reads the further lines of plain text that has its first line from
// start to end.
func (p *swift) folded(start, end, parent int) *Node {
	text := p.text[start:end]
	for several := false; p.atBreak(); several = true {
		breaks, ok := p.continued(parent)
		if !ok {
			return nil
		}
		if breaks == 0 {
			break
		}
		if !several {
			p.scratch = append(p.scratch[:0], text...)
		}
		from := p.pos
		if end = p.plainLine(); p.atColon() {
			return nil
		}
		p.scratch = append(fold(p.scratch, breaks), p.text[from:end]...)
		text = "" // is in scratch
	}
	if text == "" {
		text = string(p.scratch)
	}
	return p.plain(text, start, end)
}

// continued moves from a line break to the next line with content and returns
// how many breaks there are before it, when it continues a text in a block at
// parent. It returns 0, and stays, when it does not.
func (p *swift) continued(parent int) (breaks int, ok bool) {
	line := p.pos
	for i := p.pos; i < len(p.text); i++ {
		switch p.text[i] {
		case '\r', ' ':
		case '\n':
			breaks++
			line = i + 1
		case '\t':
			return 0, false
		default:
			if i-line <= parent || p.text[i] == '#' {
				return 0, true
			}
			p.pos = i
			return breaks, true
		}
	}
	return 0, true
}

// fold adds what line breaks between two texts stand for.
func fold(b []byte, breaks int) []byte {
	if breaks == 1 {
		return append(b, ' ')
	}
	return appendBreaks(b, breaks-1)
}

func appendBreaks(b []byte, n int) []byte {
	for range n {
		b = append(b, '\n')
	}
	return b
}

// quoted reads the text in quotes that comes next.
func (p *swift) quoted() (string, bool) {
	quote, start := p.text[p.pos], p.pos+1
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote && (quote == '"' || i+1 == len(p.text) || p.text[i+1] != '\''):
			p.pos = i + 1
			return p.text[start:i], true
		case c == quote, c == '\n', c == '\\' && quote == '"':
			return p.quotedSlowly(quote)
		}
	}
	return "", false
}

// quotedSlowly is quoted for text that is not what is written.
func (p *swift) quotedSlowly(quote byte) (string, bool) {
	b := p.scratch[:0]
	for i := p.pos + 1; i < len(p.text); {
		switch c := p.text[i]; {
		case c == quote && quote == '\'' && i+1 < len(p.text) && p.text[i+1] == quote:
			b = append(b, quote)
			i += 2
		case c == quote:
			p.pos, p.scratch = i+1, b
			return string(b), true
		case c == '\\' && quote == '"' && i+1 < len(p.text) && (p.text[i+1] == '\n' || p.text[i+1] == '\r'):
			begin := behindBreak(p.text, i+1)
			for i = begin; i < len(p.text) && isBlank(p.text[i]); i++ {
			}
			b = appendBreaks(b, strings.Count(p.text[begin:i], "\n"))
		case c == '\\' && quote == '"':
			var size int
			if b, size = appendEscaped(b, p.text[i:]); size == 0 {
				return "", false
			}
			i += size
		case isBlank(c):
			b, i = p.appendBlanks(b, i)
		default:
			b = append(b, c)
			i++
		}
	}
	return "", false
}

// appendBlanks adds what the white space at i stands for within quotes, and
// returns the offset behind it.
func (p *swift) appendBlanks(b []byte, i int) ([]byte, int) {
	start, breaks := i, 0
	for i < len(p.text) && isBlank(p.text[i]) {
		if p.text[i] == '\n' {
			breaks++
		}
		i++
	}
	if breaks == 0 {
		return append(b, p.text[start:i]...), i
	}
	return fold(b, breaks), i
}

// escapes are the escapes of one letter that the library knows.
var escapes = map[byte]string{
	'"': `"`, '\'': "'", '\\': `\`, ' ': " ", '\t': "\t", '0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", 'n': "\n", 'v': "\v",
	'f': "\f", 'r': "\r", 'e': "\x1B", 'N': "\u0085", '_': "\u00A0", 'L': "\u2028", 'P': "\u2029",
}

// appendEscaped adds the character that the escape at the beginning of text
// stands for, and returns the escape's length: 0 to give up.
func appendEscaped(b []byte, text string) ([]byte, int) {
	if len(text) < 2 {
		return b, 0
	}
	if s, ok := escapes[text[1]]; ok {
		return append(b, s...), 2
	}
	size := 2 + map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if size == 2 || len(text) < size {
		return b, 0
	}
	r, err := strconv.ParseUint(text[2:size], 16, 32)
	if err != nil || !utf8.ValidRune(rune(r)) {
		return b, 0
	}
	return utf8.AppendRune(b, rune(r)), size
}
