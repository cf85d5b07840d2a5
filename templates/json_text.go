package templates

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonText is JSON to be printed for people: on one line where it is short.
type jsonText struct {
	name  string // with its quotes, of a member of an object
	text  string // of a value without parts, else the bracket that opens it
	parts []jsonText
}

// jsonString is a text as a string.
func jsonString(text string) jsonText { return jsonText{text: quoted(text)} }

// jsonValue is JSON that is there already.
func jsonValue(text string) jsonText {
	if !json.Valid([]byte(text)) {
		panic("a rule has a value that is not JSON")
	}
	return jsonText{text: shown(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(text))}
}

func jsonList[T any](list []T, each func(T) jsonText) jsonText { return jsonParts("[", list, each) }

// jsonObject is an object; each names its value.
func jsonObject[T any](list []T, each func(T) jsonText) jsonText { return jsonParts("{", list, each) }

func jsonParts[T any](bracket string, list []T, each func(T) jsonText) jsonText {
	out := jsonText{text: bracket, parts: make([]jsonText, len(list))}
	for i, one := range list {
		out.parts[i] = each(one)
	}
	return out
}

// named is the value as a member of an object.
func (t jsonText) named(name string) jsonText {
	t.name = quoted(name)
	return t
}

// lineWidth is how wide a line may be that has several parts, in bytes without what
// it is indented by.
const lineWidth = 100

// width is how wide a value with its name is on one line, or something beyond
// lineWidth.
func (t jsonText) width() int {
	total := len(t.name) + len(": ") + len(t.text) + len("}")
	for _, part := range t.parts {
		if total += part.width(); total > lineWidth {
			break
		}
	}
	return total
}

// write prints the value with its name; what does not fit on one line has a line for
// each part.
func (t jsonText) write(b *strings.Builder, indent int) {
	if t.name != "" {
		b.WriteString(t.name + ": ")
	}
	b.WriteString(t.text)
	if t.text != "{" && t.text != "[" {
		return
	}
	between, end := ", ", ""
	if t.width() > lineWidth {
		indent++
		line := "\n" + strings.Repeat("\t", indent)
		between, end = ","+line, line[:len(line)-1]
		b.WriteString(line)
	}
	for i, part := range t.parts {
		if i > 0 {
			b.WriteString(between)
		}
		part.write(b, indent)
	}
	b.WriteString(end + map[string]string{"{": "}", "[": "]"}[t.text])
}

// quoted is a text as a JSON string in which nothing hides.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		switch c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteString(visible(c))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shown is JSON with what hides in its strings, or would end a literal of Go,
// escaped.
func shown(text string) string {
	var b strings.Builder
	for _, c := range text {
		b.WriteString(visible(c))
	}
	return b.String()
}

// visible is a character as it stands, or as an escape of JSON where it would hide or
// end a literal of Go.
func visible(c rune) string {
	if c != '`' && strconv.IsPrint(c) {
		return string(c)
	}
	if high, low := utf16.EncodeRune(c); high != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, c)
}
