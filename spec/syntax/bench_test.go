package syntax

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec/source"
)

// BenchmarkParse runs beside the YAML library reading the same text into its
// nodes.
func BenchmarkParse(b *testing.B) {
	for _, size := range []struct {
		name     string
		channels int
	}{{"6K", workload.Small}, {"1M", workload.Medium}, {"10M", workload.Large}} {
		document := workload.Document(size.channels)
		for notation, text := range map[string][]byte{"yaml": document.YAML(), "json": document.JSON()} {
			b.Run(size.name+"."+notation, func(b *testing.B) {
				workload.Beside(b, len(text), func() {
					if _, found := Parse(source.NewFile("f", text)); len(found) > 0 {
						b.Fatal(found)
					}
				}, func() {
					if err := yaml.Unmarshal(text, new(yaml.Node)); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}
