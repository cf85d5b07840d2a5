package syntax

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/source"
)

// yamlText is a text made fit for the YAML library, byte for byte as long as
// the original and with the same lines.
//
// The library refuses control characters and takes NEL, LS and PS for line
// breaks, as YAML 1.1 did. It also refuses some of what YAML 1.2 allows: the
// escapes \/ and \ud83d\ude00 that JSON knows, a tab in an empty line, and the
// version 1.2. All this is replaced, the latter only once the library has
// stumbled, and put back into the values.
type yamlText struct {
	text    []byte
	owned   bool              // text is a copy that may be changed
	breaks  *strings.Replacer // puts back line breaks of YAML 1.1
	pair    string            // what stands for an escaped surrogate pair, or ""
	slash   string            // what stands for an escaped slash, or ""
	unknown map[int]bool      // offsets of aliases that name nothing
}

func newYAMLText(f *source.File, text []byte, found *findings) *yamlText {
	y := &yamlText{text: text, unknown: map[int]bool{}}
	control, breaks := y.survey(f)
	if d := control.report(found, "control-character", "a control character is not allowed here"); d != nil {
		d.WithHelp(`remove it, or write it as an escape such as "\x07" in double quotes`)
	}
	if breaks {
		y.hideBreaks()
	}
	return y
}

// survey blanks out control characters and tells whether there are line breaks
// of YAML 1.1.
func (y *yamlText) survey(f *source.File) (control fault, breaks bool) {
	control.file = f
	for i := 0; i < len(y.text); i++ {
		c := y.text[i]
		if c >= ' ' && c < 0x7F || c == '\n' || c == '\t' || c == '\r' {
			continue
		}
		r, size := utf8.DecodeRune(y.text[i:])
		switch {
		case r == nel || r == ls || r == ps:
			breaks = true
		case r < ' ' || 0x7F <= r && r < 0xA0 || r == 0xFFFE || r == 0xFFFF:
			control.at(i, size)
			y.own()
			copy(y.text[i:], "   "[:size])
		}
		i += size - 1
	}
	return control, breaks
}

// Line breaks of YAML 1.1 that are none in YAML 1.2.
const (
	nel = '\u0085'
	ls  = '\u2028'
	ps  = '\u2029'
)

func (y *yamlText) own() {
	if !y.owned {
		y.text = bytes.Clone(y.text)
		y.owned = true
	}
}

func (y *yamlText) hideBreaks() {
	var back []string
	for _, hide := range []struct{ hidden, first rune }{{nel, 0x0750}, {ls, 0xE000}, {ps, 0xE100}} {
		if stand := y.unused(hide.first); stand != "" {
			y.text = bytes.ReplaceAll(y.text, []byte(string(hide.hidden)), []byte(stand))
			y.owned = true
			back = append(back, stand, string(hide.hidden))
		}
	}
	y.breaks = strings.NewReplacer(back...)
}

// unused returns a character that the text does not have, the first of a few
// that are tried, or "".
func (y *yamlText) unused(first rune) string {
	for r := first; r < first+16; r++ {
		if !bytes.Contains(y.text, []byte(string(r))) {
			return string(r)
		}
	}
	return ""
}

// escapedPair is as long as an escaped surrogate pair: \ud83d\ude00.
const escapedPair = 12

// hideEscapes replaces the escapes of JSON that the library does not know. It
// reports false when there is none left.
func (y *yamlText) hideEscapes() bool {
	pair, slash := y.unused(0xE200), y.unused(0x0780)
	if y.pair != "" || pair == "" || slash == "" {
		return false
	}
	y.own()
	y.pair, y.slash = pair, slash
	changed := false
	for i := 0; i+1 < len(y.text); i++ {
		if y.text[i] != '\\' {
			continue
		}
		if _, ok := surrogatePair(y.text[i:]); ok {
			high, low := string(y.text[i+2:i+6]), string(y.text[i+8:i+12])
			copy(y.text[i:], pair+high+low+".")
			changed = true
			i += escapedPair - 1
			continue
		}
		if y.text[i+1] == '/' {
			copy(y.text[i:], slash)
			changed = true
		}
		i++ // what follows is escaped, be it a backslash
	}
	return changed
}

var blankLine = regexp.MustCompile(`(?m)^[ \t]*\t[ \t]*\r?$`)

// hideTabs blanks out the tabs of empty lines, and of the indentation of a
// comment at an offset. It reports false when there is none.
func (y *yamlText) hideTabs(lineStart, indentEnd int) bool {
	if indentEnd < len(y.text) && !isBlank(y.text[indentEnd]) && y.text[indentEnd] != '#' {
		return false
	}
	before := y.text
	y.text = blankLine.ReplaceAllFunc(y.text, func(line []byte) []byte {
		return bytes.ReplaceAll(line, []byte("\t"), []byte(" "))
	})
	y.owned = true
	for i := lineStart; i < indentEnd; i++ {
		y.text[i] = ' '
	}
	return !bytes.Equal(before, y.text)
}

var versionDirective = regexp.MustCompile(`^%YAML[ \t]+1\.[0-9]+`)

// hideVersion makes any version 1.x of the directive at an offset 1.1, the only
// one that the library reads. It reports false when there is none.
func (y *yamlText) hideVersion(offset int) bool {
	directive := versionDirective.Find(y.text[offset:])
	dot := bytes.IndexByte(directive, '.')
	if dot < 0 || string(directive[dot:]) == ".1" {
		return false
	}
	y.own()
	minor := y.text[offset+dot+1 : offset+len(directive)]
	copy(minor, "1"+strings.Repeat(" ", len(minor)-1))
	return true
}

// original returns a scalar's value with everything put back that was replaced.
func (y *yamlText) original(value string, doubleQuoted bool) string {
	if y.pair != "" && strings.Contains(value, y.pair) {
		value = y.showPairs(value, doubleQuoted)
	}
	if y.slash != "" {
		slash := `\/`
		if doubleQuoted {
			slash = "/"
		}
		value = strings.ReplaceAll(value, y.slash, slash)
	}
	if y.breaks != nil {
		value = y.breaks.Replace(value)
	}
	return value
}

func (y *yamlText) showPairs(value string, doubleQuoted bool) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(value, y.pair)
		b.WriteString(before)
		if !ok || len(rest) < 9 {
			return b.String()
		}
		pair := `\u` + rest[:4] + `\u` + rest[4:8]
		if r, _ := surrogatePair([]byte(pair)); doubleQuoted {
			pair = string(r)
		}
		b.WriteString(pair)
		value = rest[9:]
	}
}
