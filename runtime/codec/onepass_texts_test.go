package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// texts makes random texts.
type texts struct{ *rand.Rand }

func (r texts) one(of ...string) string { return of[r.IntN(len(of))] }

// space is white space, seldom some.
func (r texts) space() string {
	if r.IntN(40) > 0 {
		return ""
	}
	return r.one(" ", "\n\t", "\r\n      ", " ")
}

// text is a string, as it is written: of any kind, or not valid by itself.
func (r texts) text() string {
	if r.IntN(100) == 0 {
		return r.one(`"\ud83d"`, "\"\xff\"", "\"\x01\"", `"\x"`, `"2026-02-30T00:00:00Z"`, `"2026-06-30T23:59:60Z"`, `"`+strings.Repeat("ab ", r.IntN(400))+`"`)
	}
	if r.IntN(100) == 0 {
		return `""`
	}
	return r.one(`"a"`, `"one"`, `"ä"`, `"\u00e4b"`, `"\n"`, `"eight by"`, `"\ud83d\ude00"`, `"`+strings.Repeat("x", 1+r.IntN(70))+`"`, `"`+strings.Repeat(r.one(`\u00e4`, `\n`), r.IntN(70))+`"`)
}

// number is one that few rules take, or none.
func (r texts) number() string {
	return r.one("-7", "12.555", "1e2", "2147483648", "-0", "-0.0", "123456789012345678", "12345678901234567890",
		"9007199254740993", "0.1234567890123456789", "1E-3", "300", "1e400", "01", "1.", "-")
}

// value is one of the right kind for a member, most of the time.
func (r texts) value(name string, depth int) string {
	if r.IntN(300) == 0 {
		return r.one("null", "true", "1", `"text"`, "[]", "{}", "[1,{\"a\":null}]", "nul", "{\"a\":1,\"a\":2}", "", r.number(), r.number(), r.text())
	}
	switch name {
	case "name", "a note, with ä", "mixed":
		return r.text()
	case "kind":
		return r.one(`"one"`, `"two"`, `"a third of the values"`, `"\u006fne"`)
	case "at", "when":
		return r.one(`"2026-01-02T03:04:05Z"`, `"2026-01-02t03:04:05.123456789-07:30"`, `"0000-02-29T00:00:00Z"`, `"2026-01-02T03:04:05\u005a"`)
	case "count", "small":
		return r.one("0", "-0", "-3", "5.0", "1e2", "2147483647", fmt.Sprint(r.IntN(1000)))
	case "large":
		return r.one("0", "-0", "-3", "5.0", "1e2", "2147483648", "123456789012345678", "1234567890123456789", fmt.Sprint(r.IntN(1000)))
	case "ratio", "weight":
		return r.one("0", "-0.0", "0.0", "-0.5", "5.25", "1e2", "0.1234567890123456789", "0.12345678901234567", "99999.125", fmt.Sprint(r.IntN(1000)))
	case "money":
		return r.one("0", "-0.00", "-5.25", "1e2", "0.01", "19.90", "900719925474099.31", fmt.Sprint(r.IntN(1000)))
	case "long":
		return r.one("1", "20", "-3", "1.0", "2e1", "20", "-3", "1", "20", "-3", "1", "7")
	case "tiny":
		return r.one("0", "255", "1e1")
	case "on":
		return r.one("true", "false")
	case "flag":
		return "true"
	case "tags":
		return r.list(5, func(i int) string {
			if r.IntN(200) == 0 {
				return r.one(`"A"`, `"a"`)
			}
			return []string{`"a"`, `"b"`, `"\u00e4"`, `"d"`, `"ää"`}[i]
		})
	case "part":
		return r.part(0)
	case "parts":
		return r.list(30, r.part)
	case "next":
		return r.object(depth + 1)
	case "many":
		return r.list(3, func(int) string { return r.object(depth + 1) })
	}
	return r.one(`[1]`, `{"x":1}`, `{"x": [{}, "}"]}`, `"s"`, `{"x":1,"y":{"y":1}}`)
}

func (r texts) part(int) string {
	return r.members([]string{`"id"`, `"count"`, `"more"`}[:1+r.IntN(41)/20], func(i int) string { return []string{r.text(), "3", "1"}[i] })
}

// list has at least one item, and at most so many.
func (r texts) list(most int, item func(i int) string) string {
	var b strings.Builder
	b.WriteString("[" + r.space())
	for i := range 1 + min(r.IntN(most), r.IntN(most)) {
		if i > 0 {
			b.WriteString("," + r.space())
		}
		b.WriteString(item(i) + r.space())
	}
	return b.String() + "]"
}

// members makes an object of some of the members, not always in their order.
func (r texts) members(names []string, value func(i int) string) string {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	if r.IntN(4) == 0 {
		order = r.Perm(len(names))
	}
	if r.IntN(200) == 0 {
		order = append(order, r.IntN(len(names)))
	}
	var b strings.Builder
	b.WriteString("{" + r.space())
	for n, i := range order {
		if n > 0 {
			b.WriteString("," + r.space())
		}
		b.WriteString(names[i] + r.space() + ":" + r.space() + value(i) + r.space())
	}
	return b.String() + "}"
}

// object is an object with some of the members that an all has, and others.
func (r texts) object(depth int) string {
	var known, names []string
	for _, f := range allTable.fields() {
		if f.name != "" && (r.IntN(3) > 0 || f.name == "name" || f.name == "count") && (depth < 2 || f.name != "next" && f.name != "many") && (depth == 0 || r.IntN(2) == 0) {
			name, _ := json.Marshal(f.name)
			if known = append(known, f.name); r.IntN(50) == 0 {
				name = []byte(fmt.Sprintf(`"\u%04x%s`, f.name[0], name[2:]))
			}
			names = append(names, string(name))
		}
	}
	for range max(0, r.IntN(60)-58) * (1 + r.IntN(30)) {
		known = append(known, "")
		names = append(names, r.one(`"x"`, `"\u0078"`, `""`, `"ä"`, `"y`+fmt.Sprint(r.IntN(1000))+`"`, `"y`+fmt.Sprint(r.IntN(1000))+`"`, `"\u0079`+fmt.Sprint(r.IntN(1000))+`"`))
	}
	if len(names) == 0 {
		return "{" + r.space() + "}"
	}
	return r.members(names, func(i int) string {
		if known[i] == "" {
			return r.one("1", "2", "7", "-3", r.text(), "{}")
		}
		return r.value(known[i], depth)
	})
}

// mutant changes some bytes.
func (r texts) mutant(data []byte) []byte {
	data = bytes.Clone(data)
	for range r.IntN(3) {
		i := r.IntN(len(data))
		switch r.IntN(4) {
		case 0:
			data[i] = "\"\\{}[],:0 1eE.-\x00\xc3\xff"[r.IntN(18)]
		case 1:
			data = append(data[:i], data[i+1:]...)
		case 2:
			data = data[:i]
		default:
			data = append(data[:i], append(bytes.Clone(data[i:min(i+r.IntN(12), len(data))]), data[i:]...)...)
		}
		if len(data) == 0 {
			return data
		}
	}
	return data
}
