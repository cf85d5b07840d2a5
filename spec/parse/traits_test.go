package parse_test

import (
	"encoding/json"
	"testing"
)

// TestTraitMerge holds the merging of traits to the sentences that decide it,
// member by member. Both versions say JSON Merge Patch (RFC 7386), in the order
// of the traits. In 2.x the traits are merged into the object, so they are the
// patches and the last one wins (2.6 "Operation Object" and "Message Object",
// traits); in 3.x no member of a trait overrides the one of the object (3.1
// "Traits Merge Mechanism"), so the object is the last patch. Arrays are values:
// one replaces the other. What is in an object is merged by its members.
func TestTraitMerge(t *testing.T) {
	for _, c := range []struct{ what, own, traits, v2, v3 string }{
		{"texts", `"name": "own"`, `{"name": "a", "title": "a"}, {"name": "b"}`,
			`{"name": "b", "title": "a"}`, `{"name": "own", "title": "a"}`},
		{"arrays", `"tags": [{"name": "own"}]`, `{"tags": [{"name": "a"}, {"name": "b"}]}`,
			`{"tags": [{"name": "a"}, {"name": "b"}]}`, `{"tags": [{"name": "own"}]}`},
		{"arrays of traits", `"name": "own"`, `{"tags": [{"name": "a"}]}, {"tags": [{"name": "b"}]}`,
			`{"name": "own", "tags": [{"name": "b"}]}`, `{"name": "own", "tags": [{"name": "b"}]}`},
		{"examples", `"examples": [{"payload": 1}]`, `{"examples": [{"payload": 2}]}`,
			`{"examples": [{"payload": 2}]}`, `{"examples": [{"payload": 1}]}`},
		{"bindings by protocol", `"bindings": {"amqp": {"messageType": "own"}}`,
			`{"bindings": {"amqp": {"messageType": "a", "contentEncoding": "a"}, "x-b": 1}}`,
			`{"bindings": {"amqp": {"messageType": "a", "contentEncoding": "a"}, "x-b": 1}}`,
			`{"bindings": {"amqp": {"messageType": "own", "contentEncoding": "a"}, "x-b": 1}}`},
		{"headers by keyword", `"headers": {"properties": {"p": {"type": "string"}}, "required": ["p"]}`,
			`{"headers": {"properties": {"p": {"minLength": 1}, "q": true}, "required": ["q"]}}`,
			`{"headers": {"schema": {"properties": {"p": {"type": "string", "minLength": 1}, "q": true}, "required": ["q"]}}}`,
			`{"headers": {"schema": {"properties": {"p": {"type": "string", "minLength": 1}, "q": true}, "required": ["p"]}}}`},
		{"objects", `"externalDocs": {"url": "https://own.example.com"}`,
			`{"externalDocs": {"url": "https://a.example.com", "description": "a"}}`,
			`{"externalDocs": {"url": "https://a.example.com", "description": "a"}}`,
			`{"externalDocs": {"url": "https://own.example.com", "description": "a"}}`},
		{"extensions", `"x-o": {"own": 1, "both": 1}, "x-s": 1`, `{"x-o": {"both": 2, "a": 2}, "x-s": 2, "x-t": [2]}`,
			`{"x-o": {"own": 1, "both": 2, "a": 2}, "x-s": 2, "x-t": [2]}`,
			`{"x-o": {"own": 1, "both": 1, "a": 2}, "x-s": 1, "x-t": [2]}`},
		{"null in a trait", `"name": "own", "x-s": 1`, `{"name": null, "x-s": null}`,
			`{}`, `{"name": "own", "x-s": 1}`},
		{"null in the object", `"name": null, "x-s": null`, `{"name": "a", "x-s": 2}`,
			`{"name": "a", "x-s": 2}`, `{}`},
		{"a value of another kind", `"x-o": {"own": 1}`, `{"x-o": 2}, {"x-o": {"b": 3}}`,
			`{"x-o": {"b": 3}}`, `{"x-o": {"own": 1, "b": 3}}`},
	} {
		for version, want := range map[string]string{"2.6.0": c.v2, "3.1.0": c.v3} {
			doc, _ := loadText(t, `{"asyncapi": "`+version+`", "info": {"title": "T", "version": "1"}, "channels": {},
				"components": {"messages": {"m": {`+c.own+`, "traits": [`+c.traits+`]}}}}`, nil)
			var model struct {
				Components struct {
					Messages struct{ M map[string]any }
				}
			}
			if err := json.Unmarshal(dump(t, doc), &model); err != nil {
				t.Fatal(err)
			}
			got := model.Components.Messages.M
			delete(got, "traits")
			delete(got, "key")
			if normal(t, got) != normal(t, parsed(t, want)) {
				t.Errorf("%s in %s: %s, want %s", c.what, version, normal(t, got), want)
			}
		}
	}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func normal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
