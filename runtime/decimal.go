package runtime

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Decimal is a number of JSON, of any size, with every digit that it was written with: what
// is read is written again as it was, be it 1.0, 1e2 or 30 digits. The zero Decimal is 0.
//
//	price := runtime.MustDecimal("19.90")
//	if order.Total.Cmp(price) < 0 { … }
//	total, ok := order.Total.Rat() // to calculate with
//
// Cmp and Equal go by the value. Decimals can be compared with == too, and be keys of maps,
// which goes by how they are written: 1.0 is not 1. There is no arithmetic: Rat and Int
// lead to that of package math/big, which is exact, and Float64 to Go's own.
type Decimal struct{ text string } // "" is 0, so that 0 is the zero Decimal

// maxFigures bounds the exponents and the length of what is calculated with: a short text can stand
// for a number that fills the memory, and a long one takes time that grows with its square.
const maxFigures = 10_000

// NewDecimal returns an integer.
func NewDecimal(n int64) Decimal { return written(strconv.FormatInt(n, 10)) }

// DecimalOf returns the number with the fewest digits that are read as f. Of infinities and
// of what is no number (NaN) there is none, which is an error.
func DecimalOf(f float64) (Decimal, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return Decimal{}, fmt.Errorf("%v is not a number of JSON", f)
	}
	return written(string(text)), nil
}

// ParseDecimal reads a number in the grammar of JSON, RFC 8259 §6.
func ParseDecimal(text string) (Decimal, error) {
	if !parse.IsNumber(text) {
		return Decimal{}, fmt.Errorf("%q is not a number of JSON", excerpt([]byte(text)))
	}
	return written(text), nil
}

// MustDecimal is ParseDecimal for numbers that stand in the code. It panics if text is none.
func MustDecimal(text string) Decimal {
	d, err := ParseDecimal(text)
	if err != nil {
		panic("runtime: " + err.Error())
	}
	return d
}

// written is a number that is known to be written as JSON has it.
func written(text string) Decimal {
	if text == "0" {
		text = ""
	}
	return Decimal{text}
}

// Cmp returns -1 if d is less than other by value, 0 if they are equal, and 1 if d is greater.
// It takes no longer than to look at each character, whatever the exponents are.
func (d Decimal) Cmp(other Decimal) int {
	a, b := d.figures(), other.figures()
	if a.sign != b.sign || a.sign == 0 {
		return cmp.Compare(a.sign, b.sign)
	}
	order := cmp.Compare(a.point-b.point+apart(a.exponent, b.exponent), 0)
	if order == 0 {
		order = compareDigits(a.digits, b.digits)
	}
	return order * a.sign
}

// Equal tells whether d and other are of the same value: 1.0 and 1 are, and -0 and 0.
func (d Decimal) Equal(other Decimal) bool { return d.Cmp(other) == 0 }

// Sign returns -1 for what is below zero, 0 for zero, and 1 for what is above.
func (d Decimal) Sign() int { return d.figures().sign }

// Int64 returns the value of an integer, however it is written, and false for a number that
// is none or that int64 does not hold.
func (d Decimal) Int64() (int64, bool) {
	const most = 19 // digits of an int64
	p := d.figures()
	size := p.point + apart(p.exponent, "") // of the part before the point
	switch {
	case p.sign == 0:
		return 0, true
	case size < 1 || size > most || len(p.digits) > most+1:
		return 0, false
	}
	digits := strings.Replace(p.digits, ".", "", 1)
	zeros := int(size) - len(digits)
	switch {
	case zeros < 0:
		return 0, false
	case p.sign < 0:
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, 64)
	return n, err == nil
}

// Rat returns the exact value, and false for one whose exponent is beyond
// ±10,000, or which is longer than 10,000 characters.
func (d Decimal) Rat() (*big.Rat, bool) {
	if len(d.text) > maxFigures {
		return nil, false
	}
	if e := apart(d.figures().exponent, ""); e > maxFigures || e < -maxFigures {
		return nil, false
	}
	return new(big.Rat).SetString(d.String())
}

// Int returns the exact value of an integer, and false for a number that is
// none or that Rat does not give.
func (d Decimal) Int() (*big.Int, bool) {
	r, ok := d.Rat()
	if !ok || !r.IsInt() {
		return nil, false
	}
	return new(big.Int).Set(r.Num()), true
}

