package cli

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"go.yaml.in/yaml/v3"
)

// workloads are the documents that speed and memory are measured on.
func workloads() map[string][]byte {
	out := map[string][]byte{
		"channels-5000.yaml": workload.Channels(5000).YAML(),
		"diamond-24.yaml":    workload.Diamond(24).YAML(),
	}
	for name, channels := range map[string]int{"6K": workload.Small, "1M": workload.Medium, "10M": workload.Large} {
		document := workload.Document(channels)
		out[name+".yaml"], out[name+".json"] = document.YAML(), document.JSON()
	}
	return out
}

// writeWorkloads writes the documents into a directory, and returns their paths
// and the text that each consists of, which may be in many files.
func writeWorkloads(b *testing.B, dir string) (files map[string]string, texts map[string][][]byte) {
	b.Helper()
	files, texts = map[string]string{}, map[string][][]byte{}
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			b.Fatal(err)
		}
		return path
	}
	for name, text := range workloads() {
		files[name], texts[name] = write(name, text), [][]byte{text}
	}
	for name, object := range workload.Spread(200) {
		text := object.YAML()
		texts["files-200"] = append(texts["files-200"], text)
		if path := write(name, text); name == "asyncapi.yaml" {
			files["files-200"] = path
		}
	}
	return files, texts
}

// BenchmarkLint is the command without its process, beside the YAML library
// reading the same text into its nodes.
func BenchmarkLint(b *testing.B) {
	files, texts := writeWorkloads(b, b.TempDir())
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := files[name]
		b.Run(name, func(b *testing.B) {
			workload.Beside(b, len(bytes.Join(texts[name], nil)), func() { lintCleanly(b, file) }, func() {
				for _, text := range texts[name] {
					if err := yaml.Unmarshal(text, new(yaml.Node)); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// lintCleanly lints a document in which nothing must be found.
func lintCleanly(b *testing.B, file string) {
	var out bytes.Buffer
	env := Env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: io.Discard, Getenv: func(string) string { return "" }}
	if status := Main(b.Context(), env, []string{"lint", file}); status != exitClean || out.Len() > 0 {
		b.Fatalf("exit status %d: %s", status, out.Bytes()[:min(1000, out.Len())])
	}
}
