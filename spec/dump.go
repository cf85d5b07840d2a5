package spec

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Dump writes what a document means as indented text, for people to read and
// tests to compare. Absent fields are left out. An object of components is
// written out there and referred to by its name elsewhere; any other object that
// is met again is marked &1, &2 … where it is written out and referred to as *1.
//
// Two documents that say the same in AsyncAPI 2.x and in 3.x give the same text.
// For that the dump leaves out
//
//   - positions: the texts differ;
//   - Document.Version: it is the difference;
//   - Channel.Key and ChannelMessage.Key: channels of 2.x have an address and no
//     key, and their messages no names within the channel;
//   - Message.ID, MessageTrait.ID and OperationTrait.ID: 3.x has no room for the
//     messageId, and keys take the place of the operationId;
//   - SecurityScheme.Scopes: 2.x writes the scopes into the requirement, where
//     they are shown for both;
//   - Schema.Dialect and Schema.Resource: they are how a schema was read, and
//     its fields are what that came to;
//   - Payload.Definition: it is what the raw text, which is shown, came to.
func Dump(w io.Writer, d *Document) error {
	p := &dumper{names: map[any]string{}, lines: map[any]int{}, marks: map[any]int{}}
	p.nameComponents(&d.Components)
	p.fields(reflect.ValueOf(d).Elem(), 0)
	_, err := io.WriteString(w, p.String())
	return err
}

// undumped are the fields that Dump leaves out, by type and name.
var undumped = map[string]bool{
	"Binding.Schemas":       true,
	"Document.Version":      true,
	"Channel.Key":           true,
	"ChannelMessage.Key":    true,
	"Message.ID":            true,
	"MessageTrait.ID":       true,
	"OperationTrait.ID":     true,
	"Payload.Definition":    true,
	"SecurityScheme.Scopes": true,
	"Schema.Dialect":        true,
	"Schema.Resource":       true,
}

type dumper struct {
	names map[any]string // of objects in components, by pointer
	lines map[any]int    // where an object was written out
	marks map[any]int    // numbers of objects met again, in that order
	out   []line
}

// line is one line of the dump. What is marked is known only at the end.
type line struct {
	depth  int
	item   bool // begins with a dash, which stands in the indentation
	text   string
	object any
}

// String puts the marks in and indents.
func (p *dumper) String() string {
	var b strings.Builder
	for _, l := range p.out {
		mark := ""
		if n := p.marks[l.object]; n > 0 {
			mark = fmt.Sprintf("&%d", n)
		}
		if l.item {
			b.WriteString(strings.Repeat("  ", l.depth-1) + "- ")
			b.WriteString(strings.TrimSpace(mark+" "+l.text) + "\n")
			continue
		}
		b.WriteString(strings.Repeat("  ", l.depth) + strings.TrimSpace(l.text+" "+mark) + "\n")
	}
	return b.String()
}

func (p *dumper) line(depth int, format string, args ...any) {
	p.out = append(p.out, line{depth: depth, text: fmt.Sprintf(format, args...)})
}

// nameComponents notes the name of each object that components hold.
func (p *dumper) nameComponents(c *Components) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		field := v.Field(i)
		if field.Kind() != reflect.Slice {
			continue
		}
		for j := range field.Len() {
			key, ok := field.Index(j).FieldByName("Key").Interface().(Text)
			if !ok {
				continue // an extension
			}
			object := pointer(unwrap(field.Index(j).FieldByName("Value")))
			if _, taken := p.names[object]; !taken && object != nil {
				p.names[object] = camel(v.Type().Field(i).Name) + "." + key.Value
			}
		}
	}
}

// fields writes those fields of a struct that are set.
func (p *dumper) fields(v reflect.Value, depth int) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Type == reflect.TypeFor[source.Origin]() || f.Type == reflect.TypeFor[source.Span]() ||
			v.Field(i).IsZero() || undumped[t.Name()+"."+f.Name] {
			continue
		}
		if f.Name == "Raw" && decoded(v) {
			continue
		}
		p.field(camel(f.Name), v.Field(i), depth)
	}
}

// decoded tells whether an object shows in other fields what its raw text says.
func decoded(v reflect.Value) bool {
	switch o := v.Addr().Interface().(type) {
	case *Binding:
		return o.Kafka != nil
	case *schema.Payload:
		return o.Schema != nil
	}
	return false
}

