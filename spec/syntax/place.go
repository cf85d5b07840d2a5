package syntax

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/source"
)

// cursor turns the YAML library's lines and columns, which count code points,
// into byte offsets. Asked in the order of the text it is linear over all.
type cursor struct {
	file                 *source.File
	text                 []byte // with the lines of file
	line, column, offset int    // the place asked for last, counted from 1
}

func newCursor(f *source.File, text []byte) *cursor {
	return &cursor{file: f, text: text, line: 1, column: 1, offset: f.LineStart(1)}
}

// at returns the offset of a place, both numbers counted from 1. Places outside
// of the text are moved to its nearest end.
func (c *cursor) at(line, column int) int {
	if line != c.line {
		c.line, c.column, c.offset = line, 1, c.file.LineStart(line)
	}
	for c.column < column && c.offset < len(c.text) {
		_, size := utf8.DecodeRune(c.text[c.offset:])
		c.offset += size
		c.column++
	}
	for c.column > column && c.column > 1 {
		_, size := utf8.DecodeLastRune(c.text[:c.offset])
		c.offset -= size
		c.column--
	}
	return c.offset
}

// aliasSpan is the alias itself, not what it names.
func (c *converter) aliasSpan(n *yaml.Node) source.Span {
	start := c.cursor.at(n.Line, n.Column)
	return c.span(start, start+1+len(n.Value))
}

// content is the offset at which n itself begins, behind its anchor and tag,
// and the offset at which those end, or n begins when it has neither. Anchor
// and tag of a block mapping's first key are the key's.
func (c *converter) content(n *yaml.Node) (start, end int) {
	start = c.cursor.at(n.Line, n.Column)
	end = start
	anchor, tag := n.Anchor != "", n.Style&yaml.TaggedStyle != 0
	if !tag { // the library does not tell of the tag "!"
		tag = n.Style&yaml.FlowStyle != 0 || n.Kind == yaml.ScalarNode && n.Value != ""
	}
	for {
		switch next := c.byteAt(start); {
		case next == '&' && anchor:
			anchor = false
		case next == '!' && tag:
			tag = false
		default:
			return start, end
		}
		end = c.propertyEnd(start)
		start = c.skip(end, "")
	}
}

// propertyEnd is the offset behind the anchor or tag at start.
func (c *converter) propertyEnd(start int) int {
	stop := " \t\r\n,[]{}"
	if c.byteAt(start) == '&' {
		stop += ":?%@`" // as the library has it
	}
	if strings.HasPrefix(string(c.text[start:min(start+2, len(c.text))]), "!<") {
		stop = "> \t\r\n"
	}
	i := start
	for i < len(c.text) && strings.IndexByte(stop, c.text[i]) < 0 {
		i++
	}
	if i < len(c.text) && c.text[i] == '>' {
		i++
	}
	return i
}

// skip is the offset of the first byte from i on that is neither white space,
// nor part of a comment, nor one of others.
func (c *converter) skip(i int, others string) int {
	for i < len(c.text) {
		switch ch := c.text[i]; {
		case isBlank(ch):
			i++
		case ch == '#':
			i = c.lineEnd(i)
		case strings.IndexByte(others, ch) >= 0:
			i++
		default:
			return i
		}
	}
	return i
}

// closing is the offset behind the bracket that closes a flow collection whose
// last child ends at i.
func (c *converter) closing(i int) int {
	if j := c.skip(i, ",:?"); j < len(c.text) && (c.text[j] == ']' || c.text[j] == '}') {
		return j + 1
	}
	return i
}

// scalarSpan is the text of a scalar without anchor and tag. A block scalar
// ends behind its last visible character, an empty one is of no length.
func (c *converter) scalarSpan(n *yaml.Node) source.Span {
	start, end := c.content(n)
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle:
		end = c.quotedEnd(start, '"')
	case yaml.SingleQuotedStyle:
		end = c.quotedEnd(start, '\'')
	case yaml.LiteralStyle, yaml.FoldedStyle:
		header := start
		for header < len(c.text) && strings.IndexByte("|>+-0123456789", c.text[header]) >= 0 {
			header++
		}
		end = c.visibleEnd(c.lineEnd(header), header, n.Value)
	default:
		if n.Value == "" {
			start = end
			break
		}
		end = c.visibleEnd(start, start, n.Value)
	}
	return c.span(start, end)
}

// quotedEnd is the offset behind the quote that ends the text quoted at start.
func (c *converter) quotedEnd(start int, quote byte) int {
	for i := start + 1; i < len(c.text); i++ {
		switch {
		case c.text[i] == '\\' && quote == '"':
			i++
		case c.text[i] != quote:
		case quote == '\'' && i+1 < len(c.text) && c.text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(c.text)
}

// lineEnd is the offset of the next line break from i on.
func (c *converter) lineEnd(i int) int {
	for i < len(c.text) && c.text[i] != '\n' && c.text[i] != '\r' {
		i++
	}
	return i
}

// visibleEnd is the offset behind value's last visible character, value being
// what the text from i on means: folding lines and stripping indentation touch
// white space alone. It is end when value has no visible character.
func (c *converter) visibleEnd(i, end int, value string) int {
	if i+len(value) <= len(c.text) && string(c.text[i:i+len(value)]) == value && value != "" && !isBlank(value[len(value)-1]) {
		return i + len(value)
	}
	for j := 0; j < len(value); j++ {
		if isBlank(value[j]) {
			continue
		}
		for i < len(c.text) && c.text[i] != value[j] {
			if !isBlank(c.text[i]) {
				return end
			}
			i++
		}
		if i >= len(c.text) {
			return end
		}
		i++
		end = i
	}
	return end
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
