package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/suite"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
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
	base := strings.NewReplacer("-", "", ".", "").Replace(version) + strings.ToLower(strings.TrimSuffix(filepath.Base(path), ".json"))
	if strings.Contains(path, "optional") {
		base += "optional"
	}
	var out []feature
	for i, g := range suite.Read(t, path) {
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
		text = strings.Replace(text, "{", `{"$id": "`+suite.Server+`suite.json", `, 1)
	}
	return fmt.Sprintf(`{"asyncapi": "3.0.0", "info": {"title": "Suite", "version": "1"},
"channels": {"c": {"address": "c", "messages": {"m": {"payload": {"$ref": "#/components/schemas/Value"}}}}},
"operations": {"run": {"action": "receive", "channel": {"$ref": "#/channels/c"}}},
"components": {"schemas": {"Value": {"schemaFormat": "application/schema+json;version=%s", "schema": %s}}}}
`, version, text)
}

// readSuiteText reads a document that may refer to what the suite serves.
func readSuiteText(t *testing.T, name, text string) *spec.Document {
	t.Helper()
	doc, found := parse.LoadFile(t.Context(), suite.Remotes(t), source.NewFile(suite.Server+name, []byte(text)))
	if found.HasErrors() {
		t.Fatalf("%s: %v", name, found)
	}
	return doc
}
