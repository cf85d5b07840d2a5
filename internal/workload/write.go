package workload

import (
	"fmt"
	"strconv"
	"strings"
)

// Object is a JSON object with its members in order. Values are Objects, Lists,
// strings, ints and bools.
type Object []Member

// Member is one member of an Object.
type Member struct {
	Key   string
	Value any
}

// List is a JSON array.
type List []any

// JSON writes the document with two spaces of indentation a level.
func (o Object) JSON() []byte {
	var b strings.Builder
	writeJSON(&b, o, "\n")
	b.WriteString("\n")
	return []byte(b.String())
}

func writeJSON(b *strings.Builder, v any, newline string) {
	inner := newline + "  "
	switch v := v.(type) {
	case Object:
		b.WriteString("{")
		for i, m := range v {
			b.WriteString(comma(i) + inner + strconv.Quote(m.Key) + ": ")
			writeJSON(b, m.Value, inner)
		}
		b.WriteString(newline + "}")
	case List:
		b.WriteString("[")
		for i, item := range v {
			b.WriteString(comma(i) + inner)
			writeJSON(b, item, inner)
		}
		b.WriteString(newline + "]")
	case string:
		b.WriteString(strconv.Quote(v))
	default:
		fmt.Fprint(b, v)
	}
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// YAML writes the document as people do: in blocks, short lists in brackets,
// references in quotes, texts of several lines behind "|" or ">".
func (o Object) YAML() []byte {
	var b strings.Builder
	writeMembers(&b, o, "")
	return []byte(b.String())
}

func writeMembers(b *strings.Builder, o Object, indent string) {
	for i, m := range o {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(m.Key + ":")
		writeYAML(b, m.Value, indent+"  ")
	}
}

// writeYAML writes a value behind its key.
func writeYAML(b *strings.Builder, v any, indent string) {
	switch v := v.(type) {
	case Object:
		b.WriteString("\n" + indent)
		writeMembers(b, v, indent)
	case List:
		if _, short := v[0].(string); short {
			writeWords(b, v)
			return
		}
		b.WriteString("\n")
		for _, item := range v {
			b.WriteString(indent + "- ")
			writeMembers(b, item.(Object), indent+"  ")
		}
	case string:
		writeText(b, v, indent)
	default:
		fmt.Fprintf(b, " %v\n", v)
	}
}

// longLine is the length from which on a text is folded.
const longLine = 76

func writeText(b *strings.Builder, text, indent string) {
	newline := "\n" + indent
	switch {
	case strings.HasSuffix(text, "\n"):
		b.WriteString(" |" + newline + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", newline) + "\n")
	case len(text) > longLine:
		i := strings.LastIndexByte(text[:longLine], ' ')
		b.WriteString(" >-" + newline + text[:i] + newline + text[i+1:] + "\n")
	case text[0] == '#':
		b.WriteString(" '" + text + "'\n")
	default:
		b.WriteString(" " + text + "\n")
	}
}

func writeWords(b *strings.Builder, words List) {
	for i, word := range words {
		if i == 0 {
			b.WriteString(" [")
		} else {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%v", word)
	}
	b.WriteString("]\n")
}
