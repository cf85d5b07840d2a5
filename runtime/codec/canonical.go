package codec

import (
	"bytes"
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
	part := r.canonicalPart("")
	if part.parts == nil {
		return part.text
	}
	return string(part.appendTo(nil))
}

// canonicalPart is a value of which the text is still to be put together, once: texts of arrays
// and objects that were copied into those around them would cost their depth times their size.
type canonicalPart struct {
	name  string // with a colon, of a member
	text  string // of a value without parts; else the brackets
	parts []canonicalPart
}

func (r *Reader) canonicalPart(name string) canonicalPart {
	part := canonicalPart{name: name}
	switch r.Peek() {
	case Object:
		for r.Object(); r.Member(); {
			part.parts = append(part.parts, r.canonicalPart(canonicalText(r.Key())+":"))
		}
		slices.SortStableFunc(part.parts, func(a, b canonicalPart) int { return strings.Compare(a.name, b.name) })
		part.text = "{}"
	case Array:
		for r.Array(); r.Element(); {
			part.parts = append(part.parts, r.canonicalPart(""))
		}
		part.text = "[]"
	case String:
		part.text = canonicalText(r.Text())
	case Number:
		part.text = canonicalNumber(r.number())
	default:
		part.text = string(r.skip())
	}
	return part
}

func (p *canonicalPart) appendTo(out []byte) []byte {
	out = append(out, p.name...)
	if p.parts == nil {
		return append(out, p.text...)
	}
	out = append(out, p.text[0])
	for i := range p.parts {
		if i > 0 {
			out = append(out, ',')
		}
		out = p.parts[i].appendTo(out)
	}
	return append(out, p.text[1])
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
	digits, shift, ok := apart(mantissa)
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
// is one: what stands behind a number may be no JSON. It takes no more than to look at each digit.
func shifted(power []byte, by int) (sum string, ok bool) {
	if len(power) == 0 {
		return strconv.Itoa(by), true
	}
	digits, negative := power, power[0] == '-'
	if negative || power[0] == '+' {
		digits = power[1:]
	}
	if len(digits) == 0 || len(bytes.Trim(digits, "0123456789")) > 0 {
		return "", false
	}
	sign := ""
	if negative {
		sign, by = "-", -by
	}
	const most, beyond = 18, 1_000_000_000_000_000_000 // digits that an int64 holds
	digits = bytes.TrimLeft(digits, "0")
	if len(digits) <= most {
		n, _ := strconv.ParseInt("0"+string(digits), 10, 64)
		if n += int64(by); negative {
			n = -n
		}
		return strconv.FormatInt(n, 10), true
	}
	low, _ := strconv.ParseInt(string(digits[len(digits)-most:]), 10, 64)
	high := append([]byte{'0'}, digits[:len(digits)-most]...)
	last := len(high) - 1
	switch low += int64(by); {
	case low < 0: // as high is not
		for ; high[last] == '0'; last-- {
			high[last] = '9'
		}
		high[last]--
		low += beyond
	case low >= beyond:
		for ; high[last] == '9'; last-- {
			high[last] = '0'
		}
		high[last]++
		low -= beyond
	}
	high = append(high, strconv.FormatInt(beyond+low, 10)[1:]...)
	return sign + string(bytes.TrimLeft(high, "0")), true
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
