package generator

import (
	"strconv"
	"strings"
)

// maxZeros is how many zeros a number may have at its end, or behind the point, to be
// called by its digits.
const maxZeros = 9

// numberWords are what a number is called in a name, another one for each value: its
// digits as they are usually written, and of one that is very large or small those that
// count, with their power of ten.
//
//	-3      minus 3
//	0.1     0 point 1
//	1.5e-7  1 point 5 e minus 7
func numberWords(number string) string {
	digits, power, _ := strings.Cut(plain(number), "e")
	digits, negative := strings.CutPrefix(digits, "-")
	exponent, _ := strconv.Atoi(power)
	first := exponent + len(digits) - 1 // the power of ten of the first digit
	var words string
	switch {
	case exponent >= 0 && exponent <= maxZeros:
		words = digits + strings.Repeat("0", exponent)
	case exponent < 0 && first >= 0:
		words = digits[:first+1] + " point " + digits[first+1:]
	case exponent < 0 && -first <= maxZeros/2:
		words = "0 point " + strings.Repeat("0", -first-1) + digits
	default:
		words = digits[:1]
		if len(digits) > 1 {
			words += " point " + digits[1:]
		}
		words += " e " + strings.Replace(strconv.Itoa(first), "-", "minus ", 1)
	}
	if negative {
		return "minus " + words
	}
	return words
}
