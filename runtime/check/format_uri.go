package check

import (
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

func isURI(s string) bool          { return hasScheme(s) && isReference(s, false) }
func isURIReference(s string) bool { return isReference(s, false) }
func isIRI(s string) bool          { return hasScheme(s) && isReference(s, true) }
func isIRIReference(s string) bool { return isReference(s, true) }

// hasScheme tells whether s begins with a scheme and a colon (RFC 3986 §3.1).
func hasScheme(s string) bool { return parse.SchemeEnd(s) > 0 }

// isReference follows RFC 3986 §4.1, or RFC 3987 §2.2 where characters beyond
// ASCII are allowed.
func isReference(s string, wide bool) bool {
	scheme := parse.SchemeEnd(s)
	if scheme > 0 {
		s = s[scheme+1:]
	}
	if strings.HasPrefix(s, "//") {
		end := 2
		for end < len(s) && s[end] != '/' && s[end] != '?' && s[end] != '#' {
			end++
		}
		if !isAuthority(s[2:end], wide) {
			return false
		}
		s = s[end:]
	} else if scheme == 0 {
		for i := 0; i < len(s) && s[i] != '/' && s[i] != '?' && s[i] != '#'; i++ {
			if s[i] == ':' { // what stands before it is no scheme
				return false
			}
		}
	}
	s = s[charsEnd(s, uriPath, wide, false):]
	if s != "" && s[0] == '?' {
		s = s[1:]
		s = s[charsEnd(s, uriQuery, wide, wide):]
	}
	if s != "" && s[0] == '#' {
		return isChars(s[1:], uriQuery, wide, false)
	}
	return s == ""
}

func cutByte(s string, c byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// Classes of characters, as bits of uriClass.
const (
	uriName  = 1 << iota // in a registered name: unreserved and sub-delims
	uriUser              // in userinfo
	uriPath              // in a path
	uriQuery             // in a query or fragment
	mailAtom             // in an atom of a mailbox, or between two
)

// uriClass tells for each byte where it may stand unescaped.
var uriClass = func() (class [256]uint8) {
	add := func(chars string, bits uint8) {
		for i := range len(chars) {
			class[chars[i]] |= bits
		}
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	add(letters+"-._~!$&'()*+,;=", uriName|uriUser|uriPath|uriQuery)
	add(":", uriUser|uriPath|uriQuery)
	add("@/", uriPath|uriQuery)
	add("?", uriQuery)
	add(letters+"!#$%&'*+-/=?^_`{|}~.", mailAtom)
	return class
}()

// isChars tells whether all of s may stand in a part of a reference.
func isChars(s string, class uint8, wide, private bool) bool {
	return charsEnd(s, class, wide, private) == len(s)
}

// charsEnd returns how much of s may stand in a part of a reference.
func charsEnd(s string, class uint8, wide, private bool) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if uriClass[c]&class != 0 {
			continue
		}
		switch {
		case c == '%':
			if !isEscaped(s, i) {
				return i
			}
			i += 2
		case c < utf8.RuneSelf, !wide:
			return i
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isUCSChar(r) && !(private && isPrivate(r)) {
				return i
			}
			i += size - 1
		}
	}
	return len(s)
}

// isUCSChar follows RFC 3987 §2.2: ucschar.
func isUCSChar(r rune) bool {
	switch {
	case r >= 0xA0 && r <= 0xD7FF, r >= 0xF900 && r <= 0xFDCF, r >= 0xFDF0 && r <= 0xFFEF:
		return true
	case r >= 0x10000 && r <= 0xEFFFD:
		return r&0xFFFF <= 0xFFFD && (r < 0xE0000 || r >= 0xE1000)
	}
	return false
}

// isPrivate follows RFC 3987 §2.2: iprivate.
func isPrivate(r rune) bool {
	return r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 && r <= 0xFFFFD || r >= 0x100000 && r <= 0x10FFFD
}

// isAuthority follows RFC 3986 §3.2.
func isAuthority(s string, wide bool) bool {
	if i := strings.IndexByte(s, '@'); i >= 0 {
		if !isChars(s[:i], uriUser, wide, false) {
			return false
		}
		s = s[i+1:]
	}
	host, port := s, ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 || !isIPLiteral(s[1:end]) {
			return false
		}
		if host, port = "", s[end+1:]; port != "" && port[0] != ':' {
			return false
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 {
		host, port = s[:i], s[i:]
	}
	return isChars(host, uriName, wide, false) && strings.Trim(strings.TrimPrefix(port, ":"), "0123456789") == ""
}

// isIPLiteral follows RFC 3986 §3.2.2: what stands in the brackets.
func isIPLiteral(s string) bool {
	if s == "" || s[0]|0x20 != 'v' {
		return isIPv6(s)
	}
	version, address, _ := cutByte(s[1:], '.')
	return version != "" && strings.Trim(version, "0123456789abcdefABCDEF") == "" &&
		address != "" && isChars(address, uriUser, false, false) && strings.IndexByte(address, '%') < 0
}

// isIPv4 follows RFC 2673 §3.2: four decimal numbers without leading zeros.
func isIPv4(s string) bool {
	_, ok := parse.IPv4(s)
	return ok
}

// isIPv6 follows RFC 4291 §2.2, without a zone.
func isIPv6(s string) bool {
	_, ok := parse.IPv6(s)
	return ok
}
