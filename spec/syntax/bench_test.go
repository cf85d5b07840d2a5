package syntax

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/source"
)

// largeYAML is a document of channels, operations and schemas of about that
// many bytes.
func largeYAML(size int) []byte {
	var b strings.Builder
	b.WriteString("asyncapi: 3.0.0\ninfo:\n  title: Large\n  version: 1.0.0\ncomponents:\n  schemas:\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `    schema%d:
      type: object
      description: >-
        The schema with the number %d, described
        in some words that take two lines.
      required: [id, "name"]
      properties:
        id: {type: string, format: uuid} # the identity
        name:
          type: string
          maxLength: %d
          example: "Zoë \"Z\" \u00e9"
        other:
          $ref: '#/components/schemas/schema%d'
`, i, i, i%100, i/2)
	}
	return []byte(b.String())
}

func largeJSON(size int) []byte {
	var b strings.Builder
	b.WriteString(`{"asyncapi": "3.0.0", "components": {"schemas": {"first": {}`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, ",\n  \"schema%d\": {\"type\": \"object\", \"required\": [\"id\"], \"properties\": {\"id\": {\"type\": \"string\", \"maxLength\": %d}, \"other\": {\"$ref\": \"#/components/schemas/schema%d\"}}}", i, i, i/2)
	}
	b.WriteString("}}}")
	return []byte(b.String())
}

// BenchmarkParse reports, beside the time, how many times as long the whole
// takes as the YAML library alone.
func BenchmarkParse(b *testing.B) {
	for _, size := range []int{10 << 10, 1 << 20, 10 << 20} {
		for name, text := range map[string][]byte{"YAML": largeYAML(size), "JSON": largeJSON(size)} {
			b.Run(fmt.Sprintf("%s/%dK", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				var bare time.Duration
				for b.Loop() {
					if _, found := Parse(source.NewFile("f", text)); len(found) > 0 {
						b.Fatal(found)
					}
					b.StopTimer()
					start := time.Now()
					var node yaml.Node
					if err := yaml.Unmarshal(text, &node); err != nil {
						b.Fatal(err)
					}
					bare += time.Since(start)
					b.StartTimer()
				}
				b.ReportMetric(float64(b.Elapsed())/float64(bare), "x-yaml")
			})
		}
	}
}
