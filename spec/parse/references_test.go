package parse_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// archive is a loader of files in memory: /dir/x.yaml, and URLs as they are.
type archive map[string][]byte

func (a archive) Load(_ context.Context, uri string) (*source.File, error) {
	text, ok := a[uri]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source.NewFile(uri, text), nil
}

// TestReferences compares what is made of each folder of files in
// testdata/references, /dir/main.yaml being the document: the findings, and the
// document where there are no errors.
func TestReferences(t *testing.T) {
	golden.Each(t, "testdata/references", "*.txtar", func(t *testing.T, input string) {
		packed, err := txtar.ParseFile(input)
		if err != nil {
			t.Fatal(err)
		}
		files := archive{}
		for _, f := range packed.Files {
			files[f.Name] = f.Data
		}
		main := source.NewFile("/dir/main.yaml", files["/dir/main.yaml"])
		doc, found := parse.LoadFile(t.Context(), files, main)
		var out bytes.Buffer
		for _, d := range found {
			fmt.Fprintf(&out, "%s\n", d)
			for _, n := range d.Notes {
				fmt.Fprintf(&out, "\tnote: %s: %s\n", n.At, n.Text)
			}
			if d.Help != "" {
				fmt.Fprintf(&out, "\thelp: %s\n", d.Help)
			}
		}
		if !found.HasErrors() {
			if err := spec.Dump(&out, doc); err != nil {
				t.Fatal(err)
			}
		}
		golden.Check(t, input+".golden", out.Bytes())
	})
}

// onceOnly is an archive that demands to be asked for each file once.
type onceOnly struct {
	archive
	t     *testing.T
	asked map[string]bool
}

func (o onceOnly) Load(ctx context.Context, uri string) (*source.File, error) {
	if o.asked[uri] {
		o.t.Errorf("%s is loaded again", uri)
	}
	o.asked[uri] = true
	return o.archive.Load(ctx, uri)
}

// TestLinear demands work that grows with the text, whatever shape references
// give it: twice as much may cost little more than twice the allocations, and
// each file is loaded once.
func TestLinear(t *testing.T) {
	for name, main := range map[string]func(n int) string{
		"schema diamond":       schemaDiamond,
		"message diamond":      messageDiamond,
		"chain of references":  chain,
		"dangling references":  slips,
		"schemas found by $id": manyIDs,
		"references to one":    func(n int) string { return references(n, func(int) string { return "other.yaml#/x" }) },
		"references to nowhere": func(n int) string {
			return references(n, func(i int) string { return fmt.Sprintf("absent%d.yaml", i) })
		},
		"many files":         func(n int) string { return references(n, fileName) },
		"diamond over files": func(int) string { return references(1, fileName) },
	} {
		t.Run(name, func(t *testing.T) {
			const n = 200
			cost, double := readingCost(t, main(n), n), readingCost(t, main(2*n), 2*n)
			if double > 2.3*cost {
				t.Errorf("%.0f allocations for %d, %.0f for %d", cost, n, double, 2*n)
			}
		})
	}
}

// readingCost is how many allocations it takes to read a document that has n
// files around it, each referring twice to the next and back to the document.
func readingCost(t *testing.T, text string, n int) float64 {
	files := archive{"/dir/other.yaml": []byte("x: {type: string}\n")}
	for i := range n {
		next := fileName((i + 1) % n)
		files["/dir/"+fileName(i)] = fmt.Appendf(nil, "properties: {a: {$ref: %s}, b: {$ref: %s}, c: {$ref: 'main.yaml#/components/schemas/s0'}}\n", next, next)
	}
	main := source.NewFile("/dir/main.yaml", []byte(text))
	return testing.AllocsPerRun(1, func() {
		if doc, _ := parse.LoadFile(t.Context(), onceOnly{files, t, map[string]bool{}}, main); doc == nil {
			t.Error("no document")
		}
	})
}

func fileName(i int) string { return fmt.Sprintf("f%d.yaml", i) }

// references has n schemas that lead elsewhere.
func references(n int, to func(int) string) string {
	var b strings.Builder
	b.WriteString(components + "  schemas:\n")
	for i := range n {
		fmt.Fprintf(&b, "    s%d: {properties: {x: {$ref: '%s'}}}\n", i, to(i))
	}
	return b.String()
}

// manyIDs has schemas that refer, by $id, to those behind them.
func manyIDs(n int) string {
	var b strings.Builder
	b.WriteString(components + "  messages:\n")
	for i := range n {
		fmt.Fprintf(&b, "    m%d: {payload: {$ref: 'https://example.com/%d'}}\n", i, i)
	}
	b.WriteString("  schemas:\n")
	for i := range n {
		fmt.Fprintf(&b, "    s%d: {$id: 'https://example.com/%d', properties: {x: {$ref: 'https://example.com/%d'}}}\n", i, i, (i+1)%n)
	}
	return b.String()
}

// TestDeepDiamond counts what is read of a diamond that has 2^30 ways through it.
func TestDeepDiamond(t *testing.T) {
	const depth = 30
	doc, found := loadText(t, schemaDiamond(depth), nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	seen := map[*schema.Schema]bool{}
	var visit func(s *schema.Schema)
	visit = func(s *schema.Schema) {
		if seen[s] {
			return
		}
		seen[s] = true
		for _, p := range s.Properties {
			visit(p.Schema)
		}
		if s.Ref != nil {
			visit(s.Ref)
		}
	}
	for _, c := range doc.Components.Schemas {
		visit(c.Value.Schema)
	}
	if want := 3*depth + 1; len(seen) != want { // on each level a schema and two references
		t.Errorf("%d schemas, want %d", len(seen), want)
	}
}
