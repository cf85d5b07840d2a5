package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The sets that escapes name, as the inside of a class.
const (
	spaceSet    = `\t-\r\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}`
	notSpaceSet = `\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}` +
		`\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}`
	digitSet    = `0-9`
	notDigitSet = `\x{0}-\x{2F}\x{3A}-\x{10FFFF}`
	wordSet     = `0-9A-Za-z_`
	notWordSet  = `\x{0}-\x{2F}\x{3A}-\x{40}\x{5B}-\x{5E}\x{60}\x{7B}-\x{10FFFF}`
)

// setEscape reads an escape behind its backslash that means the same within
// and outside of a class: a set, or a single character.
func (t *translator) setEscape() (set string, single rune, ok bool) {
	if t.pos >= len(t.in) {
		t.fail("a backslash at the end")
		return "", 0, false
	}
	switch r := t.next(); r {
	case 'd':
		return digitSet, 0, true
	case 'D':
		return notDigitSet, 0, true
	case 'w':
		return wordSet, 0, true
	case 'W':
		return notWordSet, 0, true
	case 's':
		return spaceSet, 0, true
	case 'S':
		return notSpaceSet, 0, true
	case 'p', 'P':
		set, ok = t.property(r == 'P')
		return set, 0, ok
	default:
		single, ok = t.characterEscape(r)
		return "", single, ok
	}
}

// characterEscape reads an escape for one character, whose letter is r.
func (t *translator) characterEscape(r rune) (rune, bool) {
	switch r {
	case 't':
		return '\t', true
	case 'n':
		return '\n', true
	case 'v':
		return '\v', true
	case 'f':
		return '\f', true
	case 'r':
		return '\r', true
	case '0':
		return 0, true
	case 'c':
		return t.controlEscape()
	case 'x':
		return t.hexEscape(2)
	case 'u':
		return t.unicodeEscape()
	}
	if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '1' && r <= '9' {
		t.fail("an escape that ECMA-262 does not know: \\%c%s", r, insteadOfEscape(r))
		return 0, false
	}
	return r, true
}

// insteadOfEscape translates escapes of other dialects.
func insteadOfEscape(r rune) string {
	switch r {
	case 'A':
		return " (write ^)"
	case 'z', 'Z':
		return " (write $)"
	case 'h':
		return ` (write [ \t])`
	case 'a':
		return ` (write \x07)`
	case 'e':
		return ` (write \x1B)`
	}
	return ""
}

func (t *translator) controlEscape() (rune, bool) {
	r := t.peek()
	if r|0x20 < 'a' || r|0x20 > 'z' {
		t.fail("a \\c without a letter")
		return 0, false
	}
	t.next()
	return r % 32, true
}

func (t *translator) hexEscape(digits int) (rune, bool) {
	if t.pos+digits <= len(t.in) {
		if n, err := strconv.ParseUint(t.in[t.pos:t.pos+digits], 16, 32); err == nil {
			t.pos += digits
			return rune(n), true
		}
	}
	t.fail("an escape that wants %d hexadecimal digits", digits)
	return 0, false
}

// unicodeEscape reads \uXXXX, two of them as a surrogate pair, or \u{X…}.
func (t *translator) unicodeEscape() (rune, bool) {
	if t.accept("{") {
		body, _, closed := strings.Cut(t.in[t.pos:], "}")
		n, err := strconv.ParseUint(body, 16, 32)
		if !closed || err != nil || n > unicode.MaxRune {
			t.fail("a \\u{…} that names no character")
			return 0, false
		}
		t.pos += len(body) + 1
		return rune(n), true
	}
	r, ok := t.hexEscape(4)
	if !ok || r < 0xD800 || r > 0xDFFF {
		return r, ok
	}
	if mark := t.pos; r <= 0xDBFF && t.accept(`\u`) {
		if low, ok := t.hexEscape(4); ok && low >= 0xDC00 && low <= 0xDFFF {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, true
		}
		t.pos = mark
	}
	t.refuse("half of a surrogate pair")
	return 0, t.err == nil
}

