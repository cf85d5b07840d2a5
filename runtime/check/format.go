package check

import (
	"strings"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// format is a row of the table of formats for strings.
type format struct {
	name  string
	words string // what a text of the format is, behind "must be"
	check func(string) bool
	wide  bool // Labels are needed
}

// formatTable returns the formats of draft-07 (validation §7.3) and later, and those that
// AsyncAPI and OpenAPI add for strings. "binary" restricts nothing.
func formatTable(l *Labels) []format {
	return []format{
		{name: "date-time", words: "a date-time (RFC 3339)", check: parse.DateTime},
		{name: "date", words: "a date (RFC 3339)", check: isDate},
		{name: "time", words: "a time with an offset (RFC 3339)", check: isTime},
		{name: "email", words: "an e-mail address (RFC 5321)", check: l.isEmail},
		{name: "idn-email", words: "an e-mail address (RFC 6531)", check: l.isIDNEmail, wide: true},
		{name: "hostname", words: "a host name (RFC 1123)", check: l.isHostname},
		{name: "idn-hostname", words: "an internationalized host name (RFC 5890)", check: l.isIDNHostname, wide: true},
		{name: "ipv4", words: "an IPv4 address", check: isIPv4},
		{name: "ipv6", words: "an IPv6 address", check: isIPv6},
		{name: "uri", words: "a URI (RFC 3986)", check: isURI},
		{name: "uri-reference", words: "a URI reference (RFC 3986)", check: isURIReference},
		{name: "iri", words: "an IRI (RFC 3987)", check: isIRI},
		{name: "iri-reference", words: "an IRI reference (RFC 3987)", check: isIRIReference},
		{name: "uri-template", words: "a URI template (RFC 6570)", check: isURITemplate},
		{name: "json-pointer", words: "a JSON Pointer (RFC 6901)", check: isJSONPointer},
		{name: "relative-json-pointer", words: "a relative JSON Pointer", check: isRelativeJSONPointer},
		{name: "regex", words: "a regular expression (ECMA-262)", check: isRegex},
		{name: "uuid", words: "a UUID (RFC 4122)", check: isUUID},
		{name: "duration", words: "a duration (RFC 3339)", check: isDuration},
		{name: GoDateTime, words: "a date-time (RFC 3339) without a leap second, to the nanosecond", check: parse.IsTime},
		{name: GoTime, words: "a time with an offset (RFC 3339), to the nanosecond", check: isGoTime},
		{name: GoDuration, words: "a duration (RFC 3339) with fewer than 19 digits a part", check: isGoDuration},
		{name: "byte", words: "text in base64 (RFC 4648)", check: parse.IsBase64},
	}
}

// Formats of the texts that Go types can hold, which are narrower than those that
// documents know. No document has a name of this kind.
const (
	GoDateTime = "date-time of Go" // time.Time
	GoTime     = "time of Go"      // runtime.TimeOfDay
	GoDuration = "duration of Go"  // runtime.Duration
)

// contentTable returns the encodings and media types of content that are
// checked (draft-07 validation §8).
func contentTable() []format {
	return []format{
		{name: "base64", check: parse.IsBase64},
		{name: "application/json", check: isJSON},
	}
}

// NumberFormat is what a format says about numbers.
type NumberFormat struct {
	Low, High string // the least and the greatest, as JSON
	Whole     bool   // integers alone
}

// numberFormats are the formats of AsyncAPI and OpenAPI for numbers, with those
// of the OpenAPI format registry that name a type of a fixed size.
var numberFormats = map[string]NumberFormat{
	"int8":    {"-128", "127", true},
	"int16":   {"-32768", "32767", true},
	"int32":   {"-2147483648", "2147483647", true},
	"int64":   {"-9223372036854775808", "9223372036854775807", true},
	"uint8":   {"0", "255", true},
	"uint16":  {"0", "65535", true},
	"uint32":  {"0", "4294967295", true},
	"uint64":  {"0", "18446744073709551615", true},
	"float":   {"-3.40282346638528859811704183484516925440e+38", "3.40282346638528859811704183484516925440e+38", false},
	"float32": {"-3.40282346638528859811704183484516925440e+38", "3.40282346638528859811704183484516925440e+38", false},
	"double":  {"-1.79769313486231570814527423731704356798070e+308", "1.79769313486231570814527423731704356798070e+308", false},
	"float64": {"-1.79769313486231570814527423731704356798070e+308", "1.79769313486231570814527423731704356798070e+308", false},
}

// NumberFormatOf returns what a format says about numbers, and false when it
// says nothing about them. It may be called concurrently.
func NumberFormatOf(format string) (NumberFormat, bool) {
	f, ok := numberFormats[format]
	return f, ok
}

// isUUID follows RFC 9562 §4, in any case of letters.
func isUUID(s string) bool {
	var id [16]byte
	return parse.UUID(s, &id)
}

// hexDigits tells the bytes that are hexadecimal digits.
var hexDigits = func() (set [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEF") {
		set[c] = true
	}
	return set
}()

func isHex(c byte) bool { return hexDigits[c] }

func isDigit(c byte) bool { return c-'0' <= 9 }

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isJSON tells whether s is one JSON value.
func isJSON(s string) bool {
	w := walker{prog: []node{{types: everyType}}, laws: Limits{}.laws(), data: []byte(s), fuel: fuelBase + 2*len(s)}
	return w.document()
}

// isJSONPointer follows RFC 6901 §3.
func isJSONPointer(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != '/' {
		return false
	}
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return true
}

// isRelativeJSONPointer follows draft-handrews-relative-json-pointer-01 §3.
func isRelativeJSONPointer(s string) bool {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == 0 || i > 1 && s[0] == '0' {
		return false
	}
	return s[i:] == "#" || isJSONPointer(s[i:])
}

// isRegex tells whether s is a pattern of ECMA-262, even one that cannot be
// matched here.
func isRegex(s string) bool {
	_, err := parsePattern(s)
	_, wrong := err.(*patternError)
	return !wrong
}

// isURITemplate follows RFC 6570 §2, and lets an apostrophe stand (erratum 6937).
func isURITemplate(s string) bool {
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			return isTemplateLiteral(s)
		}
		if s[i] == '}' || !isTemplateLiteral(s[:i]) {
			return false
		}
		body, rest, closed := strings.Cut(s[i+1:], "}")
		if !closed || !isExpression(body) {
			return false
		}
		s = rest
	}
	return true
}

