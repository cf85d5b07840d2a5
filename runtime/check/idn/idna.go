package idn

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// idnProperty is what RFC 5892 derives for a code point.
type idnProperty uint8

const (
	idnDisallowed idnProperty = iota
	idnValid
	idnContext // valid where contextRule says so
)

// deriveProperty follows RFC 5892 §3. Unassigned code points are disallowed.
func deriveProperty(r rune) idnProperty {
	if p, ok := idnException(r); ok {
		return p
	}
	switch {
	case r == '-', r >= '0' && r <= '9', r >= 'a' && r <= 'z':
		return idnValid
	case r == 0x200C || r == 0x200D:
		return idnContext
	case !isStable(r),
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.White_Space, unicode.Noncharacter_Code_Point),
		r >= 0x20D0 && r <= 0x20FF, r >= 0x1D100 && r <= 0x1D24F, // symbols' blocks of §2.6
		r >= 0x1100 && r <= 0x11FF, r >= 0xA960 && r <= 0xA97C, r >= 0xD7B0 && r <= 0xD7FB: // old Hangul of §2.9
		return idnDisallowed
	case unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lo, unicode.Nd, unicode.Lm, unicode.Mn, unicode.Mc):
		return idnValid
	}
	return idnDisallowed
}

// idnException follows RFC 5892 §2.6: Exceptions.
func idnException(r rune) (idnProperty, bool) {
	switch r {
	case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007:
		return idnValid, true
	case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB:
		return idnContext, true
	case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B:
		return idnDisallowed, true
	}
	if isArabicDigit(r) || isExtendedDigit(r) {
		return idnContext, true
	}
	return idnDisallowed, false
}

func isArabicDigit(r rune) bool   { return r >= 0x660 && r <= 0x669 }
func isExtendedDigit(r rune) bool { return r >= 0x6F0 && r <= 0x6F9 }

// isStable tells whether folding case and normalizing leave a code point as it
// is (RFC 5892 §2.2). Cherokee folds to capitals.
func isStable(r rune) bool {
	if r >= 0xAB70 && r <= 0xABBF || r >= 0x13F8 && r <= 0x13FD {
		return false
	}
	if unicode.Is(unicode.Cherokee, r) {
		return norm.NFKC.IsNormalString(string(r))
	}
	return unicode.ToLower(r) == r && norm.NFKC.IsNormalString(string(r))
}

// contextRule follows RFC 5892 appendix A for the code point at i.
func contextRule(label []rune, i int) bool {
	switch r := label[i]; {
	case r == 0x200C:
		return afterVirama(label, i) || joins(label, i)
	case r == 0x200D:
		return afterVirama(label, i)
	case r == 0xB7:
		return i > 0 && i+1 < len(label) && label[i-1] == 'l' && label[i+1] == 'l'
	case r == 0x375:
		return i+1 < len(label) && unicode.Is(unicode.Greek, label[i+1])
	case r == 0x5F3 || r == 0x5F4:
		return i > 0 && unicode.Is(unicode.Hebrew, label[i-1])
	case r == 0x30FB:
		return slices.ContainsFunc(label, func(r rune) bool {
			return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
		})
	case isArabicDigit(r):
		return !slices.ContainsFunc(label, isExtendedDigit)
	default:
		return !slices.ContainsFunc(label, isArabicDigit)
	}
}

// afterVirama tells whether a virama, which has combining class 9, stands
// before i.
func afterVirama(label []rune, i int) bool {
	return i > 0 && norm.NFD.PropertiesString(string(label[i-1])).CCC() == 9
}

// joins tells whether letters on both sides of i would join (appendix A.1).
func joins(label []rune, i int) bool {
	before := i - 1
	for before >= 0 && joining(label[before]) == 'T' {
		before--
	}
	after := i + 1
	for after < len(label) && joining(label[after]) == 'T' {
		after++
	}
	if before < 0 || after == len(label) {
		return false
	}
	left, right := joining(label[before]), joining(label[after])
	return (left == 'D' || left == 'L') && (right == 'D' || right == 'R')
}

// joining is the Joining_Type of the scripts in which the joiner matters:
// Arabic, Syriac, N'Ko, Mongolian and Phags-pa. Others do not join.
func joining(r rune) byte {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 'T'
	case unicode.Is(rightJoining, r):
		return 'R'
	case unicode.Is(dualJoining, r):
		return 'D'
	case r == 0xA872:
		return 'L'
	}
	return 'U'
}

