package check

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPattern holds the direct matcher to package regexp, and translation to
// what package regexp takes.
func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{
		`^[A-Z]{2}-\d{4,8}$`, `^(a|bc)*d?$`, `^x-`, `^(?:xx*){2}`, `^([a-c]+,)*[d-f]$`, `^é+[^,]?$`, `^a{0,3}b|c$`, `^(?:ab?){2,3}`, `\p{Lu}+(?<n>x)`, `[^]|[]`, `(?=a)\1`,
	} {
		f.Add(pattern, "AB-1234abbcdxx,,éa")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		tree, err := parsePattern(pattern)
		if err != nil || tree.backtracks() {
			return
		}
		translated, err := translate(tree)
		if err != nil || !utf8.ValidString(text) || len(text) > 50 || len(translated) > 10_000 {
			return
		}
		parsed, err := syntax.Parse(translated, syntax.Perl)
		if err != nil {
			if !strings.Contains(err.Error(), "repeat") && !strings.Contains(err.Error(), "large") {
				t.Fatalf("%q becomes %q: %v", pattern, translated, err)
			}
			return
		}
		d := newDirect(parsed)
		if d == nil {
			return
		}
		re := regexp.MustCompile(translated)
		for from := range text {
			if got, want := d.matches(text[from:]), re.MatchString(text[from:]); got != want {
				t.Fatalf("%q (%q) on %q: %v, want %v", pattern, translated, text[from:], got, want)
			}
		}
	})
}
