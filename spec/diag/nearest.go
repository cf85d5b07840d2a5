package diag

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check/nearest"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Suggest asks whether the nearest of the candidates was meant by a word and,
// where no other is near, adds the fix that writes it in the word's place, in
// the same quotes. It returns the nearest, or "".
func (d *Diagnostic) Suggest(at source.Spanner, word string, candidates []string) string {
	near := Nearest(word, candidates)
	if near == "" {
		return ""
	}
	d.WithHelp("did you mean %q?", near)
	others := slices.DeleteFunc(slices.Clone(candidates), func(c string) bool { return c == near })
	if Nearest(word, others) == "" {
		d.Replace(at, near)
	}
	return near
}

// harmless is what means itself with and without quotes.
var harmless = regexp.MustCompile(`^[A-Za-z$][A-Za-z0-9_$.-]*$`)

// Replace adds the fix that writes a word in the place of the text at at, in the
// same quotes. There is none where the word would need other ones.
func (d *Diagnostic) Replace(at source.Spanner, word string) {
	written := at.Span().Text()
	quote := ""
	if n := len(written); n >= 2 && (written[0] == '"' || written[0] == '\'') && written[n-1] == written[0] {
		quote = written[:1]
	}
	switch strings.ToLower(word) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		if quote == "" {
			return // it would not be text
		}
	}
	if harmless.MatchString(word) && (quote != "" || harmless.MatchString(written)) {
		d.WithFix(at, quote+word+quote)
	}
}

// Nearest returns the candidate that word is most likely a slip of, or "" when
// none is near: case aside, at most a third of its letters are other, missing,
// too many or swapped with their neighbour; of a word of two letters, one. Of
// several that are equally near it is the first.
func Nearest(word string, candidates []string) string { return nearest.To(word, candidates) }

// maxHints is how many names one Hints compares.
const maxHints = 1 << 20

// Hints finds near names as Nearest does, and gives up after very many
// comparisons: a document may consist of slips. The zero Hints is ready for use,
// by one goroutine at a time.
type Hints struct {
	compared int
}

// Nearest is the function Nearest until the comparisons are used up, and "" from
// then on.
func (h *Hints) Nearest(word string, candidates []string) string {
	if h.compared > maxHints {
		return ""
	}
	h.compared += len(candidates)
	return Nearest(word, candidates)
}
