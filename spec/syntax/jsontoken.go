package syntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// isWord tells whether a byte may be part of a number, a literal, or something
// that was meant as text.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '+' || c == '.' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// word reads the run of word bytes that comes next.
func (p *jsonParser) word() string {
	start := p.pos
	for p.pos < len(p.text) && isWord(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// bare reads a value without quotes: a number or a literal.
func (p *jsonParser) bare() *Node {
	start := p.pos
	text := p.word()
	node := p.node(String, text, start)
	switch text {
	case "true", "false":
		node.Kind = Bool
		return node
	case "null":
		node.Kind, node.Text = Null, ""
		return node
	}
	if isJSONNumber(text) {
		node.Kind = Number
		return node
	}
	if number, ok := decimal(text); ok {
		node.Kind, node.Text = Number, number
		p.mistake(node.At, "JSON does not write a number like this").
			WithHelp("write %s", number).WithFix(node.At, number)
		return node
	}
	return p.wrongWord(node)
}

// wrongWord reports a word that is neither a number nor a literal, and makes of
// it what was meant.
func (p *jsonParser) wrongWord(node *Node) *Node {
	text := node.Text
	d := p.mistake(node.At, "expected a value, not the word %q", text)
	node.Kind = String
	switch strings.ToLower(text) {
	case "true", "false":
		node.Kind, node.Text = Bool, strings.ToLower(text)
	case "null", "none", "nil", "undefined":
		node.Kind, node.Text = Null, ""
		d.WithHelp("write null").WithFix(node.At, "null")
		return node
	case "nan", "infinity", "-infinity", "+infinity", "inf", "-inf", "+inf":
		d.WithHelp("JSON has no such number")
		return nil
	}
	if node.Kind == Bool {
		d.WithHelp("write %s", node.Text).WithFix(node.At, node.Text)
		return node
	}
	d.WithHelp("put text in double quotes").WithFix(node.At, strconv.Quote(text))
	return node
}

// isJSONNumber tells whether s is a number as RFC 8259, section 6, writes it.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		var fraction string
		if fraction, rest = digits(rest[1:]); fraction == "" {
			return false
		}
	}
	_, ok := exponentOf(rest)
	return ok
}

// quoted reads the text in quotes that comes next. The text ends with its line
// when the closing quote is missing.
func (p *jsonParser) quoted() string {
	quote, start := p.text[p.pos], p.pos
	p.pos++
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		if c == quote && quote == '"' {
			p.pos++
			return p.text[start+1 : p.pos-1]
		}
		if c == quote || c == '\\' || c < ' ' {
			break
		}
		p.pos++
	}
	return p.quotedSlowly(quote, start)
}

// quotedSlowly goes on with a text in quotes at something other than plain
// characters.
func (p *jsonParser) quotedSlowly(quote byte, start int) string {
	var b strings.Builder
	b.WriteString(p.text[start+1 : p.pos])
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == quote:
			p.pos++
			if quote == '\'' {
				p.mistake(p.span(start, p.pos), "text must be in double quotes, not single ones")
			}
			return b.String()
		case c == '\\':
			p.escape(&b)
		case c == '\n' || c == '\r':
			return p.unclosedText(start, b.String())
		case c < ' ':
			escape := fmt.Sprintf(`\u%04x`, c)
			p.mistake(p.charSpan(), "a control character must be written as an escape").
				WithHelp("write %s", escape).WithFix(p.charSpan(), escape)
			fallthrough
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	return p.unclosedText(start, b.String())
}

func (p *jsonParser) unclosedText(start int, text string) string {
	p.brokenOff = true
	p.dead = p.dead || p.pos >= len(p.text)
	p.mistake(p.span(start, p.pos), "the quoted text is not closed before its line ends").
		WithHelp(`close it, or write \n for a line break`)
	return text
}

var jsonEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads the escape sequence that comes next. Half a surrogate pair
// becomes U+FFFD.
func (p *jsonParser) escape(b *strings.Builder) {
	rest := p.text[p.pos:]
	if r, ok := surrogatePair([]byte(rest[:min(escapedPair, len(rest))])); ok {
		b.WriteRune(r)
		p.pos += escapedPair
		return
	}
	if len(rest) > 1 {
		if c, ok := jsonEscapes[rest[1]]; ok {
			b.WriteByte(c)
			p.pos += 2
			return
		}
	}
	size := 1 + runeLen(rest[1:])
	if rest[1:] == "" || isBlank(rest[1]) {
		size = 1
	}
	if r, ok := escapedUnit(rest); ok {
		size = 6
		b.WriteRune(r) // writes U+FFFD for a surrogate
		if !utf16.IsSurrogate(r) {
			p.pos += size
			return
		}
	} else {
		b.WriteString(rest[1:size])
	}
	if at := p.span(p.pos, p.pos+size); size > 1 { // a text that ends here has another mistake
		reportBadEscape(p.mistake(at, ""), at.Text())
	}
	p.pos += size
}

// escapedUnit reads the escape \uXXXX that s begins with.
func escapedUnit(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` || s[2] == '+' || s[2] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

// surrogatePair reads the two escapes of one character that text begins with.
func surrogatePair(text []byte) (rune, bool) {
	if len(text) < escapedPair || text[1] != 'u' {
		return 0, false
	}
	high, ok := escapedUnit(string(text[:6]))
	if !ok || !utf16.IsSurrogate(high) {
		return 0, false
	}
	low, ok := escapedUnit(string(text[6:escapedPair]))
	if !ok {
		return 0, false
	}
	r := utf16.DecodeRune(high, low)
	return r, r != utf8.RuneError
}
