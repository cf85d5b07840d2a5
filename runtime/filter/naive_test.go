package filter

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
)

// naive matches a payload with a pattern the long way: both as the values that
// encoding/json makes of them.
func naive(t *testing.T, pattern, payload string) bool {
	t.Helper()
	var root map[string]any
	if err := decodeAll(pattern, &root); err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	var value any
	if err := decodeAll(payload, &value); err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	return naiveField(root["data"], value, true)
}

func decodeAll(text string, to any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(to)
}

// naiveField matches a value, if there is one.
func naiveField(want, value any, there bool) bool {
	if rules, ok := want.([]any); ok {
		return naiveRule(rules, value, there)
	}
	fields := want.(map[string]any)
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if naiveField(want, element, true) {
				return true
			}
		}
		return len(value) == 0 && naiveField(want, nil, false)
	case map[string]any:
		for name, rule := range fields {
			member, ok := value[name]
			if !naiveField(rule, member, ok) {
				return false
			}
		}
		return true
	}
	for _, rule := range fields {
		if !naiveField(rule, nil, false) {
			return false
		}
	}
	return true
}

func naiveRule(rules []any, value any, there bool) bool {
	for _, r := range rules {
		if test, ok := r.(map[string]any); ok && test["exists"] != nil {
			if test["exists"] == there {
				return true
			}
		} else if there && naiveAny(r, value) {
			return true
		}
	}
	return false
}

// naiveAny matches a value, or one of the elements of an array.
func naiveAny(r, value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return false
	case []any:
		for _, element := range value {
			if naiveAny(r, element) {
				return true
			}
		}
		return false
	}
	return naiveScalar(r, value)
}

func naiveScalar(r, value any) bool {
	test, ok := r.(map[string]any)
	if !ok {
		return naiveEqual(r, value)
	}
	for name, arg := range test {
		text, isText := value.(string)
		switch name {
		case "prefix":
			return isText && strings.HasPrefix(text, arg.(string))
		case "suffix":
			return isText && strings.HasSuffix(text, arg.(string))
		case "equals-ignore-case":
			return isText && strings.EqualFold(text, arg.(string))
		case "cidr":
			addr, err := netip.ParseAddr(text)
			return isText && err == nil && netip.MustParsePrefix(arg.(string)).Masked().Contains(addr.Unmap())
		case "numeric":
			return naiveNumeric(arg.([]any), value)
		case "anything-but":
			list, ok := arg.([]any)
			if !ok {
				list = []any{arg}
			}
			for _, r := range list {
				if naiveScalar(r, value) {
					return false
				}
			}
			return true
		}
	}
	panic("unknown test")
}

func naiveEqual(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, areNumbers := b.(json.Number)
	if isNumber && areNumbers {
		return rat(x).Cmp(rat(y)) == 0
	}
	return a == b
}

func naiveNumeric(list []any, value any) bool {
	n, ok := value.(json.Number)
	for i := 0; ok && i < len(list); i += 2 {
		c := rat(n).Cmp(rat(list[i+1].(json.Number)))
		switch list[i] {
		case "<":
			ok = c < 0
		case "<=":
			ok = c <= 0
		case "=":
			ok = c == 0
		case ">=":
			ok = c >= 0
		case ">":
			ok = c > 0
		}
	}
	return ok
}

func rat(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		panic(n)
	}
	return r
}

// maker makes random patterns and payloads of few words, so that they meet.
type maker struct{ *rand.Rand }

func pick[T any](m maker, of ...T) T { return of[m.IntN(len(of))] }

func (m maker) name() string { return pick(m, `"a"`, `"b"`, `"c"`, `"\u0061"`, `"ü"`, `"\u00fc"`) }

func (m maker) patternName(used map[string]bool) string {
	for {
		if name := pick(m, `"a"`, `"b"`, `"c"`, `"ü"`, `"d"`); !used[name] {
			used[name] = true
			return name
		}
	}
}

func (m maker) number() string {
	return pick(m, "0", "-0", "1", "1.0", "10e-1", "-1", "2.5", "25e-1", "0.025E+2", "100", "1e2", "1E+02", "99.99", "-2.50", "12345678901234567890", "0.1", "0.10", "1e20")
}

func (m maker) text() string {
	return pick(m, `"x"`, `"X"`, `"xy"`, `"\u0078y"`, `"yx"`, `""`, `"ü"`, `"Ü"`, `"\u00fc"`, `"\ud83d\ude00"`, `"😀"`, `"\ud83d"`, `"a\nb"`,
		`"10.1.2.3"`, `"10.01.2.3"`, `"192.168.0.1"`, `"::ffff:10.1.2.3"`, `"2001:db8::1"`, `"fe80::1%eth0"`, `"1"`, `"true"`, `"null"`, `"\"x\\"`)
}

func (m maker) scalar() string {
	switch m.IntN(6) {
	case 0:
		return pick(m, "true", "false", "null")
	case 1, 2:
		return m.number()
	}
	return m.text()
}

func (m maker) value(depth int) string {
	space := pick(m, "", "", " ", "\n\t")
	switch n := m.IntN(8); {
	case n < 2 && depth > 0:
		var parts []string
		for range m.IntN(4) {
			parts = append(parts, space+m.value(depth-1))
		}
		return "[" + strings.Join(parts, space+",") + space + "]"
	case n < 5 && depth > 0:
		var parts []string
		for range m.IntN(4) {
			parts = append(parts, space+m.name()+space+":"+m.value(depth-1))
		}
		return "{" + strings.Join(parts, space+",") + space + "}"
	}
	return space + m.scalar()
}

