package lint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	official "github.com/asyncapi/spec-json-schemas/v6"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// differences collects the documents about whose structure the official JSON
// Schemas think otherwise, by the reason that explains it.
type differences struct {
	schemas map[string]*validate.Validator
	found   map[string][]string // by reason
	judged  int
}

func newDifferences() *differences {
	return &differences{schemas: map[string]*validate.Validator{}, found: map[string][]string{}}
}

// officialText is the official JSON Schema of a version, such as "2.6.0".
func officialText(t *testing.T, version string) []byte {
	t.Helper()
	text, err := official.Get(version)
	if err != nil || text == nil {
		t.Fatalf("no official schema of %q: %v", version, err)
	}
	return text
}

// schema is the official schema of a version for our own validator, which is
// much faster than others and is held to one of them by TestOfficialValidator.
func (d *differences) schema(t *testing.T, version string) *validate.Validator {
	t.Helper()
	if v := d.schemas[version]; v != nil {
		return v
	}
	refs := resolve.New(t.Context(), nil)
	root := refs.Add(source.NewFile(version+".json", officialText(t, version)))
	v, found := validate.Compile(schema.NewReader(refs).Read(root), nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	d.schemas[version] = v
	return v
}

// judge compares the verdicts about one document, whose text need not be JSON.
func (d *differences) judge(t *testing.T, name string, f *source.File, loader resolve.Loader) {
	t.Helper()
	root, broken := syntax.Parse(f)
	version := officialVersion(root)
	if broken.HasErrors() || version == "" {
		return // no matter of structure
	}
	text, err := schema.AppendJSON(nil, root)
	if err != nil {
		t.Fatal(err)
	}
	d.judged++
	theirs := d.schema(t, version).Validate(text).Violations
	doc, found := parse.LoadFile(t.Context(), loader, f)
	ours := structural(found, f)
	if doc != nil {
		found.Add(lint.Run(doc, lint.All())...)
	}
	switch {
	case len(ours) > 0 && len(theirs) == 0:
		at := pathTo(root, ours[0].At.Start)
		d.explain(t, name, side{"we", version, at, string(ours[0].Code), ours[0].Message})
	case len(ours) == 0 && len(theirs) > 0 && !found.HasErrors():
		v := theirs[0]
		d.explain(t, name, side{"they", version, v.Pointer, v.Keyword, v.Message})
	}
}

// officialVersion is the version whose schema judges a document, or "" where
// there is none: patches have no schema.
func officialVersion(root *syntax.Node) string {
	if at := root.Get("asyncapi"); at != nil && slices.Contains(officialVersions, at.Text) {
		return at.Text
	}
	return ""
}

var officialVersions = []string{"2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0"}

// structural are the errors in a file of the kinds that a JSON Schema can see.
func structural(found diag.List, in *source.File) diag.List {
	return slices.DeleteFunc(slices.Clone(found), func(d *diag.Diagnostic) bool {
		return d.Severity < diag.Error || d.At.File != in || !slices.Contains(seen, d.Code)
	})
}

var seen = []diag.Code{
	"missing-key", "unknown-key", "wrong-kind", "wrong-value", "key-of-other-version", "invalid-name", "duplicate-item",
	"ref-not-allowed", "ref-required", "schema-invalid-value", "schema-unknown-type",
}

// pathTo is a JSON Pointer to the value in a document that an offset lies in.
func pathTo(n *syntax.Node, offset int) string {
	within := func(key source.Span, v *syntax.Node) bool {
		return offset < v.At.End && (offset >= v.At.Start || !key.IsZero() && offset >= key.Start)
	}
	for _, m := range n.Members {
		if within(m.Key.At, m.Value) || offset >= m.Key.At.Start && offset < m.Key.At.End {
			return "/" + m.Key.Text + pathTo(m.Value, offset)
		}
	}
	for i, item := range n.Items {
		if within(source.Span{}, item) {
			return fmt.Sprintf("/%d", i) + pathTo(item, offset)
		}
	}
	return ""
}

// side is what one of the two rejects, and why.
type side struct{ who, version, at, code, words string }

// explain files a difference under the reason that fits it. One that no reason
// fits is a fault of ours, until the standard says otherwise.
func (d *differences) explain(t *testing.T, name string, s side) {
	t.Helper()
	for _, r := range reasons {
		if r.who == s.who && strings.HasPrefix(s.version, r.version) && r.at.MatchString(name+" "+s.at) && r.code.MatchString(s.code+": "+s.words) {
			d.found[r.why] = append(d.found[r.why], name)
			return
		}
	}
	t.Errorf("%s: %s reject it alone: %s: %s: %s", name, s.who, s.at, s.code, s.words)
}

// check compares the differences with the committed ones.
func (d *differences) check(t *testing.T, file string) {
	t.Helper()
	var out bytes.Buffer
	for _, why := range slices.Sorted(maps.Keys(d.found)) {
		fmt.Fprintf(&out, "%s\n", why)
		for _, name := range d.found[why] {
			fmt.Fprintf(&out, "\t%s\n", name)
		}
	}
	golden.Check(t, file, out.Bytes())
}

// TestOfficialMutants changes every place of a document that has all objects in
// every mechanical way and compares the verdicts. Versions that differ little
// from another one are compared on a part of the places.
func TestOfficialMutants(t *testing.T) {
	d := newDifferences()
	for _, version := range officialVersions {
		root := fullDocument(t, version)
		for i, m := range mutants(root) {
			part := version != "2.6.0" && version != "3.0.0"
			if strings.HasPrefix(m.where, "/asyncapi") || part && i%13 > 0 {
				continue
			}
			undo := m.apply()
			text, err := json.Marshal(root)
			undo()
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("%s %s: %s", version, m.where, m.what)
			d.judge(t, name, source.NewFile("document.json", text), nothing{})
		}
	}
	d.check(t, "testdata/official/mutants.differences")
	if d.judged < 2500 {
		t.Errorf("%d mutants", d.judged)
	}
}

// fullDocument is one that has all objects, as the official schema wants it.
func fullDocument(t *testing.T, version string) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/official/v" + version[:1] + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	node, found := syntax.Parse(source.NewFile("full.yaml", text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	if text, err = schema.AppendJSON(nil, node); err != nil {
		t.Fatal(err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := root.(map[string]any)
	out["asyncapi"] = version
	return out
}

// nothing loads no file.
type nothing struct{}

func (nothing) Load(context.Context, string) (*source.File, error) {
	return nil, errors.New("there are no files here")
}

// TestOfficialValidator holds our validator of official schemas to an
// independent one, on the documents and on some of their mutants.
func TestOfficialValidator(t *testing.T) {
	d := newDifferences()
	for _, version := range officialVersions {
		root := fullDocument(t, version)
		ours, theirs := d.schema(t, version), independent(t, officialText(t, version))
		compare := func(name string) {
			text, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			err = theirs.Validate(root)
			if ours.Valid(text) != (err == nil) {
				t.Errorf("%s %s: we say valid %t, the other validator says %v", version, name, ours.Valid(text), err)
			}
			if name == "" && err != nil {
				t.Errorf("%s: the full document: %v", version, err)
			}
		}
		compare("")
		for i, m := range mutants(root) {
			if i%40 == 0 {
				undo := m.apply()
				compare(m.where + ": " + m.what)
				undo()
			}
		}
	}
}

// independent compiles a schema with another library.
func independent(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	const url = "https://example.com/asyncapi.json"
	if err := compiler.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestOfficialFixtures compares the verdicts about our own documents.
func TestOfficialFixtures(t *testing.T) {
	d := newDifferences()
	for _, dir := range []string{"testdata", "../parse/testdata"} {
		d.judgeTree(t, dir)
	}
	d.check(t, "testdata/official/fixtures.differences")
	if d.judged < 250 {
		t.Errorf("%d documents", d.judged)
	}
}

// TestOfficialCorpora compares the verdicts about the documents of others.
func TestOfficialCorpora(t *testing.T) {
	d := newDifferences()
	for _, name := range []string{"asyncapi-examples", "realworld", "tck"} {
		d.judgeTree(t, corpus.Dir(t, name))
	}
	d.check(t, "testdata/official/corpora.differences")
}

// judgeTree compares the verdicts about the documents in a folder.
func (d *differences) judgeTree(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)) {
			return err
		}
		f, err := resolve.ReadFile(path)
		if err != nil {
			return err
		}
		loader, err := resolve.NewFiles(dir)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(dir), path)
		d.judge(t, filepath.ToSlash(name), f, loader)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mutant is a document with one mechanical change.
