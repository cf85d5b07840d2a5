package parse_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestFaults holds the findings about bad documents to those that lie beside
// them.
func TestFaults(t *testing.T) {
	golden.Each(t, "testdata/faults", "*.yaml", func(t *testing.T, input string) {
		_, found := load(t, input)
		golden.Check(t, input+".findings", text(found))
	})
}

// TestFiveFaults demands each of five different faults in one run, at its line.
func TestFiveFaults(t *testing.T) {
	_, found := load(t, "testdata/faults/five.yaml")
	want := []struct {
		line int
		code diag.Code
	}{
		{4, "unknown-key"}, {6, "missing-key"}, {14, "ref-not-found"}, {17, "wrong-value"}, {28, "schema-unknown-type"},
	}
	if len(found) != len(want) {
		t.Fatalf("%d findings, want %d:\n%s", len(found), len(want), text(found))
	}
	for i, w := range want {
		if got := found[i].At.Position().Line; got != w.line || found[i].Code != w.code {
			t.Errorf("finding %d is %v, want %s in line %d", i, found[i], w.code, w.line)
		}
	}
}

// text writes findings with all they say, the file's name left out.
func text(found diag.List) []byte {
	var b bytes.Buffer
	for _, d := range found {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", lineAndColumn(d.At), d.Severity, d.Message, d.Code)
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "\tnote: %s: %s\n", lineAndColumn(n.At), n.Text)
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "\thelp: %s\n", d.Help)
		}
	}
	if b.Len() == 0 {
		b.WriteString("no findings\n")
	}
	return b.Bytes()
}

func lineAndColumn(at source.Span) string {
	if at.IsZero() {
		return "-"
	}
	begin, end := at.Position(), at.EndPosition()
	if begin.Line == end.Line {
		return fmt.Sprintf("%d:%d-%d", begin.Line, begin.Column, end.Column)
	}
	return fmt.Sprintf("%d:%d-%d:%d", begin.Line, begin.Column, end.Line, end.Column)
}
