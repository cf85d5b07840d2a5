package check

import "unicode/utf8"

// asciiSet is a set of ASCII characters, a bit for each.
type asciiSet [2]uint64

// maxFixed bounds the texts that are matched character by character.
const maxFixed = 64

// fixed appends what each character of a text may be where the pieces say it of a
// number of characters that is always the same, all of ASCII.
func (p *piece) fixed(sets []asciiSet) ([]asciiSet, bool) {
	switch p.kind {
	case pieceLiteral:
		for i := range len(p.literal) {
			c := p.literal[i]
			if c >= utf8.RuneSelf {
				return nil, false
			}
			var set asciiSet
			set[c>>6] = 1 << (c & 63)
			sets = append(sets, set)
		}
		return sets, len(sets) <= maxFixed
	case pieceSet:
		if p.min != p.max || p.max > maxFixed || len(p.set.high) > 0 {
			return nil, false
		}
		for range p.max {
			sets = append(sets, p.set.ascii)
		}
		return sets, len(sets) <= maxFixed
	case pieceSequence:
		for i := range p.subs {
			var ok bool
			if sets, ok = p.subs[i].fixed(sets); !ok {
				return nil, false
			}
		}
		return sets, true
	}
	return nil, false
}

// areIn tells whether each character of a text is in the set of its place.
func areIn(sets []asciiSet, text string) bool {
	if len(text) != len(sets) {
		return false
	}
	for i := range sets {
		if c := text[i]; c >= utf8.RuneSelf || sets[i][c>>6&1]>>(c&63)&1 == 0 {
			return false
		}
	}
	return true
}
