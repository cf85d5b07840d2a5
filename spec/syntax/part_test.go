package syntax

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/source"
)

func ExamplePartsOf() {
	root, _ := Parse(source.NewFile("f.yaml", []byte(`text: "a\tb c"`)))
	n := root.Get("text")
	parts := PartsOf(n.At, n.Text)
	fmt.Println(parts.Span(1, 2).Text(), parts.Span(2, 3).Text())
	// Output: \t b
}

// TestParts pins what stands for which bytes in every style.
func TestParts(t *testing.T) {
	for _, test := range []struct {
		written    string // the value of a key
		start, end int
		want       string
	}{
		{"plain words", 6, 11, "words"},
		{"plain\n  words\n\n  more", 5, 6, "\n  "},
		{"plain\n  words\n\n  more", 6, 11, "words"},
		{"plain\n  words\n\n  more", 11, 12, "\n\n  "},
		{"'it''s'", 2, 3, "''"},
		{"'it''s'", 3, 4, "s"},
		{`"a\u0041\n\x42 \ud83d\ude00 z"`, 1, 2, `\u0041`},
		{`"a\u0041\n\x42 \ud83d\ude00 z"`, 2, 4, `\n\x42`},
		{`"a\u0041\n\x42 \ud83d\ude00 z"`, 5, 9, `\ud83d\ude00`},
		{`"a\u0041\n\x42 \ud83d\ude00 z"`, 10, 11, `z`},
		{`"a\/b"`, 1, 2, `\/`},
		{"\"a \\\n   b\"", 2, 3, "b"},
		{"|\n  one\n   two\n", 4, 8, " two"},
		{"|\r\n  one\r\n   two\r\n", 3, 4, "\r\n"},
		{"|\r\n  one\r\n   two\r\n", 5, 8, "two"},
		{"|2-\n    one\n  two\n", 0, 5, "  one"},
		{"|2-\n    one\n  two\n", 6, 9, "two"},
		{">\n  one\n  two\n\n   three\n  four\n", 3, 4, "\n"},
		{">\n  one\n  two\n\n   three\n  four\n", 4, 7, "two"},
		{">\n  one\n  two\n\n   three\n  four\n", 10, 15, "three"},
		{">\n  one\n  two\n\n   three\n  four\n", 16, 20, "four"},
		{"|+\n  one\n\n\n", 5, 6, "\n"},
	} {
		root, found := parse("key: " + test.written)
		n := root.Get("key")
		if len(found) > 0 || n == nil || n.Kind != String {
			t.Fatalf("%q: %v", test.written, found)
		}
		if got := PartsOf(n.At, n.Text).Span(test.start, test.end).Text(); got != test.want {
			t.Errorf("%q: %q is written %q, want %q", test.written, n.Text[test.start:test.end], got, test.want)
		}
	}
}

// TestPartsOfFile: of a node that is a whole file, each byte is its own.
func TestPartsOfFile(t *testing.T) {
	f := source.NewFile("a.proto", []byte("\"x\"\r\n\ty"))
	parts := PartsOf(source.Span{File: f, End: len(f.Text())}, string(f.Text()))
	if got := parts.Span(6, 7); got.Text() != "y" || got.Position().Line != 2 {
		t.Errorf("%q at %v", got.Text(), got)
	}
}

// TestPartsUnknown: a text that is not what its place says has its whole place.
func TestPartsUnknown(t *testing.T) {
	f := source.NewFile("f", []byte(`"ab"`))
	at := source.Span{File: f, End: 4}
	if p := PartsOf(at, "cd"); p.Exact() || p.Span(0, 1) != at {
		t.Error("another text has pieces")
	}
	if p := PartsOf(source.Span{}, "cd"); p.Exact() || p.Span(0, 1) != (source.Span{}) {
		t.Error("a text from nowhere has a place")
	}
}

// TestPartsLaws: whatever is written in whatever style, each piece stands for
// what it decodes to, the pieces are in order, and nothing lies outside.
func TestPartsLaws(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	seen := map[string]int{}
	for range 60000 {
		style, text := writeScalar(random)
		root, found := parse(text)
		n := root.Get("k")
		if len(found) > 0 || n == nil || n.Kind != String {
			continue
		}
		seen[style]++
		p := PartsOf(n.At, n.Text)
		if strings.TrimSpace(n.Text) == "" {
			continue
		}
		if !p.Exact() {
			t.Fatalf("%q: the text %q has no pieces", text, n.Text)
		}
		checkPieces(t, style, n.Text, p)
	}
	for _, style := range []string{"plain", "'", `"`, "|", ">"} {
		if seen[style] < 500 {
			t.Errorf("only %d texts in style %s", seen[style], style)
		}
	}
}

func checkPieces(t *testing.T, style, text string, p *Parts) {
	t.Helper()
	src := p.whole.File.Text()
	done, last := 0, 0
	for _, x := range p.pieces {
		if x.text != done || x.from < last || x.to < x.from || text != "" && x.length == 0 {
			t.Fatalf("%q: pieces %+v", src, p.pieces)
		}
		done, last = x.text+x.length, x.to
		written, means := string(src[x.from:x.to]), text[x.text:x.text+x.length]
		if x.plain && written != means || !x.plain && decodedAs(style, written) != means {
			t.Fatalf("%q: %q does not stand for %q", src, written, means)
		}
	}
	if done != len(text) {
		t.Fatalf("%q: pieces %+v end early", src, p.pieces)
	}
}

