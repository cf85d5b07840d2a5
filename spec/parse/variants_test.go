package parse_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// nothing loads no file.
func nothing(t testing.TB) resolve.Loader {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	return loader
}

// checkAnyText reads whatever text and holds what comes of it to the laws of
// findings: there is a document or a reason why not, and every finding lies
// within its file.
func checkAnyText(t testing.TB, loader resolve.Loader, name string, text []byte) {
	t.Helper()
	doc, found := parse.LoadFile(t.Context(), loader, source.NewFile(name, text))
	if doc == nil && !found.HasErrors() {
		t.Fatalf("%s: no document, and no reason", name)
	}
	if doc != nil {
		found.Add(lint.Run(doc, lint.All())...)
	}
	for _, d := range found {
		if d.Message == "" || !d.At.IsZero() && (d.At.Start < 0 || d.At.Start > d.At.End || d.At.End > len(d.At.File.Text())) {
			t.Fatalf("%s: finding %v at %d to %d", name, d, d.At.Start, d.At.End)
		}
	}
}

// patience is how long one document may take: far longer than any does, on the
// busiest machine.
const patience = 30 * time.Second

// Every document of the corpora, cut off anywhere or with a byte changed, gives
// a result in time that suits its size.
func TestVariants(t *testing.T) {
	loader := nothing(t)
	random := rand.New(rand.NewPCG(11, 13))
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		t.Run(part, func(t *testing.T) {
			for _, path := range corpus.Documents(t, corpus.Dir(t, part)) {
				if !workload.Long() && random.IntN(6) > 0 {
					continue
				}
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				for _, variant := range variants(text, random) {
					began := time.Now()
					checkAnyText(t, loader, path, variant)
					if took := time.Since(began); took > patience {
						t.Errorf("%s: %d bytes took %v:\n%s", path, len(variant), took, variant)
					}
				}
			}
		})
	}
}

// variants of a text: itself, prefixes of it, and copies with a byte changed. In
// the long run there are many.
func variants(text []byte, random *rand.Rand) [][]byte {
	out := [][]byte{text}
	n := 3
	if workload.Long() {
		n = 150
	}
	for range n {
		if len(text) == 0 {
			break
		}
		at := random.IntN(len(text))
		out = append(out, text[:at])
		flipped := bytes.Clone(text)
		flipped[at] ^= 1 << random.IntN(8)
		out = append(out, flipped)
	}
	return out
}
