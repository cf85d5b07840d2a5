package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parsePattern reads a pattern of ECMA-262 (§22.2.1, with Unicode semantics and
// the lenient escapes of Annex B that are no letters) into a tree. It returns a
// *patternError for what is no pattern, and an *unsupportedError for what is
// one but cannot be matched here.
func parsePattern(text string) (*regex, error) {
	t := &patternParser{in: text, names: map[string]int{}}
	switch {
	case !utf8.ValidString(text):
		t.fail("a byte that is not UTF-8")
	case len(text) > maxPattern:
		t.tooLarge()
	}
	tree := t.disjunction(0)
	if t.err == nil && t.pos < len(t.in) {
		t.fail("an unmatched %q", t.in[t.pos])
	}
	if t.err == nil {
		t.err = t.checkReferences()
	}
	if t.err == nil && t.unsupported != nil {
		t.err = t.unsupported
	}
	return tree, t.err
}

// Limits of a pattern.
const (
	maxGroups  = 200     // groups within groups
	maxRepeat  = 10_000  // of one atom
	maxPattern = 1 << 18 // bytes, as written and as package regexp wants it
	maxRanges  = 1 << 15 // of characters in all sets
)

type patternParser struct {
	in          string
	pos         int
	groups      int
	names       map[string]int // numbers of groups
	ranges      int            // of characters so far
	back        []*regex       // references back to groups
	err         error
	unsupported error
}

// fail records that the pattern is wrong, and ends the reading.
func (t *patternParser) fail(format string, args ...any) {
	if t.err == nil {
		t.err = &patternError{offset: utf8.RuneCountInString(t.in[:min(t.pos, len(t.in))]), what: fmt.Sprintf(format, args...)}
	}
	t.pos = len(t.in)
}

// refuse records what cannot be matched; reading goes on, since mistakes count
// for more.
func (t *patternParser) refuse(what string) {
	if t.unsupported == nil {
		t.unsupported = &unsupportedError{what}
	}
}

func (t *patternParser) tooLarge() {
	t.refuse(ofThatSize)
	t.pos = len(t.in)
	t.err = t.unsupported
}

const ofThatSize = "a pattern of that size"

// checkReferences finds the groups that references back to them mean, which may
// stand behind them.
func (t *patternParser) checkReferences() error {
	for _, n := range t.back {
		switch {
		case n.name == "" && n.group > t.groups:
			return &patternError{what: fmt.Sprintf("there is no group for \\%d", n.group)}
		case n.name != "" && t.names[n.name] == 0:
			return &patternError{what: fmt.Sprintf("there is no group for \\k<%s>", n.name)}
		case n.name != "":
			n.group = t.names[n.name]
		}
	}
	return nil
}

// peek returns the next character, or -1 at the end.
func (t *patternParser) peek() rune {
	if t.pos >= len(t.in) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(t.in[t.pos:])
	return r
}

func (t *patternParser) next() rune {
	r, size := utf8.DecodeRuneInString(t.in[t.pos:])
	t.pos += size
	return r
}

func (t *patternParser) accept(prefix string) bool {
	if strings.HasPrefix(t.in[t.pos:], prefix) {
		t.pos += len(prefix)
		return true
	}
	return false
}

// disjunction reads alternatives up to a closing parenthesis or the end.
func (t *patternParser) disjunction(depth int) *regex {
	if depth > maxGroups {
		t.refuse("nesting groups that deep")
		t.pos, t.err = len(t.in), t.unsupported
	}
	choice, sequence := &regex{op: regexChoice}, &regex{op: regexSequence}
	for t.pos < len(t.in) && t.in[t.pos] != ')' {
		if t.accept("|") {
			choice.subs = append(choice.subs, sequence)
			sequence = &regex{op: regexSequence}
			continue
		}
		if n := t.term(depth); n != nil {
			sequence.subs = append(sequence.subs, n)
		}
	}
	if choice.subs == nil {
		return sequence
	}
	choice.subs = append(choice.subs, sequence)
	return choice
}

// assertions are those that are no groups.
var assertions = []struct {
	text string
	op   regexOp
}{{"^", regexStart}, {"$", regexEnd}, {`\b`, regexWord}, {`\B`, regexNotWord}}

// term reads an assertion, or an atom with its quantifier; nil after a failure.
func (t *patternParser) term(depth int) *regex {
	for _, a := range assertions {
		if t.accept(a.text) {
			return &regex{op: a.op}
		}
	}
	n := t.atom(depth)
	if n == nil || n.op == regexLook && n.behind {
		return n // what follows cannot repeat it
	}
	return t.quantified(n)
}

func (t *patternParser) atom(depth int) *regex {
	switch r := t.peek(); r {
	case '(':
		t.next()
		return t.group(depth)
	case '[':
		t.next()
		return t.class()
	case '.':
		t.next()
		return &regex{op: regexSet, set: lineEnds.others()}
	case '\\':
		return t.escape()
	case '*', '+', '?':
		t.fail("nothing to repeat before %q", r)
		return nil
	case '{':
		if _, _, ok := t.braces(); ok {
			t.fail("nothing to repeat before %q", r)
			return nil
		}
	}
	return &regex{op: regexSet, set: oneRune(t.next())}
}

// group reads a group behind its opening parenthesis.
func (t *patternParser) group(depth int) *regex {
	n := &regex{op: regexGroup}
	switch {
	case t.accept("?:"):
	case t.accept("?="):
		n.op = regexLook
	case t.accept("?!"):
		n.op, n.negated = regexLook, true
	case t.accept("?<="):
		n.op, n.behind = regexLook, true
	case t.accept("?<!"):
		n.op, n.behind, n.negated = regexLook, true, true
	case t.accept("?<"):
		t.groups++
		n.group = t.groups
		t.groupName(n.group)
	case t.accept("?"):
		t.fail("a group that ECMA-262 does not know: (?%c", max(t.peek(), ' '))
		return nil
	default:
		t.groups++
		n.group = t.groups
	}
	n.subs = []*regex{t.disjunction(depth + 1)}
	if t.err == nil && !t.accept(")") {
		t.fail("a group that is not closed")
	}
	return n
}

func (t *patternParser) groupName(number int) {
	name, _, found := strings.Cut(t.in[t.pos:], ">")
	if !found || name == "" || strings.ContainsAny(name, " ()[]{}|\\") {
		t.fail("a group with a bad name")
		return
	}
	if t.names[name] > 0 {
		t.fail("a second group named %q", name)
		return
	}
	t.names[name] = number
	t.pos += len(name) + 1
}

// quantified reads what may follow an atom.
func (t *patternParser) quantified(atom *regex) *regex {
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
			return atom
		}
		t.pos += strings.IndexByte(t.in[t.pos:], '}') + 1
	default:
		return atom
	}
	lazy := t.accept("?")
	switch {
	case high >= 0 && low > high:
		t.fail("a quantifier whose bounds are out of order")
	case max(low, high) > maxRepeat:
		t.refuse(fmt.Sprintf("repeating more than %d times", maxRepeat))
	}
	return &regex{op: regexRepeat, subs: []*regex{atom}, min: low, max: high, lazy: lazy}
}

