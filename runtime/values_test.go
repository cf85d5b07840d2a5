package runtime_test

import (
	"encoding"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// texts are how values of a type are read and written again; same is "as it
// was read".
type texts map[string]string

const same = ""

// checkTexts reads and writes every text, and demands an error for wrong ones.
func checkTexts[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, right texts, wrong ...string) {
	t.Helper()
	for text, want := range right {
		if want == same {
			want = text
		}
		var v T
		if err := P(&v).UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := any(v).(encoding.TextMarshaler).MarshalText()
		if err != nil || string(got) != want {
			t.Errorf("%q became %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range append(wrong, "", " ", "null", "\xff") {
		var v T
		if err := P(&v).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %v", text, v)
		}
	}
}

func TestDate(t *testing.T) {
	checkTexts[runtime.Date](t, texts{"2026-05-04": same, "0000-02-29": same, "9999-12-31": same, "2000-02-29": same, "0001-01-01": same},
		"2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1", "02026-01-01", "2026-01-01Z", "-026-01-01", "1900-02-29", "2026/01/01")
	d := runtime.NewDate(2026, time.May, 4)
	if d.Year() != 2026 || d.Month() != time.May || d.Day() != 4 || d.Weekday() != time.Monday {
		t.Errorf("the fourth of May is %v", d)
	}
	if next := d.AddDays(28); next != runtime.NewDate(2026, time.June, 1) || next.DaysSince(d) != 28 || next.Compare(d) != 1 || d.AddDays(-4) != runtime.NewDate(2026, 4, 30) {
		t.Errorf("28 days later is %v", next)
	}
	if _, err := runtime.NewDate(10000, 1, 1).MarshalText(); err == nil {
		t.Error("the year 10000 was written")
	}
	zone := time.FixedZone("", 3600)
	if got := runtime.DateOf(time.Date(2026, 5, 4, 0, 30, 0, 0, zone)); got != d || !got.In(zone).Equal(time.Date(2026, 5, 4, 0, 0, 0, 0, zone)) {
		t.Errorf("the day is %v", got)
	}
	if (runtime.Date{}).String() != "0001-01-01" {
		t.Error("the zero Date is not that of time.Time")
	}
}

func TestTimeOfDay(t *testing.T) {
	checkTexts[runtime.TimeOfDay](t, texts{
		"00:00:00Z": same, "23:59:59.999999999Z": same, "09:30:00.5+02:00": same, "09:30:00-00:30": same, "12:00:00z": "12:00:00Z",
		"12:00:00+00:00": "12:00:00Z", "12:00:00.500Z": "12:00:00.5Z", "23:59:60Z": same, "15:59:60-08:00": same, "12:00:00.0000000000Z": "12:00:00Z",
	}, "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:60Z", "12:00:00", "12:00Z", "1:00:00Z", "12:00:00.Z", "12:00:00+24:00", "12:00:00+0100", "12:00:00.0000000001Z", "12:00:00Zx", "+2:00:00Z")
	day := runtime.NewDate(2026, 5, 4)
	at := runtime.TimeOfDay{Hour: 9, Minute: 30, Offset: 120}.On(day)
	if !at.Equal(time.Date(2026, 5, 4, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("half past nine is %v", at)
	}
	if got := runtime.TimeOfDayOf(at); got.String() != "09:30:00+02:00" {
		t.Errorf("the time of day is %v", got)
	}
	if _, err := (runtime.TimeOfDay{Hour: 25}).MarshalText(); err == nil {
		t.Error("25 o'clock was written")
	}
}

func TestDuration(t *testing.T) {
	checkTexts[runtime.Duration](t, texts{
		"P1Y2M10DT2H30M": same, "PT36H": same, "P3W": same, "PT0S": same, "P0D": "PT0S", "PT0.25S": same, "PT1H0M2S": same, "PT1H2S": "PT1H0M2S",
		"P1Y2D": "P1Y0M2D", "P1M": same, "PT1M": same, "PT1,5S": "PT1.5S", "PT90M": same, "P9223372036854775807D": same, "PT1M0.5S": same,
	}, "P", "PT", "P1", "1D", "P1DT", "PT1D", "P1H", "P1S", "P1W1D", "P-1D", "-P1D", "P1.5D", "PT1.5H", "PT1.S", "P1M1Y", "PT1S1S", "p1d", "P1D ", "P9223372036854775808D", "P 1D", "P+1D")
	long := runtime.Duration{Weeks: 1, Days: 1, Hours: 1}
	if got, ok := long.Fixed(); !ok || got != 193*time.Hour || long.String() != "P8DT1H" {
		t.Errorf("%v is %v", long, got)
	}
	for _, d := range []runtime.Duration{{Months: 1}, {Years: 1}, {Days: math.MaxInt64}, {Seconds: -1}} {
		if got, ok := d.Fixed(); ok {
			t.Errorf("%v has the length %v", d, got)
		}
	}
	if got := runtime.DurationOf(90*time.Minute + 500*time.Millisecond); got.String() != "PT1H30M0.5S" {
		t.Errorf("90 minutes are %v", got)
	}
	got := runtime.Duration{Months: 1, Hours: 2}.AddTo(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	if !got.Equal(time.Date(2026, 6, 4, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("a month and two hours later is %v", got)
	}
	for _, d := range []runtime.Duration{{Days: -1}, {Nanoseconds: 1e9}, {Weeks: math.MaxInt64, Days: 1}} {
		if text, err := d.MarshalText(); err == nil {
			t.Errorf("%#v was written as %s", d, text)
		}
	}
}

func TestUUID(t *testing.T) {
	const id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	checkTexts[runtime.UUID](t, texts{id: same, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6": id, "00000000-0000-0000-0000-000000000000": same},
		id[1:], id+"0", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fae+7dec-11d0-a765-00a0c91e6bf6", "f81d4fae7dec-11d0-a765-00a0c91e6bf6-", "{"+id+"}")
	a, b := runtime.NewUUID(), runtime.NewUUID()
	if a == b || a[6]>>4 != 4 || a[8]>>6 != 2 {
		t.Errorf("random UUIDs are %v and %v", a, b)
	}
}

// FuzzValues: what is read and written again is read as the same.
func FuzzValues(f *testing.F) {
	for _, text := range []string{"2026-05-04", "09:30:00.5+02:00", "P1Y2M10DT2H30M", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "P3W"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reread(t, text, runtime.ParseDate)
		reread(t, text, runtime.ParseTimeOfDay)
		reread(t, text, runtime.ParseDuration)
		reread(t, text, runtime.ParseUUID)
		reread(t, text, runtime.ParseDecimal)
	})
}

func reread[T interface {
	comparable
	String() string
}](t *testing.T, text string, parse func(string) (T, error)) {
	t.Helper()
	v, err := parse(text)
	if err != nil {
		return
	}
	if again, err := parse(v.String()); err != nil || again != v {
		t.Errorf("%q was read as %v, and that as %v, %v", text, v, again, err)
	}
}

func TestNullable(t *testing.T) {
	type value struct {
		May  runtime.Nullable[int] `json:"may,omitzero"`
		Must runtime.Nullable[int] `json:"must"`
	}
	for text, want := range map[string]value{
		`{"must":null}`:         {Must: runtime.Null[int]()},
		`{"may":null,"must":0}`: {May: runtime.Null[int](), Must: runtime.Value(0)},
		`{"may":0,"must":7}`:    {May: runtime.Value(0), Must: runtime.Value(7)},
	} {
		var got value
		err := json.Unmarshal([]byte(text), &got)
		back, more := json.Marshal(got)
		if err != nil || more != nil || got != want || string(back) != text {
			t.Errorf("%s became %v, written as %s, %v, %v", text, got, back, err, more)
		}
	}
	var v value
	if back, err := json.Marshal(v); string(back) != `{"must":null}` || err != nil {
		t.Errorf("the zero value is written as %s, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"may":"x"}`), &v); err == nil {
		t.Error("a string became a Nullable[int]")
	}
}

func TestNullableStates(t *testing.T) {
	for _, c := range []struct {
		n            runtime.Nullable[int]
		has          bool
		null, absent bool
		or           int
	}{
		{runtime.Nullable[int]{}, false, false, true, 9},
		{runtime.Null[int](), false, true, false, 9},
		{runtime.Value(0), true, false, false, 0},
	} {
		if v, ok := c.n.Get(); ok != c.has || v != 0 || c.n.IsNull() != c.null || c.n.IsZero() != c.absent || c.n.Or(9) != c.or {
			t.Errorf("%v is wrong", c.n)
		}
	}
}

func TestNullableNil(t *testing.T) {
	for want, v := range map[string]any{
		"[]": runtime.Value([]string(nil)), "{}": runtime.Value(map[string]int(nil)), `""`: runtime.Value([]byte(nil)),
		"null": runtime.Null[[]string](), "[1]": runtime.Value([]int{1}),
	} {
		if got, err := json.Marshal(v); string(got) != want || err != nil {
			t.Errorf("%#v is written as %s, %v, want %s", v, got, err, want)
		}
	}
}

// TestDefaults: a default is for what is absent alone, and not for a zero that is there.
func TestDefaults(t *testing.T) {
	checkDefault(t, runtime.DefaultString, "", "a")
	checkDefault(t, runtime.DefaultBool, false, true)
	checkDefault(t, runtime.DefaultInt32, 0, math.MaxInt32)
	checkDefault(t, runtime.DefaultInt64, 0, math.MinInt64)
	checkDefault(t, runtime.DefaultFloat64, 0, 0.5)
	checkDefault(t, func(v *runtime.Optional[runtime.Decimal], def runtime.Decimal) {
		runtime.DefaultDecimal(v, def.String())
	}, runtime.Decimal{}, runtime.MustDecimal("0.50"))
}

func checkDefault[T comparable](t *testing.T, set func(*runtime.Optional[T], T), zero, def T) {
	t.Helper()
	var v runtime.Optional[T]
	if set(&v, def); v != runtime.Some(def) {
		t.Errorf("an absent value became %v, want %v", v, def)
	}
	v = runtime.Some(zero)
	if set(&v, def); v != runtime.Some(zero) {
		t.Errorf("%v became %v", zero, v)
	}
}
