package resolve_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestPeek: files are read by the loader's policy, what is wrong with them is no
// finding, and nothing is fetched.
func TestPeek(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"good.yaml": "a: 1\n", "bad.yaml": "a: [\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loader, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(t.Context(), loader)
	main := source.NewFileAt("main.yaml", filepath.Join(dir, "main.yaml"), nil)
	good, err := r.Peek(main, filepath.Join(dir, "good.yaml"))
	if err != nil || good.Node.Get("a") == nil {
		t.Errorf("%v, %v", good, err)
	}
	for _, uri := range []string{"https://example.com/a.yaml", filepath.Join(filepath.Dir(dir), "other.yaml")} {
		if _, err := r.Peek(main, uri); !errors.Is(err, resolve.ErrNotAllowed) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, name := range []string{"missing.yaml", "bad.yaml"} {
		_, _ = r.Peek(main, filepath.Join(dir, name)) // no finding, whatever comes of it
	}
	if found := r.Findings(); len(found) > 0 {
		t.Error(found)
	}
	added := r.Add(good.File)
	if again, err := r.Peek(main, good.File.URI()); err != nil || again.Node != added.Node || r.Root(again).Node != added.Node {
		t.Errorf("%v, %v", again, err)
	}
}
