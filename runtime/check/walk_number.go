package check

import "math/bits"

// num judges the number at start. Its value is fixed × 10^-scale, unless scale is
// negative: then it is not known.
func (w *walker) num(n *node, start int) (end int, fixed int64, scale int) {
	if r := n.number; r != nil && r.simple && r.multiple == nil {
		if end, fixed, scale = w.usualNumber(r, start); end > 0 {
			return end, fixed, scale
		}
	}
	v := w.scanNumber(start)
	if scale = -1; v.short {
		fixed, scale = v.fixed, int(v.scale)
	}
	if v.end < 0 || n.number == nil {
		return v.end, fixed, scale
	}
	ok := false
	if v.short {
		ok = w.shortNumber(n, &v, start)
	} else {
		ok = w.longNumber(n, start, v.end)
	}
	if !ok {
		return stop, 0, 0
	}
	return v.end, fixed, scale
}

// usualNumber returns the end of the number at start and its value, if that is written
// without sign and exponent, something follows, and it surely keeps the rules; else 0.
func (w *walker) usualNumber(r *numberRules, start int) (end int, fixed int64, scale int) {
	data, i := w.data, start
	c := byteAt(data, i)
	for ; c-'0' <= 9; c = byteAt(data, i) {
		fixed = fixed*10 + int64(c-'0') // meaningless beyond 18 digits
		i++
	}
	digits := i - start
	if c == '.' && !r.whole {
		i++
		for c = byteAt(data, i); c-'0' <= 9; c = byteAt(data, i) {
			fixed = fixed*10 + int64(c-'0')
			i++
		}
		if i-start-digits == 1 || i-start > maxShort {
			return 0, 0, 0
		}
		scale = i - start - digits - 1
	}
	if c == 0 || uint(digits-1) >= maxShort || digits > 1 && data[start] == '0' || c == '.' || c|0x20 == 'e' {
		return 0, 0, 0
	}
	if !r.low.below(fixed, scale) || !r.high.above(fixed, scale) {
		return 0, 0, 0
	}
	return i, fixed, scale
}

// longNumber judges a number that has an exponent or more than 18 digits.
func (w *walker) longNumber(n *node, start, end int) bool {
	w.fuel -= (end - start) >> stretch * (1 + len(n.number.bounds))
	d := parseDecimal(w.data[start:end])
	if n.number.whole && !d.isInteger() {
		return w.fail(n, n.number.wholeFor, start, end)
	}
	for i := range n.number.bounds {
		b := &n.number.bounds[i]
		if !b.admits(compareDecimals(&d, &b.limit)) && !w.fail(n, b.rule, start, end) {
			return false
		}
	}
	if n.number.multiple == nil {
		return true
	}
	ok, err := n.number.multiple.divides(&d)
	if err != nil {
		return w.fail(n, ruleDigits, start, end)
	}
	return ok || w.fail(n, ruleMultipleOf, start, end)
}

// shortNumber judges a number of at most 18 digits without exponent, as fixed
// point numbers: exactly.
func (w *walker) shortNumber(n *node, v *numeral, start int) bool {
	r := n.number
	if r.simple && r.low.below(v.fixed, int(v.scale)) && r.high.above(v.fixed, int(v.scale)) && (!r.whole || v.scale == 0) && r.multiple.hasScale(v.scale) {
		return true
	}
	if r.whole && v.scale != 0 && !v.isInteger() {
		return w.fail(n, r.wholeFor, start, v.end)
	}
	for i := range r.bounds {
		b := &r.bounds[i]
		order := 0
		switch {
		case !b.short:
			d := parseDecimal(w.data[start:v.end])
			order = compareDecimals(&d, &b.limit)
		case v.scale == b.scale:
			order = compareInts(v.fixed, b.fixed)
		default:
			order = v.compare(&b.fixedPoint)
		}
		if !b.admits(order) && !w.fail(n, b.rule, start, v.end) {
			return false
		}
	}
	if r.multiple == nil {
		return true
	}
	ok, known := r.multiple.dividesShort(&v.fixedPoint)
	if !known {
		d := parseDecimal(w.data[start:v.end])
		ok, _ = r.multiple.divides(&d) // so few digits are never too many
	}
	return ok || w.fail(n, ruleMultipleOf, start, v.end)
}

// hasScale tells whether a divisor divides every number of so many decimal places,
// as 0.01 divides those of two. No divisor at all divides every number.
func (v *divisor) hasScale(scale uint8) bool {
	return v == nil || v.small == 1 && v.exponent <= -int64(scale)
}

// edge is the tightest of the limits on one side, all of which are whole numbers.
type edge struct {
	limit int64
	open  int64 // 1 where the limit itself is out
	// near is limit, or a tighter one, where some serves as well for fractions: its
	// product with ten to the power of maxNarrow does not overflow.
	near    int64
	hasNear bool
}

