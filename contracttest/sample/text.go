package sample

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// words are what plain strings are made of.
var words = [...]string{"amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "jade", "krill", "linen", "maple", "north", "opal", "pearl"}

// text makes a string. Of pattern and format it follows one; that the others
// hold too is found out by checking.
func (m *maker) text(all []*schema.Schema) (*syntax.Node, bool) {
	low, high := lengths(all)
	if low > high || low > maxText {
		return nil, false
	}
	var ways []func() (string, bool)
	for _, s := range all {
		if s.Pattern != nil {
			ways = append(ways, func() (string, bool) { return m.patterned(s.Pattern.Text, low, high) })
		}
		if make, ok := formats[s.Format]; ok {
			ways = append(ways, func() (string, bool) { return m.formatted(make, low, high), true })
		}
	}
	if len(ways) == 0 {
		return stringValue(m.words(low, high)), true
	}
	text, ok := ways[m.rand.IntN(len(ways))]()
	return stringValue(text), ok
}

// lengths is the range of lengths, in characters, that all schemas allow.
func lengths(all []*schema.Schema) (low, high uint64) {
	high = maxText
	for _, s := range all {
		if s.MinLength != nil {
			low = max(low, s.MinLength.N)
		}
		if s.MaxLength != nil {
			high = min(high, s.MaxLength.N)
		}
	}
	return low, high
}

// words is a plain text of a length within the range, at either end of it one
// time in four.
func (m *maker) words(low, high uint64) string {
	most := min(high, low+24)
	n := low + m.rand.Uint64N(most-low+1)
	switch m.rand.IntN(8) {
	case 0:
		n = low
	case 1:
		n = most
	}
	var b strings.Builder
	for uint64(b.Len()) < n {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[m.rand.IntN(len(words))])
	}
	text := b.String()[:n]
	if strings.HasSuffix(text, " ") {
		text = text[:n-1] + "s"
	}
	return text
}

// patterned tries texts of the pattern with ever more repetition until one has
// a fitting length, padding those that the pattern leaves open at the ends.
func (m *maker) patterned(pattern string, low, high uint64) (string, bool) {
	for _, extra := range [...]int{2, 0, 4, int(min(low, maxText)), int(min(low, maxText)) / 2, 1} {
		text, ok := m.matching(pattern, extra)
		if !ok {
			continue
		}
		if n := uint64(utf8.RuneCountInString(text)); n < low {
			text += strings.Repeat("a", int(low-n))
		}
		re := m.expression(pattern)
		if uint64(utf8.RuneCountInString(text)) <= high && (re == nil || re.MatchString(text)) {
			return text, true
		}
	}
	return "", false
}

// formatted tries a few texts of the format for one of a fitting length.
func (m *maker) formatted(make func(*maker) string, low, high uint64) string {
	text := make(m)
	for range 16 {
		if n := uint64(utf8.RuneCountInString(text)); n >= low && n <= high {
			break
		}
		text = make(m)
	}
	return text
}

// formats makes a text of each format whose meaning is known.
var formats = map[string]func(*maker) string{
	"date-time": (*maker).dateTime,
	"date":      (*maker).date,
	"time":      (*maker).clock,
	"duration": func(m *maker) string {
		return fmt.Sprintf("P%dDT%dH%dM", m.rand.IntN(30), m.rand.IntN(24), m.rand.IntN(60))
	},
	"email":                 func(m *maker) string { return m.word() + "." + m.word() + "@example.com" },
	"idn-email":             func(m *maker) string { return m.word() + "@example.com" },
	"hostname":              (*maker).host,
	"idn-hostname":          (*maker).host,
	"ipv4":                  (*maker).ipv4,
	"ipv6":                  (*maker).ipv6,
	"uri":                   (*maker).uri,
	"iri":                   (*maker).uri,
	"uri-reference":         func(m *maker) string { return "/" + m.word() + "/" + m.word() },
	"iri-reference":         func(m *maker) string { return "/" + m.word() },
	"uri-template":          func(m *maker) string { return m.uri() + "/{" + m.word() + "}" },
	"json-pointer":          func(m *maker) string { return "/" + m.word() + "/" + m.digits(1) },
	"relative-json-pointer": func(m *maker) string { return m.digits(1) + "/" + m.word() },
	"regex":                 func(m *maker) string { return "^" + m.word() + "[0-9]+$" },
	"uuid":                  (*maker).uuid,
	"byte":                  base64Words,
	"binary":                base64Words, // which restricts nothing, but is bytes in Go
	"password":              func(m *maker) string { return m.word() + m.digits(4) + "!" },
}

func (m *maker) word() string { return words[m.rand.IntN(len(words))] }

func (m *maker) host() string { return m.word() + ".example.com" }

func (m *maker) uri() string { return "https://" + m.host() + "/" + m.word() }

func (m *maker) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('1' + m.rand.IntN(9))
	}
	return string(b)
}

func (m *maker) date() string {
	return fmt.Sprintf("20%02d-%02d-%02d", m.rand.IntN(40), 1+m.rand.IntN(12), 1+m.rand.IntN(28))
}

func (m *maker) dateTime() string { return m.date() + "T" + m.clock() }

func (m *maker) clock() string {
	clock := fmt.Sprintf("%02d:%02d:%02d", m.rand.IntN(24), m.rand.IntN(60), m.rand.IntN(60))
	return clock + [...]string{"Z", ".250Z", "+02:00"}[m.rand.IntN(3)]
}

func (m *maker) ipv4() string {
	return fmt.Sprintf("192.0.2.%d", m.rand.IntN(256))
}

func (m *maker) ipv6() string {
	return fmt.Sprintf("2001:db8::%x", 1+m.rand.IntN(0xffff))
}

func (m *maker) uuid() string {
	a, b := m.rand.Uint64(), m.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// base64Words are some words in base64.
func base64Words(m *maker) string { return base64.StdEncoding.EncodeToString([]byte(m.words(0, 24))) }
