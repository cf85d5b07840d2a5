package check

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// pattern is a compiled regular expression of ECMA-262, in the one of three
// forms that is cheapest. The first two take time linear in the text.
type pattern struct {
	text   string
	direct *direct        // for the many patterns that one character decides
	re     *regexp.Regexp // for the rest of those that a finite automaton can match
	weight int            // of re: what a byte of the text costs beyond the usual, for large patterns
	back   *backProgram   // for those that look around or refer back
}

// unsupportedError tells that a pattern is right but cannot be matched here.
type unsupportedError struct {
	what string
}

func (e *unsupportedError) Error() string { return e.what }

// patternError tells that a pattern is not a regular expression.
type patternError struct {
	offset int
	what   string
}

func (e *patternError) Error() string { return fmt.Sprintf("%s at character %d", e.what, e.offset+1) }

// newPattern compiles a pattern as the document writes it.
func newPattern(text string) (*pattern, error) {
	tree, err := parsePattern(text)
	if err != nil {
		return nil, err
	}
	if tree.backtracks() {
		return &pattern{text: text, back: newBackProgram(tree)}, nil
	}
	translated, err := translate(tree)
	if err != nil {
		return nil, err
	}
	parsed, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		return nil, tooLarge(err)
	}
	if d := newDirect(parsed); d != nil {
		return &pattern{text: text, direct: d}, nil
	}
	re, err := regexp.Compile(translated)
	if err != nil {
		return nil, tooLarge(err)
	}
	return &pattern{text: text, re: re, weight: weightOf(parsed)}, nil
}

// weightOf is what a byte costs that is held against a pattern: each byte may be
// compared with all of it. Patterns of the usual size cost nothing more.
func weightOf(parsed *syntax.Regexp) int {
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0 // package regexp has compiled it
	}
	return max(0, len(program.Inst)-256) / 16
}

// tooLarge names what the regexp package refuses of a translated pattern.
func tooLarge(err error) error {
	var detail *syntax.Error
	if errors.As(err, &detail) {
		return &unsupportedError{"a pattern of that size (" + detail.Code.String() + ")"}
	}
	return &unsupportedError{err.Error()}
}

// matches tells whether a text, which stands at pos, matches, and counts the
// work. A search that takes too much of it ends the walk: a text of which that is
// not known counts as invalid.
func (w *walker) matches(p *pattern, text string, pos int) bool {
	switch {
	case p.direct != nil:
		return p.direct.matches(text)
	case p.re != nil:
		w.fuel -= 4 + len(text)>>2 + len(text)*p.weight
		if w.fuel < 0 && p.weight > 0 {
			w.exhausted(p, pos)
			return false
		}
		return p.re.MatchString(text)
	}
	if w.searcher == nil {
		w.searcher = &searcher{}
	}
	steps := min(searchBase+searchPerByte*len(text), max(2*w.fuel, 0))
	found, spent := w.searcher.search(p.back, text, steps)
	w.fuel -= 4 + (steps-max(w.searcher.steps, 0))>>1
	if spent {
		w.exhausted(p, pos)
	}
	return found
}

// exhausted tells that a pattern took too much work.
func (w *walker) exhausted(p *pattern, pos int) {
	if !w.costly {
		w.spent, w.spentAt, w.fuel = p, pos, -1 // which ends the walk at the next value
		w.tooCostly(pos)
	}
}
