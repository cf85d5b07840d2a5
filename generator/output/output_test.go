package output

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncwire/asyncwire/templates"
)

func generated(name, text string) templates.File {
	return templates.File{Name: name, Content: []byte(templates.HeaderPrefix + "a.yaml (AsyncAPI 3.0.0). DO NOT EDIT.\n\npackage a\n\n// " + text + "\n")}
}

// tree reads all files of a directory.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

func put(t *testing.T, dir string, files ...templates.File) {
	t.Helper()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func sync(t *testing.T, dir string, check bool, files ...templates.File) Result {
	t.Helper()
	r, err := Sync(dir, files, check)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fixture is a directory with a file of every kind, and what is wanted of it.
func fixture(t *testing.T) (dir string, wanted []templates.File, want Result) {
	dir = t.TempDir()
	put(t, dir, generated("same.gen.go", "same"), generated("stale.gen.go", "old"), generated("gone.gen.go", "gone"),
		generated("copied.go", "generated, but by its name not ours"),
		templates.File{Name: "hand.gen.go", Content: []byte("package a // by hand\n")},
		templates.File{Name: "empty.gen.go"})
	if err := os.Mkdir(filepath.Join(dir, "dir.gen.go"), 0o755); err != nil {
		t.Fatal(err)
	}
	wanted = []templates.File{generated("same.gen.go", "same"), generated("stale.gen.go", "new"), generated("new.gen.go", "new")}
	return dir, wanted, Result{
		Created: []string{"new.gen.go"}, Changed: []string{"stale.gen.go"}, Removed: []string{"gone.gen.go"}, Unchanged: []string{"same.gen.go"},
	}
}

func TestSync(t *testing.T) {
	dir, wanted, want := fixture(t)
	if err := os.Remove(filepath.Join(dir, "dir.gen.go")); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(filepath.Join(dir, "same.gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sync(t, dir, false, wanted...)); diff != "" {
		t.Error(diff)
	}
	after, err := os.Stat(filepath.Join(dir, "same.gen.go"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file that was up to date was written: %v", err)
	}
	files := tree(t, dir)
	for _, f := range wanted {
		if files[f.Name] != string(f.Content) {
			t.Errorf("%s holds %q", f.Name, files[f.Name])
		}
		delete(files, f.Name)
	}
	for _, name := range []string{"copied.go", "hand.gen.go", "empty.gen.go"} {
		if _, ok := files[name]; !ok {
			t.Errorf("%s was removed", name)
		}
		delete(files, name)
	}
	if len(files) > 0 {
		t.Errorf("left over: %v", files)
	}
	if r := sync(t, dir, false, wanted...); !r.UpToDate() || len(r.Unchanged) != len(wanted) {
		t.Errorf("a second run finds work to do: %+v", r)
	}
}

func TestCheckWritesNothing(t *testing.T) {
	dir, wanted, want := fixture(t)
	if err := os.Remove(filepath.Join(dir, "dir.gen.go")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if diff := cmp.Diff(want, sync(t, dir, true, wanted...)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestMissingDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	wanted := generated("a.gen.go", "a")
	if r := sync(t, dir, true, wanted); !slices.Equal(r.Created, []string{"a.gen.go"}) {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a check made the directory: %v", err)
	}
	sync(t, dir, false, wanted)
	if r := sync(t, dir, true, wanted); !r.UpToDate() {
		t.Errorf("%+v", r)
	}
}

// A file of the same name that is not ours stops everything, before anything
// is written: one written by hand, a link, a directory.
func TestForeign(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"by hand":   func(path string) error { return os.WriteFile(path, []byte("package a\n"), 0o644) },
		"link":      func(path string) error { return os.Symlink("target", path) },
		"directory": func(path string) error { return os.Mkdir(path, 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := make(filepath.Join(dir, "b.gen.go")); err != nil {
				t.Fatal(err)
			}
			_, err := Sync(dir, []templates.File{generated("a.gen.go", "a"), generated("b.gen.go", "b")}, false)
			if !errors.Is(err, ErrForeign) {
				t.Errorf("error is %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "a.gen.go")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a.gen.go was written: %v", err)
			}
		})
	}
}

// A name that leads out of the directory is refused.
func TestNames(t *testing.T) {
	for _, name := range []string{"../a.gen.go", "/tmp/a.gen.go", "sub/a.gen.go", ".."} {
		if _, err := Sync(t.TempDir(), []templates.File{generated(name, "a")}, false); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

// TestPackage: what counts are the files of a build that others wrote.
func TestPackage(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []struct{ file, text, name, of string }{
		{"a.gen.go", templates.HeaderPrefix + "x\npackage ours\n", "", ""},
		{"a_test.go", "package a_test\n", "", ""},
		{"b_plan9.go", "package other\n", "", ""},
		{"broken.go", "package\n", "", ""},
		{"ignored.go", "//go:build ignore\n\npackage main\n", "", ""},
		{"doc.go", "package documentation\n", "", ""},
		{"z.go", "// Package z is by hand.\npackage z\n", "z", "z.go"},
		{"y.go", "package z\n", "z", "y.go"},
	} {
		put(t, dir, templates.File{Name: step.file, Content: []byte(step.text)})
		if name, of := Package(dir); name != step.name || of != step.of {
			t.Errorf("with %s: package %q of %q, want %q of %q", step.file, name, of, step.name, step.of)
		}
	}
	linked := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "z.go"), filepath.Join(linked, "link.go")); err == nil {
		if name, of := Package(linked); name != "z" || of != "link.go" {
			t.Errorf("with a link: package %q of %q", name, of)
		}
	}
	if name, of := Package(filepath.Join(dir, "missing")); name != "" || of != "" {
		t.Errorf("of no directory: package %q of %q", name, of)
	}
}
