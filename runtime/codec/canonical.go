package codec

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// canonical reads the next value and returns the one text that all ways to write
// the value have: without space, members sorted by their names as they are
// written, strings with the fewest escapes, and numbers as digits without zeros
// around them and a power of ten: 15e-1. Two values are equal where their
// canonical texts are.
func (r *Reader) canonical() string {
	switch r.Peek() {
	case Object:
		var members []string
		for r.Object(); r.Member(); {
			name := canonicalText(r.Key())
			members = append(members, name+":"+r.canonical())
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}"
	case Array:
		var elements []string
		for r.Array(); r.Element(); {
			elements = append(elements, r.canonical())
		}
		return "[" + strings.Join(elements, ",") + "]"
	case String:
		return canonicalText(r.Text())
	case Number:
		return canonicalNumber(r.number())
	}
	return string(r.skip())
}

// canonicalText is a string with escapes where there must be some.
func canonicalText(text []byte) string {
	const hex = "0123456789abcdef"
	out := append(make([]byte, 0, len(text)+2), '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, `\u00`...)
			out = append(out, hex[c>>4], hex[c&15])
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

// canonicalNumber is a number as its digits and a power of ten.
func canonicalNumber(text []byte) string {
	mantissa, power := text, []byte(nil)
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		mantissa, power = text[:i], text[i+1:]
	}
	digits, shift, ok := decimal(mantissa)
	switch {
	case !ok:
		return string(text)
	case len(digits) == 0:
		return "0"
	}
	exponent, ok := shifted(power, shift)
	if !ok {
		return string(text)
	}
	out := string(digits)
	if text[0] == '-' {
		out = "-" + out
	}
	if exponent != "0" {
		out += "e" + exponent
	}
	return out
}

// shifted is the sum of an exponent, of any length, and a number, and tells whether the exponent
// is one: what stands behind a number may be no JSON.
func shifted(power []byte, by int) (sum string, ok bool) {
	if len(power) == 0 {
		return strconv.Itoa(by), true
	}
	if n, err := strconv.ParseInt(string(power), 10, 32); err == nil {
		return strconv.FormatInt(n+int64(by), 10), true
	}
	n, ok := new(big.Int).SetString(string(power), 10)
	if !ok {
		return "", false
	}
	return n.Add(n, big.NewInt(int64(by))).String(), true
}

// canonicalOf is the canonical text of JSON, or "" of what is too deep to be read.
func canonicalOf(value string) string {
	r := NewReader(value)
	text := r.canonical()
	if r.err != nil {
		return ""
	}
	return text
}

// canonical writes a text of JSON, which has to be some.
func (w *Writer) canonical(text string) {
	w.comma()
	w.raw(unsafe.Slice(unsafe.StringData(text), len(text)))
}
