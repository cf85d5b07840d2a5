package golden_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
)

// TestCorpus takes each document of testdata the whole way: what lint finds, and
// the Go that generate writes where there is no error.
func TestCorpus(t *testing.T) {
	golden.Each(t, "testdata", "*.yaml", func(t *testing.T, input string) {
		golden.Check(t, input+".golden", wholeWay(t, input))
	})
}

func wholeWay(t *testing.T, input string) []byte {
	t.Helper()
	loader, err := resolve.NewFiles(filepath.Dir(input))
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.Load(t.Context(), loader, input)
	if doc != nil {
		found.Add(lint.Run(doc, lint.All())...)
	}
	var out bytes.Buffer
	if !found.HasErrors() {
		files, remarks, err := generator.Generate(doc, generator.Config{Package: "api"})
		if err != nil {
			t.Fatal(err)
		}
		found.Add(remarks...)
		for _, f := range files {
			fmt.Fprintf(&out, "-- %s --\n%s", f.Name, f.Content)
		}
	}
	return append(findings(t, found), out.Bytes()...)
}

func findings(t *testing.T, l diag.List) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("-- findings --\n")
	if err := render.Render(&out, "text", l.Sorted(), &render.Options{Tool: "asyncwire"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFiveFaults holds the linter to one finding per fault, each at its place,
// in one run.
func TestFiveFaults(t *testing.T) {
	const input = "testdata/five-faults.yaml"
	loader, err := resolve.NewFiles("testdata")
	if err != nil {
		t.Fatal(err)
	}
	_, found := parse.Load(t.Context(), loader, input)
	var lines []int
	for _, d := range found.Sorted() {
		lines = append(lines, d.At.Position().Line)
	}
	// no version, "adress", "objekt", "publish", no such channel
	if want := []int{2, 6, 10, 13, 15}; fmt.Sprint(lines) != fmt.Sprint(want) {
		t.Errorf("findings on lines %v, want %v:\n%s", lines, want, findings(t, found))
	}
}

func TestScore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "score.txt")
	if err := os.WriteFile(file, []byte("7 / 10\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		passed, total int
		ok            bool
	}{{7, 10, true}, {6, 10, false}, {8, 10, false}, {3, 5, true}} {
		r := &recorder{TB: t}
		golden.Score(r, file, test.passed, test.total)
		if r.failed == test.ok {
			t.Errorf("%d of %d: failed %t", test.passed, test.total, r.failed)
		}
	}
}

// recorder notes failures instead of reporting them.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Helper()               {}
