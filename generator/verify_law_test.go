package generator_test

import (
	"context"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestVerifyAgrees holds the contract tester to the samples that generated code is
// held to: what a consumer takes passes, and what it refuses fails, whether a message
// has a payload, headers, both or neither. Limits of Go types are no rules of the
// document, and of bytes nothing is judged.
func TestVerifyAgrees(t *testing.T) {
	bytes := []string{"doc-bytes", "doc-image"}
	for _, f := range features(t) {
		doc := readText(t, f.name+".yaml", f.document)
		verify := func(s sample) *contracttest.Report {
			m := &driver.Message{Address: "c", Value: []byte(s.Payload)}
			if s.Absent {
				m.Value = nil
			}
			for key, value := range s.Headers {
				m.Headers = append(m.Headers, driver.Header{Key: key, Value: []byte(value)})
			}
			for _, key := range s.Bare {
				m.Headers = append(m.Headers, driver.Header{Key: key})
			}
			transport := memory.New(nil)
			defer transport.Close(context.Background())
			if err := transport.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			report, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{Max: 1})
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		for _, s := range f.valid {
			if r := verify(s); r.Passed != 1 && (r.Unchecked != 1 || !slices.Contains(bytes, f.name)) {
				t.Errorf("%s: %s does not pass: %+v %v", f.name, s, r.Counts, r.Findings)
			}
		}
		for _, s := range f.invalid {
			if r := verify(s); r.Failed != 1 && !s.limit {
				t.Errorf("%s: %s does not fail: %+v", f.name, s, r.Counts)
			}
		}
	}
}
