package codec_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// constant is an enum of values of any kind.
type constant string

var constants = codec.Single{Of: (*constant)(nil), Text: "canonical"}

func (v *constant) CodeJSON(j *codec.JSON) { j.Single(unsafe.Pointer(v), &constants) }

func canonical(text string) (string, error) {
	var out constant
	err := codec.Unmarshal([]byte(text), check.Any(), &out)
	return string(out), err
}

// A constant is written as it is, and what is no JSON not at all.
func TestCanonicalIsWritten(t *testing.T) {
	for text, want := range map[constant]string{`"a"`: `"a"`, ` [1,{}] `: `[1,{}]`, `1e1`: `1e1`, ``: ``, `a`: ``, `1 2`: ``} {
		if got, err := codec.Marshal(&text); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q is written as %s, %v; want %s", text, got, err, want)
		}
	}
}

// What is no JSON is read in some way, which is left to who judges it.
func TestCanonicalOfNoJSON(t *testing.T) {
	for _, text := range []string{`1e1+`, `1e+`, `-`, `-e`, `1e`, `[1`, `[1e1+,`, `{"a"`, `{"a":`, `"a`, `"\`, `tru`, ``} {
		new(constant).CodeJSON(codec.NewReader(text).JSON())
		if got, err := canonical(text); err == nil || got != "" {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
}

// Equal values have one canonical text.
func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		`"a\u0062\/\n\u00e9\"\\"`:        `"ab/\u000aé\"\\"`,
		`1`:                              `1`,
		`1.0`:                            `1`,
		`10`:                             `1e1`,
		`1.50e0`:                         `15e-1`,
		`-0.0e7`:                         `0`,
		`-1200`:                          `-12e2`,
		`0.00012`:                        `12e-5`,
		`99999E99999999999999`:           `99999e99999999999999`,
		`1.5e+2000000000`:                `15e1999999999`,
		`10e-9999999999999999999999`:     `1e-9999999999999999999998`,
		`0e9999999999999999999999`:       `0`,
		` true `:                         `true`,
		`null`:                           `null`,
		`[ 1 , [ ] ,{} ]`:                `[1,[],{}]`,
		`{"b" : 1,"a":{"d":2, "c":"x"}}`: `{"a":{"c":"x","d":2},"b":1}`,
	} {
		if got, err := canonical(text); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
}

// Exponents of any length are added to.
func TestCanonicalExponents(t *testing.T) {
	digits := []string{"0", "1", "9", "000", "999999999999999999", "1000000000000000000", "1000000000000000001", "9999999999999999999", "100000000000000000000000000000000000000", "999999999999999999999999999999999999999", "12345678901234567890123456789"}
	for _, mantissa := range []string{"1", "100", "0.01", "1" + strings.Repeat("0", 40)} {
		plain, _ := canonical(mantissa)
		_, by, _ := strings.Cut(plain, "e")
		shift, _ := strconv.ParseInt("0"+by, 10, 64)
		if strings.HasPrefix(by, "-") {
			shift, _ = strconv.ParseInt(by, 10, 64)
		}
		for _, d := range digits {
			for _, sign := range []string{"", "+", "-"} {
				power, _ := new(big.Int).SetString(sign+d, 10)
				want := "1e" + power.Add(power, big.NewInt(shift)).String()
				if power.Sign() == 0 {
					want = "1"
				}
				if got, err := canonical(mantissa + "e" + sign + d); err != nil || got != want {
					t.Errorf("%se%s%s is %s, %v; want %s", mantissa, sign, d, got, err, want)
				}
			}
		}
	}
}

// What is made of a text costs what its size does, however deep it is and whatever its
// numbers are.
func TestCanonicalCost(t *testing.T) {
	deep := func(open, between, end string) func(int) string {
		return func(n int) string {
			return strings.Repeat(open, 500) + `"` + strings.Repeat(between, n) + `"` + strings.Repeat(end, 500)
		}
	}
	for name, text := range map[string]func(int) string{
		"objects": deep(`{"b":`, "x", `,"a":1}`),
		"arrays":  deep(`[`, "x", `]`),
	} {
		long := text(1 << 16)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := canonical(long); err != nil {
			t.Error(err)
		}
		runtime.ReadMemStats(&after)
		copied := after.TotalAlloc - before.TotalAlloc
		if copied > 20*uint64(len(long)) {
			t.Errorf("%s: %d bytes take %d", name, len(long), copied)
		}
	}
	long := "1e" + strings.Repeat("9", 1<<20)
	began := time.Now()
	if _, err := canonical(long); err != nil {
		t.Error(err)
	}
	took := time.Since(began)
	began = time.Now()
	for range 300 {
		_ = check.Any().Check([]byte(long))
	}
	if most := time.Since(began); took > most {
		t.Errorf("an exponent took %v, and to judge it 300 times %v", took, most)
	}
}

// FuzzCanonical: the canonical text is the same value, and its own.
func FuzzCanonical(f *testing.F) {
	for _, text := range []string{`{"a":[1.50,"\u00e9\n",null]}`, `-0`, `1e400`, `99999E99999999999999`, `[1e99999999,-9999999999E-999999]`, `"\ud83d\ude00"`, `{"\u0000":{"":[]}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		new(constant).CodeJSON(codec.NewReader(text).JSON()) // whatever it is
		once, err := canonical(text)
		if err != nil {
			return
		}
		twice, err := canonical(once)
		if err != nil || twice != once {
			t.Fatalf("%s is %s and then %s, %v", text, once, twice, err)
		}
		if a, b := decoded(t, text), decoded(t, once); !reflect.DeepEqual(a, b) {
			t.Errorf("%s is not %s", text, once)
		}
	})
}

// decoded is a value with its numbers as fractions, or as they are written where
// they are long.
func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return fractions(v)
}

func fractions(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _, err := big.ParseFloat(string(v), 10, 200, big.ToNearestEven)
		if err != nil {
			return ""
		}
		if f.Sign() == 0 {
			return "0"
		}
		return f.SetPrec(120).Text('p', 0) // in digits far numbers take long
	case []any:
		for i := range v {
			v[i] = fractions(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = fractions(v[k])
		}
	}
	return v
}
