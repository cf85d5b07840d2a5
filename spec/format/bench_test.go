package format_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/format"
	"github.com/asyncwire/asyncwire/spec/source"
)

// large is a document of about that many bytes.
func large(size int) []byte {
	var b strings.Builder
	b.WriteString("asyncapi: 3.0.0\ninfo:\n    title: Large\n    version: 1.0.0\ncomponents:\n    schemas:\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `
        # schema %d
        schema%d:
            type: object
            description: >-
                The schema with the number %d, described
                in some words that take two lines.
            required: [id, "name"]
            properties:
                id: {type: string, format: uuid} # the identity
                name:
                    type: string
                    examples:
                    - "Zoë \"Z\" \u00e9"
                    - 'two'
`, i, i, i)
	}
	return []byte(b.String())
}

// BenchmarkDocument reports, beside the time, how many times as long it takes as
// the YAML library alone to read the text into nodes and write them again, which
// checks nothing and keeps less.
func BenchmarkDocument(b *testing.B) {
	for _, size := range []int{10 << 10, 1 << 20} {
		text := large(size)
		b.Run(fmt.Sprintf("%dK", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var bare time.Duration
			for b.Loop() {
				if out, found := format.Document(source.NewFile("f", text)); out == nil {
					b.Fatal(found)
				}
				b.StopTimer()
				start := time.Now()
				roundTrip(b, text)
				bare += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "x-yaml")
		})
	}
}

func roundTrip(b *testing.B, text []byte) {
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		b.Fatal(err)
	}
	enc := yaml.NewEncoder(new(bytes.Buffer))
	enc.SetIndent(2)
	if err := enc.Encode(&node); err != nil {
		b.Fatal(err)
	}
}
