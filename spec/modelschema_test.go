package spec

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// TestModelSchema demands that docs/model.schema.json describes what Dump
// writes: it is made from the model's own types and their comments.
func TestModelSchema(t *testing.T) {
	b := schemaBuilder{defs: map[string]any{}, comments: typeComments(t)}
	root := b.object(reflect.TypeFor[Document]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "The model of an AsyncAPI document, as asyncwire show --format json writes it"
	properties := root["properties"].(map[string]any)
	properties["definitions"] = map[string]any{
		"description":          "The schemas that only references lead to.",
		"type":                 "object",
		"additionalProperties": b.schema(),
	}
	root["required"] = []string{"asyncapi"}
	root["$defs"] = b.defs
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join(corpus.Module(t), "docs", "model.schema.json"), out.Bytes())
}

type schemaBuilder struct {
	defs     map[string]any
	comments map[string]string
}

// schema is the schema of schemas.
func (b *schemaBuilder) schema() any {
	return map[string]any{"$ref": "https://json-schema.org/draft/2020-12/schema"}
}

// object is the schema of a struct.
func (b *schemaBuilder) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if text := b.comments[t.Name()]; text != "" {
		out["description"] = text
	}
	for _, f := range reflect.VisibleFields(t) {
		name := t.Name() + "." + f.Name
		switch {
		case len(f.Index) > 1 || undumped[name] || f.Type == reflect.TypeFor[source.Span]():
		case f.Type == reflect.TypeFor[source.Origin]():
			properties["x-place"] = b.named("place", func() any { return place })
		case f.Type == reflect.TypeFor[[]syntax.Member]():
			out["patternProperties"] = map[string]any{"^x-": true}
		default:
			properties[memberOf(name, f.Name)] = b.value(f.Type)
		}
	}
	return out
}

func memberOf(name, field string) string {
	if n, ok := renamed[name]; ok {
		return n
	}
	if n, ok := placeNames[name]; ok {
		return n
	}
	return camel(field)
}

// place is the schema of what DumpPlaces adds to objects.
var place = map[string]any{
	"description":          "Where the object stands in the text; with --places.",
	"type":                 "object",
	"additionalProperties": false,
	"required":             []string{"file", "line", "column", "pointer"},
	"properties": map[string]any{
		"file":    map[string]any{"type": "string"},
		"line":    map[string]any{"type": "integer", "minimum": 1},
		"column":  map[string]any{"type": "integer", "minimum": 1},
		"pointer": map[string]any{"type": "string", "format": "json-pointer"},
	},
}

// named is a reference to a definition, which make makes.
func (b *schemaBuilder) named(name string, make func() any) any {
	if _, ok := b.defs[name]; !ok {
		b.defs[name] = nil
		b.defs[name] = make()
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

// shared is the schema of an object or a reference to it.
func (b *schemaBuilder) shared(name string, object func() any) any {
	reference := b.named("reference", func() any {
		return map[string]any{
			"description":          "Stands where an object is met again: a JSON Pointer into this text.",
			"type":                 "object",
			"required":             []string{"$ref"},
			"properties":           map[string]any{"$ref": map[string]any{"type": "string", "format": "uri-reference"}},
			"additionalProperties": false,
		}
	})
	return b.named(name, func() any {
		return map[string]any{"if": map[string]any{"required": []string{"$ref"}}, "then": reference, "else": object()}
	})
}

func (b *schemaBuilder) value(t reflect.Type) any {
	switch t {
	case reflect.TypeFor[Text]():
		return map[string]any{"type": "string"}
	case reflect.TypeFor[Action]():
		return map[string]any{"enum": []string{Send.String(), Receive.String()}}
	case reflect.TypeFor[*syntax.Node]():
		return true
	case reflect.TypeFor[*schema.Payload]():
		return b.shared("payload", b.payload)
	case reflect.TypeFor[Bindings]():
		return b.shared("bindings", func() any {
			return map[string]any{"description": b.comments["Bindings"] + " By protocol.", "type": "object"}
		})
	}
	switch {
	case isComponents(t):
		value, _ := t.Elem().FieldByName("Value")
		return map[string]any{"type": "object", "additionalProperties": b.value(value.Type)}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": b.value(t.Elem())}
	case t.Kind() == reflect.Pointer:
		return b.shared(camel(t.Elem().Name()), func() any { return b.object(t.Elem()) })
	case t.Kind() == reflect.Struct:
		return b.named(camel(t.Name()), func() any { return b.object(t) })
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	}
	return map[string]any{"type": "string"}
}

func (b *schemaBuilder) payload() any {
	return map[string]any{
		"description": "A schema with the format it is written in.",
		"type":        "object",
		"properties": map[string]any{
			"x-place":      map[string]any{"$ref": "#/$defs/place"},
			"schemaFormat": map[string]any{"description": "Absent: AsyncAPI's own.", "type": "string"},
			"schema":       b.schema(),
			"source":       map[string]any{"description": "The text of a schema that is not JSON Schema."},
		},
		"patternProperties":    map[string]any{"^x-": true},
		"additionalProperties": false,
	}
}

var sentence = regexp.MustCompile(`^(\w+) (?:is|are|describes?|holds?) `)

// typeComments are the comments of the package's types, as descriptions.
func typeComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE || g.Doc == nil {
				continue
			}
			text := strings.Join(strings.Fields(strings.SplitN(g.Doc.Text(), "\n\n", 2)[0]), " ")
			if m := sentence.FindStringSubmatchIndex(text); m != nil {
				text = strings.ToUpper(text[m[1]:m[1]+1]) + text[m[1]+1:]
			}
			out[g.Specs[0].(*ast.TypeSpec).Name.Name] = text
		}
	}
	return out
}
