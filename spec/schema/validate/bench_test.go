package validate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/xeipuuv/gojsonschema"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// benchPayloads are a flat event, a nested order and a batch of flat events.
var benchPayloads = []string{"flat", "order", "batch"}

func benchFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "bench", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func benchValidator(t testing.TB, name string) *validate.Validator {
	t.Helper()
	v, found := compileText(name, benchFile(t, name+".schema.json"), nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return v
}

// turns runs functions in turns for as long as the benchmark wants, and returns
// the median time of each and the median, over the rounds, of how many times
// the first one's time each took. What else the machine does then hits few rounds.
func turns(b *testing.B, run ...func()) (times []time.Duration, ratios []float64) {
	all := make([][]time.Duration, len(run))
	quotients := make([][]float64, len(run))
	for b.Loop() {
		first := time.Duration(0)
		for i, f := range run {
			start := time.Now()
			f()
			took := max(time.Since(start), 1)
			if i == 0 {
				first = took
			}
			all[i] = append(all[i], took)
			quotients[i] = append(quotients[i], float64(took)/float64(first))
		}
	}
	for i := range run {
		slices.Sort(all[i])
		slices.Sort(quotients[i])
		times = append(times, all[i][len(all[i])/2])
		ratios = append(ratios, quotients[i][len(quotients[i])/2])
	}
	return times, ratios
}

// BenchmarkValid compares a verdict with a mere syntax check and with an
// interpreting validator.
func BenchmarkValid(b *testing.B) {
	for _, name := range benchPayloads {
		b.Run(name, func(b *testing.B) {
			data, v := benchFile(b, name+".json"), benchValidator(b, name)
			loader := gojsonschema.NewBytesLoader(benchFile(b, name+".schema.json"))
			other, err := gojsonschema.NewSchema(loader)
			if err != nil {
				b.Fatal(err)
			}
			const often = 16
			times, ratios := turns(b, func() {
				for range often {
					if !v.Valid(data) {
						b.Fatal(v.Validate(data))
					}
				}
			}, func() {
				for range often {
					json.Valid(data)
				}
			}, func() {
				if r, err := other.Validate(gojsonschema.NewBytesLoader(data)); err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
			})
			b.ReportMetric(1/ratios[1], "x-json.Valid")
			b.ReportMetric(often*ratios[2], "x-faster-than-gojsonschema")
			b.ReportMetric(float64(times[0].Nanoseconds())/often, "ns/message")
			b.ReportMetric(testing.AllocsPerRun(100, func() { v.Valid(data) }), "allocs/message")
		})
	}
}

// BenchmarkExplain tells what is wrong with a message whose last line breaks a
// rule, beside the second opinion's report on it.
func BenchmarkExplain(b *testing.B) {
	data := bytes.Replace(benchFile(b, "order.json"), []byte(`"total":{"amount":249.95`), []byte(`"total":{"amount":-1`), 1)
	v := benchValidator(b, "order")
	other, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(benchFile(b, "order.schema.json")))
	if err != nil {
		b.Fatal(err)
	}
	_, ratios := turns(b, func() {
		if verdict := v.Validate(data); len(verdict.Violations) != 1 {
			b.Fatal(verdict)
		}
	}, func() {
		if r, err := other.Validate(gojsonschema.NewBytesLoader(data)); err != nil || r.Valid() {
			b.Fatal(err, r)
		}
	})
	b.ReportMetric(ratios[1], "x-faster-than-gojsonschema")
}

// BenchmarkCompile prepares the order's schema, which has been read before.
func BenchmarkCompile(b *testing.B) {
	r := resolve.New(b.Context(), nil)
	root := r.Add(source.NewFile("order", benchFile(b, "order.schema.json")))
	s := schema.NewReader(r).Read(root)
	for b.Loop() {
		if v, found := validate.Compile(s, nil); v == nil {
			b.Fatal(found)
		}
	}
}
