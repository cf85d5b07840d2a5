package validate

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// pattern is a compiled regular expression of ECMA-262. Matching takes time
// linear in the text.
type pattern struct {
	direct *direct        // for the many patterns that one character decides
	re     *regexp.Regexp // for the rest
}

func (p *pattern) matches(text string) bool {
	if p.direct != nil {
		return p.direct.matches(text)
	}
	return p.re.MatchString(text)
}

// unsupportedError tells that a pattern is right but asks for what cannot be
// matched in linear time.
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
	translated, err := translate(text)
	if err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		return nil, tooLarge(err)
	}
	if d := newDirect(tree); d != nil {
		return &pattern{direct: d}, nil
	}
	re, err := regexp.Compile(translated)
	if err != nil {
		return nil, tooLarge(err)
	}
	return &pattern{re: re}, nil
}

// tooLarge names what the regexp package refuses of a translated pattern.
func tooLarge(err error) error {
	var detail *syntax.Error
	if errors.As(err, &detail) {
		return &unsupportedError{"a pattern of that size (" + detail.Code.String() + ")"}
	}
	return &unsupportedError{err.Error()}
}
