package parse_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestFixes applies each fix of the findings about bad documents by itself and
// demands that its finding is gone then.
func TestFixes(t *testing.T) {
	paths, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fixes := map[diag.Code]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, found := load(t, path)
		for _, d := range found {
			if d.Fix == nil || d.Fix.At.File.Name() != path {
				continue
			}
			fixes[d.Code]++
			fixed, err := edit.Apply(text, []edit.Edit{{Start: d.Fix.At.Start, End: d.Fix.At.End, New: d.Fix.New}})
			if err != nil {
				t.Fatalf("%s: %v", d, err)
			}
			for _, left := range again(t, path, fixed) {
				if left.Code == "duplicate-key" && !slices.ContainsFunc(found, func(d *diag.Diagnostic) bool { return d.Code == "duplicate-key" }) {
					t.Errorf("%s: its fix %q brings about: %s", d, d.Fix.New, left)
				}
				if left.Code == d.Code && left.Message == d.Message && left.At.Start == d.At.Start {
					t.Errorf("%s: still there after its fix %q", d, d.Fix.New)
				}
			}
		}
	}
	t.Log(fixes)
	for _, code := range []diag.Code{"unknown-key", "wrong-value", "schema-unknown-type"} {
		if fixes[code] == 0 {
			t.Errorf("no finding %s has a fix", code)
		}
	}
}

// again reads another text in the place of a file.
func again(t *testing.T, path string, text []byte) diag.List {
	loader, err := resolve.NewFiles(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	_, found := parse.LoadFile(t.Context(), loader, source.NewFile(path, text))
	return found
}
