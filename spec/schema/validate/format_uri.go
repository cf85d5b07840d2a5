package validate

import (
	"strings"
	"unicode/utf8"
)

func isURI(s string) bool          { return hasScheme(s) && isReference(s, false) }
func isURIReference(s string) bool { return isReference(s, false) }
func isIRI(s string) bool          { return hasScheme(s) && isReference(s, true) }
func isIRIReference(s string) bool { return isReference(s, true) }

// hasScheme tells whether s begins with a scheme and a colon (RFC 3986 §3.1).
func hasScheme(s string) bool { return schemeEnd(s) > 0 }

// schemeEnd returns the place of the colon behind a scheme, 0 without one.
func schemeEnd(s string) int {
	if s == "" || !isAlpha(s[0]) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i
		case isAlpha(c), isDigit(c), c == '+', c == '-', c == '.':
		default:
			return 0
		}
	}
	return 0
}

// isReference follows RFC 3986 §4.1, or RFC 3987 §2.2 where characters beyond
// ASCII are allowed.
func isReference(s string, wide bool) bool {
	relative := true
	if i := schemeEnd(s); i > 0 {
		relative = false
		s = s[i+1:]
	}
	s, fragment, _ := cutByte(s, '#')
	s, query, _ := cutByte(s, '?')
	if !isChars(fragment, uriQuery, wide, false) || !isChars(query, uriQuery, wide, wide) {
		return false
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		path := ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			rest, path = rest[:i], rest[i:]
		}
		return isAuthority(rest, wide) && isChars(path, uriPath, wide, false)
	}
	if relative {
		first, _, _ := cutByte(s, '/')
		if strings.IndexByte(first, ':') >= 0 {
			return false
		}
	}
	return isChars(s, uriPath, wide, false)
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
)

// uriClass tells for each byte of ASCII where it may stand unescaped.
var uriClass = func() (class [128]uint8) {
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
	return class
}()

// isChars tells whether all of s may stand in a part of a reference.
func isChars(s string, class uint8, wide, private bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if !isEscaped(s, i) {
				return false
			}
			i += 2
		case c < utf8.RuneSelf:
			if uriClass[c]&class == 0 {
				return false
			}
		case !wide:
			return false
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isUCSChar(r) && !(private && isPrivate(r)) {
				return false
			}
			i += size - 1
		}
	}
	return true
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
	for part := range 4 {
		i := 0
		n := 0
		for ; i < len(s) && i < 3 && isDigit(s[i]); i++ {
			n = n*10 + int(s[i]-'0')
		}
		if i == 0 || n > 255 || i > 1 && s[0] == '0' {
			return false
		}
		s = s[i:]
		if part == 3 {
			return s == ""
		}
		if s == "" || s[0] != '.' {
			return false
		}
		s = s[1:]
	}
	return false
}

// isIPv6 follows RFC 4291 §2.2, without a zone.
func isIPv6(s string) bool {
	groups, gap := 0, false
	if strings.HasPrefix(s, "::") {
		gap = true
		s = s[2:]
	}
	for s != "" {
		if isIPv4(s) {
			groups += 2
			s = ""
			break
		}
		n := 0
		for n < len(s) && n < 4 && isHex(s[n]) {
			n++
		}
		if n == 0 {
			return false
		}
		groups++
		if s = s[n:]; s == "" {
			break
		}
		if s[0] != ':' || len(s) == 1 {
			return false
		}
		if s = s[1:]; s[0] == ':' {
			if gap {
				return false
			}
			gap = true
			s = s[1:]
		}
	}
	return groups == 8 || gap && groups < 8
}
