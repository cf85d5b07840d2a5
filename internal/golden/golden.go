// Package golden compares what a test got with a file that is committed beside
// it. A folder is a table: each input file is a row, and its expected outputs
// lie beside it.
//
// Run the test with -update to write the files anew. The refreshing run fails on
// purpose, so that nobody commits what they have not looked at.
//
// It is for tests alone and imports nothing of this module.
//
//	golden.Each(t, "testdata", "*.yaml", func(t *testing.T, input string) {
//		golden.Check(t, input+".findings", findings(input))
//	})
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew, and fail")

// Each runs a subtest for every file of dir that matches the pattern. A folder
// without a match fails: a table must have rows.
func Each(t *testing.T, dir, pattern string, row func(t *testing.T, input string)) {
	t.Helper()
	inputs, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(inputs) == 0 {
		t.Fatalf("no %s in %s", pattern, dir)
	}
	for _, input := range inputs {
		t.Run(filepath.Base(input), func(t *testing.T) { row(t, input) })
	}
}

// Check compares got with the file's content.
func Check(t testing.TB, file string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err == nil && bytes.Equal(want, got) {
		return
	}
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: written anew; look at the difference and run the test without -update", file)
		return
	}
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	t.Errorf("%s differs (run the test with -update to accept):\n%s", file, difference(string(want), string(got)))
}

// Score compares a figure with the committed one, which may only rise: a better
// figure asks to be committed, a worse one is a loss.
func Score(t testing.TB, file string, passed, total int) {
	t.Helper()
	line := fmt.Sprintf("%d / %d\n", passed, total)
	text, err := os.ReadFile(file)
	if string(text) == line {
		return
	}
	if *update {
		Check(t, file, []byte(line))
		return
	}
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	var before, outOf int
	if _, err := fmt.Sscanf(string(text), "%d / %d", &before, &outOf); err != nil {
		t.Fatalf("%s: %q is not a score", file, text)
	}
	switch {
	case outOf != total:
		t.Logf("%s: measured on %d, committed for %d: not compared", file, total, outOf)
	case passed < before:
		t.Errorf("%s: %d, was %d of %d", file, passed, before, total)
	default:
		t.Errorf("%s: %d is better than %d: run the test with -update and commit the new score", file, passed, before)
	}
}

// difference shows the first lines that differ, with a few lines around them.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	var b strings.Builder
	for _, line := range w[max(0, i-3):i] {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for _, line := range w[i:min(len(w), i+8)] {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	for _, line := range g[i:min(len(g), i+8)] {
		fmt.Fprintf(&b, "+ %s\n", line)
	}
	return fmt.Sprintf("from line %d\n%s", i+1, b.String())
}