func (p *dumper) field(name string, v reflect.Value, depth int) {
	v = unwrap(v)
	if text, ok := p.inline(v); ok {
		p.line(depth, "%s: %s", name, text)
		return
	}
	p.line(depth, "%s:", name)
	p.block(v, depth+1, len(p.out)-1)
}

// block writes a value on lines of its own; an object's mark goes to the line
// at.
func (p *dumper) block(v reflect.Value, depth, at int) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			p.item(unwrap(v.Index(i)), depth)
		}
	case reflect.Pointer:
		p.lines[v.Interface()] = at
		p.fields(v.Elem(), depth)
		if at < len(p.out) {
			p.out[at].object = v.Interface()
		}
	default:
		p.fields(v, depth)
	}
}

func (p *dumper) item(v reflect.Value, depth int) {
	if m, ok := v.Interface().(syntax.Member); ok {
		p.line(depth, "%s: %s", m.Key.Text, nodeText(m.Value))
		return
	}
	if strings.HasPrefix(v.Type().Name(), "Component[") {
		p.component(v, depth)
		return
	}
	first := len(p.out)
	if text, ok := p.inline(v); ok {
		p.line(depth+1, "%s", text)
	} else {
		p.block(v, depth+1, first)
	}
	if first == len(p.out) {
		p.line(depth+1, "nothing")
	}
	p.out[first].item = true
}

// component writes an object out under its key; an alias of another component
// is its name.
func (p *dumper) component(v reflect.Value, depth int) {
	key := v.FieldByName("Key").Interface().(Text).Value
	value := unwrap(v.FieldByName("Value"))
	if _, written := p.lines[pointer(value)]; written {
		p.line(depth, "%s: = %s", key, p.names[value.Interface()])
		return
	}
	p.line(depth, "%s:", key)
	p.block(value, depth+1, len(p.out)-1)
}

// unwrap goes through what says nothing itself: a payload in AsyncAPI's own
// format is its schema, a schema that is a reference is what it refers to.
func unwrap(v reflect.Value) reflect.Value {
	if payload, ok := v.Interface().(*schema.Payload); ok && payload != nil && payload.Schema != nil && payload.Format == "" {
		v = reflect.ValueOf(payload.Schema)
	}
	s, ok := v.Interface().(*schema.Schema)
	if !ok || s == nil {
		return v
	}
	for s.Ref != nil && s.Title == "" && s.Description == "" && s.Comment == "" {
		s = s.Ref
	}
	return reflect.ValueOf(s)
}

// pointer is what an object is known by, nil for what is none.
func pointer(v reflect.Value) any {
	if v.Kind() != reflect.Pointer {
		return nil
	}
	return v.Interface()
}

// inline is the text of a value that fits on the line of its name.
func (p *dumper) inline(v reflect.Value) (string, bool) {
	switch x := v.Interface().(type) {
	case Text:
		return quote(x.Value), true
	case *syntax.Node:
		return nodeText(x), true
	case fmt.Stringer:
		return x.String(), true
	case *bool:
		return strconv.FormatBool(*x), true
	case schema.Name:
		return quote(x.Text), true
	case schema.Pattern:
		return quote(x.Text), true
	case *schema.Pattern:
		return quote(x.Text), true
	case *schema.Literal:
		return x.Text, true
	case *schema.Count:
		return strconv.FormatUint(x.N, 10), true
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Int:
		return fmt.Sprint(v.Interface()), true
	case reflect.String:
		return quote(v.String()), true
	case reflect.Pointer:
		return p.known(v)
	}
	return "", false
}

// known is the name of an object that is written out elsewhere.
func (p *dumper) known(v reflect.Value) (string, bool) {
	object := v.Interface()
	if name, ok := p.names[object]; ok {
		return "= " + name, true
	}
	if _, written := p.lines[object]; !written {
		return "", false
	}
	if p.marks[object] == 0 {
		p.marks[object] = len(p.marks) + 1
	}
	return fmt.Sprintf("*%d", p.marks[object]), true
}

func nodeText(n *syntax.Node) string {
	text, err := schema.AppendJSON(nil, n)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(text)
}

// quote leaves plain words as they are.
func quote(s string) string {
	plain := s != "" && strings.TrimSpace(s) == s && utf8.ValidString(s) && !strings.ContainsAny(s[:1], `"-=*&`)
	if plain && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}

// camel is a field's name as documents write it.
func camel(name string) string {
	name = strings.NewReplacer("IDs", "Ids", "ID", "Id", "URL", "Url").Replace(name)
	return strings.ToLower(name[:1]) + name[1:]
}
