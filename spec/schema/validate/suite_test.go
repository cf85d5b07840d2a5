package validate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// suiteLoader serves the folder remotes of the JSON Schema Test Suite as
// http://localhost:1234.
type suiteLoader struct {
	dir string
}

func (l suiteLoader) Load(_ context.Context, uri string) (*source.File, error) {
	path, ok := strings.CutPrefix(uri, "http://localhost:1234/")
	if !ok {
		return nil, fmt.Errorf("%w: %s", resolve.ErrNotAllowed, uri)
	}
	text, err := os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	return source.NewFile(uri, text), nil
}

// suiteGroup is one schema of the suite with its tests.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// compileText compiles the schema in text, which is shown as name.
func compileText(loader resolve.Loader, name string, text []byte, o *validate.Options) (*validate.Validator, diag.List) {
	r := resolve.New(context.Background(), loader)
	root := r.Add(source.NewFile(name, text))
	if root.Node == nil {
		return nil, r.Findings()
	}
	reader := schema.NewReader(r)
	s := reader.Read(root)
	v, found := validate.Compile(s, o)
	return v, slices.Concat(r.Findings(), reader.Findings(), found)
}

// runSuite runs the tests of one file and returns how many passed, with a line
// for each that did not.
func runSuite(t *testing.T, dir, file string) (passed, total int, failed []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	loader := suiteLoader{corpus.Dir(t, "json-schema-test-suite", "remotes")}
	for _, g := range groups {
		v, found := compileText(loader, "http://localhost:1234/suite.json", g.Schema, nil)
		for _, test := range g.Tests {
			total++
			switch {
			case v == nil:
				failed = append(failed, fmt.Sprintf("%s: %s: %s: does not compile: %v", file, g.Description, test.Description, found))
			case v.Valid(test.Data) != test.Valid || v.Validate(test.Data).Valid() != test.Valid:
				failed = append(failed, fmt.Sprintf("%s: %s: %s: want %v: %v", file, g.Description, test.Description, test.Valid, v.Validate(test.Data).Violations))
			default:
				passed++
			}
		}
	}
	return passed, total, failed
}

func TestSuite(t *testing.T) {
	dir := corpus.Dir(t, "json-schema-test-suite", "tests", "draft7")
	for _, part := range []string{"", "optional", "optional/format"} {
		files, err := filepath.Glob(filepath.Join(dir, part, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		passed, total := 0, 0
		for _, file := range files {
			p, n, failed := runSuite(t, dir, filepath.Join(part, filepath.Base(file)))
			passed, total = passed+p, total+n
			for _, f := range failed {
				t.Log(f)
			}
		}
		t.Logf("%q: %d/%d", part, passed, total)
	}
}
