package edit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// maker makes random documents and values.
type maker struct {
	*rand.Rand
	comments int
}

var scalars = []string{
	"a", "two words", "on", "1.0", "null", "", " padded ", "a: b", "a #b", "- x", "two\nlines\n", "three\n\n  lines", "\n", "tab\there",
	"it's", `quote"`, "2024-01-01", "1:30", "{x}", "é ü", "\u2028", "😀", "back\\slash", "x:", "~", "0x1F", "#x", "trailing ", "%d", "@a", "-",
	"1.2.0", "---", "a,b", "?", "a\r\nb", "\ta\nb", "a\n \nb", "<<", "true",
}

func (m *maker) scalar() *syntax.Node {
	switch m.IntN(6) {
	case 0:
		return edit.Number([]string{"0", "1.0", "-3", "1e3", "42"}[m.IntN(5)])
	case 1:
		return edit.Bool(m.IntN(2) == 0)
	case 2:
		return edit.Null()
	}
	return edit.String(scalars[m.IntN(len(scalars))])
}

func (m *maker) key() string {
	if m.IntN(6) == 0 {
		return scalars[m.IntN(len(scalars))]
	}
	return string(rune('a'+m.IntN(26))) + strconv.Itoa(m.IntN(30))
}

func (m *maker) value(depth int) *syntax.Node {
	switch n := m.IntN(7); {
	case n < 3 && depth > 0:
		v := &syntax.Node{Kind: syntax.Mapping}
		for range m.IntN(6) {
			if k := m.key(); k != "<<" && v.Get(k) == nil {
				v.Members = append(v.Members, edit.Member(k, m.value(depth-1)))
			}
		}
		return v
	case n < 5 && depth > 0:
		v := &syntax.Node{Kind: syntax.Sequence}
		for range m.IntN(5) {
			v.Items = append(v.Items, m.value(depth-1))
		}
		return v
	}
	return m.scalar()
}

// note is a comment that is like no other, or nothing.
func (m *maker) note(odds int) string {
	if m.IntN(odds) > 0 {
		return ""
	}
	m.comments++
	return fmt.Sprintf("# note %d", m.comments)
}

// yaml writes a value as the lines of block YAML in a random layout: the first
// goes behind a key or dash unless it is empty.
func (m *maker) yaml(v *syntax.Node) (head string, lines []string) {
	switch {
	case v.Kind == syntax.Mapping && len(v.Members) > 0 && m.IntN(5) > 0:
		for _, member := range v.Members {
			lines = append(lines, m.around(doubleQuotedOrPlain(m, member.Key.Text)+":", member.Value, m.IntN(4) == 0 && member.Value.Kind == syntax.Sequence)...)
		}
		return "", lines
	case v.Kind == syntax.Sequence && len(v.Items) > 0 && m.IntN(5) > 0:
		for _, item := range v.Items {
			lines = append(lines, m.item(item)...)
		}
		return "", lines
	case v.Kind == syntax.String && strings.Contains(strings.TrimSuffix(v.Text, "\n"), "\n") && !strings.ContainsAny(v.Text, "\r\t") && v.Text[0] > ' ':
		head = "|-"
		if strings.HasSuffix(v.Text, "\n") {
			head = "|"
		}
		return head, strings.Split(strings.TrimSuffix(v.Text, "\n"), "\n")
	}
	return m.flow(v), nil
}

func doubleQuotedOrPlain(m *maker, text string) string {
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' && !strings.ContainsAny(text, ":#\n\t\r\\ \"") && m.IntN(3) > 0 {
		return text
	}
	return m.flow(edit.String(text))
}

// around writes an entry that begins with start.
func (m *maker) around(start string, v *syntax.Node, flush bool) []string {
	var out []string
	if n := m.note(5); n != "" {
		out = append(out, n)
	}
	head, lines := m.yaml(v)
	trailing := m.note(4)
	first := strings.TrimRight(start+" "+head+"  "+trailing, " ")
	if head == "" && len(lines) > 0 && trailing != "" {
		first = start + " " + trailing
	}
	out = append(out, first)
	indent := strings.Repeat(" ", 2+2*m.IntN(2))
	if flush && head == "" {
		indent = ""
	}
	for _, line := range lines {
		if line != "" {
			line = indent + line
		}
		out = append(out, line)
	}
	if m.IntN(6) == 0 {
		out = append(out, "")
	}
	return out
}

// item writes an item, compact or not.
func (m *maker) item(v *syntax.Node) []string {
	head, lines := m.yaml(v)
	if head == "" && len(lines) > 0 && m.IntN(2) == 0 && !strings.HasPrefix(lines[0], "#") {
		for i := range lines {
			if i > 0 && lines[i] != "" {
				lines[i] = "  " + lines[i]
			}
		}
		lines[0] = "- " + lines[0]
		return lines
	}
	out := []string{strings.TrimRight("- "+head+" "+m.note(6), " ")}
	for _, line := range lines {
		if line != "" {
			line = "   " + line
		}
		out = append(out, line)
	}
	return out
}