// property reads {…} behind \p or \P.
func (t *translator) property(negated bool) (string, bool) {
	body, _, closed := strings.Cut(t.in[t.pos:], "}")
	if !closed || !strings.HasPrefix(body, "{") {
		t.fail("a \\p without {…}")
		return "", false
	}
	t.pos += len(body) + 1
	tables := propertyTables(body[1:])
	if tables == nil {
		t.refuse(fmt.Sprintf("the property %s}", `\p`+body))
		return digitSet, true
	}
	return writeTables(tables, negated), true
}

// propertyTables finds what \p{…} names: a general category, a script or one of
// the binary properties that can be told from the tables of package unicode.
func propertyTables(name string) []*unicode.RangeTable {
	key, value, assigned := strings.Cut(name, "=")
	switch {
	case !assigned:
		if table := category(name); table != nil {
			return []*unicode.RangeTable{table}
		}
		return binaryProperty(name)
	case key == "General_Category" || key == "gc":
		if table := category(value); table != nil {
			return []*unicode.RangeTable{table}
		}
	case key == "Script" || key == "sc":
		if table := unicode.Scripts[value]; table != nil {
			return []*unicode.RangeTable{table}
		}
	}
	return nil
}

func category(name string) *unicode.RangeTable {
	if short, ok := categoryNames[name]; ok {
		name = short
	}
	return unicode.Categories[name]
}

func binaryProperty(name string) []*unicode.RangeTable {
	all := func(tables ...*unicode.RangeTable) []*unicode.RangeTable { return tables }
	switch name {
	case "Any":
		return all(&unicode.RangeTable{R32: []unicode.Range32{{Lo: 0, Hi: unicode.MaxRune, Stride: 1}}})
	case "ASCII":
		return all(&unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: unicode.MaxASCII, Stride: 1}}})
	case "Alphabetic", "Alpha":
		return all(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	case "Lowercase", "Lower":
		return all(unicode.Ll, unicode.Other_Lowercase)
	case "Uppercase", "Upper":
		return all(unicode.Lu, unicode.Other_Uppercase)
	}
	if table := unicode.Properties[name]; table != nil && !strings.HasPrefix(name, "Other_") {
		return all(table)
	}
	return nil
}

// categoryNames are the long names of general categories (UAX #44 §5.7.1).
var categoryNames = map[string]string{
	"Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
	"Modifier_Letter": "Lm", "Other_Letter": "Lo",
	"Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
	"Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
	"Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
	"Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
	"Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So",
	"Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
	"Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co",
}

// writeTables writes the union of tables, or what is left of Unicode without
// it, as the inside of a class.
func writeTables(tables []*unicode.RangeTable, negated bool) string {
	var b []byte
	put := func(low, high rune) {
		if low <= high {
			b = appendRune(append(appendRune(b, low), '-'), high)
		}
	}
	from := rune(0)
	for _, r := range spans(tables) {
		if negated {
			put(from, r[0]-1)
			from = r[1] + 1
		} else {
			put(r[0], r[1])
		}
	}
	if negated {
		put(from, unicode.MaxRune)
	}
	return string(b)
}

// spans lists the union of tables as ranges in order, without overlap.
func spans(tables []*unicode.RangeTable) [][2]rune {
	var list [][2]rune
	add := func(low, high, stride rune) {
		if stride == 1 {
			list = append(list, [2]rune{low, high})
			return
		}
		for r := low; r <= high; r += stride {
			list = append(list, [2]rune{r, r})
		}
	}
	for _, table := range tables {
		for _, r := range table.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	slices.SortFunc(list, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	merged := list[:0]
	for _, r := range list {
		if last := len(merged) - 1; last >= 0 && r[0] <= merged[last][1]+1 {
			merged[last][1] = max(merged[last][1], r[1])
			continue
		}
		merged = append(merged, r)
	}
	return merged
}
