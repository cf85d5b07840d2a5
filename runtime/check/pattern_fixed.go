package check

import (
	"math/bits"
	"unicode/utf8"
)

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

// fixedText is what each character of a text may be.
type fixedText struct {
	sets []asciiSet
	// ranges are the sets of eight characters each, where all of them are ranges of
	// characters and there are eight. The last are those of the last eight.
	ranges []wordRange
}

// newFixedText returns the rules for texts of as many characters as there are sets, nil
// for none.
func newFixedText(sets []asciiSet) *fixedText {
	if len(sets) == 0 {
		return nil
	}
	f := &fixedText{sets: sets}
	for at := 0; len(sets) >= 8 && at < len(sets); at += 8 {
		first := min(at, len(sets)-8)
		r, ok := newWordRange(sets[first : first+8])
		if !ok {
			f.ranges = nil
			break
		}
		f.ranges = append(f.ranges, r)
	}
	return f
}

// has tells whether a text has as many characters, each of which is one of its place.
func (f *fixedText) has(text string) bool {
	if len(text) != len(f.sets) {
		return false
	}
	if f.ranges == nil {
		return areIn(f.sets, text)
	}
	missed := uint64(0)
	for i := range f.ranges {
		missed |= f.ranges[i].missed(word(text[min(8*i, len(text)-8):]))
	}
	return missed == 0
}

// wordRange is a range of characters for each byte of a word: what is to be added to
// have the highest bit set by what is not below the range, and by what is above it.
type wordRange struct{ notBelow, above uint64 }

// newWordRange returns the range of eight sets, if each of them is one.
func newWordRange(sets []asciiSet) (r wordRange, ok bool) {
	for i, set := range sets {
		low, count := bits.TrailingZeros64(set[0]), bits.OnesCount64(set[0])+bits.OnesCount64(set[1])
		if set[0] == 0 {
			low = 64 + bits.TrailingZeros64(set[1])
		}
		high := low + count - 1
		if count == 0 || high >= utf8.RuneSelf {
			return wordRange{}, false
		}
		for c := low; c <= high; c++ {
			if set[c>>6]>>(c&63)&1 == 0 {
				return wordRange{}, false
			}
		}
		r.notBelow |= uint64(0x80-low) << (8 * i)
		r.above |= uint64(0x7f-high) << (8 * i)
	}
	return r, true
}

// missed is 0 when each byte of a word is in its range. No sum is carried on, unless a
// byte is not of ASCII, which is told by itself.
func (r *wordRange) missed(x uint64) uint64 {
	const eachHigh = 0x8080808080808080
	return (x | ^(x + r.notBelow) | (x + r.above)) & eachHigh
}

// word returns the first eight bytes of s.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
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
