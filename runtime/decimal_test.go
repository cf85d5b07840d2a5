package runtime_test

import (
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

var (
	_ flag.Value             = (*decimalFlag)(nil)
	_ encoding.TextMarshaler = runtime.Decimal{}
	_ encoding.TextAppender  = runtime.Decimal{}
)

// decimalFlag is a Decimal as package flag has values: a wrapper of one line.
type decimalFlag struct{ runtime.Decimal }

func (f *decimalFlag) Set(text string) error { return f.UnmarshalText([]byte(text)) }

func TestDecimal(t *testing.T) {
	for _, text := range []string{"0", "-0", "12345678901234567890", "0.10", "1e400", "-1.5E-3", "0.0", "1.0", "1e2", "1E+05"} {
		var d runtime.Decimal
		err := json.Unmarshal([]byte(text), &d)
		back, more := json.Marshal(d)
		if err != nil || more != nil || string(back) != text || d != runtime.MustDecimal(text) {
			t.Errorf("%s became %s, %v, %v", text, back, err, more)
		}
	}
	for _, text := range []string{`"1"`, "true", "{}", "", " 1", "01", "1.", "+1", "0x1", "NaN", "-", "1 ", "1e", "-.5"} {
		if d, err := runtime.ParseDecimal(text); err == nil {
			t.Errorf("%q became %v", text, d)
		}
	}
	for text, want := range map[string]string{"1e3": "1000", "1.50": "none", "1e1000000000": "none", "1e99999999999999999999": "none", "-25.0e1": "-250"} {
		n, ok := runtime.MustDecimal(text).Int()
		if got := fmt.Sprint(n); ok != (want != "none") || ok && got != want {
			t.Errorf("%s as an integer is %v, %v", text, n, ok)
		}
	}
	if r, ok := runtime.MustDecimal("0.10").Rat(); !ok || r.RatString() != "1/10" {
		t.Errorf("0.10 is %v", r)
	}
}

// TestDecimalZero: there is one zero Decimal, however 0 comes about.
func TestDecimalZero(t *testing.T) {
	var byJSON, byText runtime.Decimal
	of, err := runtime.DecimalOf(0)
	for way, got := range map[string]error{"JSON": json.Unmarshal([]byte("0"), &byJSON), "text": byText.UnmarshalText([]byte("0")), "float64": err} {
		if got != nil {
			t.Error(way, got)
		}
	}
	byReader := runtime.NewDecimal(7)
	byReader.ReadJSON(codec.NewReader("0"))
	for way, d := range map[string]runtime.Decimal{
		"NewDecimal": runtime.NewDecimal(0), "MustDecimal": runtime.MustDecimal("0"), "JSON": byJSON, "text": byText, "DecimalOf": of, "Reader": byReader,
	} {
		if d != (runtime.Decimal{}) || d.String() != "0" || d.Sign() != 0 {
			t.Errorf("0 by %s is %#v, and not the zero Decimal", way, d)
		}
	}
	if n, ok := (runtime.Decimal{}).Int(); !ok || n.Sign() != 0 {
		t.Error("the zero Decimal is not 0")
	}
}

func TestDecimalOf(t *testing.T) {
	for f, want := range map[float64]string{
		0.1: "0.1", 19.9: "19.9", 1e21: "1e+21", 1e20: "100000000000000000000", -2.5e-7: "-2.5e-7", math.Copysign(0, -1): "-0", math.MaxFloat64: "1.7976931348623157e+308",
	} {
		if d, err := runtime.DecimalOf(f); err != nil || d.String() != want || d.Float64() != f {
			t.Errorf("%v became %v, %v, want %s", f, d, err, want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if d, err := runtime.DecimalOf(f); err == nil || d != (runtime.Decimal{}) {
			t.Errorf("%v became %v", f, d)
		}
	}
}

func TestMustDecimal(t *testing.T) {
	defer func() {
		if why := recover(); fmt.Sprint(why) != `runtime: "19,90" is not a number of JSON` {
			t.Error("panics with", why)
		}
	}()
	runtime.MustDecimal("19,90")
}

func TestDecimalInt64(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0.00e5": 0, "7": 7, "1e2": 100, "12.50e1": 125, "-1.0": -1, "120000e-4": 12, "0.003e3": 3,
		"9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "-922337203685477580.8e1": math.MinInt64, "0e999999999999999999999": 0,
	} {
		if n, ok := runtime.MustDecimal(text).Int64(); !ok || n != want {
			t.Errorf("%s is %d, %v, want %d", text, n, ok, want)
		}
	}
	for _, text := range []string{
		"0.5", "1e-1", "12.5", "9223372036854775808", "-9223372036854775809", "1e19", "1e999999999", "1e-999999999", "1e99999999999999999999", "1e-99999999999999999999",
		"1.00000000000000000000000000000001", "123456789012345678901234567890",
	} {
		if n, ok := runtime.MustDecimal(text).Int64(); ok {
			t.Errorf("%s is %d", text, n)
		}
	}
}

func TestDecimalCmp(t *testing.T) {
	most := strings.Repeat("9", 30)
	for _, ascending := range [][]string{
		{"-1e" + most, "-1e999999999", "-1.1", "-1", "-1e-999999999", "-1e-" + most, "0", "1e-" + most, "1e-999999999", "0.05", "0.5", "0.500000000000000000001",
			"1", "1.5", "2", "9.99", "10", "1e999999999", "9e999999999", "1e1000000000", "1e" + most, "1.1e" + most, "1e1" + most},
		{"1e" + most[1:] + "8", "1e" + most, "100e" + most[1:] + "8", "1e1" + strings.Repeat("0", 29) + "2"},
		{"-1", "-0"},
	} {
		for i, a := range ascending {
			for j, b := range ascending {
				want := 0
				if i < j {
					want = -1
				} else if i > j {
					want = 1
				}
				if got := runtime.MustDecimal(a).Cmp(runtime.MustDecimal(b)); got != want {
					t.Errorf("%s compared with %s is %d, want %d", a, b, got, want)
				}
			}
		}
	}
	for _, same := range [][]string{
		{"0", "-0", "0.00", "0e99", "-0.0e-" + most}, {"1", "1.0", "10e-1", "0.1e1", "0.001E+3", "1e0", "1e-00"}, {"-12.5", "-125e-1", "-0.1250e2"},
		{"1e" + most, "0.1e1" + strings.Repeat("0", 30), "10e" + most[1:] + "8", "1e+000" + most},
	} {
		for _, a := range same {
			for _, b := range same {
				if x, y := runtime.MustDecimal(a), runtime.MustDecimal(b); !x.Equal(y) || x.Sign() != y.Sign() {
					t.Errorf("%s is not %s", a, b)
				}
			}
		}
	}
}

// TestDecimalAgrees: what is said of numbers made by chance is what package math/big says.
func TestDecimalAgrees(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	number := func() string {
		digits := func(most int) string {
			out := ""
			for range 1 + random.IntN(most) {
				out += string("0123456789"[random.IntN(10)%(2+random.IntN(9))])
			}
			return out
		}
		text := []string{"", "-"}[random.IntN(2)]
		if whole := strings.TrimLeft(digits(3), "0"); whole == "" {
			text += "0"
		} else {
			text += whole
		}
		if random.IntN(2) == 0 {
			text += "." + digits(4)
		}
		if random.IntN(2) == 0 {
			text += []string{"e", "E-", "e+"}[random.IntN(3)] + digits(2)
		}
		return text
	}
	equal := 0
	for range 20_000 {
		a, b := number(), number()
		x, y := runtime.MustDecimal(a), runtime.MustDecimal(b)
		p, _ := new(big.Rat).SetString(a)
		q, _ := new(big.Rat).SetString(b)
		if got, want := x.Cmp(y), p.Cmp(q); got != want {
			t.Fatalf("%s compared with %s is %d, want %d", a, b, got, want)
		} else if want == 0 {
			equal++
		}
		if x.Sign() != p.Sign() {
			t.Fatalf("the sign of %s is %d", a, x.Sign())
		}
		if n, ok := x.Int64(); ok != (p.IsInt() && p.Num().IsInt64()) || ok && n != p.Num().Int64() {
			t.Fatalf("%s as an integer is %d, %v", a, n, ok)
		}
		places := random.IntN(5)
		if got, want := fmt.Sprintf("%.*f", places, x), p.FloatString(places); got != want {
			t.Fatalf("%s with %d places is %s, want %s", a, places, got, want)
		}
	}
	if equal < 100 {
		t.Errorf("only %d of the numbers were equal", equal)
	}
}

// TestDecimalCost: comparing takes no more than to look at each character, and no memory.
func TestDecimalCost(t *testing.T) {
	long := strings.Repeat("1234567890", 100_000)
	a, b := runtime.MustDecimal("1e"+long), runtime.MustDecimal("0."+long+"E-"+long)
	whole := runtime.MustDecimal(long)
	calls := func() {
		a.Cmp(b)
		b.Cmp(a)
		a.Int64()
		b.Sign()
		a.Rat()
		whole.Rat()
		whole.Int()
	}
	if allocs := testing.AllocsPerRun(3, calls); allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
	digits := strings.Repeat("7", 10_000)
	if n, ok := runtime.MustDecimal(digits).Int(); !ok || n.String() != digits {
		t.Error("10,000 digits are no integer")
	}
	if _, ok := runtime.MustDecimal(digits + "7").Int(); ok {
		t.Error("10,001 digits are an integer")
	}
	if got := fmt.Sprintf("%.2f", whole); got != "+Inf" {
		t.Errorf("a million digits print as %.20s…", got)
	}
	if a.Cmp(b) != 1 || b.Cmp(a) != -1 {
		t.Error("the greater is taken for the less")
	}
}

func TestDecimalFormat(t *testing.T) {
	d := runtime.MustDecimal("1234.565")
	for _, tt := range []struct{ format, want string }{
		{"%v", "1234.565"}, {"%s", "1234.565"}, {"%10v|", "  1234.565|"}, {"%-10s|", "1234.565  |"}, {"%q", `"1234.565"`},
		{"%.2f", "1234.57"}, {"%f", "1234.565000"}, {"%.0f", "1235"}, {"%10.1f|", "    1234.6|"}, {"%+.1f", "+1234.6"}, {"%010.1f", "00001234.6"}, {"%-9.1f|", "1234.6   |"},
		{"%g", "1234.565"}, {"%.2e", "1.23e+03"}, {"%#v", `runtime.MustDecimal("1234.565")`}, {"%d", "%!d(string=1234.565)"},
	} {
		if got := fmt.Sprintf(tt.format, d); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.format, got, tt.want)
		}
	}
	for text, want := range map[string]string{
		"0.005": "0.01", "-0.005": "-0.01", "2.675": "2.68", "1e-400": "0.00", "12345678901234567890.125": "12345678901234567890.13", "0": "0.00", "1e999999999": "+Inf",
	} {
		if got := fmt.Sprintf("%.2f", runtime.MustDecimal(text)); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
	}
	if got := fmt.Sprintf("%.1f %v", runtime.Some(d), runtime.Value(d)); got != "1234.6 1234.565" {
		t.Error(got)
	}
}

// TestDecimalTexts: Decimals are read from flags, variables of the environment and other text.
func TestDecimalTexts(t *testing.T) {
	var limit decimalFlag
	if err := limit.Set("1e3"); err != nil || limit.String() != "1e3" {
		t.Error(limit, err)
	}
	if err := limit.Set("1,5"); err == nil || limit.String() != "1e3" {
		t.Error(limit, err)
	}
	if text, err := runtime.NewDecimal(-7).AppendText([]byte("n=")); string(text) != "n=-7" || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}