// flow writes a value as JSON, which is flow YAML.
func (m *maker) flow(v *syntax.Node) string {
	switch v.Kind {
	case syntax.Mapping:
		var parts []string
		for _, member := range v.Members {
			parts = append(parts, strconv.QuoteToASCII(member.Key.Text)+": "+m.flow(member.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case syntax.Sequence:
		var parts []string
		for _, item := range v.Items {
			parts = append(parts, m.flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case syntax.Null:
		return "null"
	case syntax.String:
		s := strconv.QuoteToASCII(v.Text)
		if i := strings.Index(s, `\U0001f600`); i >= 0 {
			s = strings.Replace(s, `\U0001f600`, "😀", 1)
		}
		return s
	}
	return v.Text
}

// pointers are those of all values.
func pointers(v *syntax.Node, at string, out *[]string) {
	for _, member := range v.Members {
		p := at + "/" + source.EscapeToken(member.Key.Text)
		*out = append(*out, p)
		pointers(member.Value, p, out)
	}
	for i, item := range v.Items {
		p := at + "/" + strconv.Itoa(i)
		*out = append(*out, p)
		pointers(item, p, out)
	}
}

// clone copies a tree that the model may change.
func clone(v *syntax.Node) *syntax.Node {
	c := &syntax.Node{Kind: v.Kind, Text: v.Text}
	for _, member := range v.Members {
		c.Members = append(c.Members, edit.Member(member.Key.Text, clone(member.Value)))
	}
	for _, item := range v.Items {
		c.Items = append(c.Items, clone(item))
	}
	return c
}

// model is the plain tree that a document is compared with.
type model struct{ root *syntax.Node }

func (m *model) at(pointer string) *syntax.Node {
	v := m.root
	for _, token := range resolve.Tokens(pointer) {
		if v.Kind == syntax.Sequence {
			i, _ := strconv.Atoi(token)
			v = v.Items[i]
		} else {
			v = v.Get(token)
		}
	}
	return v
}

func split(pointer string) (parent, token string) {
	i := strings.LastIndexByte(pointer, '/')
	return pointer[:i], resolve.Tokens(pointer[i:])[0]
}

func (m *model) remove(pointer string) *syntax.Node {
	parent, token := split(pointer)
	in, v := m.at(parent), m.at(pointer)
	if in.Kind == syntax.Sequence {
		i, _ := strconv.Atoi(token)
		in.Items = slices.Delete(in.Items, i, i+1)
	} else {
		in.Members = slices.DeleteFunc(in.Members, func(x syntax.Member) bool { return x.Key.Text == token })
	}
	return v
}

// operation does one random thing to both, and returns what it was.
func (m *maker) operation(t *testing.T, d *edit.Document, tree *model) string {
	var all []string
	pointers(tree.root, "", &all)
	if len(all) == 0 {
		return ""
	}
	p := all[m.IntN(len(all))]
	parent, _ := split(p)
	in := tree.at(parent)
	var err error
	what := ""
	switch m.IntN(7) {
	case 0, 1:
		v := m.scalar()
		what, err = "set scalar "+p, d.Set(p, v)
		*tree.at(p) = *clone(v)
	case 2:
		v := m.value(2)
		what, err = "set "+p, d.Set(p, v)
		*tree.at(p) = *clone(v)
	case 3:
		what, err = "remove "+p, d.Remove(p)
		tree.remove(p)
	case 4:
		v := m.value(2)
		if in.Kind == syntax.Sequence {
			i := m.IntN(len(in.Items) + 1)
			what, err = fmt.Sprintf("insert %s/%d", parent, i), d.Insert(fmt.Sprintf("%s/%d", parent, i), v, -1)
			in.Items = slices.Insert(in.Items, i, clone(v))
			break
		}
		i, k := m.IntN(len(in.Members)+1), "new"+strconv.Itoa(m.IntN(1000))
		if in.Get(k) != nil {
			return ""
		}
		what, err = fmt.Sprintf("insert %s/%s at %d", parent, k, i), d.Insert(parent+"/"+k, v, i)
		in.Members = slices.Insert(in.Members, i, edit.Member(k, clone(v)))
	case 5:
		k := m.key()
		if in.Kind != syntax.Mapping || in.Get(k) != nil {
			return ""
		}
		what, err = "rename "+p+" to "+k, d.Rename(p, k)
		_, token := split(p)
		for i := range in.Members {
			if in.Members[i].Key.Text == token {
				in.Members[i].Key.Text = k
			}
		}
	default:
		what = m.moveOrSort(d, tree, p, in, all, &err)
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return what
}

func (m *maker) moveOrSort(d *edit.Document, tree *model, p string, in *syntax.Node, all []string, err *error) string {
	parent, _ := split(p)
	if in.Kind == syntax.Mapping && m.IntN(2) == 0 {
		*err = d.Sort(parent, strings.Compare)
		slices.SortStableFunc(in.Members, func(a, b syntax.Member) int { return strings.Compare(a.Key.Text, b.Key.Text) })
		return "sort " + parent
	}
	target := all[m.IntN(len(all))]
	if tree.at(target).Kind != syntax.Mapping || target == p || strings.HasPrefix(target, p+"/") || in.Kind != syntax.Mapping {
		return ""
	}
	to := target + "/moved" + strconv.Itoa(m.IntN(1000))
	if tree.at(target).Get(strings.TrimPrefix(to, target+"/")) != nil {
		return ""
	}
	*err = d.Move(p, to)
	v := tree.at(target)
	moved := tree.remove(p)
	_, k := split(to)
	v.Members = append(v.Members, edit.Member(k, moved))
	return "move " + p + " to " + to
}

func comments(doc *layout.Doc) []string {
	var out []string
	for _, c := range doc.Comments {
		out = append(out, doc.Slice(c.Start, c.End))
	}
	return out
}

// TestRandom edits random documents at random and demands what a plain tree
// becomes by the same operations.
func TestRandom(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(6000) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
		for _, done := range random(t, m) {
			what, _, _ := strings.Cut(done, " ")
			counts[what]++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Log(counts)
	for _, what := range []string{"set", "remove", "insert", "rename", "move", "sort"} {
		if counts[what] < 100 {
			t.Errorf("%d times %s is too few to say anything", counts[what], what)
		}
	}
}

func random(t *testing.T, m *maker) []string {
	v := m.value(4)
	for len(v.Members)+len(v.Items) == 0 {
		v = m.value(4)
	}
	var text string
	switch m.IntN(5) {
	case 0:
		text = m.flow(v)
	default:
		head, lines := m.yaml(v)
		text = strings.Join(append([]string{head}, lines...), "\n")
		text = strings.TrimPrefix(text, "\n")
		if m.IntN(3) > 0 {
			text += "\n"
		}
		if m.IntN(4) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
	}
	d, found := edit.Open(source.NewFile("f", []byte(text)))
	if d == nil {
		t.Errorf("%v\n%s", found, text)
		return nil
	}
	before, _ := layout.Parse(source.NewFile("f", []byte(text)))
	tree := &model{clone(before.Root.Value)}
	var done []string
	for range 1 + m.IntN(3) {
		if what := m.operation(t, d, tree); what != "" {
			done = append(done, what)
		}
	}
	check(t, d, tree, text, done, before)
	return done
}

func check(t *testing.T, d *edit.Document, tree *model, text string, done []string, before *layout.Doc) {
	out, err := d.Text()
	if err != nil {
		edits, _ := d.Edits()
		broken, _ := edit.Apply([]byte(text), edits)
		t.Errorf("%v\n%s\n--- before\n%s\n--- after\n%s", err, strings.Join(done, "\n"), text, broken)
		return
	}
	after, _ := layout.Parse(source.NewFile("f", out))
	if !syntax.Equal(after.Root.Value, tree.root) {
		t.Errorf("another tree\n%s\n--- before\n%s\n--- after\n%s", strings.Join(done, "\n"), text, out)
	}
	if json.Valid([]byte(text)) && !json.Valid(out) {
		t.Errorf("it is no JSON any more\n%s\n--- before\n%s\n--- after\n%s", strings.Join(done, "\n"), text, out)
	}
	gentle := !slices.ContainsFunc(done, func(s string) bool {
		return strings.HasPrefix(s, "remove") || strings.HasPrefix(s, "set") || strings.HasPrefix(s, "move") || strings.HasPrefix(s, "sort")
	})
	if was, is := comments(before), comments(after); gentle && !slices.Equal(was, is) {
		t.Errorf("comments were lost\n%s\n--- before\n%s\n--- after\n%s", strings.Join(done, "\n"), text, out)
	} else if !subset(is, was) {
		t.Errorf("there are new comments\n%s\n--- before\n%s\n--- after\n%s", strings.Join(done, "\n"), text, out)
	}
	if bytes.Contains([]byte(text), []byte("\r\n")) && bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
		t.Errorf("line breaks are mixed\n%s\n%q\n%q", strings.Join(done, "\n"), text, out)
	}
}

func subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// TestApplyConflict demands that edits of the same text are refused.
func TestApplyConflict(t *testing.T) {
	if _, err := edit.Apply([]byte("abcdef"), []edit.Edit{{1, 3, "x"}, {2, 4, "y"}}); !errors.Is(err, edit.ErrConflict) {
		t.Errorf("overlapping edits: %v", err)
	}
	out, err := edit.Apply([]byte("abcdef"), []edit.Edit{{3, 4, "y"}, {1, 3, "x"}, {3, 3, "-"}})
	if err != nil || string(out) != "ax-yef" {
		t.Errorf("%q, %v", out, err)
	}
}