// decodedAs is what a piece other than a plain one means within a text.
func decodedAs(style, written string) string {
	switch {
	case style == "plain":
		style = ""
	case style == "|" || style == ">":
		if strings.TrimLeft(written, "\r\n ") != "" {
			return "?"
		}
		if style == ">" && strings.HasSuffix(written, " ") {
			return " "
		}
		return "\n"
	}
	root, _ := parse("k: " + style + "a" + written + "b" + style)
	n := root.Get("k")
	if n == nil || len(n.Text) < 2 {
		return "?"
	}
	return n.Text[1 : len(n.Text)-1]
}

// writeScalar writes a mapping with one scalar.
func writeScalar(r *rand.Rand) (style, text string) {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	br := pick("\n", "\n", "\r\n")
	words := func(extra ...string) string {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(pick(append(extra, "a", "bc", "é", "😀", " ", "  ", "{", "x: y", br+"  ", br+br+"  ", br+"   ", br+" \t "+br+"  ", "\\", "\u2028")...))
		}
		return b.String()
	}
	switch style = pick("plain", "'", `"`, "|", ">"); style {
	case "plain":
		return style, "k: a" + words() + br + "l: m" + br
	case "'":
		return style, "k: '" + words("''") + "'" + br
	case `"`:
		escapes := []string{`\n`, `\"`, `\\`, `\/`, `\u00e9`, `\ud83d\ude00`, `\x41`, `\U0001F600`, `\ `, `\L`, "\\" + br + "  ", " \\" + br + br + "  "}
		return style, `k: "` + words(escapes...) + `"` + br
	default:
		indent := 1 + r.IntN(3)
		header := style + pick("", "-", "+", fmt.Sprint(indent), fmt.Sprint(indent)+"-")
		var b strings.Builder
		for range r.IntN(7) {
			b.WriteString(pick("", " ", strings.Repeat(" ", indent)))
			b.WriteString(br)
			b.WriteString(strings.Repeat(" ", indent) + pick("", "", " ", "   ") + pick("a", "# b", "c\td ", "é😀", "k: v", "|") + br)
		}
		return style, "k: " + header + br + b.String() + pick("", br, "l: m"+br)
	}
}

// TestPartsOfCorpus demands pieces of every string and key of the corpora whose
// file has no mistake.
func TestPartsOfCorpus(t *testing.T) {
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		err := filepath.WalkDir(corpus.Dir(t, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(".yaml.yml.json.avsc", filepath.Ext(path)) || filepath.Ext(path) == "" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			root, found := Parse(source.NewFile(path, text))
			if len(found) == 0 {
				demandPieces(t, root)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func demandPieces(t *testing.T, n *Node) {
	t.Helper()
	if n == nil {
		return
	}
	if n.Kind == String && !PartsOf(n.At, n.Text).Exact() {
		t.Errorf("%v: %q has no pieces: %q", n.At, n.Text, n.At.Text())
	}
	for _, m := range n.Members {
		if !PartsOf(m.Key.At, m.Key.Text).Exact() {
			t.Errorf("%v: key %q has no pieces", m.Key.At, m.Key.Text)
		}
		demandPieces(t, m.Value)
	}
	for _, item := range n.Items {
		demandPieces(t, item)
	}
}

// TestParseText demands the places of an embedded document's nodes and findings
// in the outer file.
func TestParseText(t *testing.T) {
	for name, text := range map[string]string{
		"literal": "outer: |\n  {\"type\": \"record\",\n   \"name\": 7,\n   \"name\": 8}\n",
		"folded":  "outer: >-\n    {\"type\": \"record\",\n    \"name\": 7,\n    \"name\": 8}\n",
		"single":  "outer: '{\"type\": \"record\",\n   \"name\": 7,\n   \"name\": 8}'\n",
		"double":  "outer: \"{\\\"type\\\": \\\"record\\\", \\\"name\\\": 7, \\\"name\\\": 8}\"\n",
		"json":    "{\"outer\": \"{\\\"type\\\": \\\"record\\\",\\n\\\"name\\\": 7,\\u0020\\\"name\\\": 8}\"}",
		"yaml":    "outer: |\n  type: record\n  name: 7\n  name: 8\n",
	} {
		outer, found := parse(text)
		if len(found) > 0 {
			t.Fatalf("%s: %v", name, found)
		}
		inner, found := ParseText(outer.Get("outer"))
		root := inner.Root
		if got := inner.Part(root.Get("type"), 2, 4).Text(); got != "co" {
			t.Errorf("%s: a part of the text is at %q", name, got)
		}
		if got := root.Get("name").At; got.Text() != "7" || got.File != outer.At.File {
			t.Errorf("%s: the number is at %v: %q", name, got, got.Text())
		}
		if got := root.Get("type").At.Text(); strings.Trim(got, `\"`) != "record" {
			t.Errorf("%s: the text is at %q", name, got)
		}
		if len(found) != 1 || strings.Trim(found[0].At.Text(), `\"`) != "name" || found[0].Fix != nil || found[0].Notes[0].At.File != outer.At.File {
			t.Errorf("%s: %v", name, found)
		}
		if at := found[0].At; at.Start < root.Get("name").At.Start {
			t.Errorf("%s: the second name is found at %v", name, at)
		}
	}
}

// FuzzParseText: an embedded document has all its places in the outer file, in
// the string.
func FuzzParseText(f *testing.F) {
	for _, seed := range []string{"k: '{\"a\": [1, \"b\"]}'", "k: |\n  a: b\n  c: [", "k: \"a: \\u0041\\n- b\"", "k: >\n  a\n   b\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		outer, _ := Parse(source.NewFile("f", text))
		n := outer.Get("k")
		if n == nil || n.Kind != String {
			return
		}
		_, found := ParseText(n)
		for _, d := range found {
			if d.At.File != n.At.File || d.At.Start < n.At.Start || d.At.End < d.At.Start || d.At.End > len(d.At.File.Text()) {
				t.Fatalf("%v is outside of %v", d, n.At)
			}
		}
	})
}
