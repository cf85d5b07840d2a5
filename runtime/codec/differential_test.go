package codec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// reading makes a function a Value.
type reading func(*codec.Reader)

func (f reading) CodeJSON(j *codec.JSON) { f(j.Reader()) }

// writing makes a function a Value.
type writing func(*codec.Writer)

func (f writing) CodeJSON(j *codec.JSON) { f(j.Writer()) }

// read reads a text with one method of Reader.
func read[T any](text string, method func(*codec.Reader) T) (v T, err error) {
	err = codec.Unmarshal([]byte(text), nil, reading(func(r *codec.Reader) { v = method(r) }))
	return v, err
}

// written is what one method of Writer writes.
func written[T any](v T, method func(*codec.Writer, T)) (string, error) {
	text, err := codec.Marshal(writing(func(w *codec.Writer) { method(w, v) }))
	return string(text), err
}

// plain is what encoding/json writes, without escapes for HTML.
func plain(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// rounds is how many random values are tried.
func rounds() int {
	if workload.Long() {
		return 3_000_000
	}
	return 20_000
}

func random() *rand.Rand { return rand.New(rand.NewPCG(6, 522)) }

func TestFloats(t *testing.T) {
	rnd := random()
	next := []func() float64{
		func() float64 { return math.Float64frombits(rnd.Uint64()) },
		func() float64 { return float64(rnd.Int64N(1e9)-5e8) / 1000 },
		func() float64 { return float64(rnd.Int64()) / math.Pow10(rnd.IntN(20)) },
		func() float64 { return float64(rnd.Int64()) * math.Pow10(rnd.IntN(9)) },
		func() float64 { return math.Round(rnd.NormFloat64()*1e6) / 100 },
		func() float64 { return math.Nextafter(float64(rnd.Int64N(1e15))/1000, math.Inf(rnd.IntN(2)*2-1)) },
	}
	values := []float64{0, math.Copysign(0, -1), 1e-6, 9.99e-7, 1e21, 1e20, 999999999999.9995, 1e12, 0.001, 0.0005, 123456789012.345,
		math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxInt64, 1 << 53, 5e-324, 1e-7, 1e-10}
	for i := range rounds() {
		values = append(values, next[i%len(next)]())
	}
	for _, f := range values {
		checkFloat(t, f, (*codec.Writer).Float64, (*codec.Reader).Float64)
		checkFloat(t, float32(f), (*codec.Writer).Float32, (*codec.Reader).Float32)
	}
}

func checkFloat[F float32 | float64](t *testing.T, f F, write func(*codec.Writer, F), method func(*codec.Reader) F) {
	t.Helper()
	want, wrong := plain(f)
	got, err := written(f, write)
	if (err == nil) != (wrong == nil) || got != want {
		t.Fatalf("%v is written as %s, %v, want %s", f, got, err, want)
	}
	if err != nil {
		return
	}
	if back, err := read(got, method); back != f || math.Signbit(float64(back)) != math.Signbit(float64(f)) || err != nil {
		t.Fatalf("%s was read as %v, %v", got, back, err)
	}
}

// literal is a random number of JSON, often an integer in disguise.
func literal(rnd *rand.Rand) string {
	digits := func(most int) string {
		text := strconv.FormatUint(rnd.Uint64(), 10)
		text += strings.Repeat("0", rnd.IntN(3)) + strconv.FormatUint(rnd.Uint64(), 10)
		return text[:1+rnd.IntN(most)]
	}
	text := strings.TrimLeft(digits(22), "0")
	if text == "" || rnd.IntN(8) == 0 {
		text = "0"
	}
	switch rnd.IntN(8) {
	case 0:
		text = strconv.FormatUint(math.MaxUint64>>rnd.IntN(64)+rnd.Uint64N(3)-1, 10)
	case 1:
		text = "9223372036854775807"
	case 2:
		text = "9223372036854775808"
	}
	if rnd.IntN(2) == 0 {
		text = "-" + text
	}
	switch rnd.IntN(3) {
	case 0:
		text += "." + digits(5)
	case 1:
		text += "." + strings.Repeat("0", 1+rnd.IntN(3))
	}
	if rnd.IntN(2) == 0 {
		text += []string{"e", "E"}[rnd.IntN(2)] + []string{"", "+", "-"}[rnd.IntN(3)] + strconv.Itoa(rnd.IntN(25))
	}
	return text
}

func TestNumbers(t *testing.T) {
	rnd := random()
	texts := []string{"0", "-0", "-0.0", "0e99999999999999999999", "1e99999999999999999999", "1e-99999999999999999999", "10e-1", "1.0", "1e2", "1.5e1", "-128", "128",
		"18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1e18", "1e19", "1e20", "100000000000000000000e-2",
		"0.000000000000000000001e21", "123456789012345678901234567890e-20", "1e400", "-1e400", "1e-400", "4.9e-324", "2.4e-324", "179769313486231580793e289"}
	for range rounds() {
		texts = append(texts, literal(rnd))
	}
	for _, text := range texts {
		checkNumber(t, text)
	}
}

// TestNumberTexts changes characters of numbers: what is written is what JSON
// takes.
func TestNumberTexts(t *testing.T) {
	rnd := random()
	const changes = "0123456789-+.eE \x00x"
	texts := []string{"", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", " 1", "1 ", "--1", "1.5.5", "1e5e5", "NaN", "00", "0", "-0", "0.0e-0"}
	for range rounds() {
		text := []byte(literal(rnd))
		text[rnd.IntN(len(text))] = changes[rnd.IntN(len(changes))]
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		want := json.Valid([]byte(text)) && strings.Trim(text, " ") == text
		if got, err := written(text, (*codec.Writer).Number); (err == nil) != want || want && got != text {
			t.Fatalf("%q is written as %s, %v", text, got, err)
		}
	}
}

func checkNumber(t *testing.T, text string) {
	t.Helper()
	if !json.Valid([]byte(text)) {
		t.Fatalf("%s is not JSON", text)
	}
	if got, err := read(text, (*codec.Reader).Number); got != text || err != nil {
		t.Fatalf("%s was read as %s, %v", text, got, err)
	}
	if got, err := written(text, (*codec.Writer).Number); got != text || err != nil {
		t.Fatalf("%s was written as %s, %v", text, got, err)
	}
	want, wrong := strconv.ParseFloat(text, 64)
	if got, err := read(text, (*codec.Reader).Float64); (err == nil) != (wrong == nil) || err == nil && (got != want || math.Signbit(got) != math.Signbit(want)) {
		t.Fatalf("%s was read as %v, %v, want %v", text, got, err, want)
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok || len(text) > 100 {
		exact = big.NewRat(1, 2) // beyond what big.Rat takes: no integer of 64 bits
		if strings.HasPrefix(text, "0e") {
			exact = new(big.Rat)
		}
	}
	if got, err := read(text, (*codec.Reader).IsInteger); got != exact.IsInt() && ok || err == nil {
		t.Fatalf("%s is an integer: %v, and what was only looked at was read: %v", text, got, err)
	}
	checkInteger(t, text, exact, math.MinInt8, math.MaxInt8, (*codec.Reader).Int8)
	checkInteger(t, text, exact, math.MinInt16, math.MaxInt16, (*codec.Reader).Int16)
	checkInteger(t, text, exact, math.MinInt32, math.MaxInt32, (*codec.Reader).Int32)
	checkInteger(t, text, exact, math.MinInt64, math.MaxInt64, (*codec.Reader).Int64)
	checkInteger(t, text, exact, math.MinInt, math.MaxInt, (*codec.Reader).Int)
	checkInteger(t, text, exact, 0, math.MaxUint8, (*codec.Reader).Uint8)
	checkInteger(t, text, exact, 0, math.MaxUint16, (*codec.Reader).Uint16)
	checkInteger(t, text, exact, 0, math.MaxUint32, (*codec.Reader).Uint32)
	checkInteger(t, text, exact, 0, math.MaxUint64, (*codec.Reader).Uint64)
	checkInteger(t, text, exact, 0, math.MaxUint, (*codec.Reader).Uint)
}

func checkInteger[I int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64](
	t *testing.T, text string, exact *big.Rat, least int64, most uint64, method func(*codec.Reader) I,
) {
	t.Helper()
	fits := exact.IsInt() && exact.Num().Cmp(big.NewInt(least)) >= 0 && exact.Num().Cmp(new(big.Int).SetUint64(most)) <= 0
	got, err := read(text, method)
	if fits != (err == nil) || fits && fmt.Sprint(got) != exact.Num().String() {
		t.Fatalf("%s was read as %T %v, %v, want %v", text, got, got, err, exact)
	}
}

func TestStrings(t *testing.T) {
	rnd := random()
	pieces := []func() string{
		func() string { return string(rune(rnd.IntN(0x80))) },
		func() string { return string(rune(rnd.IntN(0x110000))) },
		func() string {
			return []string{"\u2028", "\u2029", "\u202a", "\u2027", "\x7f", "\"", "\\", "</&>"}[rnd.IntN(8)]
		},
		func() string { return strings.Repeat("plain ", rnd.IntN(20)) },
		func() string { return []string{"\xff", "\xed\xa0\x80", "\xc3", "\xf4\x90\x80\x80"}[rnd.IntN(4)] },
	}
	for i := range rounds() {
		var b strings.Builder
		for range rnd.IntN(12) {
			b.WriteString(pieces[rnd.IntN(len(pieces)-min(i%4, 1))]())
		}
		checkString(t, b.String())
	}
}

func checkString(t *testing.T, s string) {
	t.Helper()
	got, err := written(s, (*codec.Writer).String)
	view, failed := written([]byte(s), (*codec.Writer).Text)
	if got != view || (err == nil) != (failed == nil) {
		t.Fatalf("%q is written as %s and as %s", s, got, view)
	}
	want, _ := plain(s)
	var lossy string
	if e := json.Unmarshal([]byte(want), &lossy); e != nil || (lossy == s) != (err == nil) {
		t.Fatalf("%q: %v; encoding/json keeps it: %v", s, err, lossy == s)
	}
	if err != nil {
		return
	}
	if got != want {
		t.Fatalf("%q is written as %s, want %s", s, got, want)
	}
	escaped := strings.Map(func(r rune) rune { return r }, strconv.QuoteToASCII(s))
	if !json.Valid([]byte(escaped)) {
		escaped = got
	}
	for _, text := range []string{got, escaped} {
		if back, err := read(text, (*codec.Reader).String); back != s || err != nil {
			t.Fatalf("%s was read as %q, %v", text, back, err)
		}
	}
}

// randomTime is a time in any zone.
func randomTime(rnd *rand.Rand) time.Time {
	zones := []*time.Location{time.UTC, time.FixedZone("", rnd.IntN(86400)-43200), time.FixedZone("", (rnd.IntN(2000)-1000)*60), time.FixedZone("", 25*3600)}
	t := time.Unix(rnd.Int64N(1<<39)-1<<37, []int64{0, rnd.Int64N(1e9), rnd.Int64N(1000) * 1e6}[rnd.IntN(3)])
	return t.In(zones[rnd.IntN(3+rnd.IntN(20)/19)])
}

func TestTimes(t *testing.T) {
	rnd := random()
	for range rounds() {
		at := randomTime(rnd)
		got, err := written(at, (*codec.Writer).Time)
		if _, seconds := at.Zone(); seconds%60 == 0 {
			if want, wrong := plain(at); got != want || (err == nil) != (wrong == nil) {
				t.Fatalf("%v is written as %s, %v, want %s, %v", at, got, err, want, wrong)
			}
		}
		if err != nil {
			continue
		}
		if back, err := read(got, (*codec.Reader).Time); !back.Equal(at) || err != nil {
			t.Fatalf("%s was read as %v, %v", got, back, err)
		}
	}
}

// TestTimeTexts changes characters of times: they are read as by package time,
// but for what it rounds.
func TestTimeTexts(t *testing.T) {
	rnd := random()
	const changes = "0123456789-+:.TZtz \x00é"
	for range rounds() {
		text := []byte(randomTime(rnd).Format([]string{time.RFC3339, time.RFC3339Nano}[rnd.IntN(2)]))
		for range rnd.IntN(3) {
			i := rnd.IntN(len(text))
			switch rnd.IntN(3) {
			case 0:
				text[i] = changes[rnd.IntN(len(changes))]
			case 1:
				text = append(text[:i], text[i+1:]...)
			case 2:
				text = append(text[:i], append([]byte{changes[rnd.IntN(len(changes))]}, text[i:]...)...)
			}
		}
		checkTimeText(t, string(text))
	}
	for text, want := range map[string]bool{
		"2020-02-29T23:59:59Z": true, "2021-02-29T00:00:00Z": false, "1900-02-29T00:00:00Z": false, "2000-02-29T00:00:00Z": true, "2020-04-31T00:00:00Z": false,
		"2020-01-01t00:00:00z": true, "2016-12-31T23:59:60Z": false, "2020-01-01T00:00:00.1234567890Z": true, "2020-01-01T00:00:00.1234567891Z": false,
		"2020-01-01T24:00:00Z": false, "2020-01-01T00:00:00+24:00": false, "2020-01-01T00:00:00-23:59": true, "2020-00-01T00:00:00Z": false, "0000-01-01T00:00:00Z": true,
		"2020-01-01T00:00:00": false, "2020-01-01T00:00:00.Z": false, "2020-01-01": false, "": false, "2020-01-00T00:00:00Z": false,
	} {
		if _, err := read(strconv.Quote(text), (*codec.Reader).Time); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func checkTimeText(t *testing.T, text string) {
	t.Helper()
	quoted, _ := plain(text)
	got, err := read(quoted, (*codec.Reader).Time)
	want, wrong := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	right := wrong == nil && dateTime.MatchString(text)
	if (err == nil) != right || right && !got.Equal(want) {
		t.Fatalf("%s was read as %v, %v, want %v, %v", text, got, err, want, wrong)
	}
	_, offset := got.Zone()
	if _, wanted := want.Zone(); right && offset != wanted {
		t.Fatalf("%s was read with the offset %d, want %d", text, offset, wanted)
	}
}

// dateTime is the grammar of RFC 3339, which package time takes less strictly,
// with fractions down to nanoseconds, beyond which package time cuts off.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9}0*)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func TestBytesAndAddr(t *testing.T) {
	rnd := random()
	for n := range 100 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		want, _ := plain(data)
		got, err := written(data, (*codec.Writer).Bytes)
		if got != want || err != nil {
			t.Fatalf("%x is written as %s, %v", data, got, err)
		}
		if back, err := read(got, (*codec.Reader).Bytes); !bytes.Equal(back, data) || back == nil || err != nil {
			t.Fatalf("%s was read as %x, %v", got, back, err)
		}
	}
	for _, text := range []string{`"1.2.3.4"`, `"::1"`, `"fe80::1%eth0"`, `"1.2.3"`, `"::g"`, `""`} {
		var want netip.Addr
		wrong := json.Unmarshal([]byte(text), &want)
		got, err := read(text, (*codec.Reader).Addr)
		if text == `""` {
			wrong = err // to encoding/json it is the zero Addr
		}
		if got != want || (err == nil) != (wrong == nil) {
			t.Errorf("%s was read as %v, %v, want %v, %v", text, got, err, want, wrong)
		}
		if back, failed := written(got, (*codec.Writer).Addr); err == nil && (back != text || failed != nil) {
			t.Errorf("%s was written as %s, %v", text, back, failed)
		}
	}
}

// TestEveryDay writes each day that RFC 3339 has, and those around them, as package
// time does.
func TestEveryDay(t *testing.T) {
	const first, last, day = -62_167_219_200, 253_402_300_799, 24 * 60 * 60
	step := int64(day*7 + 12_345)
	if workload.Long() {
		step = day - 1
	}
	zones := []*time.Location{time.UTC, time.FixedZone("", -day+60), time.FixedZone("", day-60), time.FixedZone("", 60)}
	check := func(second int64, zone *time.Location) {
		at := time.Unix(second, 0).In(zone)
		want, wrong := plain(at)
		got, err := written(at, (*codec.Writer).Time)
		if got != want || (err == nil) != (wrong == nil) {
			t.Fatalf("%v is written as %s, %v, want %s, %v", at, got, err, want, wrong)
		}
	}
	for i := int64(first - 3*day); i < last+3*day; i += step {
		check(i, zones[i&3])
	}
	for _, edge := range []int64{first, first + 366*day, last + 1} {
		for _, zone := range zones {
			for i := range int64(5 * day / 61) {
				check(edge-2*day-day/2+i*61, zone)
			}
		}
	}
}
