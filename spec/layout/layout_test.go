package layout

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Every sound document of the corpora is laid out as the syntax package reads
// it.
func TestCorpus(t *testing.T) {
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		t.Run(part, func(t *testing.T) { layOut(t, corpus.Dir(t, part), 20) })
	}
}

// The same holds for the files that try the syntax package.
func TestTricky(t *testing.T) {
	layOut(t, filepath.Join("..", "syntax", "testdata"), 30)
}

func layOut(t *testing.T, dir string, atLeast int) {
	sound := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, found := Parse(source.NewFile(path, text))
		for _, x := range found {
			if x.Code == "internal-layout" {
				t.Errorf("%s: %s", path, x)
			}
		}
		if doc != nil {
			sound++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d sound documents", sound)
	if sound < atLeast {
		t.Errorf("only %d sound documents in %s", sound, dir)
	}
}

// FuzzParse holds every sound text to the same law, but for tags, the end of
// which the packages see differently when they hold brackets.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("../syntax/testdata/*/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil && filepath.Ext(path) != ".golden" {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		doc, found := Parse(source.NewFile("f", text))
		for _, x := range found {
			if x.Code == "internal-layout" && !bytes.Contains(text, []byte("!")) {
				t.Error(x)
			}
		}
		if doc != nil {
			checkOrder(t, doc)
		}
	})
}

// checkOrder demands that all places of a document follow each other in the
// text.
func checkOrder(t *testing.T, doc *Doc) {
	at := 0
	pass := func(start, end int) {
		if start < at || end < start || end > len(doc.Text) {
			t.Fatalf("%d to %d follows %d", start, end, at)
		}
		at = end
	}
	var node func(n *Node)
	node = func(n *Node) {
		for _, p := range n.Props {
			pass(p.Start, p.End)
		}
		if len(n.Entries) == 0 {
			pass(n.Start, n.End)
			return
		}
		for _, e := range n.Entries {
			if e.Mark >= 0 {
				pass(e.Mark, e.Mark+1)
			}
			if e.Key != nil {
				node(e.Key)
			}
			if e.Colon >= 0 {
				pass(e.Colon, e.Colon+1)
			}
			node(e.Value)
			if e.Comma >= 0 {
				pass(e.Comma, e.Comma+1)
			}
		}
	}
	node(doc.Root)
}
