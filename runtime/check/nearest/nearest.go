// Package nearest finds the name that was meant by a misspelt one.
//
// It imports the standard library alone.
//
//	nearest.To("amuont", []string{"id", "amount"}) // "amount"
package nearest

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// To returns the candidate that word is most likely a slip of, or "" when
// none is near: case aside, at most a third of its letters are other, missing,
// too many or swapped with their neighbour; of a word of two letters, one. Of
// several that are equally near it is the first.
func To(word string, candidates []string) string {
	s := slip{word: folded(nil, word)}
	limit := tolerance(len(s.word))
	best := ""
	for _, c := range candidates {
		if d := s.distance(c, limit); d <= limit {
			best, limit = c, d-1
		}
		if limit < 0 {
			break
		}
	}
	return best
}

// maxWord is the longest word, in letters, for which a near one is sought.
const maxWord = 128

// tolerance is how many letters of a word may differ; none may where it is
// negative.
func tolerance(letters int) int {
	switch {
	case letters > maxWord:
		return -1
	case letters == 2:
		return 1
	}
	return letters / 3
}

// slip compares one word with others.
type slip struct {
	word, other       []rune
	before, above, at []int // rows of the table of distances
}

// distance is how many letters of the word and of other must be replaced, added,
// removed or swapped with their neighbour to make one the other (optimal string
// alignment), or more than limit when it exceeds that.
func (s *slip) distance(other string, limit int) int {
	if n := utf8.RuneCountInString(other) - len(s.word); n > limit || -n > limit {
		return limit + 1
	}
	s.other = folded(s.other[:0], other)
	if missing(s.word, s.other) > limit || missing(s.other, s.word) > limit {
		return limit + 1
	}
	width := len(s.other) + 1
	if len(s.at) < width {
		s.before, s.above, s.at = make([]int, width), make([]int, width), make([]int, width)
	}
	for j := range width {
		s.above[j] = j
	}
	for i := range s.word {
		if s.row(i) > limit {
			return limit + 1
		}
		s.before, s.above, s.at = s.above, s.at, s.before
	}
	return s.above[len(s.other)]
}

// row fills the row for letter i of the word and returns the least in it, below
// which no later row comes.
func (s *slip) row(i int) int {
	s.at[0] = i + 1
	least := s.at[0]
	for j := range s.other {
		d := s.above[j]
		if s.word[i] != s.other[j] {
			d++
		}
		d = min(d, s.above[j+1]+1, s.at[j]+1)
		if i > 0 && j > 0 && s.word[i] == s.other[j-1] && s.word[i-1] == s.other[j] {
			d = min(d, s.before[j-1]+1)
		}
		s.at[j+1] = d
		least = min(least, d)
	}
	return least
}

// folded appends the letters of s, case aside.
func folded(to []rune, s string) []rune {
	for _, r := range s {
		to = append(to, unicode.ToLower(r))
	}
	return to
}

// missing is how many letters of a, at least, are not in b.
func missing(a, b []rune) int { return bits.OnesCount64(letters(a) &^ letters(b)) }

func letters(s []rune) uint64 {
	set := uint64(0)
	for _, r := range s {
		set |= 1 << (r & 63)
	}
	return set
}
