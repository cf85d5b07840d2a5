package check

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// valueRules is an enum, or a const, which is an enum of one.
type valueRules struct {
	rule    rule
	words   placed[string]   // null, true, false among the values
	strings placed[string]   // few strings
	set     map[string]int32 // many strings, with their positions
	packed  []uint64         // few strings of at most eight bytes, none of them 0
	numbers placed[decimal]
	others  placed[[]byte] // arrays and objects, as JSON text
	texts   []string       // all values as they are written
}

// placed are values with their positions among all values.
type placed[T any] struct {
	values []T
	at     []int32
}

// addTo adds a value. It is no method: methods of a generic type are compiled anew in
// each package that has to do with a type that leads to it, as generated ones have.
func addTo[T any](p *placed[T], value T, at int) {
	p.values, p.at = append(p.values, value), append(p.at, int32(at))
}

// absent is the position of what is not among the values.
const absent int32 = -1

// fewStrings are compared one by one.
const fewStrings = 8

// listed tells whether the scanned value is among those of enum and const.
func (w *walker) listed(n *node, start, end int) bool {
	for i, v := range n.values {
		at := w.among(v, start, end)
		if at == absent && !w.fail(n, v.rule, start, end) {
			return false
		}
		if i == 0 && at != absent && w.cover != nil {
			w.touchValue(n, at)
		}
	}
	return true
}

// among returns the position of the scanned value, which is no string.
func (w *walker) among(v *valueRules, start, end int) int32 {
	switch w.data[start] {
	case '{', '[':
		w.fuel -= (end - start) >> 4 * len(v.others.values)
		for i, other := range v.others.values {
			if equalValues(&cursor{data: w.data, pos: start}, &cursor{data: other}) {
				return v.others.at[i]
			}
		}
	case 't', 'f', 'n':
		for i, word := range v.words.values {
			if word == view(w.data[start:end]) {
				return v.words.at[i]
			}
		}
	default:
		w.fuel -= (end - start) >> stretch
		d := parseDecimal(w.data[start:end])
		for i := range v.numbers.values {
			if compareDecimals(&d, &v.numbers.values[i]) == 0 {
				return v.numbers.at[i]
			}
		}
	}
	return absent
}

// listedText is listed for strings.
func (w *walker) listedText(n *node, start, end int, kind textKind) bool {
	text := w.text(start, end, kind)
	for i, v := range n.values {
		at := v.amongStrings(text)
		if at == absent && !w.fail(n, v.rule, start, end) {
			return false
		}
		if i == 0 && at != absent && w.cover != nil {
			w.touchValue(n, at)
		}
	}
	return true
}

func (v *valueRules) amongStrings(text string) int32 {
	if v.set != nil {
		if at, ok := v.set[text]; ok {
			return at
		}
		return absent
	}
	for i, s := range v.strings.values {
		if s == text {
			return v.strings.at[i]
		}
	}
	return absent
}

// pack returns a string of at most eight bytes, none of them 0, as a word.
func pack(s string) (x uint64, ok bool) {
	if len(s) > 8 || strings.IndexByte(s, 0) >= 0 {
		return 0, false
	}
	for i := range len(s) {
		x |= uint64(s[i]) << (8 * i)
	}
	return x, true
}

// amongPacked tells whether the text behind the quote at start, of so many bytes, is
// surely one of the values: more may follow in data.
func (v *valueRules) amongPacked(data []byte, start, size int) bool {
	if uint(size) > 8 || start+9 > len(data) {
		return false
	}
	x := escape.Word(data, start+1) << (8 * (8 - size)) >> (8 * (8 - size))
	for _, value := range v.packed {
		if value == x {
			return true
		}
	}
	return false
}

// itemHash is an item's hash and place, to find equal items.
type itemHash struct {
	hash uint64
	pos  int
	item int
}

// unique tells whether no two items of the scanned array are equal.
func (w *walker) unique(n *node, start, end int) bool {
	w.fuel -= (end - start) >> 4
	w.hashes = w.hashes[:0]
	c := cursor{data: w.data, pos: start}
	c.open()
	for c.more() {
		c.blank()
		h := itemHash{pos: c.pos, item: len(w.hashes)}
		h.hash = c.hash()
		w.hashes = append(w.hashes, h)
	}
	if c.vague {
		return w.fail(n, ruleDigits, start, end)
	}
	slices.SortFunc(w.hashes, func(a, b itemHash) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), a.item-b.item)
	})
	again, before := -1, 0 // the first item that is another one again: which hash is the least is not told twice
	for i := 1; i < len(w.hashes); i++ {
		a, b := w.hashes[i-1], w.hashes[i]
		if a.hash == b.hash && (again < 0 || b.item < again) && equalValues(&cursor{data: w.data, pos: a.pos}, &cursor{data: w.data, pos: b.pos}) {
			again, before = b.item, a.item
		}
	}
	if again < 0 {
		return true
	}
	return w.failWith(n, ruleUniqueItems, start, end, func() string {
		return "items " + strconv.Itoa(before) + " and " + strconv.Itoa(again) + " are equal"
	})
}

// cursor reads JSON text that has been scanned before.
type cursor struct {
	data  []byte
	pos   int
	vague bool // a number was met whose exponent is beyond telling apart
}

func (c *cursor) blank() {
	for c.pos < len(c.data) && c.data[c.pos] <= ' ' {
		c.pos++
	}
}

