package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// translate rewrites a pattern of ECMA-262 (§22.2.1, with Unicode semantics and
// the lenient escapes of Annex B that are no letters) into the syntax of
// package regexp. Literals and classes are written out by code point, so that
// nothing the two syntaxes read differently is left.
func translate(text string) (string, error) {
	t := &translator{in: text, names: map[string]bool{}}
	if !utf8.ValidString(text) {
		t.fail("a byte that is not UTF-8")
	}
	t.disjunction(0)
	if t.err == nil && t.pos < len(t.in) {
		t.fail("an unmatched %q", t.in[t.pos])
	}
	if t.err == nil {
		t.err = t.checkReferences()
	}
	if t.err == nil && t.unsupported != nil {
		t.err = t.unsupported
	}
	if t.err != nil {
		return "", t.err
	}
	return string(t.out), nil
}

// Limits of a pattern.
const (
	maxGroups  = 200     // groups within groups
	maxRepeat  = 10_000  // of one atom
	maxPattern = 1 << 18 // bytes of the translation
	repeatStep = 1000    // the most that package regexp takes in one
)

type translator struct {
	in          string
	pos         int
	out         []byte
	groups      int
	names       map[string]bool
	byNumber    int    // the highest \1
	byName      string // a \k<name>
	err         error
	unsupported error
}

// fail records that the pattern is wrong, and ends the reading.
func (t *translator) fail(format string, args ...any) {
	if t.err == nil {
		t.err = &patternError{offset: utf8.RuneCountInString(t.in[:min(t.pos, len(t.in))]), what: fmt.Sprintf(format, args...)}
	}
	t.pos = len(t.in)
}

// refuse records what cannot be matched; reading goes on, since mistakes count
// for more.
func (t *translator) refuse(what string) {
	if t.unsupported == nil {
		t.unsupported = &unsupportedError{what}
	}
}

func (t *translator) checkReferences() error {
	switch {
	case t.byNumber > t.groups:
		return &patternError{what: fmt.Sprintf("there is no group for \\%d", t.byNumber)}
	case t.byName != "" && !t.names[t.byName]:
		return &patternError{what: fmt.Sprintf("there is no group for \\k<%s>", t.byName)}
	}
	return nil
}

// peek returns the next character, or -1 at the end.
func (t *translator) peek() rune {
	if t.pos >= len(t.in) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(t.in[t.pos:])
	return r
}

func (t *translator) next() rune {
	r, size := utf8.DecodeRuneInString(t.in[t.pos:])
	t.pos += size
	return r
}

func (t *translator) accept(prefix string) bool {
	if strings.HasPrefix(t.in[t.pos:], prefix) {
		t.pos += len(prefix)
		return true
	}
	return false
}

// disjunction reads alternatives up to a closing parenthesis or the end.
func (t *translator) disjunction(depth int) {
	if depth > maxGroups {
		t.refuse("nesting groups that deep")
		t.pos, t.err = len(t.in), t.unsupported
		return
	}
	for t.pos < len(t.in) && t.in[t.pos] != ')' {
		if t.accept("|") {
			t.out = append(t.out, '|')
			continue
		}
		t.term(depth)
	}
}

// term reads an assertion, or an atom with its quantifier.
func (t *translator) term(depth int) {
	switch {
	case t.accept("^"):
		t.write(`\A`)
		return
	case t.accept("$"):
		t.write(`\z`)
		return
	case t.accept(`\b`):
		t.write(`\b`)
		return
	case t.accept(`\B`):
		t.write(`\B`)
		return
	}
	start := len(t.out)
	t.atom(depth)
	t.quantifier(start)
}

func (t *translator) atom(depth int) {
	switch r := t.peek(); r {
	case '(':
		t.next()
		t.group(depth)
	case '[':
		t.next()
		t.class()
	case '.':
		t.next()
		t.write(`[^\n\r\x{2028}\x{2029}]`)
	case '\\':
		t.escape()
	case '*', '+', '?':
		t.fail("nothing to repeat before %q", r)
	case '{':
		if _, _, ok := t.braces(); ok {
			t.fail("nothing to repeat before %q", r)
			return
		}
		t.literal(t.next())
	default:
		t.literal(t.next())
	}
}