var rightJoining = rangeTable(
	0x622, 0x625, 0x627, 0x627, 0x629, 0x629, 0x62F, 0x632, 0x648, 0x648, 0x671, 0x673, 0x675, 0x677, 0x688, 0x699,
	0x6C0, 0x6C0, 0x6C3, 0x6CB, 0x6CD, 0x6CD, 0x6CF, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6D5, 0x6EE, 0x6EF,
	0x710, 0x710, 0x715, 0x719, 0x71E, 0x71E, 0x728, 0x728, 0x72A, 0x72A, 0x72C, 0x72C, 0x72F, 0x72F, 0x74D, 0x74D,
	0x759, 0x75B, 0x76B, 0x76C, 0x771, 0x771, 0x773, 0x774, 0x778, 0x779, 0x8AA, 0x8AC, 0x8AE, 0x8AE, 0x8B1, 0x8B2, 0x8B9, 0x8B9,
)

var dualJoining = rangeTable(
	0x620, 0x620, 0x626, 0x626, 0x628, 0x628, 0x62A, 0x62E, 0x633, 0x63F, 0x641, 0x647, 0x649, 0x64A, 0x66E, 0x66F,
	0x678, 0x687, 0x69A, 0x6BF, 0x6C1, 0x6C2, 0x6CC, 0x6CC, 0x6CE, 0x6CE, 0x6D0, 0x6D1, 0x6FA, 0x6FC, 0x6FF, 0x6FF,
	0x712, 0x714, 0x71A, 0x71D, 0x71F, 0x727, 0x729, 0x729, 0x72B, 0x72B, 0x72D, 0x72E, 0x74E, 0x758, 0x75C, 0x76A,
	0x76D, 0x770, 0x772, 0x772, 0x775, 0x777, 0x77A, 0x77F, 0x7CA, 0x7EA, 0x8A0, 0x8A9, 0x8AF, 0x8B0, 0x8B3, 0x8B4,
	0x8B6, 0x8B8, 0x8BA, 0x8C8, 0x1807, 0x1807, 0x1820, 0x1878, 0x1887, 0x18A8, 0x18AA, 0x18AA, 0xA840, 0xA871,
)

// rangeTable makes a table of pairs.
func rangeTable(pairs ...uint16) *unicode.RangeTable {
	table := &unicode.RangeTable{}
	for i := 0; i < len(pairs); i += 2 {
		table.R16 = append(table.R16, unicode.Range16{Lo: pairs[i], Hi: pairs[i+1], Stride: 1})
	}
	return table
}

// bidiClass is the class of one code point.
func bidiClass(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// hasRTL tells whether a label makes its name a Bidi domain name (RFC 5893 §2).
func hasRTL(label string) bool {
	for _, r := range label {
		switch bidiClass(r) {
		case bidi.R, bidi.AL, bidi.AN:
			return true
		}
	}
	return false
}

// bidiRule follows RFC 5893 §2.
func bidiRule(label string) bool {
	var seen [64]bool
	first, last := bidi.Class(0), bidi.Class(0)
	for i, r := range label {
		class := bidiClass(r)
		if i == 0 {
			first = class
		}
		if class != bidi.NSM {
			last = class
		}
		seen[class&63] = true
	}
	switch first {
	case bidi.L:
		return !seen[bidi.R] && !seen[bidi.AL] && !seen[bidi.AN] && onlyNeutral(&seen) && (last == bidi.L || last == bidi.EN)
	case bidi.R, bidi.AL:
		return !seen[bidi.L] && !(seen[bidi.EN] && seen[bidi.AN]) && onlyNeutral(&seen) &&
			(last == bidi.R || last == bidi.AL || last == bidi.EN || last == bidi.AN)
	}
	return false
}

// onlyNeutral tells whether no class is there that neither direction allows.
func onlyNeutral(seen *[64]bool) bool {
	for class, there := range seen {
		switch bidi.Class(class) {
		case bidi.L, bidi.R, bidi.AL, bidi.AN, bidi.EN, bidi.ES, bidi.CS, bidi.ET, bidi.ON, bidi.BN, bidi.NSM:
			continue
		}
		if there {
			return false
		}
	}
	return true
}

// isULabel follows RFC 5891 §4.2 but for the Bidi rule, which looks at the whole
// name.
func isULabel(s string) bool {
	runes := []rune(s)
	n := len(runes)
	if n == 0 || runes[0] == '-' || runes[n-1] == '-' || n >= 4 && runes[2] == '-' && runes[3] == '-' {
		return false
	}
	if unicode.Is(unicode.M, runes[0]) || !norm.NFC.IsNormalString(s) {
		return false
	}
	for i, r := range runes {
		switch derived := deriveProperty(r); {
		case derived == idnValid:
		case derived == idnContext && contextRule(runes, i):
		default:
			return false
		}
	}
	return true
}
