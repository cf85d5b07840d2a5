package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// The sets that escapes name.
var (
	spaceRunes = runeSet{
		'\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F,
		0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF,
	}
	digitRunes = runeSet{'0', '9'}
	wordRunes  = runeSet{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	lineEnds   = runeSet{'\n', '\n', '\r', '\r', 0x2028, 0x2029}
)

// setEscape reads an escape behind its backslash that means the same within
// and outside of a class: a set, or a single character.
func (t *patternParser) setEscape() (runeSet, bool) {
	if t.pos >= len(t.in) {
		t.fail("a backslash at the end")
		return nil, false
	}
	switch r := t.next(); r {
	case 'd':
		return digitRunes, true
	case 'D':
		return digitRunes.others(), true
	case 'w':
		return wordRunes, true
	case 'W':
		return wordRunes.others(), true
	case 's':
		return spaceRunes, true
	case 'S':
		return spaceRunes.others(), true
	case 'p', 'P':
		return t.property(r == 'P')
	default:
		single, ok := t.characterEscape(r)
		return oneRune(single), ok
	}
}

// characterEscape reads an escape for one character, whose letter is r.
func (t *patternParser) characterEscape(r rune) (rune, bool) {
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

func (t *patternParser) controlEscape() (rune, bool) {
	r := t.peek()
	if r|0x20 < 'a' || r|0x20 > 'z' {
		t.fail("a \\c without a letter")
		return 0, false
	}
	t.next()
	return r % 32, true
}

func (t *patternParser) hexEscape(digits int) (rune, bool) {
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
func (t *patternParser) unicodeEscape() (rune, bool) {
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
func (t *patternParser) property(negated bool) (runeSet, bool) {
	body, _, closed := strings.Cut(t.in[t.pos:], "}")
	if !closed || !strings.HasPrefix(body, "{") {
		t.fail("a \\p without {…}")
		return nil, false
	}
	t.pos += len(body) + 1
	set := propertySet(body[1:])
	if set == nil {
		t.refuse(fmt.Sprintf("the property %s}", `\p`+body))
		return digitRunes, true
	}
	if negated {
		set = set.others()
	}
	return set, true
}

// propertySet finds what \p{…} names: a general category, a script or one of
// the binary properties that can be told from the tables of package unicode.
func propertySet(name string) runeSet {
	key, value, assigned := strings.Cut(name, "=")
	switch {
	case !assigned:
		if set := category(name); set != nil {
			return set
		}
		return binaryProperty(name)
	case key == "General_Category" || key == "gc":
		return category(value)
	case key == "Script" || key == "sc":
		if table := unicode.Scripts[value]; table != nil {
			return tableSet(table)
		}
	}
	return nil
}

func category(name string) runeSet {
	if short, ok := categoryNames[name]; ok {
		name = short
	}
	if table := unicode.Categories[name]; table != nil {
		return tableSet(table)
	}
	return nil
}

func binaryProperty(name string) runeSet {
	switch name {
	case "Any":
		return runeSet{0, unicode.MaxRune}
	case "ASCII":
		return runeSet{0, unicode.MaxASCII}
	case "Assigned":
		return tableSet(unicode.Cn).others()
	case "Alphabetic", "Alpha":
		return tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	case "Lowercase", "Lower":
		return tableSet(unicode.Ll, unicode.Other_Lowercase)
	case "Uppercase", "Upper":
		return tableSet(unicode.Lu, unicode.Other_Uppercase)
	case "Math":
		return tableSet(unicode.Sm, unicode.Other_Math)
	case "ID_Start", "IDS":
		return identifierSet(unicode.L, unicode.Nl, unicode.Other_ID_Start)
	case "ID_Continue", "IDC":
		return identifierSet(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
	}
	if table := unicode.Properties[name]; table != nil && !strings.HasPrefix(name, "Other_") {
		return tableSet(table)
	}
	return nil
}

// identifierSet is what tables hold but for what syntax is made of (UAX #31
// table 2).
func identifierSet(tables ...*unicode.RangeTable) runeSet {
	return tableSet(tables...).without(tableSet(unicode.Pattern_Syntax, unicode.Pattern_White_Space))
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
	"Other": "C", "Unassigned": "Cn", "Cased_Letter": "LC", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co",
}
