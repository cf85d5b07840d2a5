package show_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/show"
)

// BenchmarkModel writes a document of 1 MB that has been read, as a tree and as
// JSON.
func BenchmarkModel(b *testing.B) {
	path := filepath.Join(b.TempDir(), "asyncapi.yaml")
	text := workload.Document(workload.Medium).YAML()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	doc := load(b, path)
	for name, write := range map[string]func() error{
		"tree":   func() error { return show.Tree(io.Discard, doc, 80) },
		"json":   func() error { return spec.Dump(io.Discard, doc) },
		"places": func() error { return spec.DumpPlaces(io.Discard, doc) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := write(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