func isTemplateLiteral(s string) bool {
	for i, r := range s {
		switch {
		case r == '%':
			if !isEscaped(s, i) {
				return false
			}
		case r <= ' ' || r == 0x7F || strings.ContainsRune("\"<>\\^`|", r):
			return false
		case r >= 0x80 && !isUCSChar(r) && !isPrivate(r):
			return false
		}
	}
	return true
}

// isExpression follows RFC 6570 §2.2; the operators reserved for extensions are
// not allowed, since no processor could expand them.
func isExpression(s string) bool {
	if s != "" && strings.IndexByte("+#./;?&", s[0]) >= 0 {
		s = s[1:]
	}
	for {
		spec, rest, more := strings.Cut(s, ",")
		if !isVarSpec(spec) {
			return false
		}
		if !more {
			return true
		}
		s = rest
	}
}

func isVarSpec(s string) bool {
	if name, explode := strings.CutSuffix(s, "*"); explode {
		s = name
	} else if name, length, prefix := strings.Cut(s, ":"); prefix {
		if len(length) == 0 || len(length) > 4 || length[0] == '0' || strings.Trim(length, "0123456789") != "" {
			return false
		}
		s = name
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && isEscaped(s, i):
			i += 2
		case isAlpha(c), isDigit(c), c == '_':
		case c == '.' && i > 0 && i+1 < len(s) && s[i+1] != '.':
		default:
			return false
		}
	}
	return s != ""
}

// isEscaped tells whether s holds %XX at i.
func isEscaped(s string, i int) bool {
	return i+2 < len(s) && s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2])
}

// KnownFormat tells whether a Format of that name restricts strings or numbers.
func KnownFormat(name string) bool {
	_, ofNumbers := numberFormats[name]
	return ofNumbers || plainFormats()[name] != nil
}
