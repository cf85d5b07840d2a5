package check

import "fmt"

// repeatStep is the most that package regexp takes in one quantifier.
const repeatStep = 1000

// translate writes a tree that does not backtrack in the syntax of package
// regexp. Literals and classes are written out by code point, so that nothing
// the two syntaxes read differently is left.
func translate(tree *regex) (string, error) {
	var t translator
	t.write(tree)
	if t.full {
		return "", &unsupportedError{ofThatSize}
	}
	return string(t.out), nil
}

type translator struct {
	out  []byte
	full bool // it has grown too large
}

func (t *translator) write(n *regex) {
	if t.full = t.full || len(t.out) > maxPattern; t.full {
		return
	}
	switch n.op {
	case regexSet:
		t.out = appendSet(t.out, n.set)
	case regexSequence:
		for _, sub := range n.subs {
			t.write(sub)
		}
	case regexChoice:
		for i, sub := range n.subs {
			if i > 0 {
				t.out = append(t.out, '|')
			}
			t.write(sub)
		}
	case regexGroup:
		t.out = append(t.out, "(?:"...)
		t.write(n.subs[0])
		t.out = append(t.out, ')')
	case regexRepeat:
		t.repeat(n)
	case regexStart:
		t.out = append(t.out, `\A`...)
	case regexEnd:
		t.out = append(t.out, `\z`...)
	case regexWord:
		t.out = append(t.out, `\b`...)
	case regexNotWord:
		t.out = append(t.out, `\B`...)
	}
}

// repeat writes the atom as often as steps that package regexp takes are
// needed.
func (t *translator) repeat(n *regex) {
	start := len(t.out)
	t.write(n.subs[0])
	atom := string(t.out[start:])
	if t.full = t.full || len(t.out)+len(atom)*(1+max(n.min, n.max)/repeatStep) > maxPattern; !t.full {
		t.out = appendRepeat(t.out[:start], atom, n.min, n.max)
	}
}

// appendSet writes a character, or a class.
func appendSet(b []byte, set runeSet) []byte {
	switch {
	case set.isOne():
		return appendRune(b, set[0])
	case len(set) == 0:
		return append(b, `[^\x{0}-\x{10FFFF}]`...)
	}
	b = append(b, '[')
	for i := 0; i+1 < len(set); i += 2 {
		b = appendRune(b, set[i])
		if set[i] != set[i+1] {
			b = appendRune(append(b, '-'), set[i+1])
		}
	}
	return append(b, ']')
}

// appendRune writes a character so that it stands for itself everywhere.
func appendRune(b []byte, r rune) []byte {
	if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == ' ' || r == '_' {
		return append(b, byte(r))
	}
	return fmt.Appendf(b, `\x{%X}`, r)
}

// appendRepeat writes an atom that stands low to high times, in steps that
// package regexp takes; high is -1 where there is no limit. Lazy or not is the
// same to a verdict.
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
