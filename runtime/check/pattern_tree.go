package check

import (
	"slices"
	"unicode"
)

// regexOp tells what a node of a parsed pattern is.
type regexOp uint8

const (
	regexSet      regexOp = iota // one character of a set
	regexSequence                // the sub-nodes one after another
	regexChoice                  // the first sub-node that lets the rest match
	regexGroup                   // the only sub-node; its text is kept when it has a number
	regexRepeat                  // the only sub-node, min to max times
	regexStart                   // ^
	regexEnd                     // $
	regexWord                    // \b
	regexNotWord                 // \B
	regexLook                    // the only sub-node matches, or not, ahead or behind
	regexBack                    // the text of a group once more
)

// regex is a node of the tree of a pattern of ECMA-262 (§22.2.1).
type regex struct {
	op       regexOp
	set      runeSet
	subs     []*regex
	min, max int // max is -1 where there is no limit
	lazy     bool
	group    int // the number of a group that is kept, or that is meant; 0 for none
	name     string
	behind   bool // looks behind
	negated  bool // must not match
}

// backtracks tells whether a node asks for what cannot be matched in linear
// time.
func (n *regex) backtracks() bool {
	return n.op == regexLook || n.op == regexBack || slices.ContainsFunc(n.subs, (*regex).backtracks)
}

// runeSet is a set of characters: pairs of the first and the last of a range, in
// order and without overlap once normal has been called.
type runeSet []rune

func oneRune(r rune) runeSet { return runeSet{r, r} }

// normal sorts the ranges and joins those that touch.
func (s runeSet) normal() runeSet {
	pairs := make([][2]rune, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		pairs = append(pairs, [2]rune{s[i], s[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := make(runeSet, 0, len(s))
	for _, p := range pairs {
		if last := len(out) - 1; last >= 0 && p[0] <= out[last]+1 {
			out[last] = max(out[last], p[1])
			continue
		}
		out = append(out, p[0], p[1])
	}
	return out
}

// others is what is left of Unicode without a normal set.
func (s runeSet) others() runeSet {
	var out runeSet
	from := rune(0)
	for i := 0; i+1 < len(s); i += 2 {
		if from < s[i] {
			out = append(out, from, s[i]-1)
		}
		from = s[i+1] + 1
	}
	if from <= unicode.MaxRune {
		out = append(out, from, unicode.MaxRune)
	}
	return out
}

// without is what is in a normal set and not in another.
func (s runeSet) without(t runeSet) runeSet {
	return append(s.others(), t...).normal().others()
}

// tableSet is the union of tables.
func tableSet(tables ...*unicode.RangeTable) runeSet {
	var out runeSet
	add := func(low, high, stride rune) {
		if stride == 1 {
			out = append(out, low, high)
			return
		}
		for r := low; r <= high; r += stride {
			out = append(out, r, r)
		}
	}
	for _, table := range tables {
		for _, r := range table.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return out.normal()
}
