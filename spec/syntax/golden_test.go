package syntax

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/source"
)

var update = flag.Bool("update", false, "write the golden files anew, and fail")

// Each file below testdata is parsed; what comes of it stands beside it.
func TestGolden(t *testing.T) {
	paths := inputs(t)
	if len(paths) < 100 {
		t.Errorf("only %d files in testdata", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.ToSlash(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f := source.NewFile(filepath.Base(path), text)
			root, found := Parse(f)
			sound := !strings.Contains(path, "bad")
			if sound && len(found) > 0 {
				t.Errorf("a sound document has findings")
			}
			if err := checkTree(f, root, sound); err != nil {
				t.Error(err)
			}
			compare(t, path+".golden", dump(root)+dumpFindings(found))
		})
	}
}

// inputs are the files below testdata that are parsed: bad ones, and sound ones
// of either notation.
func inputs(t testing.TB) []string {
	paths, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(paths, func(path string) bool {
		return strings.HasSuffix(path, ".golden") || strings.Contains(path, "fuzz")
	})
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	want, err := os.ReadFile(golden)
	if err == nil && string(want) == got {
		return
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("wrote %s; look at it", golden)
		return
	}
	t.Errorf("%s is otherwise (-update writes it anew):\n%s", golden, got)
}