func (t *translator) literal(r rune) { t.out = appendRune(t.out, r) }

func (t *translator) write(text string) {
	if t.out = append(t.out, text...); len(t.out) > maxPattern {
		t.tooLarge()
	}
}

func (t *translator) tooLarge() {
	t.refuse("a pattern of that size")
	t.pos = len(t.in)
	t.err = t.unsupported
}

// appendRune writes a character so that it stands for itself everywhere.
func appendRune(b []byte, r rune) []byte {
	if r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == ' ' || r == '_') {
		return append(b, byte(r))
	}
	return fmt.Appendf(b, `\x{%X}`, r)
}

// group reads a group behind its opening parenthesis.
func (t *translator) group(depth int) {
	switch {
	case t.accept("?:"):
	case t.accept("?="), t.accept("?!"):
		t.refuse("look-ahead")
	case t.accept("?<="), t.accept("?<!"):
		t.refuse("look-behind")
	case t.accept("?<"):
		t.groups++
		t.groupName()
	case t.accept("?"):
		t.fail("a group that ECMA-262 does not know: (?%c", max(t.peek(), ' '))
		return
	default:
		t.groups++
	}
	t.write("(?:")
	t.disjunction(depth + 1)
	if t.err == nil && !t.accept(")") {
		t.fail("a group that is not closed")
	}
	t.out = append(t.out, ')')
}

func (t *translator) groupName() {
	name, _, found := strings.Cut(t.in[t.pos:], ">")
	if !found || name == "" || strings.ContainsAny(name, " ()[]{}|\\") {
		t.fail("a group with a bad name")
		return
	}
	if t.names[name] {
		t.fail("a second group named %q", name)
		return
	}
	t.names[name] = true
	t.pos += len(name) + 1
}

// quantifier reads what may follow an atom, whose translation begins at start.
func (t *translator) quantifier(start int) {
	low, high := 1, 1
	switch t.peek() {
	case '*':
		t.next()
		low, high = 0, -1
	case '+':
		t.next()
		low, high = 1, -1
	case '?':
		t.next()
		low, high = 0, 1
	case '{':
		var ok bool
		if low, high, ok = t.braces(); !ok {
			return
		}
		t.pos += strings.IndexByte(t.in[t.pos:], '}') + 1
	default:
		return
	}
	t.accept("?") // lazy or not is the same to a verdict
	if high >= 0 && low > high {
		t.fail("a quantifier whose bounds are out of order")
		return
	}
	if max(low, high) > maxRepeat {
		t.refuse(fmt.Sprintf("repeating more than %d times", maxRepeat))
		return
	}
	atom := string(t.out[start:])
	if len(t.out)+len(atom)*(1+max(low, high)/repeatStep) > maxPattern {
		t.tooLarge()
		return
	}
	t.out = appendRepeat(t.out[:start], atom, low, high)
}

// braces looks at a quantifier in braces; ok is false for literal braces.
func (t *translator) braces() (low, high int, ok bool) {
	body, _, closed := strings.Cut(t.in[t.pos+1:], "}")
	first, second, comma := strings.Cut(body, ",")
	if !closed || !allDigits(first) {
		return 0, 0, false
	}
	low = saturating(first)
	switch {
	case !comma:
		return low, low, true
	case second == "":
		return low, -1, true
	}
	return low, saturating(second), allDigits(second)
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func saturating(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return maxRepeat + 1
	}
	return min(n, maxRepeat+1)
}

