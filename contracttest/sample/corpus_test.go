package sample

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/suite"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// slow is far more than any one schema should take.
const slow = 30 * time.Second

// TestSuite measures for how many schemas of the JSON Schema test suite that
// have a valid value one is found.
func TestSuite(t *testing.T) {
	found, total := 0, 0
	for _, file := range suite.Files(t, "draft7") {
		for _, g := range suite.Read(t, file) {
			possible := false
			for _, test := range g.Tests {
				possible = possible || test.Valid
			}
			s := readLoosely(t, g.Schema)
			if !possible || s == nil {
				continue
			}
			total++
			if check(t, filepath.Base(file)+": "+g.Description, s) {
				found++
			} else {
				t.Logf("none for %s: %s", filepath.Base(file), g.Description)
			}
		}
	}
	t.Logf("%d of %d", found, total)
	golden.Score(t, filepath.Join("testdata", "suite.score"), found, total)
}

// readLoosely returns a schema of the suite, or nil when it needs what is not
// loaded here.
func readLoosely(t *testing.T, text []byte) *schema.Schema {
	t.Helper()
	loader, err := resolve.NewFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(t.Context(), loader)
	root := r.Add(source.NewFile("schema.json", text))
	reader := schema.NewReader(r)
	s := reader.Read(root)
	if append(r.Findings(), reader.Findings()...).HasErrors() {
		return nil
	}
	return s
}

// check makes samples and breaches and tells whether there were any.
func check(t *testing.T, name string, s *schema.Schema) bool {
	t.Helper()
	start := time.Now()
	v, problems := validate.Compile(s, nil)
	if problems.HasErrors() {
		return false
	}
	value, err := Valid(s, 1)
	if err == nil && !v.Valid(value) {
		t.Errorf("%s: %s is not valid", name, value)
	}
	for _, b := range Invalid(s, 1) {
		if v.Valid(b.JSON) {
			t.Errorf("%s: %s is valid", name, b.JSON)
		}
	}
	if took := time.Since(start); took > slow {
		t.Errorf("%s: took %v", name, took)
	}
	return err == nil
}

// TestDocuments measures for how many payloads and headers of real documents a
// sample is found.
func TestDocuments(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t, "realworld"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	loader, err := resolve.NewFiles(corpus.Dir(t, "realworld"))
	if err != nil {
		t.Fatal(err)
	}
	found, total := 0, 0
	seen := map[*schema.Schema]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, ".tsv") {
			continue
		}
		doc, _ := parse.Load(t.Context(), loader, file)
		if doc == nil {
			continue
		}
		for _, c := range doc.Channels {
			for _, m := range c.Messages {
				if m.Message == nil {
					continue
				}
				for _, p := range []*schema.Payload{m.Message.Payload, m.Message.Headers} {
					if p == nil || p.Schema == nil || seen[p.Schema] {
						continue
					}
					seen[p.Schema] = true
					if _, problems := validate.Compile(p.Schema, nil); problems.HasErrors() {
						continue
					}
					total++
					if check(t, filepath.Base(file)+p.Pointer, p.Schema) {
						found++
					} else {
						t.Logf("none for %s%s", filepath.Base(file), p.Pointer)
					}
				}
			}
		}
	}
	t.Logf("%d of %d", found, total)
	golden.Score(t, filepath.Join("testdata", "documents.score"), found, total)
}
