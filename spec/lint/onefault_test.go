package lint_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// oneFault is a document with a single mistake, which the document itself marks:
//
//	  vesion: 1.0.0
//	# ^^^^^^ unknown-key
//	# good:   version: 1.0.0
//
// The carets stand under the text that is wrong and are followed by the code of
// the finding; where the text begins in the first column, the # counts as a
// caret. What follows "good" takes the place of the wrong line: several lines of
// it, or none.
type oneFault struct {
	line, from, to int // columns from 1, to excluded
	code           diag.Code
	good           string // the document without the mistake
}

const goodMark = "# good:"

// readOneFault reads the marks of a document.
func readOneFault(t *testing.T, text string) oneFault {
	t.Helper()
	var f oneFault
	var good []string
	for i, line := range strings.Split(text, "\n") {
		if mended, ok := strings.CutPrefix(line, goodMark); ok {
			if mended != "" {
				good = append(good, strings.TrimPrefix(mended, " "))
			}
			continue
		}
		carets := strings.IndexByte(line, '^')
		if !strings.HasPrefix(line, "#") || carets < 0 {
			good = append(good, line)
			continue
		}
		if f.line > 0 {
			t.Fatal("two marks in one document")
		}
		marks := strings.TrimRight(line[:strings.LastIndexByte(line, '^')+1], " ")
		f.line, f.from, f.to = i, carets+1, len(marks)+1
		if carets == 1 {
			f.from = 1
		}
		f.code = diag.Code(strings.TrimSpace(line[len(marks):]))
		good = good[:len(good)-1]
	}
	if f.line == 0 {
		t.Fatal("no mark in the document")
	}
	f.good = strings.Join(good, "\n")
	return f
}

// TestOneFault demands of every document with one mistake a single finding, of
// the code and at the very text that the document marks, and none once the
// mistake is mended. How a user sees the findings is in golden files.
func TestOneFault(t *testing.T) {
	shown := map[string]*bytes.Buffer{"v2": {}, "v3": {}}
	dir := filepath.Join("testdata", "one-fault")
	count := 0
	golden.Each(t, dir, "*.yaml", func(t *testing.T, input string) {
		count++
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		want := readOneFault(t, string(text))
		name := filepath.Base(input)
		found := lintText(t, dir, name, string(text))
		if len(found) != 1 || found[0].Code != want.code || !covers(found[0].At, want) {
			t.Errorf("want one finding, %s at %d:%d-%d, got %s", want.code, want.line, want.from, want.to, list(found))
		}
		if rest := lintText(t, dir, name, want.good); len(rest) > 0 {
			t.Errorf("the mended document has findings: %s\n%s", list(rest), want.good)
		}
		version, _, _ := strings.Cut(name, "-")
		if err := render.Render(shown[version], "text", found, &render.Options{Tool: "asyncwire"}); err != nil {
			t.Fatal(err)
		}
	})
	if count < 150 {
		t.Errorf("%d documents, want at least 150", count)
	}
	for version, text := range shown {
		golden.Check(t, filepath.Join(dir, version+".golden"), text.Bytes())
	}
}

// covers tells whether a span is the one that a document marks.
func covers(at source.Span, want oneFault) bool {
	begin, end := at.Position(), at.EndPosition()
	return begin.Line == want.line && begin.Column == want.from && end.Line == want.line && end.Column == want.to
}

// lintText gives what asyncwire lint says of a text.
func lintText(t *testing.T, dir, name, text string) diag.List {
	t.Helper()
	loader, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.LoadFile(t.Context(), loader, source.NewFileAt(name, abs, []byte(text)))
	if doc != nil {
		found.Add(lint.Run(doc, lint.All())...)
	}
	return found.Sorted()
}

// list writes findings one to a line, with the columns they end in.
func list(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "\n\t%d:%d-%d %s: %s [%s]", d.At.Position().Line, d.At.Position().Column, d.At.EndPosition().Column,
			d.Severity, d.Message, d.Code)
	}
	if !utf8.ValidString(b.String()) {
		return fmt.Sprintf("%q", b.String())
	}
	return b.String()
}
