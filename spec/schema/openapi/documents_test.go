package openapi_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// load reads a document that may reference files of its own folder.
func load(t testing.TB, path string) (*spec.Document, diag.List) {
	t.Helper()
	loader, err := resolve.NewFiles(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	return parse.Load(t.Context(), loader, path)
}

// TestDocuments holds the findings about AsyncAPI documents that use OpenAPI,
// with their places, to those that lie beside them.
func TestDocuments(t *testing.T) {
	golden.Each(t, "testdata/documents", "*.yaml", func(t *testing.T, input string) {
		_, found := load(t, input)
		golden.Check(t, input+".findings", text(found))
	})
}

// text writes findings with all they say.
func text(found diag.List) []byte {
	var b bytes.Buffer
	for _, d := range found {
		end := d.At.EndPosition()
		fmt.Fprintf(&b, "%s:%d:%d-%d:%d: %s: %s [%s]\n", name(d.At.File), d.At.Position().Line, d.At.Position().Column, end.Line, end.Column,
			d.Severity, d.Message, d.Code)
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "\tnote: %s%s\n", place(n.At), n.Text)
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "\thelp: %s\n", d.Help)
		}
	}
	if b.Len() == 0 {
		b.WriteString("no findings\n")
	}
	return b.Bytes()
}

func name(f interface{ Name() string }) string { return filepath.Base(f.Name()) }

// place is where a note points, if it points anywhere.
func place(at source.Span) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d:%d: ", at.Position().Line, at.Position().Column)
}
