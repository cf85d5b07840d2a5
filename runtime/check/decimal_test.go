package check

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// randomLiteral writes a number as JSON may.
func randomLiteral(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	digits := func(n int) string {
		var d strings.Builder
		for range n {
			d.WriteByte("00123456789"[r.IntN(11)])
		}
		return d.String()
	}
	whole := strings.TrimLeft(digits(r.IntN(24)), "0")
	if whole == "" {
		whole = "0"
	}
	b.WriteString(whole)
	if r.IntN(2) == 0 {
		b.WriteString("." + digits(1+r.IntN(20)))
	}
	if r.IntN(3) == 0 {
		b.WriteString([]string{"e", "E", "e+", "e-", "E-0"}[r.IntN(5)] + fmt.Sprint(r.IntN(30)))
	}
	return b.String()
}

func rational(t *testing.T, literal string) *big.Rat {
	t.Helper()
	q, ok := new(big.Rat).SetString(literal)
	if !ok {
		t.Fatalf("%s is no number", literal)
	}
	return q
}

// TestDecimals compares the arithmetic on literals, in all its tiers, with that
// of math/big.
func TestDecimals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		x, y := randomLiteral(r), randomLiteral(r)
		if r.IntN(4) == 0 {
			y = x + "0"
			if !strings.ContainsAny(x, ".eE") {
				y = x + ".0"
			}
		}
		if strings.ContainsAny(x, "eE") && y == x+"0" {
			continue // another exponent, perhaps a huge one
		}
		p, q := rational(t, x), rational(t, y)
		a, b := parseDecimal([]byte(x)), parseDecimal([]byte(y))
		if got, want := compareDecimals(&a, &b), p.Cmp(q); got != want {
			t.Fatalf("compare %s with %s: %d, want %d", x, y, got, want)
		}
		if got, want := a.isInteger(), p.IsInt(); got != want {
			t.Fatalf("%s is an integer: %v, want %v", x, got, want)
		}
		checkShort(t, x, y, p, q)
		checkDivides(t, x, y, p, q)
	}
}

func checkShort(t *testing.T, x, y string, p, q *big.Rat) {
	t.Helper()
	w := walker{data: []byte(x)}
	v := w.scanNumber(0)
	if v.end != len(x) {
		t.Fatalf("%s ends at %d", x, v.end)
	}
	b := parseDecimal([]byte(y))
	limit, ok := b.short()
	if !v.short || !ok {
		return
	}
	if got, want := v.compare(&limit), p.Cmp(q); got != want {
		t.Fatalf("compare %s with %s in fixed point: %d, want %d", x, y, got, want)
	}
	if got, want := v.isInteger(), p.IsInt(); got != want {
		t.Fatalf("%s is an integer in fixed point: %v, want %v", x, got, want)
	}
}

func checkDivides(t *testing.T, x, y string, p, q *big.Rat) {
	t.Helper()
	if q.Sign() <= 0 {
		return
	}
	d, err := newDivisor([]byte(y))
	if err != nil {
		t.Fatal(err)
	}
	a := parseDecimal([]byte(x))
	want := new(big.Rat).Quo(p, q).IsInt()
	if got, err := d.divides(&a); err != nil || got != want {
		t.Fatalf("%s is a multiple of %s: %v (%v), want %v", x, y, got, err, want)
	}
	w := walker{data: []byte(x)}
	if v := w.scanNumber(0); v.short {
		if got, known := d.dividesShort(&v.fixedPoint); known && got != want {
			t.Fatalf("%s is a multiple of %s in fixed point: %v, want %v", x, y, got, want)
		}
	}
}

// TestMultiples makes multiples, which random pairs rarely are.
func TestMultiples(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		y := strings.TrimPrefix(randomLiteral(r), "-")
		q := rational(t, y)
		if q.Sign() == 0 {
			continue
		}
		p := new(big.Rat).Mul(q, new(big.Rat).SetInt64(r.Int64N(1000)-500))
		x := p.FloatString(60)
		checkDivides(t, x, y, p, q)
	}
}

// TestHash holds the hash of values to their equality.
func TestHash(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		x, y := randomLiteral(r), randomLiteral(r)
		p := rational(t, x)
		same := p.FloatString(60)
		pairs := [][2]string{{x, same}, {x, y}, {`{"a":` + x + `,"b":[` + y + `]}`, `{"b": [` + y + `] , "\u0061":` + same + `}`}}
		for _, pair := range pairs {
			a, b := cursor{data: []byte(pair[0])}, cursor{data: []byte(pair[1])}
			c, d := a, b
			equal := equalValues(&a, &b)
			if hashed := c.hash() == d.hash(); hashed != equal {
				t.Fatalf("%s and %s: equal %v, hashes equal %v", pair[0], pair[1], equal, hashed)
			}
		}
	}
}
