package generator

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
)

// TestNumberWords: a number has one name however it is written, a short one, and each
// value has another.
func TestNumberWords(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "1": "1", "-3": "minus 3", "10": "10", "1e3": "1000", "1000000000": "1000000000", "1e10": "1 e 10",
		"0.1": "0 point 1", "0.10": "0 point 1", "1e-1": "0 point 1", "-2.25": "minus 2 point 25", "19.5": "19 point 5",
		"0.0001": "0 point 0001", "0.00001": "1 e minus 5", "1e-7": "1 e minus 7", "1.5e-300": "1 point 5 e minus 300",
		"123e300": "1 point 23 e 302", "-9223372036854775808": "minus 9223372036854775808", "18446744073709551615": "18446744073709551615",
	} {
		if got := numberWords(text); got != want {
			t.Errorf("%s is called %q, want %q", text, got, want)
		}
	}
	random, seen := rand.New(rand.NewPCG(1, 2)), map[string]string{}
	sh := &shape{basic: ir.Float64}
	for range 100_000 {
		f := math.Float64frombits(random.Uint64())
		if random.IntN(2) == 0 {
			f = float64(random.IntN(20_000)-10_000) * math.Pow10(random.IntN(30)-15)
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		text := plain(strconv.FormatFloat(f, 'g', -1, 64))
		name := naming.Exported(sh.wordOf(enumValue{strconv.FormatFloat(f, 'f', -1, 64)}))
		if other, known := seen[name]; known && other != text || len(name) > len("XMinus0Point00012345678901234567890EMinus308") {
			t.Fatalf("%s and %s are called %s", text, other, name)
		}
		seen[name] = text
	}
	if text := (&shape{basic: ir.String}).wordOf(enumValue{"-1"}); text != "-1" {
		t.Errorf("the text -1 is called %q", text)
	}
}