// braces looks at a quantifier in braces; ok is false for literal braces.
func (t *patternParser) braces() (low, high int, ok bool) {
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

// escape reads an escape outside of a class.
func (t *patternParser) escape() *regex {
	t.next()
	switch r := t.peek(); {
	case r == -1:
		t.fail("a backslash at the end")
	case r >= '1' && r <= '9':
		digits := t.in[t.pos : len(t.in)-len(strings.TrimLeft(t.in[t.pos:], "0123456789"))]
		t.pos += len(digits)
		return t.reference(&regex{op: regexBack, group: saturating(digits)})
	case r == 'k':
		name, _, closed := strings.Cut(strings.TrimPrefix(t.in[t.pos+1:], "<"), ">")
		if !strings.HasPrefix(t.in[t.pos+1:], "<") || !closed || name == "" {
			t.fail("a \\k without the name of a group")
			return nil
		}
		t.pos += len(name) + 3
		return t.reference(&regex{op: regexBack, name: name})
	default:
		if set, ok := t.setEscape(); ok {
			return t.setNode(set)
		}
	}
	return nil
}

func (t *patternParser) reference(n *regex) *regex {
	t.back = append(t.back, n)
	return n
}

// setNode counts the ranges of a set.
func (t *patternParser) setNode(set runeSet) *regex {
	if t.ranges += len(set) / 2; t.ranges > maxRanges {
		t.tooLarge()
	}
	return &regex{op: regexSet, set: set}
}

// class reads a character class behind its opening bracket.
func (t *patternParser) class() *regex {
	negated := t.accept("^")
	var set runeSet
	for !t.accept("]") {
		if t.pos >= len(t.in) {
			t.fail("a character class that is not closed")
			return nil
		}
		if set = t.classRange(set); len(set)/2 > maxRanges {
			t.tooLarge()
			return nil
		}
	}
	set = set.normal()
	if negated {
		set = set.others()
	}
	return t.setNode(set)
}

// classRange reads a character, a range or a set within a class.
func (t *patternParser) classRange(body runeSet) runeSet {
	first, ok := t.classAtom()
	if !ok {
		return body
	}
	if !strings.HasPrefix(t.in[t.pos:], "-") || strings.HasPrefix(t.in[t.pos:], "-]") {
		return append(body, first...)
	}
	mark := t.pos
	t.next()
	last, ok := t.classAtom()
	switch {
	case !ok:
		return body
	case !first.isOne() || !last.isOne(): // a hyphen beside a set is a hyphen
		t.pos = mark + 1
		return append(append(body, first...), '-', '-')
	case first[0] > last[0]:
		t.fail("a range out of order in a character class")
		return body
	}
	return append(body, first[0], last[0])
}

// isOne tells whether the set is a single character, which no escape for a set
// is.
func (s runeSet) isOne() bool { return len(s) == 2 && s[0] == s[1] }

// classAtom reads one character or set within a class.
func (t *patternParser) classAtom() (runeSet, bool) {
	if t.pos >= len(t.in) {
		t.fail("a character class that is not closed")
		return nil, false
	}
	r := t.next()
	switch {
	case r != '\\':
		return oneRune(r), true
	case t.accept("b"):
		return oneRune('\b'), true
	case t.accept("-"):
		return oneRune('-'), true
	}
	return t.setEscape()
}
