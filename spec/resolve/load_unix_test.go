//go:build unix

package resolve_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// TestPipe demands an error, and no waiting, for what is not a regular file.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	files, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := files.Load(t.Context(), filepath.Join(dir, "pipe")); err == nil {
		t.Errorf("read %v", f)
	}
}
