package lint_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
)

// load reads a document in whose form nothing is wrong.
func load(t *testing.T, path string) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.Load(t.Context(), loader, path)
	for _, d := range found {
		t.Errorf("%v", d)
	}
	if doc == nil {
		t.Fatalf("%s: no document", path)
	}
	return doc
}

// TestRules demands that each rule finds what its bad document does wrong, and
// nothing in its good one; no other rule may find anything in either.
func TestRules(t *testing.T) {
	for _, rule := range lint.All() {
		t.Run(string(rule.Code), func(t *testing.T) {
			dir := filepath.Join("testdata", string(rule.Code))
			bad := lint.Run(load(t, filepath.Join(dir, "bad.yaml")), lint.All())
			if len(bad) == 0 {
				t.Error("nothing found in bad.yaml")
			}
			for _, d := range bad {
				if d.Code != rule.Code {
					t.Errorf("bad.yaml: %v", d)
				}
			}
			golden.Check(t, filepath.Join(dir, "bad.yaml.findings"), text(bad))
			for _, d := range lint.Run(load(t, filepath.Join(dir, "good.yaml")), lint.All()) {
				t.Errorf("good.yaml: %v", d)
			}
		})
	}
}

func text(found diag.List) []byte {
	var b bytes.Buffer
	for _, d := range found {
		begin, end := d.At.Position(), d.At.EndPosition()
		fmt.Fprintf(&b, "%d:%d-%d: %s: %s\n", begin.Line, begin.Column, end.Column, d.Severity, d.Message)
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "\tnote: %d: %s\n", n.At.Position().Line, n.Text)
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "\thelp: %s\n", d.Help)
		}
	}
	return b.Bytes()
}

// TestRegistry holds the list of rules, the folders of their fixtures and what
// each rule must say of itself together.
func TestRegistry(t *testing.T) {
	var codes []string
	for _, rule := range lint.All() {
		codes = append(codes, string(rule.Code))
		if rule.Title == "" || rule.Doc == "" || rule.Bad == "" || rule.Good == "" || rule.Check == nil || rule.Severity == 0 {
			t.Errorf("%s lacks a part", rule.Code)
		}
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`).MatchString(string(rule.Code)) {
			t.Errorf("%s: a code is words with dashes", rule.Code)
		}
		if strings.HasSuffix(rule.Title, ".") || strings.ToLower(rule.Title[:1]) != rule.Title[:1] {
			t.Errorf("%s: title %q: lower case, no full stop", rule.Code, rule.Title)
		}
	}
	if !slices.IsSorted(codes) {
		t.Errorf("not sorted: %v", codes)
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains([]string{"official", "one-fault"}, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	if !slices.Equal(folders, codes) {
		t.Errorf("folders %v, rules %v", folders, codes)
	}
}

// TestRunLeavesRulesAlone demands that All is the caller's to change.
func TestRunLeavesRulesAlone(t *testing.T) {
	first := lint.All()
	first[0] = nil
	if lint.All()[0] == nil {
		t.Error("All returned a shared slice")
	}
}

func ExampleRun() {
	loader, err := resolve.NewFiles("testdata")
	if err != nil {
		panic(err)
	}
	doc, _ := parse.Load(context.Background(), loader, "testdata/tags-unique/bad.yaml")
	found := lint.Run(doc, lint.All())
	fmt.Println(found[0])
	// Output: testdata/tags-unique/bad.yaml:8:13: error: the tag "orders" is listed twice [tags-unique]
}
