package sample

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

// Limits of text made from a pattern.
const (
	maxText    = 1 << 14 // bytes
	maxPattern = 1 << 12 // bytes of the pattern itself
	maxSteps   = 1 << 16 // of making one text
)

// escapes are those of ECMA-262 that package regexp spells otherwise:
// \uXXXX, \u{X…}, \cX and \d, \w, \s as they stand.
var escapes = regexp.MustCompile(`\\(\\|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|c[A-Za-z]|/|-)`)

// goPattern respells an ECMA-262 pattern. What package regexp has no word for,
// such as looking ahead, stays and fails to compile.
func goPattern(ecma string) string {
	return escapes.ReplaceAllStringFunc(ecma, func(found string) string {
		switch rest := found[1:]; rest[0] {
		case 'u':
			return `\x{` + strings.Trim(rest[1:], "{}") + `}`
		case 'c':
			return `\x{0` + string("0123456789abcdef"[rest[1]&0x1f>>4]) + string("0123456789abcdef"[rest[1]&0xf]) + `}`
		case '/':
			return "/"
		}
		return found
	})
}

// expression is the pattern compiled, or nil when it cannot be.
func (s *Sampler) expression(ecma string) *regexp.Regexp {
	re, ok := s.expressions[ecma]
	if !ok && len(ecma) <= maxPattern {
		re, _ = regexp.Compile(goPattern(ecma))
		s.expressions[ecma] = re
	}
	return re
}

// matching makes a text that the pattern matches; extra is how many times more
// than needed its repetitions may repeat. It reports false when the pattern
// cannot be read or asks for too much.
func (m *maker) matching(ecma string, extra int) (string, bool) {
	if len(ecma) > maxPattern {
		return "", false
	}
	tree, err := syntax.Parse(goPattern(ecma), syntax.Perl)
	if err != nil {
		return "", false
	}
	g := textMaker{maker: m, extra: extra}
	g.write(tree.Simplify())
	return g.String(), g.Len() <= maxText && g.steps <= maxSteps
}

// textMaker writes one text of a pattern's language. Assertions are passed
// over: whether they hold is found out by checking the result.
type textMaker struct {
	*maker
	strings.Builder
	extra int
	steps int
}

func (g *textMaker) write(re *syntax.Regexp) {
	if g.steps++; g.Len() > maxText || g.steps > maxSteps {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		g.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		g.WriteRune(g.oneOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.WriteRune(rune('a' + g.rand.IntN(26)))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			g.write(sub)
		}
	case syntax.OpAlternate:
		g.write(re.Sub[g.rand.IntN(len(re.Sub))])
	case syntax.OpQuest:
		g.repeat(re.Sub[0], 0, 1)
	case syntax.OpStar:
		g.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		g.repeat(re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		g.repeat(re.Sub[0], re.Min, re.Max)
	}
}

func (g *textMaker) repeat(re *syntax.Regexp, low, high int) {
	n := low + g.rand.IntN(g.extra+1)
	if high >= 0 {
		n = min(n, high)
	}
	for range n {
		if g.write(re); g.steps > maxSteps {
			return
		}
	}
}

// oneOf picks from the ranges of a class, printable ASCII when it has any.
func (g *textMaker) oneOf(ranges []rune) rune {
	if len(ranges) == 0 {
		return '?'
	}
	for range 8 {
		i := g.rand.IntN(len(ranges)/2) * 2
		low, high := max(ranges[i], '!'), min(ranges[i+1], '~')
		if low <= high {
			return low + rune(g.rand.IntN(int(high-low)+1))
		}
	}
	i := g.rand.IntN(len(ranges)/2) * 2
	for r := ranges[i]; r <= min(ranges[i+1], ranges[i]+64); r++ {
		if unicode.IsPrint(r) {
			return r
		}
	}
	return ranges[i]
}