// appendRepeat writes an atom that stands low to high times, in steps that
// package regexp takes; high is -1 where there is no limit.
func appendRepeat(b []byte, atom string, low, high int) []byte {
	if low <= repeatStep && high <= repeatStep {
		b = append(b, atom...)
		switch {
		case low == 0 && high == 1:
			return append(b, '?')
		case low == 0 && high < 0:
			return append(b, '*')
		case low == 1 && high < 0:
			return append(b, '+')
		case high < 0:
			return fmt.Appendf(b, "{%d,}", low)
		}
		return fmt.Appendf(b, "{%d,%d}", low, high)
	}
	b = append(b, "(?:"...)
	rest := high - low
	for ; low > 0; low -= repeatStep {
		b = fmt.Appendf(b, "%s{%d}", atom, min(low, repeatStep))
	}
	if high < 0 {
		b = append(append(b, atom...), '*')
	}
	for ; rest > 0; rest -= repeatStep {
		b = fmt.Appendf(b, "%s{0,%d}", atom, min(rest, repeatStep))
	}
	return append(b, ')')
}

// escape reads an escape outside of a class.
func (t *translator) escape() {
	t.next()
	switch r := t.peek(); {
	case r == -1:
		t.fail("a backslash at the end")
	case r >= '1' && r <= '9':
		digits := t.in[t.pos : len(t.in)-len(strings.TrimLeft(t.in[t.pos:], "0123456789"))]
		t.pos += len(digits)
		t.byNumber = max(t.byNumber, saturating(digits))
		t.refuse("a reference back to a group")
	case r == 'k':
		name, _, closed := strings.Cut(strings.TrimPrefix(t.in[t.pos+1:], "<"), ">")
		if !strings.HasPrefix(t.in[t.pos+1:], "<") || !closed {
			t.fail("a \\k without the name of a group")
			return
		}
		t.pos += len(name) + 3
		t.byName = name
		t.refuse("a reference back to a group")
	default:
		set, single, ok := t.setEscape()
		switch {
		case !ok:
		case set != "":
			t.write("[" + set + "]")
		default:
			t.literal(single)
		}
	}
}

// class reads a character class behind its opening bracket.
func (t *translator) class() {
	negated := t.accept("^")
	var body []byte
	for !t.accept("]") {
		if t.pos >= len(t.in) {
			t.fail("a character class that is not closed")
			return
		}
		if body = t.classRange(body); len(body) > maxPattern {
			t.tooLarge()
			return
		}
	}
	switch {
	case len(body) == 0 && negated:
		t.write(`[\x{0}-\x{10FFFF}]`)
	case len(body) == 0:
		t.write(`[^\x{0}-\x{10FFFF}]`)
	case negated:
		t.write("[^" + string(body) + "]")
	default:
		t.write("[" + string(body) + "]")
	}
}

// classRange reads a character, a range or a set within a class.
func (t *translator) classRange(body []byte) []byte {
	set, low, ok := t.classAtom()
	if !ok {
		return body
	}
	if !strings.HasPrefix(t.in[t.pos:], "-") || strings.HasPrefix(t.in[t.pos:], "-]") {
		return appendItem(body, set, low)
	}
	mark := t.pos
	t.next()
	other, high, ok := t.classAtom()
	switch {
	case !ok:
		return body
	case set != "" || other != "": // a hyphen beside a set is a hyphen
		t.pos = mark + 1
		return appendRune(appendItem(body, set, low), '-')
	case low > high:
		t.fail("a range out of order in a character class")
		return body
	}
	return appendRune(append(appendRune(body, low), '-'), high)
}

func appendItem(body []byte, set string, single rune) []byte {
	if set != "" {
		return append(body, set...)
	}
	return appendRune(body, single)
}

// classAtom reads one character or set within a class.
func (t *translator) classAtom() (set string, single rune, ok bool) {
	if t.pos >= len(t.in) {
		t.fail("a character class that is not closed")
		return "", 0, false
	}
	r := t.next()
	switch {
	case r != '\\':
		return "", r, true
	case t.accept("b"):
		return "", '\b', true
	case t.accept("-"):
		return "", '-', true
	}
	return t.setEscape()
}
