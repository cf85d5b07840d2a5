package schema

import (
	"errors"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// MaxValueSize is the largest JSON text that AppendJSON writes, in bytes. YAML
// aliases can make a short document stand for a huge value.
const MaxValueSize = 16 << 20

// ErrValueTooLarge tells that a value of the document is larger than
// MaxValueSize when it is written out.
var ErrValueTooLarge = errors.New("the value is larger than 16 MiB when its aliases are written out")

// AppendJSON appends a value of the document as compact JSON text, with the
// members in the document's order and numbers as they are written there.
func AppendJSON(dst []byte, n *syntax.Node) ([]byte, error) {
	w := jsonWriter{out: dst, limit: len(dst) + MaxValueSize}
	w.value(n)
	if w.full {
		return dst, ErrValueTooLarge
	}
	return w.out, nil
}

type jsonWriter struct {
	out   []byte
	limit int
	full  bool
}

func (w *jsonWriter) value(n *syntax.Node) {
	if len(w.out) > w.limit {
		w.full = true
	}
	if w.full {
		return
	}
	switch n.Kind {
	case syntax.String:
		w.text(n.Text)
	case syntax.Bool, syntax.Number:
		w.out = append(w.out, n.Text...)
	case syntax.Sequence:
		w.out = append(w.out, '[')
		for i, item := range n.Items {
			w.comma(i)
			w.value(item)
		}
		w.out = append(w.out, ']')
	case syntax.Mapping:
		w.out = append(w.out, '{')
		for i, m := range n.Members {
			w.comma(i)
			w.text(m.Key.Text)
			w.out = append(w.out, ':')
			w.value(m.Value)
		}
		w.out = append(w.out, '}')
	default:
		w.out = append(w.out, "null"...)
	}
}

func (w *jsonWriter) comma(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
}

// text writes a string; bytes that are not UTF-8 become U+FFFD.
func (w *jsonWriter) text(s string) {
	w.out = append(w.out, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			w.out = append(w.out, '\\', byte(c))
		case c == '\n':
			w.out = append(w.out, `\n`...)
		case c == '\t':
			w.out = append(w.out, `\t`...)
		case c == '\r':
			w.out = append(w.out, `\r`...)
		case c < 0x20:
			const hex = "0123456789abcdef"
			w.out = append(w.out, `\u00`...)
			w.out = append(w.out, hex[c>>4], hex[c&15])
		default:
			w.out = utf8.AppendRune(w.out, c)
		}
	}
	w.out = append(w.out, '"')
}
