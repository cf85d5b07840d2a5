package generator_test

import (
	"fmt"
	"runtime"
	"strings"
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

// TestWideObjects: what is long in one place takes as much longer as it is.
func TestWideObjects(t *testing.T) {
	const head = "asyncapi: 3.0.0\ninfo: {title: A, version: 1.0.0}\nchannels: {}\ncomponents:\n  schemas:\n    S:\n      type: object\n"
	list := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, text := range map[string]func(n int) string{
		"description": func(n int) string { return head + "      description: |\n" + list(n, "        line %d\n") },
		"list": func(n int) string {
			return head + "      description: |\n        - item\n" + list(n, "          line %d\n")
		},
		"properties": func(n int) string { return head + "      properties:\n" + list(n, "        p%d: {type: string}\n") },
		"values":     func(n int) string { return head + "      properties: {p: {enum: [" + list(n, "v%d, ") + "]}}\n" },
		"clashes": func(n int) string {
			return head + "      properties:\n" + list(n, "        p-%[1]d: {type: string}\n        p_%[1]d: {type: string}\n")
		},
	} {
		bytesFor := func(n int) float64 {
			doc := readText(t, name+".yaml", text(n))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			plan(doc)
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		if ratio := bytesFor(4000) / bytesFor(500); ratio > 12 {
			t.Errorf("%s: eight times as many take %.1f times the memory", name, ratio)
		}
	}
}
