package check

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// direct matches patterns that begin at the start of the text and in which the
// next character always decides how to go on (LL(1)): most patterns of real
// schemas, such as ^[A-Z]{2}-[0-9]+$. It never goes back and never allocates.
type direct struct {
	root     piece
	anchored bool       // the pattern ends with the text
	fixed    *fixedText // patterns that are nothing else
}

func (d *direct) matches(text string) bool {
	if d.fixed != nil {
		return d.fixed.has(text)
	}
	end := d.root.match(text, 0)
	return end >= 0 && (!d.anchored || end == len(text))
}

// pieceKind tells what a piece of a pattern is.
type pieceKind uint8

const (
	pieceLiteral pieceKind = iota
	pieceSet               // one character of the set, min to max times
	pieceSequence
	pieceChoice
	pieceRepeat // the only sub-piece, min to max times
)

type piece struct {
	kind     pieceKind
	literal  string
	set      charSet
	subs     []piece
	first    firstSet // of the sub-pieces of a choice or repeat: see leads
	min, max int
}

// charSet is a set of characters: a bit for each of ASCII, ranges for the rest.
type charSet struct {
	ascii [2]uint64
	high  []rune // pairs, in order
}

// has tells whether a character beyond ASCII is in the set.
func (s *charSet) has(r rune) bool {
	low, high := 0, len(s.high)/2
	for low < high { // the first range that does not end before r
		if mid := (low + high) / 2; s.high[2*mid+1] < r {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return 2*low < len(s.high) && s.high[2*low] <= r
}

// contains is has for all characters.
func (s *charSet) contains(r rune) bool {
	if r < utf8.RuneSelf {
		return s.hasByte(byte(r))
	}
	return s.has(r)
}

// hasByte is has for the bytes of ASCII.
func (s *charSet) hasByte(c byte) bool { return s.ascii[c>>6&1]&(1<<(c&63)) != 0 }

func newCharSet(pairs []rune) charSet {
	var s charSet
	for i := 0; i+1 < len(pairs); i += 2 {
		low, high := pairs[i], pairs[i+1]
		for r := low; r <= min(high, unicode.MaxASCII); r++ {
			s.ascii[r>>6] |= 1 << (r & 63)
		}
		if high > unicode.MaxASCII {
			s.high = append(s.high, max(low, utf8.RuneSelf), high)
		}
	}
	return s
}

// match returns where the piece ends that begins at pos, -1 for nowhere.
func (p *piece) match(text string, pos int) int {
	switch p.kind {
	case pieceLiteral:
		if len(p.literal) == 1 && pos < len(text) {
			if text[pos] == p.literal[0] {
				return pos + 1
			}
			return -1
		}
		if strings.HasPrefix(text[pos:], p.literal) {
			return pos + len(p.literal)
		}
		return -1
	case pieceSet:
		return p.matchSet(text, pos)
	case pieceSequence:
		for i := range p.subs {
			if pos = p.subs[i].match(text, pos); pos < 0 {
				return -1
			}
		}
		return pos
	case pieceChoice:
		for i := range p.subs {
			if p.subs[i].first.leads(text, pos) {
				return p.subs[i].match(text, pos)
			}
		}
		return -1
	}
	for count := 0; count != p.max && (count < p.min || p.first.leads(text, pos)); count++ {
		if pos = p.subs[0].match(text, pos); pos < 0 {
			return -1
		}
	}
	return pos
}

func (p *piece) matchSet(text string, pos int) int {
	count := 0
	for count != p.max && pos < len(text) {
		if c := text[pos]; c < utf8.RuneSelf {
			if !p.set.hasByte(c) {
				break
			}
			pos++
		} else {
			r, size := utf8.DecodeRuneInString(text[pos:])
			if !p.set.has(r) {
				break
			}
			pos += size
		}
		count++
	}
	if count < p.min {
		return -1
	}
	return pos
}

// firstSet is the set of characters that a piece can begin with. Of those
// beyond ASCII it only knows whether there are any.
type firstSet struct {
	ascii [2]uint64
	high  bool
	// open is set when nothing needs to follow, and anything may.
	open bool
}

func (f firstSet) union(g firstSet) firstSet {
	return firstSet{ascii: [2]uint64{f.ascii[0] | g.ascii[0], f.ascii[1] | g.ascii[1]}, high: f.high || g.high, open: f.open || g.open}
}

func (f firstSet) meets(g firstSet) bool {
	return f.ascii[0]&g.ascii[0]|f.ascii[1]&g.ascii[1] != 0 || f.high && g.high
}

// leads tells whether the character at pos is in the set.
func (f *firstSet) leads(text string, pos int) bool {
	if pos >= len(text) {
		return false
	}
	c := text[pos]
	if c >= utf8.RuneSelf {
		return f.high
	}
	return f.ascii[c>>6]&(1<<(c&63)) != 0
}

// maxPieces bounds the patterns that are matched directly.
const maxPieces = 500

// newDirect builds the matcher for a parsed pattern, or returns nil when one
// character does not decide.
func newDirect(tree *syntax.Regexp) *direct {
	subs := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		subs = tree.Sub
	}
	if len(subs) == 0 || subs[0].Op != syntax.OpBeginText {
		return nil
	}
	subs = subs[1:]
	d := &direct{}
	if n := len(subs); n > 0 && subs[n-1].Op == syntax.OpEndText {
		d.anchored = true
		subs = subs[:n-1]
	}
	b := directBuilder{left: maxPieces}
	built, ok := b.sequence(subs, firstSet{open: !d.anchored})
	if !ok {
		return nil
	}
	d.root = built.piece
	if d.anchored {
		if sets, ok := d.root.fixed(nil); ok {
			d.fixed = newFixedText(sets)
		}
	}
	return d
}

type directBuilder struct {
	left int
}

// built is a piece with what it can begin with.
type built struct {
	piece
	begin    firstSet
	nullable bool
}

// sequence builds pieces one after another, from the last to the first, since
// each must know what follows it.
func (b *directBuilder) sequence(subs []*syntax.Regexp, follow firstSet) (built, bool) {
	out := built{piece: piece{kind: pieceSequence, subs: make([]piece, len(subs))}, nullable: true}
	for i, sub := range slices.Backward(subs) {
		one, ok := b.build(sub, follow)
		if !ok {
			return out, false
		}
		out.subs[i] = one.piece
		if one.nullable {
			follow = follow.union(one.begin)
			out.begin = out.begin.union(one.begin)
		} else {
			follow, out.begin, out.nullable = one.begin, one.begin, false
		}
	}
	if len(subs) == 1 {
		out.piece = out.subs[0]
	}
	return out, true
}

func (b *directBuilder) build(re *syntax.Regexp, follow firstSet) (built, bool) {
	if b.left--; b.left < 0 || re.Flags&syntax.FoldCase != 0 {
		return built{}, false
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
		return built{piece: piece{kind: pieceSequence}, nullable: true}, true
	case syntax.OpLiteral:
		return literalPiece(re.Rune), true
	case syntax.OpCharClass:
		return setPiece(re.Rune, 1, 1), true
	case syntax.OpAnyChar:
		return setPiece([]rune{0, unicode.MaxRune}, 1, 1), true
	case syntax.OpConcat:
		return b.sequence(re.Sub, follow)
	case syntax.OpAlternate:
		return b.choice(re.Sub, follow)
	case syntax.OpStar:
		return b.repeat(re.Sub[0], 0, -1, follow)
	case syntax.OpPlus:
		return b.repeat(re.Sub[0], 1, -1, follow)
	case syntax.OpQuest:
		return b.repeat(re.Sub[0], 0, 1, follow)
	case syntax.OpRepeat:
		return b.repeat(re.Sub[0], re.Min, re.Max, follow)
	}
	return built{}, false
}

func literalPiece(runes []rune) built {
	set := newCharSet([]rune{runes[0], runes[0]})
	return built{
		piece: piece{kind: pieceLiteral, literal: string(runes)},
		begin: firstSet{ascii: set.ascii, high: len(set.high) > 0},
	}
}

func setPiece(pairs []rune, low, high int) built {
	set := newCharSet(pairs)
	return built{
		piece:    piece{kind: pieceSet, set: set, min: low, max: high},
		begin:    firstSet{ascii: set.ascii, high: len(set.high) > 0},
		nullable: low == 0,
	}
}

// choice builds alternatives, no two of which may begin alike.
func (b *directBuilder) choice(subs []*syntax.Regexp, follow firstSet) (built, bool) {
	out := built{piece: piece{kind: pieceChoice, subs: make([]piece, len(subs))}}
	for i, sub := range subs {
		one, ok := b.build(sub, follow)
		if !ok || one.nullable || one.begin.meets(out.begin) {
			return out, false
		}
		if one.kind == pieceRepeat || one.kind == pieceChoice { // whose first is their own
			one.piece = piece{kind: pieceSequence, subs: []piece{one.piece}}
		}
		one.first = one.begin
		out.subs[i] = one.piece
		out.begin = out.begin.union(one.begin)
	}
	return out, true
}

// repeat builds a piece that stands low to high times, with no limit for -1.
// The next character must tell whether it stands once more.
func (b *directBuilder) repeat(sub *syntax.Regexp, low, high int, follow firstSet) (built, bool) {
	if sub.Op == syntax.OpCharClass || sub.Op == syntax.OpAnyChar || sub.Op == syntax.OpLiteral && len(sub.Rune) == 1 {
		pairs := sub.Rune
		switch sub.Op {
		case syntax.OpLiteral:
			pairs = []rune{sub.Rune[0], sub.Rune[0]}
		case syntax.OpAnyChar:
			pairs = []rune{0, unicode.MaxRune}
		}
		out := setPiece(pairs, low, high)
		return out, sub.Flags&syntax.FoldCase == 0 && (low == high || follow.open || !out.begin.meets(follow))
	}
	inner := follow
	if high != 1 {
		// What begins the piece may follow it. Its beginning does not depend
		// on what follows, so a first build tells it.
		trial, ok := b.build(sub, firstSet{})
		if !ok {
			return built{}, false
		}
		inner = follow.union(trial.begin)
		inner.open = false
	}
	one, ok := b.build(sub, inner)
	if !ok || one.nullable || low != high && (follow.open || one.begin.meets(follow)) {
		return built{}, false
	}
	return built{
		piece:    piece{kind: pieceRepeat, subs: []piece{one.piece}, first: one.begin, min: low, max: high},
		begin:    one.begin,
		nullable: low == 0,
	}, true
}
