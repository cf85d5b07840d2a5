package syntax

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// maxJSONMistakes is how many mistakes are told before the rest of a text is
// given up.
const maxJSONMistakes = 20

// jsonParser reads JSON, RFC 8259. It steps over the usual mistakes: comments,
// missing and spare commas, single quotes, keys and words without quotes,
// numbers that JSON writes otherwise.
type jsonParser struct {
	file  *source.File
	text  string
	pos   int
	root  *Node
	found *findings
	open  []byte // what closes the brackets that are open
	cut   slabs
	items []*Node    // of the arrays that are open
	spare [][]Member // what the members of objects have been gathered in
	sure  bool       // JSON was meant, whatever else the text could be read as
	dead  bool       // nothing sound can come of the text any more

	mistakes  int
	comments  fault
	brokenOff bool // a text has just ended with its line; more mistakes may follow from it
	unmatched bool // brackets do not match; more mistakes may follow from it
}

// parseJSON reads the document that begins at an offset. The root is nil when
// nothing could be made of it.
func parseJSON(f *source.File, text []byte, start int) *jsonParser {
	p := &jsonParser{file: f, text: shared(f, text), pos: start, found: new(findings), comments: fault{file: f}}
	p.root = p.value()
	if p.space(); p.pos < len(p.text) && !p.dead && !p.unmatched {
		p.mistake(p.wordSpan(), "the document is complete before this")
	}
	if d := p.comments.report(p.found, codeJSON, "JSON has no comments"); d != nil {
		d.WithHelp("remove the comment, or write the document in YAML")
	}
	if p.dead {
		p.root = nil
	}
	return p
}

// mistake reports a mistake of JSON's syntax.
func (p *jsonParser) mistake(at source.Span, format string, args ...any) *diag.Diagnostic {
	if p.mistakes++; p.mistakes >= maxJSONMistakes {
		p.dead = true
	}
	return p.found.errorf(at, codeJSON, format, args...)
}

func (p *jsonParser) span(start, end int) source.Span {
	return source.Span{File: p.file, Start: start, End: min(end, len(p.text))}
}

// next is the byte that comes next, or 0 at the end.
func (p *jsonParser) next() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// space moves to the next visible character that is no comment.
func (p *jsonParser) space() {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case isBlank(c):
			p.pos++
		case c == '/' && strings.HasPrefix(p.text[p.pos:], "//"):
			p.comment("\n")
		case c == '/' && strings.HasPrefix(p.text[p.pos:], "/*"):
			p.comment("*/")
		default:
			return
		}
	}
}

func (p *jsonParser) comment(end string) {
	start := p.pos
	p.pos = len(p.text)
	if i := strings.Index(p.text[start+2:], end); i >= 0 {
		p.pos = start + 2 + i + len(end)
	}
	p.sure = true
	shown := strings.TrimRight(p.text[start:p.pos], "\r\n")
	p.comments.at(start, len(shown))
}

// value reads the value that comes next. It returns nil, having reported why,
// when there is none.
func (p *jsonParser) value() *Node {
	p.space()
	switch c := p.next(); {
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '"' || c == '\'':
		start := p.pos
		text := p.quoted()
		return p.node(String, text, start)
	case isWord(c):
		return p.bare()
	case c == 0 && p.pos >= len(p.text):
		return nil // whoever opened a bracket says so
	default:
		p.mistake(p.charSpan(), "expected a value before this")
		if !strings.ContainsRune(",]}", rune(c)) {
			p.pos += runeLen(p.text[p.pos:])
			p.skipElement()
		}
		return nil
	}
}

// node makes a node of what stands between start and pos.
func (p *jsonParser) node(kind Kind, text string, start int) *Node {
	n := p.cut.node()
	n.Kind, n.Text, n.At = kind, text, p.span(start, p.pos)
	return n
}

func (p *jsonParser) object() *Node {
	start := p.pos
	members := newMembers(0, p.found)
	if last := len(p.spare) - 1; last >= 0 {
		members.list, p.spare = p.spare[last], p.spare[:last]
	}
	p.elements('}', func() {
		key, ok := p.key()
		if !ok {
			return
		}
		if p.space(); p.next() == ':' {
			p.pos++
		} else if !p.dead && p.pos < len(p.text) {
			p.mistake(p.charSpan(), `expected ":" before this`).Note(key, "behind this key")
			if p.next() == '=' {
				p.pos++
			}
		}
		members.add(key, p.value())
	})
	p.spare = append(p.spare, members.list[:0])
	members.list = p.cut.members(members.list)
	node := p.node(Mapping, "", start)
	members.finish(node)
	return node
}

