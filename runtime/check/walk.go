package check

import (
	"math/bits"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// walker judges one text. It has two modes: for a verdict it stops at the first
// broken rule and allocates nothing on the way; with a report it goes on and
// collects every violation. Only a text that is not JSON ends both.
type walker struct {
	prog []node
	root nodeID
	data []byte
	laws laws

	depth   int
	fuel    int  // work that may still be done
	full    int  // fuel at the beginning
	costly  bool // fuel has run out: the text counts as invalid
	trusted bool // the bytes at hand have been scanned before
	report  *report
	// trying is how many attempts the walk is within. In them no limit of a Go type
	// counts against a value; beyond tells that one is broken in the innermost.
	trying int
	beyond bool

	// order tells which property stood behind another in the last object of the same
	// rules, by the place of the other; 0 is the next in the order of the document, or
	// one more than the property's number. Places are shared, and it is no more than a
	// guess.
	order [orderPlaces]uint8

	keys   []seenKey // of the objects being walked, those the schema does not know
	words  []uint64  // of the objects being walked, which of more than 64 known properties are present
	active []nodeID  // of the values whose unevaluated parts are being judged, the nodes that hold
	// activeFrom is where the part of active for the value at hand begins.
	activeFrom int
	scratch    []byte // the last unescaped string
	hashes     []itemHash
	memo       map[memoKey]shown
	searcher   *searcher // nil until a pattern needs it
	// cover and touched are set when what a text touches is recorded.
	cover   *slots
	touched []int32
	// spent is the pattern whose search has cost too much, and where its text is.
	spent   *pattern
	spentAt int

	filler // for texts that are read
}

// The work that one text may cause, in values visited and stretches of 16 bytes
// looked at closely, or of 64 in plain strings. Ordinary schemas need about one per
// value.
const (
	stretch     = 4 // bits of a stretch of 16
	fuelBase    = 1 << 20
	fuelPerByte = 512
	fuelMax     = 1 << 25
	// memoAfter is the work after which results of branches are remembered, and the
	// ends of what no rule is about.
	memoAfter = 1 << 16
	// maxMemo bounds the results that are remembered.
	maxMemo = 1 << 20
)

// orderPlaces is how many places walker.order has, a power of two.
const orderPlaces = 256

// kinds tells a value's types by its first byte; none means no value begins so.
var kinds = [256]Types{
	'"': String,
	'{': Object,
	'[': Array,
	't': Boolean,
	'f': Boolean,
	'n': Null,
	'-': numeric, '0': numeric, '1': numeric, '2': numeric, '3': numeric, '4': numeric,
	'5': numeric, '6': numeric, '7': numeric, '8': numeric, '9': numeric,
}

const numeric = Integer | Number

// document judges the whole text.
func (w *walker) document() bool {
	if len(w.data) > w.laws.maxSize {
		w.fail(nil, ruleSize, 0, 0)
		return false
	}
	start := 0
	if len(w.data) >= 3 && string(w.data[:3]) == "\xEF\xBB\xBF" {
		if !w.allows(AllowByteOrderMark) && !w.fail(nil, ruleMark, 0, 3) {
			return false
		}
		start = 3
	}
	end := w.value(w.root, w.space(start))
	if end < 0 || w.costly {
		return false
	}
	if w.allows(AllowTrailingBytes) {
		return true
	}
	end = w.space(end)
	return end == len(w.data) || w.fail(nil, ruleTrailing, end, len(w.data))
}

// allows tells whether texts may break a law.
func (w *walker) allows(law Laxity) bool { return w.laws.allow&law != 0 }

// value judges the value at pos by a node.
func (w *walker) value(id nodeID, pos int) int { return w.judge(&w.prog[id], pos) }

// judge judges the value at pos, which white space has been skipped before, and
// returns where it ends.
func (w *walker) judge(n *node, pos int) int {
	if uint(pos) >= uint(len(w.data)) {
		return w.broken(pos, "the text ends where a value should stand")
	}
	if w.fuel--; w.fuel < 0 {
		return w.tooCostly(pos)
	}
	kind := kinds[w.data[pos]]
	switch {
	case n.types&kind == 0:
		return w.mismatch(n, kind, pos)
	case n.combine != nil:
		return w.combined(n, pos)
	case kind == String:
		return w.str(n, pos)
	case n.values != nil:
	case kind == numeric:
		end, _, _ := w.num(n, pos)
		return end
	case kind == Object && n.object != nil:
		return w.object(n, n.object, pos)
	}
	return w.plainValue(n, kind, pos)
}

// plainValue judges a value of a fitting type by the node's own rules.
func (w *walker) plainValue(n *node, kind Types, pos int) int {
	var end int
	switch kind {
	case String:
		return w.str(n, pos)
	case numeric:
		end, _, _ = w.num(n, pos)
	case Object:
		if n.object == nil {
			end = w.unruled(n, kind, pos)
		} else {
			end = w.object(n, n.object, pos)
		}
	case Array:
		if n.array == nil {
			end = w.unruled(n, kind, pos)
		} else {
			end = w.list(n, n.array, pos)
		}
	default:
		end = w.scanWord(pos)
	}
	if n.values != nil && end >= 0 && !w.listed(n, pos, end) {
		return stop
	}
	return end
}

// mismatch handles a value of a wrong type, whose other rules no longer count.
func (w *walker) mismatch(n *node, kind Types, pos int) int {
	if kind == 0 {
		return w.broken(pos, "not a JSON value")
	}
	if w.report == nil {
		return stop
	}
	end := w.value(anyNode, pos)
	if end >= 0 {
		r := ruleType
		if n.never {
			r = ruleNever
		}
		w.fail(n, r, pos, end)
	}
	return end
}

// tooCostly ends the walk for good.
func (w *walker) tooCostly(pos int) int {
	if !w.costly {
		w.costly = true
		w.fail(nil, ruleCost, pos, pos)
	}
	return stop
}

// broken ends the walk because the bytes are not JSON.
func (w *walker) broken(pos int, why string) int {
	if w.report != nil {
		w.report.broken(pos, why)
	}
	return stop
}

// fail is called for each broken rule and tells whether to go on.
func (w *walker) fail(n *node, r rule, start, end int) bool {
	if r == ruleFits && w.trying > 0 {
		w.beyond = true
		return true
	}
	if w.report == nil {
		return false
	}
	w.report.add(w, n, r, start, end, "")
	return true
}

// failWith is fail for rules whose violation is told in words of its own.
func (w *walker) failWith(n *node, r rule, start, end int, words func() string) bool {
	if w.report == nil {
		return false
	}
	w.report.add(w, n, r, start, end, words())
	return true
}

// fewWords is how much of a string is looked at word by word: most are short.
const fewWords = 8

// str judges the string at start.
func (w *walker) str(n *node, start int) int {
	end, kind := w.scanned(start, start+1)
	if end < 0 || (n.text != nil || n.values != nil) && !w.ruled(n, start, end, kind) {
		return stop
	}
	return end
}

// scanned returns where the string at start ends, and counts the work for it. What stands of
// it before a place is known to be plain.
func (w *walker) scanned(start, plain int) (end int, kind textKind) {
	data := w.data
	end = plain
	marked := uint64(0)
	for few := min(len(data), end+8*fewWords); end+8 <= few; {
		if marked = escape.Special(escape.Word(data, end)); marked != 0 {
			end += bits.TrailingZeros64(marked) >> 3
			break
		}
		end += 8
	}
	if marked == 0 {
		end = escape.LongPlain(data, end)
	}
	if end < len(data) && data[end] == '"' {
		end++
	} else if end, kind = w.scanRest(end); end < 0 {
		return stop, kind
	} else {
		w.fuel -= (end - start) >> stretch
	}
	w.fuel -= (end - start) >> 6
	return end, kind
}

// ruled judges the scanned string from start to end.
func (w *walker) ruled(n *node, start, end int, kind textKind) bool {
	data := w.data
	if t := n.text; t != nil && (t.reads || end-start-2 > t.max || t.min > 0 && (kind != 0 || end-start-2 < t.min)) &&
		(kind != 0 || t.fixed == nil || !t.fixed.has(view(data[start+1:end-1]))) && !w.textRules(n, start, end, kind) {
		return false
	}
	if len(n.values) == 1 && kind == 0 && w.cover == nil && n.values[0].amongPacked(data, start, end-start-2) {
		return true
	}
	return n.values == nil || w.listedText(n, start, end, kind)
}

func (w *walker) textRules(n *node, start, end int, kind textKind) bool {
	t := n.text
	counts := t.counts && (end-start-2 > t.max || t.min > 0 && (kind != 0 || end-start-2 < t.min))
	if !counts && !t.reads {
		return true
	}
	w.fuel -= (end - start) >> stretch
	text := w.text(start, end, kind)
	if counts && !w.length(n, text, start, end, kind) {
		return false
	}
	if t.pattern != nil && !w.matches(t.pattern, text, start) && !w.fail(n, rulePattern, start, end) {
		return false
	}
	if t.format != nil && !t.format.check(text) && !w.misformed(n, text, start, end) {
		return false
	}
	if t.encoding != nil && !t.encoding.check(text) && !w.fail(n, ruleEncoding, start, end) {
		return false
	}
	return t.media == nil || t.media.check(text) || w.fail(n, ruleMediaType, start, end)
}

// misformed tells apart strings that do not have their format and those that their
// Go type does not hold.
func (w *walker) misformed(n *node, text string, start, end int) bool {
	if t := n.text; t.fits && (t.own == nil || t.own.check(text)) {
		return w.fail(n, ruleFits, start, end)
	}
	return w.fail(n, ruleFormat, start, end)
}

// text is the string between the quotes at start and end-1, unescaped. It is
// valid until the next call.
func (w *walker) text(start, end int, kind textKind) string {
	raw := w.data[start+1 : end-1]
	if kind&hasEscape != 0 {
		w.scratch = unescape(w.scratch[:0], raw)
		raw = w.scratch
	}
	return view(raw)
}

// view is b as a string without a copy: for checks that do not keep it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (w *walker) length(n *node, text string, start, end int, kind textKind) bool {
	length := len(text)
	if kind != 0 {
		length = countRunes(text)
	}
	if length < n.text.min && !w.fail(n, ruleMinLength, start, end) {
		return false
	}
	return length <= n.text.max || w.fail(n, ruleMaxLength, start, end)
}

// countRunes counts code points: the bytes that do not continue one.
func countRunes(text string) int {
	count := 0
	for i := range len(text) {
		if text[i]&0xC0 != 0x80 {
			count++
		}
	}
	return count
}
