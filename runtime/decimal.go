package runtime

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// Decimal is a number of JSON with every digit that it was written with, for
// numbers that float64 and int64 would round or not hold. The zero Decimal is
// 0. Decimals are comparable with ==, which compares how they are written: 1.0
// is not 1; compare Rat where the value matters.
type Decimal struct{ text string } // "" is 0

// maxExponent bounds the powers of ten that are worked out: a short text can
// stand for a number that fills the memory.
const maxExponent = 10_000

// NewDecimal returns an integer.
func NewDecimal(n int64) Decimal { return Decimal{strconv.FormatInt(n, 10)} }

// ParseDecimal reads a number in the grammar of JSON, RFC 8259 §6.
func ParseDecimal(text string) (Decimal, error) {
	first := strings.TrimPrefix(text, "-")
	if first == "" || first[0] < '0' || first[0] > '9' || strings.TrimSpace(text) != text || !json.Valid([]byte(text)) {
		return Decimal{}, fmt.Errorf("%q is not a number of JSON", excerpt([]byte(text)))
	}
	return Decimal{text}, nil
}

// Rat returns the exact value, and false for one whose exponent is beyond
// ±10,000.
func (d Decimal) Rat() (*big.Rat, bool) {
	if i := strings.IndexAny(d.text, "eE"); i >= 0 {
		if n, err := strconv.Atoi(d.text[i+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
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

// MarshalJSON writes the number as it was written.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a number; null leaves d as it is.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	n, err := ParseDecimal(string(data))
	if err == nil {
		*d = n
	}
	return err
}

// ReadJSON reads a number.
func (d *Decimal) ReadJSON(r *codec.Reader) { d.text = r.Number() }

// WriteJSON writes the number as it was written.
func (d Decimal) WriteJSON(w *codec.Writer) { w.Number(d.String()) }