func (p *jsonParser) array() *Node {
	start, first := p.pos, len(p.items)
	p.elements(']', func() {
		if item := p.value(); item != nil {
			p.items = append(p.items, item)
		}
	})
	node := p.node(Sequence, "", start)
	node.Items = p.cut.items(p.items[first:])
	p.items = p.items[:first]
	return node
}

// key reads an object's key and reports false when there is none.
func (p *jsonParser) key() (Key, bool) {
	start := p.pos
	switch c := p.next(); {
	case c == '"' || c == '\'':
		text := p.quoted()
		return Key{Text: text, At: p.span(start, p.pos)}, true
	case isWord(c):
		text := p.word()
		at := p.span(start, p.pos)
		p.mistake(at, "a key must be in double quotes").WithFix(at, `"`+text+`"`)
		return Key{Text: text, At: at}, true
	}
	p.mistake(p.charSpan(), "expected a key in double quotes")
	p.skipElement()
	return Key{}, false
}

// elements reads what stands between two brackets, the opening one of which
// comes next; each reads one element.
func (p *jsonParser) elements(closer byte, each func()) {
	start := p.pos
	p.pos++
	p.open = append(p.open, closer)
	defer func() { p.open = p.open[:len(p.open)-1] }()
	if len(p.open) > MaxDepth {
		reportDepth(p.found, p.span(start, start+1))
		p.dead, p.sure = true, true
	}
	for !p.dead {
		p.space()
		switch c := p.next(); {
		case p.pos >= len(p.text):
			p.unclosed(start, closer)
			return
		case c == closer:
			p.pos++
			return
		case c == '}' || c == ']':
			p.wrongCloser(start, closer)
			return
		case c == ',':
			p.mistake(p.charSpan(), "a value is missing before this comma")
			p.pos++
		default:
			before := p.pos
			each()
			p.comma(closer, before)
		}
	}
}

// comma reads what stands between an element and the next.
func (p *jsonParser) comma(closer byte, before int) {
	defer func() { p.brokenOff = false }()
	p.space()
	switch c := p.next(); {
	case p.dead || c == '}' || c == ']' || p.pos >= len(p.text):
	case p.brokenOff && c != ',':
	case c == ',':
		at := p.charSpan()
		p.pos++
		if p.space(); p.next() == closer {
			p.mistake(at, "a comma is not allowed behind the last value").WithFix(at, "")
		}
	case p.pos == before:
		p.pos += runeLen(p.text[p.pos:]) // said already that it cannot stand here
		p.skipElement()
	default:
		p.mistake(p.wordSpan(), `expected "," or "%c" before this`, closer)
	}
}

// unclosed reports that the text ends within brackets, once.
func (p *jsonParser) unclosed(start int, closer byte) {
	p.dead = true
	p.mistake(p.span(start, start+1), "the bracket that is opened here is never closed").
		WithHelp("close it with %q", string(closer))
}

// wrongCloser reports a closing bracket of the other sort and passes it, unless
// it closes a bracket further out: not when that is the outermost one and the
// text goes on.
func (p *jsonParser) wrongCloser(start int, closer byte) {
	p.unmatched = true
	p.mistake(p.charSpan(), `expected "%c" and not "%c"`, closer, p.next()).
		Note(p.span(start, start+1), "to close what is opened here")
	outer := bytes.LastIndexByte(p.open[:len(p.open)-1], p.next())
	if outer < 0 || outer == 0 && strings.TrimSpace(p.text[p.pos+1:]) != "" {
		p.pos++
	}
}

// skipElement moves to the next comma or bracket.
func (p *jsonParser) skipElement() {
	if i := strings.IndexAny(p.text[p.pos:], ",{}[]\n"); i >= 0 {
		p.pos += i
		return
	}
	p.pos = len(p.text)
}

// charSpan is the span of the next character.
func (p *jsonParser) charSpan() source.Span {
	return p.span(p.pos, p.pos+runeLen(p.text[p.pos:]))
}

// wordSpan is the span of the next word, or else character.
func (p *jsonParser) wordSpan() source.Span {
	end := p.pos
	for end < len(p.text) && isWord(p.text[end]) {
		end++
	}
	return p.span(p.pos, max(end, p.pos+runeLen(p.text[p.pos:])))
}

func runeLen(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}
