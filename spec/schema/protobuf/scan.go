package protobuf

import (
	"regexp"
	"strings"
)

// fits tells whether a text is small and shallow enough for the compiler, which
// calls itself for what is nested.
func (c *compiler) fits(u *unit) bool {
	if len(u.text) > MaxSource {
		c.found.Errorf(u.at(0, 0), codeLimit, "the schema is larger than %d MiB", MaxSource>>20)
		return false
	}
	depth, at := 0, -1
	scan(u.text, func(i int) {
		switch u.text[i] {
		case '{', '[', '(', '<':
			if depth++; depth > MaxNesting && at < 0 {
				at = i
			}
		case '}', ']', ')', '>':
			depth--
		}
	})
	if at >= 0 {
		c.found.Errorf(u.at(at, at+1), codeLimit, "brackets nest deeper than %d levels", MaxNesting)
	}
	return at < 0
}

// scan calls visit with the offset of each byte that is neither white space nor
// in a comment or a quoted text.
func scan(text string, visit func(int)) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "//"):
			i = upTo(text, i, "\n")
		case strings.HasPrefix(text[i:], "/*"):
			i = upTo(text, i+2, "*/")
		case c == '"' || c == '\'':
			for i++; i < len(text) && text[i] != c && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case c > ' ':
			visit(i)
		}
	}
}

// upTo is the offset of the last byte of what ends a comment.
func upTo(text string, from int, end string) int {
	from = min(from, len(text))
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i + len(end) - 1
	}
	return len(text)
}

var syntaxValue = regexp.MustCompile(`^(syntax|edition)\s*=\s*["']([^"']*)["']`)

// dialect compares what a text says of its language with the version that
// schemaFormat names. A text that says nothing is read as that version.
func (c *compiler) dialect(u *unit, version string) {
	first := len(u.text)
	scan(u.text, func(i int) { first = min(first, i) })
	said := syntaxValue.FindStringSubmatchIndex(u.text[first:])
	if said == nil {
		if version == "3" && first < len(u.text) {
			u.prefix = `syntax="proto3";`
			c.found.Warningf(u.at(first, first), codeVersion, "the schema does not name its syntax, which compilers take for proto2").
				WithHelp(`it is read as proto3, as schemaFormat says: begin it with syntax = "proto3";`)
		}
		return
	}
	value := u.text[first+said[4] : first+said[5]]
	isSyntax := value == "proto2" || value == "proto3" // else it is an edition, or the compiler tells
	if version != "2" && version != "3" || !isSyntax || value == "proto"+version {
		return
	}
	at := u.at(first+said[4], first+said[5])
	c.found.Warningf(at, codeVersion, "the schema is written in %s, but schemaFormat says version %s", value, version).
		WithHelp("the schema counts: change the version in schemaFormat")
}
