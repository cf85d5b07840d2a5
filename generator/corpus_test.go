package generator_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
)

// TestCorpus generates from every document that the reader finds no error in:
// the output compiles, is formatted, and is the same on every run and in
// whatever order the document is written.
func TestCorpus(t *testing.T) {
	check := checker(t)
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		t.Run(part, func(t *testing.T) {
			dir, files := corpusFiles(t, part)
			passed, total := 0, 0
			for _, file := range files {
				doc, found := read(t, file, dir)
				if doc == nil || found.HasErrors() {
					continue
				}
				total++
				output := generate(t, doc)
				if _, err := check(output); err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				compare(t, output, generate(t, reorder(doc)))
				passed++
			}
			golden.Score(t, "testdata/corpus-"+part+".txt", passed, total)
		})
	}
}
