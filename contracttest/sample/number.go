package sample

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Limits on the numbers of a document that are computed with.
const (
	maxLiteral  = 256 // bytes
	maxExponent = 400
)

// span is how far beyond a single bound, or from zero, numbers are drawn.
const span = 1000

// rat reads a JSON number. It refuses literals so long or so large that
// computing with them would be slow.
func rat(literal string) (*big.Rat, bool) {
	if len(literal) > maxLiteral {
		return nil, false
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(literal), "e"); ok {
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(literal)
}

// bound is one end of a range. The nil *bound is no end.
type bound struct {
	at        *big.Rat
	exclusive bool
}

// numbers is what a conjunction of schemas says about a number.
type numbers struct {
	low, high *bound
	step      *big.Rat // of integer and multipleOf; nil when any number will do
	ok        bool     // false when a literal could not be computed with
}

// numbersOf collects the bounds of all schemas.
func numbersOf(all []*schema.Schema, integer bool) numbers {
	n := numbers{ok: true}
	if integer {
		n.step = big.NewRat(1, 1)
	}
	for _, s := range all {
		n.atLeast(s.Minimum, false)
		n.atLeast(s.ExclusiveMinimum, true)
		n.atMost(s.Maximum, false)
		n.atMost(s.ExclusiveMaximum, true)
		n.multipleOf(s.MultipleOf)
		n.format(s.Format)
	}
	return n
}

// format adds the range of a format for integers. Those of floating point are
// so wide that numbers would only become unsightly.
func (n *numbers) format(name string) {
	if f, ok := validate.NumberFormatOf(name); ok && f.Whole {
		n.atLeast(&schema.Literal{Text: f.Low}, false)
		n.atMost(&schema.Literal{Text: f.High}, false)
		n.multipleOf(&schema.Literal{Text: "1"})
	}
}

func (n *numbers) atLeast(l *schema.Literal, exclusive bool) {
	if l == nil {
		return
	}
	r, ok := rat(l.Text)
	if !ok {
		n.ok = false
		return
	}
	if n.low == nil || r.Cmp(n.low.at) > 0 || (r.Cmp(n.low.at) == 0 && exclusive) {
		n.low = &bound{r, exclusive}
	}
}

func (n *numbers) atMost(l *schema.Literal, exclusive bool) {
	if l == nil {
		return
	}
	r, ok := rat(l.Text)
	if !ok {
		n.ok = false
		return
	}
	if n.high == nil || r.Cmp(n.high.at) < 0 || (r.Cmp(n.high.at) == 0 && exclusive) {
		n.high = &bound{r, exclusive}
	}
}

func (n *numbers) multipleOf(l *schema.Literal) {
	if l == nil {
		return
	}
	r, ok := rat(l.Text)
	if !ok || r.Sign() <= 0 {
		n.ok = false
		return
	}
	if n.step == nil {
		n.step = r
		return
	}
	n.step = leastCommonMultiple(n.step, r)
}

// leastCommonMultiple is the least positive number that both divide: for
// fractions in lowest terms, lcm of the numerators over gcd of the
// denominators.
func leastCommonMultiple(a, b *big.Rat) *big.Rat {
	common := new(big.Int).GCD(nil, nil, a.Num(), b.Num())
	above := new(big.Int).Mul(new(big.Int).Div(a.Num(), common), b.Num())
	below := new(big.Int).GCD(nil, nil, a.Denom(), b.Denom())
	return new(big.Rat).SetFrac(above, below)
}

// number draws one number within the bounds; now and then exactly at one.
func (m *maker) number(all []*schema.Schema, integer bool) (*syntax.Node, bool) {
	n := numbersOf(all, integer)
	if !n.ok {
		return nil, false
	}
	low, high := n.window()
	step := n.step
	switch {
	case step == nil && low.Cmp(high) == 0:
		return numberValue(decimal(low)), true
	case step == nil:
		step = decimalStep(low, high)
	}
	from, to := multipleAbove(low, step), multipleBelow(high, step)
	if n.low != nil && n.low.exclusive && multiply(from, step).Cmp(n.low.at) <= 0 {
		from.Add(from, big.NewInt(1))
	}
	if n.high != nil && n.high.exclusive && multiply(to, step).Cmp(n.high.at) >= 0 {
		to.Sub(to, big.NewInt(1))
	}
	if from.Cmp(to) > 0 {
		return nil, false
	}
	return numberValue(decimal(multiply(m.between(from, to), step))), true
}

// window is the range to draw from, both ends given.
func (n *numbers) window() (low, high *big.Rat) {
	width := big.NewRat(span, 1)
	if n.step != nil && n.step.Cmp(big.NewRat(1, 1)) > 0 {
		width.Mul(width, n.step)
	}
	switch {
	case n.low != nil && n.high != nil:
		return n.low.at, n.high.at
	case n.low != nil:
		return n.low.at, width.Add(width, n.low.at)
	case n.high != nil:
		return width.Sub(n.high.at, width), n.high.at
	}
	return new(big.Rat), width
}

// decimalStep is a power of ten that divides the range into at least a hundred
// parts, at most a hundredth.
func decimalStep(low, high *big.Rat) *big.Rat {
	step, width := big.NewRat(1, 100), new(big.Rat).Sub(high, low)
	for range maxExponent {
		if width.Sign() <= 0 || new(big.Rat).Quo(width, step).Cmp(big.NewRat(100, 1)) >= 0 {
			break
		}
		step.Mul(step, big.NewRat(1, 10))
	}
	return step
}

func multipleAbove(r, step *big.Rat) *big.Int {
	q := new(big.Rat).Quo(r, step)
	n, rest := new(big.Int).DivMod(q.Num(), q.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		n.Add(n, big.NewInt(1))
	}
	return n
}

func multipleBelow(r, step *big.Rat) *big.Int {
	q := new(big.Rat).Quo(r, step)
	return new(big.Int).Div(q.Num(), q.Denom())
}

func multiply(n *big.Int, step *big.Rat) *big.Rat {
	return new(big.Rat).Mul(new(big.Rat).SetInt(n), step)
}

// between draws from [from, to]: one time in four an end, else any.
func (m *maker) between(from, to *big.Int) *big.Int {
	switch m.rand.IntN(8) {
	case 0:
		return from
	case 1:
		return to
	}
	width := new(big.Int).Sub(to, from)
	limit := uint64(1 << 62)
	if width.IsUint64() && width.Uint64() < limit {
		limit = width.Uint64() + 1
	}
	return new(big.Int).Add(from, new(big.Int).SetUint64(m.rand.Uint64N(limit)))
}

// decimal is the number in JSON, exact where it has a finite decimal text of
// bearable length.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	text := r.FloatString(maxExponent)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