type mutant struct {
	where string // JSON Pointer
	what  string
	apply func() (undo func())
}

// mutants changes every member and item of a document once in each way.
func mutants(root map[string]any) []mutant {
	var out []mutant
	var walk func(where string, v any)
	change := func(where string, m map[string]any, key, what string, value any) {
		out = append(out, mutant{where, what, func() func() {
			old, had := m[key]
			if value == absent {
				delete(m, key)
			} else {
				m[key] = value
			}
			return func() {
				if m[key] = old; !had {
					delete(m, key)
				}
			}
		}})
	}
	walk = func(where string, v any) {
		switch v := v.(type) {
		case map[string]any:
			change(where, v, "notAKey", "an unknown key", true)
			change(where, v, "x-own", "an extension", true)
			for _, key := range slices.Sorted(maps.Keys(v)) {
				at := where + "/" + key
				change(at, v, key, "left out", absent)
				change(at, v, key, "null", nil)
				change(at, v, key, "of another kind", another(v[key]))
				walk(at, v[key])
			}
		case []any:
			for i, item := range v {
				if item, ok := item.(map[string]any); ok {
					walk(fmt.Sprintf("%s/%d", where, i), item)
				}
			}
		}
	}
	walk("", root)
	return out
}

// absent stands for no value.
var absent = new(int)

// another is a value of another kind.
func another(v any) any {
	switch v.(type) {
	case string, bool, json.Number:
		return []any{}
	case []any:
		return map[string]any{}
	}
	return "text"
}
