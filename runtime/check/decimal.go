package check

import (
	"bytes"
	"cmp"
	"errors"
	"math/big"
	"math/bits"
)

// maxExponent bounds the exponents that are told apart: larger ones count as
// this one. A number that large is beyond every bound a schema can name.
const maxExponent = 1 << 50

// maxDigits bounds the digits of numbers that need arithmetic on big integers,
// which only a divisor of more than 19 digits does.
const maxDigits = 4096

// decimal is a number literal, exactly: 0.d₁d₂d₃… × 10^point, where d₁ and the
// last digit are not 0. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte // a stretch of the literal, which may hold its '.'
	point    int64
	count    int64 // digits in digits, without the '.'
}

// parseDecimal reads a literal that keeps JSON's grammar. It does not copy.
func parseDecimal(literal []byte) decimal {
	var d decimal
	if literal[0] == '-' {
		d.negative = true
		literal = literal[1:]
	}
	mantissa, exponent := literal, int64(0)
	if i := bytes.IndexAny(literal, "eE"); i >= 0 {
		mantissa, exponent = literal[:i], parseExponent(literal[i+1:])
	}
	dot := bytes.IndexByte(mantissa, '.')
	whole := dot
	if dot < 0 {
		whole = len(mantissa)
	}
	first := 0
	for first < len(mantissa) && (mantissa[first] == '0' || mantissa[first] == '.') {
		first++
	}
	if first == len(mantissa) {
		return decimal{}
	}
	last := len(mantissa)
	for mantissa[last-1] == '0' || mantissa[last-1] == '.' {
		last--
	}
	d.digits = mantissa[first:last]
	d.count = int64(last - first)
	if first < whole && last > whole {
		d.count--
	}
	d.point = int64(whole-first) + exponent
	if first > whole {
		d.point++ // the '.' itself stands between
	}
	return d
}

// parseExponent reads an exponent, keeping it within maxExponent.
func parseExponent(text []byte) int64 {
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	var e int64
	for _, c := range text {
		if e = e*10 + int64(c-'0'); e > maxExponent {
			e = maxExponent
		}
	}
	if negative {
		return -e
	}
	return e
}

// isInteger tells whether the number has no fraction: 1.0 and 1e2 have none.
func (d *decimal) isInteger() bool { return d.count <= d.point || d.count == 0 }

// isVague tells whether the exponent was cut, so that two such numbers cannot
// be told apart.
func (d *decimal) isVague() bool {
	return d.count != 0 && (d.point > maxExponent/2 || d.point < -maxExponent/2)
}

// compareDecimals orders two numbers by value.
func compareDecimals(a, b *decimal) int {
	if sa, sb := a.sign(), b.sign(); sa != sb || sa == 0 {
		return cmp.Compare(sa, sb)
	}
	order := cmp.Compare(a.point, b.point)
	if order == 0 {
		order = compareDigits(a.digits, b.digits)
	}
	if a.negative {
		return -order
	}
	return order
}

func (d *decimal) sign() int {
	switch {
	case d.count == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compareDigits orders two digit strings as fractions, passing over '.'.
func compareDigits(a, b []byte) int {
	i, j := 0, 0
	for {
		if i < len(a) && a[i] == '.' {
			i++
		}
		if j < len(b) && b[j] == '.' {
			j++
		}
		if i == len(a) || j == len(b) {
			return cmp.Compare(len(a)-i, len(b)-j)
		}
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
		i++
		j++
	}
}

// divisor is the number under multipleOf: mantissa × 10^exponent.
type divisor struct {
	small    uint64   // the mantissa where it fits, else 0
	large    *big.Int // the mantissa where it does not
	exponent int64
}

var errTooManyDigits = errors.New("too many digits")

// newDivisor prepares a positive literal.
func newDivisor(literal []byte) (divisor, error) {
	d := parseDecimal(literal)
	if d.count > maxDigits || d.isVague() {
		return divisor{}, errTooManyDigits
	}
	v := divisor{exponent: d.point - d.count}
	if d.count <= 19 {
		v.small = smallDigits(d.digits)
		return v, nil
	}
	v.large = bigDigits(d.digits)
	return v, nil
}

func smallDigits(digits []byte) uint64 {
	var n uint64
	for _, c := range digits {
		if c != '.' {
			n = n*10 + uint64(c-'0')
		}
	}
	return n
}

func bigDigits(digits []byte) *big.Int {
	n, _ := new(big.Int).SetString(string(bytes.ReplaceAll(digits, []byte("."), nil)), 10)
	return n
}

// divides tells whether d is a multiple of v. It errs when that takes
// arithmetic on more than maxDigits digits.
//
// With d = m × 10^k and m not ending in 0, d is a multiple of v × 10^e exactly
// when k ≥ e and v divides m × 10^(k-e): were k < e, m would end in 0.
func (v *divisor) divides(d *decimal) (bool, error) {
	if d.count == 0 {
		return true, nil
	}
	shift := d.point - d.count - v.exponent
	if shift < 0 {
		return false, nil
	}
	if v.large != nil {
		return v.dividesLarge(d, shift)
	}
	var r uint64
	for digits := d.digits; len(digits) > 0; {
		var chunk, scale uint64
		chunk, scale, digits = takeDigits(digits)
		sum, carry := bits.Add64(mulMod(r, scale, v.small), chunk, 0)
		r = bits.Rem64(carry, sum, v.small)
	}
	return mulMod(r, powMod(10, shift, v.small), v.small) == 0, nil
}

// takeDigits reads up to 18 digits, and ten to the power of how many it read.
func takeDigits(digits []byte) (chunk, scale uint64, rest []byte) {
	scale = 1
	for i, c := range digits {
		if scale == 1e18 {
			return chunk, scale, digits[i:]
		}
		if c != '.' {
			chunk = chunk*10 + uint64(c-'0')
			scale *= 10
		}
	}
	return chunk, scale, nil
}

// mulMod is a·b mod m, for a < m.
func mulMod(a, b, m uint64) uint64 {
	hi, lo := bits.Mul64(a, b%m)
	return bits.Rem64(hi, lo, m)
}

func powMod(base uint64, exponent int64, m uint64) uint64 {
	r := 1 % m
	for base %= m; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			r = mulMod(r, base, m)
		}
		base = mulMod(base, base, m)
	}
	return r
}

func (v *divisor) dividesLarge(d *decimal, shift int64) (bool, error) {
	if d.count > maxDigits {
		return false, errTooManyDigits
	}
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(shift), v.large)
	n.Mul(n, bigDigits(d.digits)).Mod(n, v.large)
	return n.Sign() == 0, nil
}
