package edit

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// quote is how text is quoted.
type quote byte

const (
	noQuote quote = 0
	single  quote = '\''
	double  quote = '"'
)

// scalarText writes a scalar on one line. Text is quoted with q, or as little as
// possible when q is noQuote, then with the quotes that are usual.
func scalarText(v *syntax.Node, flow bool, q, usual quote) string {
	switch v.Kind {
	case syntax.Null:
		return "null"
	case syntax.Bool, syntax.Number:
		return v.Text
	}
	return quoted(v.Text, flow, q, usual)
}

// quoted writes text on one line.
func quoted(text string, flow bool, q, usual quote) string {
	if q == noQuote {
		if isPlain(text, flow) {
			return text
		}
		q = usual
	}
	if q == single && isPrintable(text) && !strings.ContainsAny(text, "\n\t") {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return doubleQuoted(text)
}

// doubleQuoted writes text as JSON does, which YAML reads alike.
func doubleQuoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case isVisible(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := surrogates(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func surrogates(r rune) (high, low rune) {
	r -= 0x10000
	return 0xD800 + r>>10, 0xDC00 + r&0x3FF
}

// isVisible tells whether a character may stand in YAML and JSON as it is, and
// is no line break to any version of YAML.
func isVisible(r rune) bool {
	switch {
	case r < ' ', r == utf8.RuneError, 0x7F <= r && r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r < 0x10000 || unicode.IsPrint(r)
}

// isPrintable tells whether text needs no escapes, line breaks and tabs aside.
func isPrintable(text string) bool {
	for _, r := range text {
		if r != '\n' && r != '\t' && !isVisible(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// notText is what readers of any version of YAML, and not just of the one that
// counts here, take for something else than text: numbers in all notations,
// dates, times, and what begins like those.
var notText = regexp.MustCompile(`^(?i:` + strings.Join([]string{
	`[-+]?0b[01_]+`, `[-+]?0x[0-9a-f_]+`, `[-+]?0o[0-7_]+`, `[-+]?[0-9][0-9_]*`,
	`[-+]?[0-9_]*\.[0-9_]*(e[-+]?[0-9]+)?`, `[-+]?[0-9][0-9_]*e[-+]?[0-9]+`,
	`[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`,
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t \t].*)?`,
	`[-+]?\.inf`, `\.nan`, `~|null|true|false|yes|no|on|off|y|n|<<|=`,
}, "|") + `)$`)

// isPlain tells whether text is read back as that very text when it is written
// without quotes.
func isPlain(text string, flow bool) bool {
	switch {
	case text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\t") || !isPrintable(text),
		strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`", rune(text[0])),
		strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.Contains(text, " #"),
		strings.HasPrefix(text, "---") || strings.HasPrefix(text, "..."),
		flow && strings.ContainsAny(text, ",[]{}?:"):
		return false
	}
	return !notText.MatchString(text)
}

// asLiteral writes text as the lines of a literal block, and its header. It
// reports false when that is not possible, or text has one line.
func asLiteral(text string) (header string, lines []string, ok bool) {
	body := strings.TrimSuffix(text, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") || !isPrintable(text) || strings.ContainsRune(" \t\n", rune(body[0])) {
		return "", nil, false
	}
	lines = strings.Split(body, "\n")
	if strings.TrimLeft(lines[len(lines)-1], " ") == "" {
		return "", nil, false
	}
	if body == text {
		return "|-", lines, true
	}
	return "|", lines, true
}
