package parse_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/source"
)

// archive is a loader of files in memory: /dir/x.yaml, and URLs as they are.
type archive map[string][]byte

func (a archive) Load(_ context.Context, uri string) (*source.File, error) {
	text, ok := a[uri]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source.NewFile(uri, text), nil
}

// TestReferences compares what is made of each folder of files in
// testdata/references, /dir/main.yaml being the document: the findings, and the
// document where there are no errors.
func TestReferences(t *testing.T) {
	golden.Each(t, "testdata/references", "*.txtar", func(t *testing.T, input string) {
		packed, err := txtar.ParseFile(input)
		if err != nil {
			t.Fatal(err)
		}
		files := archive{}
		for _, f := range packed.Files {
			files[f.Name] = f.Data
		}
		main := source.NewFile("/dir/main.yaml", files["/dir/main.yaml"])
		doc, found := parse.LoadFile(t.Context(), files, main)
		var out bytes.Buffer
		for _, d := range found {
			fmt.Fprintf(&out, "%s\n", d)
			for _, n := range d.Notes {
				fmt.Fprintf(&out, "\tnote: %s: %s\n", n.At, n.Text)
			}
			if d.Help != "" {
				fmt.Fprintf(&out, "\thelp: %s\n", d.Help)
			}
		}
		if !found.HasErrors() {
			if err := spec.Dump(&out, doc); err != nil {
				t.Fatal(err)
			}
		}
		golden.Check(t, input+".golden", out.Bytes())
	})
}
