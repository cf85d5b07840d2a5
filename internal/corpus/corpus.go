// Package corpus finds the third-party documents and suites that some tests
// measure against. They are not part of the repository: where they are absent
// the tests skip and say so.
//
// It imports nothing of this module and is for tests alone.
package corpus

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Variable is the environment variable that names the corpus directory.
const Variable = "ASYNCWIRE_CORPUS"

// Dir returns the directory of the corpora, or of a part of them, and skips the
// test when it is absent.
func Dir(t testing.TB, part ...string) string {
	t.Helper()
	dir := os.Getenv(Variable)
	if dir == "" {
		dir = filepath.Join(Module(t), "..", "shared", "corpus")
	}
	dir = filepath.Join(append([]string{dir}, part...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no corpus at %s: set %s to run this test", dir, Variable)
	}
	return dir
}

// Documents are the YAML and JSON files in a directory and all below it.
func Documents(t testing.TB, dir string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".yaml", ".yml", ".json":
			if !d.IsDir() {
				paths = append(paths, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Module returns the root directory of this module.
func Module(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's directory")
		}
	}
}
