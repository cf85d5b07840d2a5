package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
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

// TestWayOut demands that the help for a refused file, done as it says, makes the
// file readable.
func TestWayOut(t *testing.T) {
	dir := tree(t, "in/a.yaml", "out/b.yaml", "far/deep/c.yaml")
	link(t, filepath.Join(dir, "far", "deep", "c.yaml"), filepath.Join(dir, "in", "link.yaml"))
	link(t, filepath.Join(dir, "out"), filepath.Join(dir, "in", "folder"))
	t.Chdir(dir)
	for path, help := range map[string]string{
		"out/b.yaml":       "allow it with --allow-file out",
		"in/../out/b.yaml": "allow it with --allow-file out",
		"in/link.yaml":     "allow it with --allow-file far/deep",
		"in/folder/b.yaml": "allow it with --allow-file out",
	} {
		uri := filepath.Join(dir, path)
		files, err := resolve.NewFiles("in")
		if err != nil {
			t.Fatal(err)
		}
		_, err = files.Load(t.Context(), uri)
		var failure *resolve.Failure
		if !errors.As(err, &failure) || failure.Help != help {
			t.Errorf("%s: %v, with the help %+v; want %s", path, err, failure, help)
			continue
		}
		_, more, _ := strings.Cut(failure.Help, "--allow-file ")
		if files, err = resolve.NewFiles("in", more); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Load(t.Context(), uri); err != nil {
			t.Errorf("%s with %s: %v", path, help, err)
		}
	}
}

// TestUnreadable demands findings, in a few words, for what is there and cannot
// be read.
func TestUnreadable(t *testing.T) {
	dir := tree(t, "a.yaml", "folder/b.yaml", "secret.yaml", "huge.yaml")
	if err := os.Truncate(filepath.Join(dir, "huge.yaml"), resolve.MaxFileSize+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "secret.yaml"), 0); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(dir, "loop2.yaml"), filepath.Join(dir, "loop.yaml"))
	link(t, filepath.Join(dir, "loop.yaml"), filepath.Join(dir, "loop2.yaml"))
	want := map[string]string{
		"folder":      "is a directory",
		"folder/":     "is a directory",
		".":           "is a directory",
		"absent.yaml": "no such file or directory",
		"a.yaml/b":    "not a directory",
		"huge.yaml":   "larger than 64 MiB",
		"secret.yaml": "permission denied",
		"loop.yaml":   "too many links",
		"a\x00.yaml":  "invalid argument",
	}
	if os.Geteuid() == 0 {
		delete(want, "secret.yaml") // nothing is denied to root
	}
	files, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range want {
		main := source.NewFileAt("main.yaml", filepath.Join(dir, "main.yaml"), []byte("$ref: "+strconv.Quote(path)+"\n"))
		r := resolve.New(t.Context(), files)
		root := r.Add(main)
		if _, ok := r.Deref(root); ok {
			t.Errorf("%s was read", path)
		}
		if found := r.Findings(); len(found) != 1 || found[0].Message != fmt.Sprintf("cannot read %q: %s", path, text) {
			t.Errorf("%q: %v, want %s", path, found, text)
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
