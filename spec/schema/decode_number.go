package schema

import (
	"math"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// number reads a number and keeps its literal.
func number(field func(*Schema) **Literal) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.Number {
			found := d.wrong(key, p.Node, "a number")
			switch {
			case p.Node.Kind == syntax.Bool: // as in draft-04
				found.WithHelp("write the limit itself here")
			case isNumber(p.Node):
				found.WithHelp("write it without quotes")
			}
			return
		}
		*field(d.s) = &Literal{Text: p.Node.Text, At: p.Node.At}
	}
}

// exclusive reads whether the limit itself is excluded, as in draft-04.
func exclusive(limit, field func(*Schema) **Literal) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.Bool {
			found := d.wrong(key, p.Node, "true or false")
			if p.Node.Kind == syntax.Number {
				found.WithHelp("in %s the limit stands under %q", d.s.Dialect, strings.ToLower(strings.TrimPrefix(key, "exclusive")))
			}
			return
		}
		if p.Node.Text == "true" {
			d.then = append(d.then, func(s *Schema) { *field(s), *limit(s) = *limit(s), nil })
		}
	}
}

func decodeMultipleOf(d *decoding, key string, p resolve.Place) {
	n := p.Node
	if n.Kind != syntax.Number || strings.HasPrefix(n.Text, "-") || !strings.ContainsAny(mantissa(n.Text), "123456789") {
		d.wrong(key, n, "a number greater than 0")
		return
	}
	d.s.MultipleOf = &Literal{Text: n.Text, At: n.At}
}

// isNumber tells whether a string reads like a number in quotes.
func isNumber(n *syntax.Node) bool {
	_, err := strconv.ParseFloat(n.Text, 64)
	return n.Kind == syntax.String && err == nil
}

func mantissa(literal string) string {
	m, _, _ := strings.Cut(strings.ToLower(literal), "e")
	return m
}

// count reads a non-negative integer, which may be written as 2.0 or 2e3.
func count(field func(*Schema) **Count) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		n, ok := uint64(0), false
		if p.Node.Kind == syntax.Number {
			n, ok = integer(p.Node.Text)
		}
		if !ok {
			found := d.wrong(key, p.Node, "a non-negative integer")
			if isNumber(p.Node) {
				found.WithHelp("write it without quotes")
			}
			return
		}
		*field(d.s) = &Count{N: n, At: p.Node.At}
	}
}

// integer reads a number literal that is an integer of 0 or more; what does not
// fit is math.MaxUint64.
func integer(literal string) (uint64, bool) {
	m, e, _ := strings.Cut(strings.ToLower(literal), "e")
	whole, fraction, _ := strings.Cut(m, ".")
	fraction = strings.TrimRight(fraction, "0")
	digits := strings.TrimLeft(whole+fraction, "0")
	switch {
	case strings.Trim(whole+fraction, "-0") == "":
		return 0, true
	case strings.HasPrefix(literal, "-"):
		return 0, false
	}
	exponent := 0
	if e != "" {
		var err error
		if exponent, err = strconv.Atoi(e); err != nil {
			return math.MaxUint64, !strings.HasPrefix(e, "-")
		}
	}
	exponent -= len(fraction)
	for ; exponent < 0 && strings.HasSuffix(digits, "0"); exponent++ {
		digits = digits[:len(digits)-1]
	}
	if exponent < 0 {
		return 0, false
	}
	if exponent > 20 || len(digits) > 20 {
		return math.MaxUint64, true
	}
	n, err := strconv.ParseUint(digits+strings.Repeat("0", exponent), 10, 64)
	if err != nil {
		return math.MaxUint64, true
	}
	return n, true
}
