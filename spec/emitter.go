package spec

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// MaxDumpSize is the largest text that Dump writes, in bytes. YAML aliases can
// make a short document stand for huge values.
const MaxDumpSize = 1 << 30

// ErrDumpTooLarge tells that a model is larger than MaxDumpSize.
var ErrDumpTooLarge = errors.New("the model is larger than 1 GiB when its aliases are written out")

// position is where a value stands in the JSON text: a JSON Pointer, the last
// token first.
type position struct {
	parent *position
	token  string
}

// String is the fragment that refers to the position.
func (p *position) String() string {
	var tokens []string
	for ; p.parent != nil; p = p.parent {
		tokens = append(tokens, p.token)
	}
	var b strings.Builder
	b.WriteByte('#')
	for i := len(tokens) - 1; i >= 0; i-- {
		b.WriteString("/" + source.EscapeToken(tokens[i]))
	}
	return b.String()
}

// emitter writes indented JSON, one value after the other, and knows where it
// is. The first error ends the writing.
type emitter struct {
	out   *bufio.Writer
	size  int
	err   error
	at    *position // of the value that is written now
	depth int
	fresh bool // nothing stands in the innermost object or array
}

func newEmitter(w io.Writer) *emitter {
	return &emitter{out: bufio.NewWriter(w), at: &position{}}
}

// flush ends the text.
func (e *emitter) flush() error {
	e.raw("\n")
	if e.err == nil {
		e.err = e.out.Flush()
	}
	return e.err
}

func (e *emitter) raw(s string) {
	if e.err != nil {
		return
	}
	if e.size += len(s); e.size > MaxDumpSize {
		e.err = ErrDumpTooLarge
		return
	}
	_, e.err = e.out.WriteString(s)
}

// object writes an object whose members write writes.
func (e *emitter) object(write func()) { e.nest("{", "}", write) }

// array writes an array of n items.
func (e *emitter) array(n int, write func(i int)) {
	e.nest("[", "]", func() {
		for i := 0; i < n && e.err == nil; i++ {
			e.step(strconv.Itoa(i), func() { write(i) })
		}
	})
}

func (e *emitter) nest(begin, end string, write func()) {
	e.raw(begin)
	e.depth++
	e.fresh = true
	write()
	e.depth--
	if !e.fresh {
		e.line()
	}
	e.fresh = false
	e.raw(end)
}

// member writes a member of the object.
func (e *emitter) member(key string, write func()) {
	e.step(key, func() {
		e.text(key)
		e.raw(": ")
		write()
	})
}

// step writes what comes next in an object or array.
func (e *emitter) step(token string, write func()) {
	if e.err != nil {
		return
	}
	if !e.fresh {
		e.raw(",")
	}
	e.fresh = false
	e.line()
	above := e.at
	e.at = &position{above, token}
	write()
	e.at = above
}

func (e *emitter) line() {
	const spaces = "                                                                "
	e.raw("\n")
	for n := 2 * e.depth; n > 0; n -= len(spaces) {
		e.raw(spaces[:min(n, len(spaces))])
	}
}

// text writes a string. What a terminal would not print, or obey, is escaped;
// bytes that are not UTF-8 become U+FFFD.
func (e *emitter) text(s string) {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r >= ' ' && r < 0x7F:
			out = append(out, byte(r))
		case unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		default:
			out = appendEscaped(out, r)
		}
	}
	e.raw(string(append(out, '"')))
}

func appendEscaped(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	units := []rune{r}
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		units = []rune{high, low}
	}
	for _, u := range units {
		out = append(out, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15])
	}
	return out
}

// texts writes an array of strings.
func (e *emitter) texts(list []string) {
	e.array(len(list), func(i int) { e.text(list[i]) })
}

func (e *emitter) flag(b bool) { e.raw(strconv.FormatBool(b)) }

// node writes a value of the document, as it is written there.
func (e *emitter) node(n *syntax.Node) {
	switch n.Kind {
	case syntax.String:
		e.text(n.Text)
	case syntax.Bool, syntax.Number:
		e.raw(n.Text)
	case syntax.Sequence:
		e.array(len(n.Items), func(i int) { e.node(n.Items[i]) })
	case syntax.Mapping:
		e.object(func() { e.members(n.Members) })
	default:
		e.raw("null")
	}
}

func (e *emitter) members(list []syntax.Member) {
	for _, m := range list {
		e.member(m.Key.Text, func() { e.node(m.Value) })
	}
}
