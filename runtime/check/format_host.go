package check

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits of host names in octets (RFC 1035 §2.3.4): 253 is what 255 octets on
// the wire leave for the text.
const (
	maxLabel = 63
	maxHost  = 253
)

// Labels judges the labels of host names beyond ASCII (RFC 5890). The subpackage
// idn has them; services that do not import it do not link its tables.
type Labels struct {
	// Unicode tells whether a label is a U-label, but for the Bidi rule (RFC 5891
	// §4.2).
	Unicode func(label string) bool
	// RightToLeft tells whether a label makes its name a Bidi domain name (RFC 5893
	// §1.4).
	RightToLeft func(label string) bool
	// Bidi tells whether a label of such a name keeps the Bidi rule (RFC 5893 §2).
	Bidi func(label string) bool
	// Normal is a text in Unicode's normalization form C.
	Normal func(text string) string

	once    sync.Once
	formats map[string]*format
}

// unicode tells whether a label in Unicode may stand in a name by itself. Without
// the tables every one may.
func (l *Labels) unicode(label string) bool {
	return l == nil || l.Unicode(label) && (!l.RightToLeft(label) || l.Bidi(label))
}

// isHostname follows RFC 1123 §2.1. Labels that begin with xn-- must be
// A-labels (RFC 5890 §2.3.2.1).
func (l *Labels) isHostname(s string) bool {
	if len(s) > maxHost {
		return false
	}
	for {
		end := labelEnd(s)
		label := s[:end]
		if end == 0 || end > maxLabel || label[0] == '-' || label[end-1] == '-' || isACE(label) && !l.isALabel(label) {
			return false
		}
		if end == len(s) {
			return true
		}
		if s[end] != '.' {
			return false
		}
		s = s[end+1:]
	}
}

// labelEnd returns how much of s is letters, digits and hyphens.
func labelEnd(s string) int {
	for i := range len(s) {
		if c := s[i]; !isAlpha(c) && !isDigit(c) && c != '-' {
			return i
		}
	}
	return len(s)
}

// isLabel tells whether s is letters, digits and inner hyphens.
func isLabel(s string) bool {
	return len(s) > 0 && len(s) <= maxLabel && s[0] != '-' && s[len(s)-1] != '-' && labelEnd(s) == len(s)
}

func isACE(label string) bool { return len(label) >= 4 && strings.EqualFold(label[:4], "xn--") }

// isALabel tells whether what stands behind xn-- is a U-label in Punycode, in
// the one way it is written.
func (l *Labels) isALabel(label string) bool {
	runes, ok := decodePunycode(strings.ToLower(label[4:]))
	if !ok {
		return false
	}
	text := string(runes)
	encoded, ok := encodePunycode(runes)
	return ok && strings.EqualFold(encoded, label[4:]) && !isASCII(text) && l.unicode(text)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isIDNHostname follows RFC 5890 §2.3.2.3, with the separators of RFC 3490 §3.1.
func (l *Labels) isIDNHostname(s string) bool {
	s = separators.Replace(s)
	labels := strings.Split(s, ".")
	total := len(labels) - 1
	bidi := false
	for i, label := range labels {
		size, unicodeLabel, ok := l.idnLabel(label)
		if !ok {
			return false
		}
		labels[i] = unicodeLabel
		bidi = bidi || l.RightToLeft(unicodeLabel)
		total += size
	}
	if total > maxHost {
		return false
	}
	for _, label := range labels {
		if bidi && !l.Bidi(label) {
			return false
		}
	}
	return true
}

var separators = strings.NewReplacer("\u3002", ".", "\uFF0E", ".", "\uFF61", ".")

// idnLabel judges one label, in either form, and returns how long it is as an
// A-label and what it is as a U-label.
func (l *Labels) idnLabel(label string) (size int, text string, ok bool) {
	if isASCII(label) {
		if !isLabel(label) {
			return 0, "", false
		}
		if !isACE(label) {
			return len(label), label, true
		}
		runes, _ := decodePunycode(strings.ToLower(label[4:]))
		return len(label), string(runes), l.isALabel(label)
	}
	encoded, ok := encodePunycode([]rune(label))
	size = len(encoded) + len("xn--")
	return size, label, ok && size <= maxLabel && l.Unicode(label)
}

// isEmail follows RFC 5321 §4.1.2: Mailbox.
func (l *Labels) isEmail(s string) bool { return isASCII(s) && isMailbox(s, l.isHostname) }

// isIDNEmail follows RFC 6531 §3.3, which lets UTF-8 stand in both parts.
func (l *Labels) isIDNEmail(s string) bool { return isMailbox(s, l.isWideDomain) }

// isWideDomain is lenient with labels beyond ASCII: RFC 6531 §3.3 asks for
// U-labels, but mail systems normalize what they are given.
func (l *Labels) isWideDomain(s string) bool {
	return l.isIDNHostname(l.Normal(s))
}

func isMailbox(s string, isDomain func(string) bool) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if local[0] == '"' {
		if !isQuoted(local) {
			return false
		}
	} else if !isDotString(local) {
		return false
	}
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		literal, closed := strings.CutSuffix(literal, "]")
		return closed && isAddressLiteral(literal)
	}
	return isDomain(domain)
}

// isDotString tells whether s is atoms with single dots between.
func isDotString(s string) bool {
	before := byte('.')
	for i := range len(s) {
		c := s[i]
		if c < utf8.RuneSelf && uriClass[c]&mailAtom == 0 || c == '.' && before == '.' {
			return false
		}
		before = c
	}
	return before != '.'
}

func isQuoted(s string) bool {
	if len(s) < 2 || s[len(s)-1] != '"' {
		return false
	}
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s) || s[i] < ' ' || s[i] > '~' {
				return false
			}
		case c < ' ' || c == '"' || c == 0x7F:
			return false
		}
	}
	return true
}

func isAddressLiteral(s string) bool {
	if len(s) > 5 && strings.EqualFold(s[:5], "IPv6:") {
		return isIPv6(s[5:])
	}
	return isIPv4(s)
}