// Float64 returns the nearest float64, an infinity where there is none.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// String returns the number as it is written.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Format prints the number as it is written, and by %f with so many digits behind the point,
// six where it is not said how many: the exact value, rounded, half a digit away from zero, or
// what Float64 returns where Rat gives nothing. By %e and %g it prints what Float64 returns, by
// %#v the Go code that makes the number.
func (d Decimal) Format(f fmt.State, verb rune) {
	var part any = d.String()
	switch verb {
	case 'v':
		if f.Flag('#') {
			fmt.Fprintf(f, "runtime.MustDecimal(%q)", part)
			return
		}
	case 'f', 'F':
		part = d.rounded(f)
	case 'e', 'E', 'g', 'G':
		part = d.Float64()
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), part)
}

// rounded is what %f prints, which is a number with so few digits that it prints as them.
func (d Decimal) rounded(f fmt.State) any {
	exact, ok := d.Rat()
	if !ok {
		return d.Float64()
	}
	places, ok := f.Precision()
	if !ok {
		places = 6
	}
	const bits = 4 // at least, of each digit
	text := exact.FloatString(places)
	near, _, err := big.ParseFloat(text, 10, uint(bits*len(text)), big.ToNearestEven)
	if err != nil {
		return d.Float64()
	}
	return near
}

// AppendText appends what String returns.
func (d Decimal) AppendText(dst []byte) ([]byte, error) { return append(dst, d.String()...), nil }

// MarshalText is AppendText.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDecimal.
func (d *Decimal) UnmarshalText(text []byte) error {
	n, err := ParseDecimal(string(text))
	if err == nil {
		*d = n
	}
	return err
}

// MarshalJSON writes the number as it was written.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a number; null leaves d as it is.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return d.UnmarshalText(data)
}

// ReadJSON reads a number.
func (d *Decimal) ReadJSON(r *codec.Reader) { *d = written(r.Number()) }

// WriteJSON writes the number as it was written.
func (d Decimal) WriteJSON(w *codec.Writer) { w.Number(d.String()) }

// figures are a number taken apart: 0.digits × 10^(point+exponent), with that sign.
type figures struct {
	sign     int    // 0 for zero, which has no digits
	digits   string // from the first to the last that is not 0; the point may stand within
	point    int64  // how many digits stand before the point; less than 0 where zeros stand behind it
	exponent string // of any length
}

// figures takes the number apart.
func (d Decimal) figures() (p figures) {
	digits, negative := strings.CutPrefix(d.text, "-")
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		digits, p.exponent = digits[:i], digits[i+1:]
	}
	whole := strings.IndexByte(digits, '.')
	if whole < 0 {
		whole = len(digits)
	}
	p.digits = strings.TrimLeft(digits, "0.")
	if p.digits == "" {
		return p
	}
	first := len(digits) - len(p.digits)
	p.digits = strings.TrimRight(p.digits, "0.")
	if p.point = int64(whole - first); p.point < 0 {
		p.point++ // the point itself stands between
	}
	if p.sign = 1; negative {
		p.sign = -1
	}
	return p
}

// far is what no two points are apart by.
const far = 1 << 55

// apart returns how far one exponent is from another, or something beyond far: what the
// digits so far make so large does not become less by those that follow.
func apart(a, b string) int64 {
	a, ofA := unsigned(a)
	b, ofB := unsigned(b)
	n := int64(0)
	for i := max(len(a), len(b)); i > 0 && -far <= n && n <= far; i-- {
		n = n*10 + ofA*digit(a, i) - ofB*digit(b, i)
	}
	return n
}

// unsigned cuts the sign from an exponent.
func unsigned(exponent string) (string, int64) {
	if digits, ok := strings.CutPrefix(exponent, "-"); ok {
		return digits, -1
	}
	return strings.TrimPrefix(exponent, "+"), 1
}

// digit is the digit that so many stand behind, with itself; 0 before the first.
func digit(digits string, i int) int64 {
	if i > len(digits) {
		return 0
	}
	return int64(digits[len(digits)-i] - '0')
}

// compareDigits orders digits as those behind a point, passing over one within.
func compareDigits(a, b string) int {
	for a != "" && b != "" {
		a, b = strings.TrimPrefix(a, "."), strings.TrimPrefix(b, ".")
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}
