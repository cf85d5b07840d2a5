package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
)

// TestMendFaults mends documents full of faults: the findings that were mended
// are gone, and mending again finds nothing to do.
func TestMendFaults(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(corpus.Module(t), "spec", "parse", "testdata", "faults"))); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mended := 0
	for _, path := range paths {
		first := lintFix(t, path)
		if first == 0 {
			continue
		}
		mended += first
		if again := lintFix(t, path); again > 0 {
			t.Errorf("%s: %d findings are mended again", path, again)
		}
	}
	t.Logf("%d findings mended in %d files", mended, len(paths))
	if mended < 20 {
		t.Errorf("only %d findings mended", mended)
	}
}

// lintFix mends a file and returns how many findings were mended.
func lintFix(t *testing.T, path string) int {
	var stdout, stderr bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }}
	if code := Main(t.Context(), env, []string{"lint", "--fix", path}); code == exitFailure {
		t.Errorf("%s: %s", path, &stderr)
	}
	return strings.Count(stderr.String(), "fixed: ")
}