// open passes over an opening bracket.
func (c *cursor) open() {
	c.blank()
	c.pos++

}

// more passes over the comma before the next item or member, or over the
// closing bracket, and tells which it was.
func (c *cursor) more() bool {
	c.blank()
	switch c.data[c.pos] {
	case ']', '}':
		c.pos++
		return false
	case ',':
		c.pos++
		c.blank()
	}

	return true
}

// colon passes over the colon behind a key.
func (c *cursor) colon() {
	c.blank()
	c.pos++
}

// str passes over a string and returns its text, unescaped.
func (c *cursor) str() []byte {
	c.blank()
	start := c.pos + 1
	for c.pos = start; c.data[c.pos] != '"'; c.pos++ {
		if c.data[c.pos] == '\\' {
			c.pos++
		}
	}
	raw := c.data[start:c.pos]
	c.pos++
	if bytes.IndexByte(raw, '\\') >= 0 {
		return unescape(nil, raw)
	}
	return raw
}

// scalar passes over a number, true, false or null.
func (c *cursor) scalar() []byte {
	c.blank()
	start := c.pos
	for c.pos < len(c.data) {
		switch c.data[c.pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return c.data[start:c.pos]
		}
		c.pos++
	}
	return c.data[start:]
}

// kind is the first byte of the value at hand, '0' for every number.
func (c *cursor) kind() byte {
	c.blank()
	if b := c.data[c.pos]; b != '-' && (b < '0' || b > '9') {
		return b
	}
	return '0'
}

// Hashes of empty values, and what sets arrays apart from objects.
const (
	hashArray  = 0x9E3779B97F4A7C15
	hashObject = 0xC2B2AE3D27D4EB4F
)

// mix spreads two hashes into one, and depends on their order.
func mix(a, b uint64) uint64 {
	a = (a ^ b>>29) * 0xBF58476D1CE4E5B9
	return (a ^ a>>32) + b*0x94D049BB133111EB
}

// hash passes over a value; equal values have equal hashes, whatever the order
// of members and the way numbers and strings are written.
func (c *cursor) hash() uint64 {
	switch c.kind() {
	case '"':
		return maphash.Bytes(hashSeed, c.str())
	case '[':
		h := uint64(hashArray)
		for c.open(); c.more(); {
			h = mix(h, c.hash())
		}
		return h
	case '{':
		h := uint64(hashObject)
		for c.open(); c.more(); {
			key := maphash.Bytes(hashSeed, c.str())
			c.colon()
			h += mix(key, c.hash())
		}
		return h
	case '0':
		return c.hashNumber()
	}
	return mix(hashArray, maphash.Bytes(hashSeed, c.scalar()))
}

func (c *cursor) hashNumber() uint64 {
	d := parseDecimal(c.scalar())
	c.vague = c.vague || d.isVague()
	h := mix(uint64(d.point), uint64(d.sign()+1))
	whole, fraction, _ := bytes.Cut(d.digits, []byte("."))
	if len(fraction) == 0 {
		return mix(h, maphash.Bytes(hashSeed, whole))
	}
	var m maphash.Hash
	m.SetSeed(hashSeed)
	_, _ = m.Write(whole)
	_, _ = m.Write(fraction)
	return mix(h, m.Sum64())
}

// equalValues compares the two values at hand as JSON Schema does (draft-07
// core §4.2.3) and passes over both when they are equal.
func equalValues(a, b *cursor) bool {
	kind := a.kind()
	if kind != b.kind() {
		return false
	}
	switch kind {
	case '"':
		return bytes.Equal(a.str(), b.str())
	case '0':
		x, y := parseDecimal(a.scalar()), parseDecimal(b.scalar())
		return compareDecimals(&x, &y) == 0
	case '[':
		return equalArrays(a, b)
	case '{':
		return equalObjects(a, b)
	}
	return bytes.Equal(a.scalar(), b.scalar())
}

func equalArrays(a, b *cursor) bool {
	a.open()
	b.open()
	for {
		more := a.more()
		if more != b.more() {
			return false
		}
		if !more {
			return true
		}
		if !equalValues(a, b) {
			return false
		}
	}
}

// entry is a member of an object being compared.
type entry struct {
	key []byte
	pos int
}

func equalObjects(a, b *cursor) bool {
	x, y := a.entries(), b.entries()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !bytes.Equal(x[i].key, y[i].key) ||
			!equalValues(&cursor{data: a.data, pos: x[i].pos}, &cursor{data: b.data, pos: y[i].pos}) {
			return false
		}
	}
	return true
}

// entries passes over an object and returns its members by key.
func (c *cursor) entries() []entry {
	var list []entry
	for c.open(); c.more(); {
		e := entry{key: c.str()}
		c.colon()
		c.blank()
		e.pos = c.pos
		c.skip()
		list = append(list, e)
	}
	slices.SortFunc(list, func(p, q entry) int { return bytes.Compare(p.key, q.key) })
	return list
}

// skip passes over a value.
func (c *cursor) skip() {
	switch c.kind() {
	case '"':
		c.str()
	case '[':
		for c.open(); c.more(); {
			c.skip()
		}
	case '{':
		for c.open(); c.more(); {
			c.str()
			c.colon()
			c.skip()
		}
	default:
		c.scalar()
	}
}
