package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// A feature is one schema with JSON texts that are valid under it and texts
// that are not: a file of testdata/features.
type feature struct {
	name           string
	schema         string // as YAML in brackets, on one line
	valid, invalid []string
}

func features(t *testing.T) []feature {
	t.Helper()
	files, err := filepath.Glob("testdata/features/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no features: %v", err)
	}
	var out []feature
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, found := syntax.Parse(source.NewFile(file, text))
		if len(found) > 0 {
			t.Fatal(found)
		}
		f := feature{name: strings.TrimSuffix(filepath.Base(file), ".yaml")}
		line, _, _ := bytes.Cut(text, []byte("\n"))
		f.schema = strings.TrimPrefix(string(line), "schema: ")
		for _, n := range root.Get("valid").Items {
			f.valid = append(f.valid, n.Text)
		}
		for _, n := range root.Get("invalid").Items {
			f.invalid = append(f.invalid, n.Text)
		}
		out = append(out, f)
	}
	return out
}

// TestFeatures generates a package for each feature and gives it the samples:
// the valid ones come back as the same JSON, and of the invalid ones as many as
// the scores say are refused.
func TestFeatures(t *testing.T) {
	all := features(t)
	program := buildFeatures(t, all)
	same, valid, refused, invalid := 0, 0, 0, 0
	for _, f := range all {
		for _, sample := range f.valid {
			valid++
			if back, err := exec.CommandContext(t.Context(), program, f.name, sample).Output(); err != nil || !equalJSON(t, sample, string(back)) {
				t.Errorf("%s: %s came back as %s, %v", f.name, sample, back, err)
				continue
			}
			same++
		}
		for _, sample := range f.invalid {
			invalid++
			if err := exec.CommandContext(t.Context(), program, f.name, sample).Run(); err == nil {
				t.Logf("%s: %s is not refused yet", f.name, sample)
				continue
			}
			refused++
		}
	}
	golden.Score(t, "testdata/features-same.txt", same, valid)
	golden.Score(t, "testdata/features-refused.txt", refused, invalid)
}

// equalJSON compares values; numbers are equal when they are written alike.
func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	read := func(text string) (v any) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		return v
	}
	return reflect.DeepEqual(read(a), read(b))
}

// buildFeatures builds a program that reads the value of a feature and writes it
// again: program FEATURE JSON.
func buildFeatures(t *testing.T, all []feature) string {
	t.Helper()
	sources := map[string][]byte{}
	var imports, cases strings.Builder
	for i, f := range all {
		doc := readText(t, f.name+".yaml", fmt.Sprintf(`asyncapi: 3.0.0
info: {title: Feature, version: '1'}
channels: {c: {address: c, messages: {m: {payload: {$ref: '#/components/schemas/Value'}}}}}
components: {schemas: {Value: %s}}
`, f.schema))
		for _, file := range generate(t, doc) {
			sources["features/"+f.name+"/"+file.Name] = file.Content
		}
		fmt.Fprintf(&imports, "\tf%d %q\n", i, "github.com/asyncwire/asyncwire/"+virtual+"/features/"+f.name)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\tagain[f%d.MEnvelope](func(e *f%d.MEnvelope) any { return &e.Payload })\n", f.name, i, i)
	}
	sources["features/main.go"] = fmt.Appendf(nil, `package main

import (
	"encoding/json"
	"fmt"
	"os"

%s)

func main() {
	switch os.Args[1] {
%s	}
}

func again[E any](payload func(*E) any) {
	var e E
	if err := json.Unmarshal([]byte(os.Args[2]), payload(&e)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(payload(&e)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`, imports.String(), cases.String())
	program, err := compile(t, sources, "features")
	if err != nil {
		t.Fatal(err)
	}
	return program
}
