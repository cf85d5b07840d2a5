package parse

import (
	"net/url"
	"strings"
)

// URL returns a URL that is written as the text again, whatever that is: its String is the
// text. Its parts are those that url.Parse finds, but for the scheme, which has the letters of the
// text. If what they are written as is another text, or url.Parse refuses it, Opaque has what
// stands behind the scheme; unless query and fragment are written as they stand, which then are not
// in it. The URL keeps the text.
func URL(text string) *url.URL {
	if u := usualURL(text); u != nil {
		return u
	}
	u, err := url.Parse(text)
	if err == nil && u.String() == text {
		return u
	}
	end, rest := SchemeEnd(text), text
	if end > 0 {
		rest = text[end+1:]
	}
	if err != nil {
		return &url.URL{Scheme: text[:end], Opaque: rest}
	}
	if u.Scheme = text[:end]; u.String() == text {
		return u
	}
	u.Opaque = rest
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		u.Opaque = rest[:i]
	}
	if u.String() != text {
		u.Opaque, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = rest, "", false, "", ""
	}
	return u
}

// SchemeEnd returns the place of the colon behind a scheme (RFC 3986 §3.1), 0 without one.
func SchemeEnd(text string) int {
	if text == "" || text[0]|0x20 < 'a' || text[0]|0x20 > 'z' {
		return 0
	}
	if i := passURL(text, 1, inScheme); i < len(text) && text[i] == ':' {
		return i
	}
	return 0
}

// usualURL is URL for what is usual: no part but the query has anything that has to be escaped,
// or is. It returns nil for other texts.
func usualURL(text string) *url.URL {
	var u url.URL // which takes memory once it is known to be usual
	at := passURL(text, 0, usualInScheme)
	if at < len(text) && text[at] == ':' {
		if at == 0 || text[0] < 'a' {
			return nil
		}
		u.Scheme = text[:at]
		at++
	} else {
		at = 0
	}
	begin := at
	switch {
	case strings.HasPrefix(text[at:], "//"):
		begin += len("//")
		if at = passURL(text, begin, usualInHost); at == begin {
			return nil
		}
		if at < len(text) && text[at] == ':' {
			at = passURL(text, at+1, inPort)
		}
		if u.Host = text[begin:at]; at < len(text) && text[at] != '/' && text[at] != '?' && text[at] != '#' {
			return nil
		}
		begin = at
		at = passURL(text, at, usualInPath)
		u.Path = text[begin:at]
	case u.Scheme == "":
		at = passURL(text, at, usualInPath)
		if u.Path = text[:at]; strings.IndexByte(u.Path, ':') >= 0 {
			return nil
		}
	case at < len(text) && text[at] == '/':
		return nil
	default:
		at = passURL(text, at, usualInPath)
		u.Opaque = text[begin:at]
	}
	if at < len(text) && text[at] == '?' {
		begin = at + 1
		at = passURL(text, begin, usualInQuery)
		u.RawQuery, u.ForceQuery = text[begin:at], at == begin
	}
	if at < len(text) && text[at] == '#' {
		begin = at + 1
		if at = passURL(text, begin, usualInFragment); at == begin {
			return nil
		}
		u.Fragment = text[begin:at]
	}
	if at < len(text) {
		return nil
	}
	usual := u
	return &usual
}

// AppendURL appends what u is written as, and tells whether it has: it is usual, so that what is
// written has nothing that has to be escaped in a string of JSON. It has a host.
func AppendURL(to []byte, u *url.URL) ([]byte, bool) {
	if u.Host == "" || u.Opaque != "" || u.User != nil || u.RawPath != "" || u.RawFragment != "" ||
		u.Path != "" && u.Path[0] != '/' || !isURL(u.Scheme, inScheme) || !isURL(u.Host, usualInHost|inPort) ||
		!isURL(u.Path, usualInPath) || !isURL(u.RawQuery, usualInPath|usualInFragment|inEscape) || !isURL(u.Fragment, usualInFragment) {
		return to, false
	}
	if u.Scheme != "" {
		to = append(append(to, u.Scheme...), ':')
	}
	to = append(append(append(to, "//"...), u.Host...), u.Path...)
	if u.ForceQuery || u.RawQuery != "" {
		to = append(append(to, '?'), u.RawQuery...)
	}
	if u.Fragment != "" {
		to = append(append(to, '#'), u.Fragment...)
	}
	return to, true
}

// Where a character may stand in a URL, as bits of urlClass: usual are those that url.URL holds and
// writes as they are.
const (
	inScheme = 1 << iota
	usualInScheme
	usualInHost
	inPort
	usualInPath
	usualInQuery
	usualInFragment
	inEscape
)

// urlClass tells for each byte where it may stand.
var urlClass = func() (class [256]uint8) {
	add := func(chars string, bits uint8) {
		for i := range len(chars) {
			class[chars[i]] |= bits
		}
	}
	const capitals, small, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	add(capitals, inScheme)
	add(small+digits+"+-.", inScheme|usualInScheme)
	add(digits, inPort)
	add(capitals+small+digits+"-._~", usualInHost|usualInPath|usualInFragment)
	add("$&+,/:;=@", usualInPath|usualInFragment)
	add("!()*?", usualInFragment)
	add("%", inEscape)
	for c := range class {
		if c >= ' ' && c != 0x7f && c != '#' {
			class[c] |= usualInQuery
		}
	}
	return class
}()

// passURL returns the first place at or behind at that has another character than such.
func passURL(text string, at int, class uint8) int {
	for at < len(text) && urlClass[text[at]]&class != 0 {
		at++
	}
	return at
}

// isURL tells whether a part of a URL has nothing but such characters.
func isURL(part string, class uint8) bool { return passURL(part, 0, class) == len(part) }
