package validate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
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
	v, found := compileText(nil, name, benchFile(t, name+".schema.json"), nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return v
}

// BenchmarkValid compares a verdict with a mere syntax check and with an
// interpreting validator. The three take turns within one run, so that their
// ratios hold on a busy machine.
func BenchmarkValid(b *testing.B) {
	for _, name := range benchPayloads {
		b.Run(name, func(b *testing.B) {
			data, v := benchFile(b, name+".json"), benchValidator(b, name)
			loader := gojsonschema.NewBytesLoader(benchFile(b, name+".schema.json"))
			other, err := gojsonschema.NewSchema(loader)
			if err != nil {
				b.Fatal(err)
			}
			var ours, syntax, theirs time.Duration
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				for range 16 {
					if !v.Valid(data) {
						b.Fatal(v.Validate(data))
					}
				}
				ours += time.Since(start)
				b.StopTimer()
				start = time.Now()
				for range 16 {
					json.Valid(data)
				}
				syntax += time.Since(start)
				start = time.Now()
				if r, err := other.Validate(gojsonschema.NewBytesLoader(data)); err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
				theirs += 16 * time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(ours)/float64(syntax), "x-json.Valid")
			b.ReportMetric(float64(theirs)/float64(ours), "x-faster-than-gojsonschema")
			b.ReportMetric(float64(ours.Nanoseconds())/float64(16*b.N), "ns/message")
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
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		if verdict := v.Validate(data); len(verdict.Violations) != 1 {
			b.Fatal(verdict)
		}
		ours += time.Since(start)
		b.StopTimer()
		start = time.Now()
		if r, err := other.Validate(gojsonschema.NewBytesLoader(data)); err != nil || r.Valid() {
			b.Fatal(err, r)
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-faster-than-gojsonschema")
}

// BenchmarkCompile prepares the order's schema, which has been read before.
func BenchmarkCompile(b *testing.B) {
	r := resolve.New(b.Context(), suiteLoader{})
	root := r.Add(source.NewFile("order", benchFile(b, "order.schema.json")))
	s := schema.NewReader(r).Read(root)
	for b.Loop() {
		if v, found := validate.Compile(s, nil); v == nil {
			b.Fatal(found)
		}
	}
}

// BenchmarkTwoCores tells how much more two goroutines judge than one does, in
// turns.
func BenchmarkTwoCores(b *testing.B) {
	data, v := benchFile(b, "order.json"), benchValidator(b, "order")
	const messages = 2_000
	judgeAll := func() {
		for range messages {
			v.Valid(data)
		}
	}
	var one, two time.Duration
	for b.Loop() {
		start := time.Now()
		judgeAll()
		one += time.Since(start)
		start = time.Now()
		var both sync.WaitGroup
		both.Go(judgeAll)
		both.Go(judgeAll)
		both.Wait()
		two += time.Since(start)
	}
	b.ReportMetric(2*float64(one)/float64(two), "x-one-core")
	b.ReportMetric(2*messages*float64(b.N)/two.Seconds(), "messages/s")
}
