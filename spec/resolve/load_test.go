package resolve_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// tree writes files below a new directory and returns it.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFilesAllows(t *testing.T) {
	dir := tree(t, "in/a.yaml", "in/deep/b c.yaml", "also/c.yaml", "out/d.yaml")
	link(t, filepath.Join(dir, "in", "deep"), filepath.Join(dir, "in", "alias"))
	files, err := resolve.NewFiles(filepath.Join(dir, "in"), filepath.Join(dir, "also"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in/a.yaml", "in/deep/b c.yaml", "in/deep/../a.yaml", "also/c.yaml"} {
		for _, uri := range []string{filepath.Join(dir, name), "file://" + dir + "/" + strings.ReplaceAll(name, " ", "%20")} {
			f, err := files.Load(t.Context(), uri)
			if err != nil {
				t.Errorf("%s: %v", uri, err)
				continue
			}
			if want := filepath.Join(dir, name); f.URI() != want || !strings.HasSuffix(want, string(f.Text())) {
				t.Errorf("%s gave %s", uri, f.URI())
			}
		}
	}
	if _, err := files.Load(t.Context(), filepath.Join(dir, "in", "alias", "b c.yaml")); err != nil {
		t.Errorf("a link within the directory: %v", err)
	}
}

func TestFilesRefuses(t *testing.T) {
	dir := tree(t, "in/a.yaml", "out/secret.yaml", "inside/x.yaml")
	link(t, filepath.Join(dir, "out", "secret.yaml"), filepath.Join(dir, "in", "link.yaml"))
	link(t, filepath.Join(dir, "out"), filepath.Join(dir, "in", "folder"))
	files, err := resolve.NewFiles(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{
		filepath.Join(dir, "out", "secret.yaml"),
		filepath.Join(dir, "in", "..", "out", "secret.yaml"),
		filepath.Join(dir, "inside", "x.yaml"), // a name that begins alike
		filepath.Join(dir, "in", "link.yaml"),
		filepath.Join(dir, "in", "folder", "secret.yaml"),
		"file://" + dir + "/in/%2e%2e/out/secret.yaml",
		"file://elsewhere" + dir + "/in/a.yaml",
		"file:a.yaml",
		"http://example.com/a.yaml",
		"https://example.com/a.yaml",
		"ftp://" + dir + "/in/a.yaml",
		"http://[bad",
	} {
		if f, err := files.Load(t.Context(), uri); !errors.Is(err, resolve.ErrNotAllowed) {
			t.Errorf("%s: %v, %v", uri, f, err)
		}
	}
}

func TestFilesFails(t *testing.T) {
	dir := tree(t, "a.yaml", "folder/b.yaml")
	files, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"absent.yaml", "folder", "a.yaml/x", "."} {
		f, err := files.Load(t.Context(), filepath.Join(dir, name))
		if err == nil || errors.Is(err, resolve.ErrNotAllowed) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := tree(t, "real/a.yaml", "named/x.yaml")
	link(t, filepath.Join(dir, "real", "a.yaml"), filepath.Join(dir, "named", "a.yaml"))
	path := filepath.Join(dir, "named", "a.yaml")
	f, err := resolve.ReadFile(path)
	if err != nil {
		t.Fatalf("a link that the user named: %v", err)
	}
	if f.Name() != path || f.URI() != path || string(f.Text()) != "real/a.yaml" {
		t.Errorf("%s %s %s", f.Name(), f.URI(), f.Text())
	}
	for _, path := range []string{dir, filepath.Join(dir, "absent")} {
		if _, err := resolve.ReadFile(path); err == nil {
			t.Errorf("%s was read", path)
		}
	}
}

func TestReadFrom(t *testing.T) {
	dir := tree(t, "b.yaml")
	f, err := resolve.ReadFrom(strings.NewReader("a: {$ref: b.yaml}"), "stdin", dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(context.Background(), files)
	if p, ok := r.Deref(r.Add(f).Child("a")); !ok || p.Node.Text != "b.yaml" {
		t.Errorf("%v", r.Findings())
	}
	if f.Name() != "stdin" {
		t.Errorf("shown as %s", f.Name())
	}
}

// zeros is a stream that never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestTooLarge(t *testing.T) {
	if _, err := resolve.ReadFrom(zeros{}, "endless", "."); err == nil {
		t.Error("an endless stream was read")
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}