const (
	maxNarrow   = 9
	narrowLimit = 1 << 32
)

// below tells whether the edge is surely below a number of so many decimal places.
func (e *edge) below(fixed int64, scale int) bool {
	if scale == 0 {
		return fixed >= e.limit+e.open
	}
	return e.hasNear && scale <= maxNarrow && fixed >= e.near*int64(tens[scale])+e.open
}

// above tells whether the edge is surely above a number of so many decimal places.
func (e *edge) above(fixed int64, scale int) bool {
	if scale == 0 {
		return fixed <= e.limit-e.open
	}
	return e.hasNear && scale <= maxNarrow && fixed <= e.near*int64(tens[scale])-e.open
}

// beyond is a limit that no number of eighteen digits reaches.
const beyond = 1_000_000_000_000_000_000

// tighten makes a limit the edge when it is the tighter one.
func (e *edge) tighten(limit int64, tighter bool, open int64) {
	if tighter {
		e.limit, e.open = limit, open
	}
}

// findEdges finds the tightest limits on both sides where all are whole numbers.
func (r *numberRules) findEdges() {
	r.low, r.high = edge{limit: -beyond}, edge{limit: beyond}
	for i := range r.bounds {
		b := &r.bounds[i]
		limit := b.fixed
		switch {
		case b.short && b.scale == 0:
		case b.short || b.limit.point <= maxShort:
			return
		case b.limit.negative:
			limit = -beyond
		default:
			limit = beyond
		}
		switch b.side {
		case ruleMinimum:
			r.low.tighten(limit, limit > r.low.limit, 0)
		case ruleExclusiveMinimum:
			r.low.tighten(limit, limit >= r.low.limit, 1)
		case ruleMaximum:
			r.high.tighten(limit, limit < r.high.limit, 0)
		default:
			r.high.tighten(limit, limit <= r.high.limit, 1)
		}
	}
	r.low.near, r.low.hasNear = max(r.low.limit, -narrowLimit), r.low.limit <= narrowLimit
	r.high.near, r.high.hasNear = min(r.high.limit, narrowLimit), r.high.limit >= -narrowLimit
	r.simple = true
}

// admits tells whether a number that compares so to the limit is allowed.
func (b *bound) admits(order int) bool {
	switch b.side {
	case ruleMinimum:
		return order >= 0
	case ruleExclusiveMinimum:
		return order > 0
	case ruleMaximum:
		return order <= 0
	default:
		return order < 0
	}
}

// fixedPoint is a number of at most 18 digits: fixed × 10^-scale, where scale is
// at most 18.
type fixedPoint struct {
	fixed int64
	scale uint8
}

// maxShort is how many digits a fixedPoint has at most.
const maxShort = 18

// tens are the powers of ten up to 10^18.
var tens = func() (powers [maxShort + 1]uint64) {
	for i := range powers {
		powers[i] = 1
		for range i {
			powers[i] *= 10
		}
	}
	return powers
}()

func (p *fixedPoint) isInteger() bool { return p.fixed%int64(tens[p.scale]) == 0 }

func (p *fixedPoint) magnitude() uint64 {
	if p.fixed < 0 {
		return uint64(-p.fixed)
	}
	return uint64(p.fixed)
}

// compare orders two numbers of different scales.
func (p *fixedPoint) compare(q *fixedPoint) int {
	if p.fixed < 0 != (q.fixed < 0) {
		return compareInts(p.fixed, q.fixed)
	}
	ph, pl := bits.Mul64(p.magnitude(), tens[q.scale])
	qh, ql := bits.Mul64(q.magnitude(), tens[p.scale])
	order := 0
	switch {
	case ph < qh || ph == qh && pl < ql:
		order = -1
	case ph > qh || pl > ql:
		order = 1
	}
	if p.fixed < 0 {
		return -order
	}
	return order
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// short is the number as a fixedPoint, where it is one.
func (d *decimal) short() (fixedPoint, bool) {
	scale := max(d.count-d.point, 0)
	if d.count == 0 {
		return fixedPoint{}, true
	}
	if d.point > maxShort || scale > maxShort || d.count > maxShort {
		return fixedPoint{}, false
	}
	n := int64(smallDigits(d.digits))
	if d.point > d.count {
		n *= int64(tens[d.point-d.count])
	}
	if d.negative {
		n = -n
	}
	return fixedPoint{fixed: n, scale: uint8(scale)}, true
}

// dividesShort tells whether p is a multiple of v, where 128 bits suffice to
// know.
func (v *divisor) dividesShort(p *fixedPoint) (ok, known bool) {
	if v.large != nil || v.exponent > 0 || v.exponent < -maxShort {
		return false, false
	}
	high, by := bits.Mul64(v.small, tens[p.scale])
	if high != 0 {
		return false, false
	}
	high, low := bits.Mul64(p.magnitude(), tens[-v.exponent])
	return bits.Rem64(high, low, by) == 0, true
}
