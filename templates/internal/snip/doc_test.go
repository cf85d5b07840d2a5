package snip

import (
	"bytes"
	"go/format"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/generator/ir"
)

func TestDocLines(t *testing.T) {
	long := strings.Repeat("word ", 20)
	for _, c := range []struct {
		name   string
		doc    ir.Doc
		indent int
		want   []string
	}{
		{"nothing", nil, 0, nil},
		{"empty text", ir.Text("", " \n "), 0, nil},
		{"wrapped at eighty", ir.Text(long), 0, []string{"// " + strings.TrimSpace(strings.Repeat("word ", 15)), "// word word word word word"}},
		{"wrapped in a struct", ir.Text(long), 1, []string{"// " + strings.TrimSpace(strings.Repeat("word ", 14)), "// word word word word word word"}},
		{"long words", ir.Text("a " + strings.Repeat("x", 100) + " b"), 0, []string{"// a", "// " + strings.Repeat("x", 100), "// b"}},
		{"list", ir.Doc{{Text: "t"}, {Kind: ir.List, Items: []string{"one", long}}}, 0, []string{
			"// t", "//", "//   - one", "//   - " + strings.TrimSpace(strings.Repeat("word ", 14)), "//     word word word word word word"}},
		{"code", ir.Doc{{Kind: ir.Code, Items: []string{"a", "", "\tb\x00 "}}}, 0, []string{"//\ta", "//", "//\t b"}},
		{"indented code", ir.Doc{{Kind: ir.Code, Items: []string{" ", "  a", "    b", "", "  c", ""}}}, 0, []string{"//\ta", "//\t  b", "//", "//\tc"}},
		{"empty code", ir.Doc{{Kind: ir.Code, Items: []string{"", "\t"}}}, 0, nil},
		{"heading", ir.Doc{{Kind: ir.Heading, Text: "a\nb"}}, 0, []string{"// # a b"}},
		{"directives", ir.Doc{{Text: "//go:build x"}, {Text: "+build x"}, {Kind: ir.Code, Items: []string{" +build x", "//go:build x"}}}, 0, []string{
			"// //go:build x", "//", "// \\+build x", "//", "//\t\\+build x", "//\t//go:build x"}},
		{"line ends", ir.Text("a\rb\nc\u2028d\u2029e\u0085f\u000bg\x00h"), 0, []string{"// a b c d e f g h"}},
		{"invisible", ir.Text("a\ufeffb\u202ec\u200bd"), 0, []string{"// abcd"}},
		{"not UTF-8", ir.Text("a\xffb"), 0, []string{"// a\uFFFDb"}},
	} {
		if got := DocLines(c.doc, c.indent); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

// FuzzDoc: each line is a comment and no directive, whatever the text; one
// go fmt is enough.
func FuzzDoc(f *testing.F) {
	for _, s := range []string{"*/", "a\nb", "+build", "\r//go:x", "\u2028", "\ufeff", "`", "# h", "- x", strings.Repeat("w ", 90)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, b := range []ir.Block{{Text: text}, {Kind: ir.Heading, Text: text}, {Kind: ir.List, Items: []string{text, text}}, {Kind: ir.Code, Items: []string{text, text}}} {
			lines := DocLines(ir.Doc{{Text: "T is this."}, b}, 0)
			for _, line := range lines {
				body, ok := strings.CutPrefix(line, "//")
				switch {
				case !ok || body != "" && body[0] != ' ' && body[0] != '\t':
					t.Errorf("%q is no plain comment", line)
				case strings.ContainsAny(line, "\n\r\x00") || !utf8.ValidString(line):
					t.Errorf("%q holds what ends a line", line)
				case strings.HasPrefix(strings.TrimSpace(body), "+build"):
					t.Errorf("%q is a build constraint", line)
				}
			}
			source := "package p\n\n" + strings.Join(append(lines, "type T int\n"), "\n")
			once, err := format.Source([]byte(source))
			if err != nil {
				t.Fatal(err)
			}
			if twice, _ := format.Source(once); !bytes.Equal(once, twice) {
				t.Errorf("go fmt makes\n%s\nand then\n%s", once, twice)
			}
		}
	})
}
