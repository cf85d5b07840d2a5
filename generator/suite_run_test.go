package generator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestDynamicReferences: generated code says what the JSON Schema Test Suite says of
// schemas whose references lead where the dynamic scope has them lead.
func TestDynamicReferences(t *testing.T) {
	var all []feature
	for folder, files := range map[string][]string{
		"draft2019-09": {"recursiveRef", "ref", "unevaluatedItems", "unevaluatedProperties"},
		"draft2020-12": {"dynamicRef", "optional/dynamicRef", "ref", "unevaluatedItems", "unevaluatedProperties"},
	} {
		for _, file := range files {
			path := corpus.Dir(t, "json-schema-test-suite", "tests", folder, filepath.FromSlash(file)+".json")
			all = append(all, suiteFeatures(t, path, strings.Replace(folder, "draft", "draft-", 1))...)
		}
	}
	run := runDocuments(t, all, readSuiteText)
	for _, f := range all {
		for _, s := range f.valid {
			if what := run(s).sameAs(t, s); what != "" {
				t.Errorf("%s: %s %s", f.name, s, what)
			}
		}
		for _, s := range f.invalid {
			if what := run(s).taken(); what != "" {
				t.Errorf("%s: %s %s", f.name, s, what)
			}
		}
	}
}

// suiteFeatures are the groups of a file of the suite, as far as they have such
// references, as features.
func suiteFeatures(t *testing.T, path, version string) []feature {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Description string
		Schema      json.RawMessage
		Tests       []struct {
			Data  json.RawMessage
			Valid bool
		}
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	base := strings.NewReplacer("-", "", ".", "").Replace(version) + strings.ToLower(strings.TrimSuffix(filepath.Base(path), ".json"))
	if strings.Contains(path, "optional") {
		base += "optional"
	}
	var out []feature
	for i, g := range groups {
		if !bytes.Contains(g.Schema, []byte("$dynamicRef")) && !bytes.Contains(g.Schema, []byte("$recursiveRef")) {
			continue
		}
		f := feature{name: fmt.Sprintf("%s%d", base, i+1), document: suiteDocument(g.Schema, version)}
		for _, test := range g.Tests {
			s := sample{Feature: f.name, Payload: string(test.Data)}
			if test.Valid {
				f.valid = append(f.valid, s)
			} else {
				f.invalid = append(f.invalid, s)
			}
		}
		out = append(out, f)
	}
	return out
}

// suiteDocument puts a schema, as a resource of its own, into a document.
func suiteDocument(schema json.RawMessage, version string) string {
	text := string(schema)
	if !strings.Contains(text, `"$id"`) {
		text = strings.Replace(text, "{", `{"$id": "http://localhost:1234/suite.json", `, 1)
	}
	return fmt.Sprintf(`{"asyncapi": "3.0.0", "info": {"title": "Suite", "version": "1"},
"channels": {"c": {"address": "c", "messages": {"m": {"payload": {"$ref": "#/components/schemas/Value"}}}}},
"operations": {"run": {"action": "receive", "channel": {"$ref": "#/channels/c"}}},
"components": {"schemas": {"Value": {"schemaFormat": "application/schema+json;version=%s", "schema": %s}}}}
`, version, text)
}

// suiteRemotes serves a folder as http://localhost:1234, as the suite wants it.
type suiteRemotes struct{ dir string }

func (l suiteRemotes) Load(_ context.Context, uri string) (*source.File, error) {
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

// readSuiteText reads a document that may refer to what the suite serves.
func readSuiteText(t *testing.T, name, text string) *spec.Document {
	t.Helper()
	remotes := suiteRemotes{corpus.Dir(t, "json-schema-test-suite", "remotes")}
	doc, found := parse.LoadFile(t.Context(), remotes, source.NewFile("http://localhost:1234/"+name, []byte(text)))
	if found.HasErrors() {
		t.Fatalf("%s: %v", name, found)
	}
	return doc
}