func (m maker) part() string {
	switch m.IntN(10) {
	case 0:
		return fmt.Sprintf(`{"exists": %t}`, m.IntN(2) == 0)
	case 1:
		return fmt.Sprintf(`{%q: %s}`, pick(m, "prefix", "suffix", "equals-ignore-case"), m.text())
	case 2:
		return fmt.Sprintf(`{"cidr": %q}`, pick(m, "10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "2001:db8::/32", "::/0"))
	case 3:
		list := fmt.Sprintf("%q, %s", pick(m, "<", "<=", "=", ">=", ">"), m.number())
		if m.IntN(2) == 0 {
			list += fmt.Sprintf(", %q, %s", pick(m, "<", "<=", "=", ">=", ">"), m.number())
		}
		return `{"numeric": [` + list + `]}`
	case 4:
		return `{"anything-but": [` + m.scalar() + `, ` + m.scalar() + `]}`
	case 5:
		return fmt.Sprintf(`{"anything-but": %s}`, pick(m, m.scalar(), `{"prefix": `+m.text()+`}`, `[{"cidr": "10.0.0.0/8"}]`))
	}
	return m.scalar()
}

func (m maker) rules() string {
	parts := []string{m.part()}
	for range m.IntN(3) {
		parts = append(parts, m.part())
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (m maker) pattern(depth int) string {
	if depth == 0 || m.IntN(4) == 0 {
		return m.rules()
	}
	used := map[string]bool{}
	var parts []string
	for range 1 + m.IntN(3) {
		parts = append(parts, m.patternName(used)+": "+m.pattern(depth-1))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// TestAgainstNaive: the matcher says what one over decoded values says.
func TestAgainstNaive(t *testing.T) {
	seed := rand.Uint64()
	m := maker{rand.New(rand.NewPCG(seed, 7))}
	hits, rounds := 0, 5000
	for range rounds {
		pattern := `{"data": ` + m.pattern(3) + `}`
		p, err := Parse([]byte(pattern))
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, pattern, err)
		}
		for range 4 {
			payload := m.value(4)
			got, err := p.Judge(Message{Attributes: &runtime.Attributes{}, Payload: []byte(payload)})
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, payload, err)
			}
			want := naive(t, pattern, payload)
			if got != want {
				t.Fatalf("seed %d:\npattern %s\npayload %s\nmatches: %t, want %t", seed, pattern, payload, got, want)
			}
			if got {
				hits++
			}
		}
	}
	if hits < rounds/20 || hits > 4*rounds-rounds/20 {
		t.Errorf("%d of %d match: the test says nothing", hits, 4*rounds)
	}
}

// FuzzScan: what is JSON here is JSON for encoding/json, and the other way
// round, but for what is nested too deeply.
func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u00fc",null,true]}`, "", " ", "[1,]", `{"a":1,}`, "01", "-", "1.", "1e", `"\x"`, "\"\x01\"", "[1]\x00", "nul", `"\ud800"`, "\"\xff\"", "[[[]]]", `{"a" 1}`} {
		f.Add([]byte(s))
	}
	p, err := Parse([]byte(`{"data": {"a": [{"exists": true}], "b": {"c": ["x", 1]}}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := p.Judge(Message{Attributes: &runtime.Attributes{}, Payload: text})
		if want := len(text) == 0 || json.Valid(text); (err == nil) != want && err != errTooDeep {
			t.Errorf("%q: %v", text, err)
		}
		s := scan{text: text}
		if v := s.scalar(); s.err == nil && v.kind == isText {
			var want string
			if err := json.Unmarshal(text[:s.at], &want); err != nil {
				t.Fatal(err)
			}
			var scratch []byte
			if got := string(v.plain(&scratch).text); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	})
}

// FuzzParse: a pattern compiles or is refused, and what compiled compiles again
// from what it prints.
func FuzzParse(f *testing.F) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	for range 20 {
		f.Add([]byte(`{"type": ["x"], "headers": {"h": [1]}, "data": ` + m.pattern(3) + `}`))
	}
	f.Add([]byte(`{"data": [{"anything-but": {"anything-but": ["x"]}}]}`))
	f.Add([]byte(`{"a": [`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse([]byte(p.String()))
		if err != nil || again.String() != p.String() {
			t.Errorf("%s: %v", p, err)
		}
		if _, err := p.Judge(Message{Attributes: &runtime.Attributes{}, Payload: []byte(`{"a": [{"b": "x"}], "c": 1}`)}); err != nil {
			t.Error(err)
		}
	})
}

// FuzzNumbers: numbers compare as big rationals do.
func FuzzNumbers(f *testing.F) {
	f.Add("1", "1.0")
	f.Add("-0", "0e9")
	f.Add("12.50e-3", "0.0125")
	f.Add("100", "1e2")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []string{a, b} {
			if len(s) == 0 || len(s) > 40 || numberLength([]byte(s)) != len(s) {
				return
			}
			if i := strings.IndexAny(s, "eE"); i >= 0 && len(s)-i > 4 {
				return
			}
		}
		x, y := numberOf([]byte(a)), numberOf([]byte(b))
		want := rat(json.Number(a)).Cmp(rat(json.Number(b)))
		if got := x.compare(y); got != want {
			t.Errorf("%s against %s: %d, want %d", a, b, got, want)
		}
		if got := y.compare(x); got != -want {
			t.Errorf("%s against %s: %d, want %d", b, a, got, -want)
		}
	})
}
