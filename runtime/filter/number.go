package filter

import "cmp"

// number is a JSON number, compared exactly without being converted: a sign,
// digits, and where the first of them stands.
type number struct {
	negative bool
	digits   []byte // from the first that is not 0, with the point, if it comes later; empty is zero
	first    int64  // power of ten of the first digit
}

// farAway is beyond every power of ten that a text of sane size can move.
const farAway = int64(1) << 60

// numberOf reads a number whose grammar has been checked.
func numberOf(text []byte) number {
	var n number
	if text[0] == '-' {
		n.negative = true
		text = text[1:]
	}
	end := 0
	for end < len(text) && text[end] != 'e' && text[end] != 'E' {
		end++
	}
	mantissa := text[:end]
	point := len(mantissa)
	for i, c := range mantissa {
		if c == '.' {
			point = i
		}
	}
	for i, c := range mantissa {
		if c == '0' || c == '.' {
			continue
		}
		n.digits = mantissa[i:]
		n.first = int64(point - i)
		if i < point {
			n.first--
		}
		break
	}
	if len(n.digits) == 0 {
		return number{}
	}
	if end < len(text) {
		n.first += exponent(text[end+1:])
	}
	return n
}

// exponent reads what stands behind the e; what is too large is farAway.
func exponent(text []byte) int64 {
	sign := int64(1)
	if text[0] == '-' {
		sign = -1
	}
	if text[0] == '-' || text[0] == '+' {
		text = text[1:]
	}
	var e int64
	for _, c := range text {
		if e = e*10 + int64(c-'0'); e > farAway/16 {
			return sign * farAway
		}
	}
	return sign * e
}

// compare returns -1, 0 or +1 as n is less than, equal to or greater than m.
func (n number) compare(m number) int {
	sign := 1
	switch {
	case len(n.digits) == 0 && len(m.digits) == 0:
		return 0
	case len(n.digits) == 0:
		return -m.sign()
	case len(m.digits) == 0:
		return n.sign()
	case n.negative != m.negative:
		return n.sign()
	case n.negative:
		sign = -1
	}
	if c := cmp.Compare(n.first, m.first); c != 0 {
		return sign * c
	}
	return sign * compareDigits(n.digits, m.digits)
}

// sign is that of a number that is not zero.
func (n number) sign() int {
	if n.negative {
		return -1
	}
	return 1
}

// compareDigits compares two runs of digits that begin at the same power of
// ten; points among them mean nothing, and behind the end all is 0.
func compareDigits(a, b []byte) int {
	for i, j := 0, 0; i < len(a) || j < len(b); i, j = i+1, j+1 {
		i, j = skipPoint(a, i), skipPoint(b, j)
		if c := cmp.Compare(digitAt(a, i), digitAt(b, j)); c != 0 {
			return c
		}
	}
	return 0
}

func skipPoint(digits []byte, i int) int {
	if i < len(digits) && digits[i] == '.' {
		return i + 1
	}
	return i
}

func digitAt(digits []byte, i int) byte {
	if i < len(digits) {
		return digits[i]
	}
	return '0'
}
