package parse_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
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

// loadClean reads a document without findings.
func loadClean(t *testing.T, path string) *spec.Document {
	t.Helper()
	doc, found := load(t, path)
	for _, d := range found {
		t.Errorf("%v", d)
	}
	if doc == nil {
		t.Fatalf("%s: no document", path)
	}
	return doc
}

// dump is what a document means, whatever version says it.
func dump(t *testing.T, doc *spec.Document) []byte {
	t.Helper()
	doc.Version = spec.Text{}
	var b bytes.Buffer
	if err := spec.Dump(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTwins demands that a document written in 2.x and in 3.x gives one model.
func TestTwins(t *testing.T) {
	golden.Each(t, "testdata/twins", "*.v2.yaml", func(t *testing.T, v2 string) {
		name := strings.TrimSuffix(v2, ".v2.yaml")
		older := dump(t, loadClean(t, v2))
		newer := dump(t, loadClean(t, name+".v3.yaml"))
		golden.Check(t, name+".json", newer)
		golden.Check(t, name+".json", older)
	})
}

func TestTwinsOfTheStandard(t *testing.T) {
	dir := corpus.Dir(t, "asyncapi-examples")
	for _, name := range []string{"streetlights-kafka", "application-headers"} {
		older := dump(t, loadClean(t, filepath.Join(dir, "v2.6.0", name+".yml")))
		newer := dump(t, loadClean(t, filepath.Join(dir, "v3.0.0", name+"-asyncapi.yml")))
		if !bytes.Equal(older, newer) {
			t.Errorf("2.6:\n%s\n3.0:\n%s", older, newer)
		}
	}
}
