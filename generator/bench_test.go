package generator_test

import (
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// sized is a document with that many channels and twice as many schemas.
func sized(t testing.TB, channels int) *spec.Document {
	t.Helper()
	return readText(t, "events.yaml", string(workload.Document(channels).YAML()))
}

// The sizes of documents that are measured, in channels.
var sizes = []int{50, 500}

func BenchmarkPlan(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			doc := sized(b, n)
			b.ReportAllocs()
			for b.Loop() {
				plan(doc)
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			planned := plan(sized(b, n))
			b.ReportAllocs()
			for b.Loop() {
				render(b, planned)
			}
		})
	}
}

func plan(doc *spec.Document) *ir.Package {
	out, _ := generator.Plan(doc, generator.Config{})
	return out
}

func render(t testing.TB, p *ir.Package) []templates.File {
	t.Helper()
	files, err := templates.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestWorkGrowsWithTheDocument: ten times the document takes about ten times
// the allocations, to plan and to print.
func TestWorkGrowsWithTheDocument(t *testing.T) {
	allocations := func(channels int) (planning, printing float64) {
		doc := sized(t, channels)
		planned := plan(doc)
		return testing.AllocsPerRun(1, func() { plan(doc) }), testing.AllocsPerRun(1, func() { render(t, planned) })
	}
	smallPlan, smallPrint := allocations(sizes[0])
	largePlan, largePrint := allocations(sizes[1])
	for what, ratio := range map[string]float64{"planning": largePlan / smallPlan, "printing": largePrint / smallPrint} {
		if ratio > 11 {
			t.Errorf("ten times the document takes %.1f times the allocations for %s", ratio, what)
		}
	}
}
