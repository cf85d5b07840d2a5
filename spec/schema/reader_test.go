package schema_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// place parses a text and returns its root, with the resolver that knows it.
func place(t testing.TB, text string) (*resolve.Resolver, resolve.Place) {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(context.Background(), loader)
	root := r.Add(source.NewFile("doc.yaml", []byte(text)))
	if len(r.Findings()) > 0 {
		t.Fatal(r.Findings())
	}
	return r, root
}

// read reads a text in which nothing is wrong as a schema.
func read(t testing.TB, text string) *schema.Schema {
	t.Helper()
	r, root := place(t, text)
	reader := schema.NewReader(r)
	s := reader.Read(root)
	if found := slices.Concat(r.Findings(), reader.Findings()); len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

// TestFindings compares what is said about each text of testdata/findings.
func TestFindings(t *testing.T) {
	golden.Each(t, "testdata/findings", "*.yaml", func(t *testing.T, input string) {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		r, root := place(t, string(text))
		reader := schema.NewReader(r)
		reader.Read(root)
		var out bytes.Buffer
		for _, d := range slices.Concat(r.Findings(), reader.Findings()).Sorted() {
			fmt.Fprintf(&out, "%s\n", d)
			for _, n := range d.Notes {
				fmt.Fprintf(&out, "    note: %s: %s\n", n.At, n.Text)
			}
			if d.Help != "" {
				fmt.Fprintf(&out, "    help: %s\n", d.Help)
			}
		}
		golden.Check(t, input+".golden", out.Bytes())
	})
}

// TestWrongValuesAreLeftOut holds a schema of nothing but mistakes to say
// nothing.
func TestWrongValuesAreLeftOut(t *testing.T) {
	text, err := os.ReadFile("testdata/findings/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, root := place(t, string(text))
	s := schema.NewReader(r).Read(root)
	if s.MultipleOf != nil || s.Maximum != nil || s.MaxLength != nil || s.MinLength != nil || s.Pattern != nil || s.Required != nil ||
		s.Properties != nil || s.AllOf != nil || s.AnyOf != nil || s.Enum != nil || s.UniqueItems || s.Format != "" || s.ReadOnly || s.Dependencies != nil {
		t.Errorf("got %+v", s)
	}
	if s.Default.Text != "anything goes" || !s.Types.Has(schema.TypeObject) {
		t.Error("what is right must be kept")
	}
}

func TestRead(t *testing.T) {
	s := read(t, `
title: Order
description: An order.
type: [object, "null"]
required: [id]
discriminator: kind
externalDocs: {url: https://example.com}
deprecated: true
default: {id: 1}
examples: [{id: 2}]
x-owner: sales
custom: 5
minProperties: 2e0
properties:
  id: {type: integer, minimum: 0.50, exclusiveMaximum: 1E3, multipleOf: 1}
  kind: {const: null, enum: [null, a]}
  tags: {items: [{type: string}, true], additionalItems: false, uniqueItems: true, contains: {}, minItems: 1, maxItems: 99999999999999999999}
patternProperties: {^x-: {pattern: a+, format: email, maxLength: 10}}
additionalProperties: {readOnly: true, writeOnly: true}
dependencies: {a: [b, c], d: {not: {}}}
if: {}
then: {}
else: {}
$defs: {B: {}}
definitions: {A: {contentEncoding: base64, contentMediaType: application/json}}
`)
	id, tags, pattern := s.Property("id"), s.Property("tags"), s.PatternProperties[0]
	for what, ok := range map[string]bool{
		"title":            s.Title == "Order" && s.Description == "An order.",
		"types":            s.Types.Has(schema.TypeObject) && s.Types.Has(schema.TypeNull) && s.Types.String() == "null or object",
		"required":         len(s.Required) == 1 && s.IsRequired("id") && !s.IsRequired("kind"),
		"AsyncAPI's":       s.Discriminator == "kind" && s.ExternalDocs.Get("url") != nil && s.Deprecated,
		"values":           s.Default.Get("id").Text == "1" && s.Examples[0].Get("id").Text == "2",
		"extensions":       len(s.Extensions) == 1 && s.Extensions[0].Key.Text == "x-owner",
		"unknown":          len(s.Unknown) == 1 && s.Unknown[0].Key.Text == "custom",
		"count":            s.MinProperties.N == 2,
		"saturated count":  tags.MaxItems.N == 1<<64-1,
		"literals":         id.Minimum.Text == "0.50" && id.ExclusiveMaximum.Text == "1E3" && id.MultipleOf.Text == "1",
		"order":            s.Properties[0].Name.Text == "id" && s.Properties[2].Name.Text == "tags",
		"const null":       s.Property("kind").Const.Kind == syntax.Null && len(s.Property("kind").Enum) == 2,
		"tuple":            len(tags.TupleItems) == 2 && *tags.TupleItems[1].Bool && !*tags.AdditionalItems.Bool && tags.UniqueItems && tags.Contains != nil,
		"pattern":          pattern.Pattern.Text == "^x-" && pattern.Schema.Pattern.Text == "a+" && pattern.Schema.Format == "email",
		"read and write":   s.AdditionalProperties.ReadOnly && s.AdditionalProperties.WriteOnly,
		"dependencies":     len(s.Dependencies) == 2 && s.Dependencies[0].Names[1].Text == "c" && s.Dependencies[1].Schema.Not != nil,
		"conditions":       s.If != nil && s.Then != nil && s.Else != nil,
		"definitions":      len(s.Definitions) == 2 && s.Definitions[0].Schema.Name == "B" && s.Definitions[1].Schema.Name == "A",
		"content":          s.Definitions[1].Schema.ContentEncoding == "base64" && s.Definitions[1].Schema.ContentMediaType == "application/json",
		"place":            id.Pointer == "/properties/id" && id.Span().String() == "doc.yaml:15:7",
		"place of keyword": id.KeyAt("minimum").String() == "doc.yaml:15:23" && id.KeyAt("absent") == id.At,
	} {
		if !ok {
			t.Errorf("%s: got %+v", what, s)
		}
	}
}

func TestTypesOnly(t *testing.T) {
	tests := map[schema.Types]schema.Type{
		schema.Types(schema.TypeString):                                        schema.TypeString,
		schema.Types(schema.TypeString | schema.TypeNull):                      schema.TypeString,
		schema.Types(schema.TypeNull):                                          0,
		schema.Types(schema.TypeString | schema.TypeInteger):                   0,
		schema.Types(schema.TypeString | schema.TypeInteger | schema.TypeNull): 0,
		0: 0,
	}
	for set, want := range tests {
		if got, ok := set.Only(); ok != (want != 0) || ok && got != want {
			t.Errorf("%v: %v, %v", set, got, ok)
		}
	}
}

// TestIdentity holds the reader to one schema per node, and recursion to a cycle
// of pointers.
func TestIdentity(t *testing.T) {
	r, root := place(t, `
components:
  schemas:
    Tree: {properties: {left: {$ref: '#/components/schemas/Tree'}, right: {$ref: '#/components/schemas/Alias'}}}
    Alias: {$ref: '#/components/schemas/Tree'}
    Wrapped: {schemaFormat: application/schema+json, schema: {type: string}}
    "a/b": {}
`)
	reader := schema.NewReader(r)
	schemas := root.Child("components").Child("schemas")
	tree := reader.Read(schemas.Child("Tree"))
	if again := reader.Read(schemas.Child("Tree")); again != tree {
		t.Error("the same node gives another schema")
	}
	if tree.Property("left").Ref != tree || tree.Property("right").Deref() != tree {
		t.Error("recursion must lead back to the schema itself")
	}
	if alias := reader.Read(schemas.Child("Alias")); alias != tree.Property("right").Ref || alias.Name != "Alias" || tree.Name != "Tree" || tree.Property("left").Name != "" {
		t.Error("names and references")
	}
	if wrapped := reader.ReadPayload(schemas.Child("Wrapped").Child("schema"), "application/schema+json"); wrapped.Schema.Name != "Wrapped" {
		t.Errorf("a wrapped component is named %q", wrapped.Schema.Name)
	}
	if slash := reader.Read(schemas.Child("a/b")); slash.Name != "a/b" {
		t.Errorf("named %q", slash.Name)
	}
	if len(reader.Findings()) > 0 {
		t.Error(reader.Findings())
	}
}

// TestFiles follows references by $id and by file, which a document on disk may
// mix.
func TestFiles(t *testing.T) {
	loader, err := resolve.NewFiles("testdata/files")
	if err != nil {
		t.Fatal(err)
	}
	file, err := resolve.ReadFile("testdata/files/order.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(context.Background(), loader)
	reader := schema.NewReader(r)
	order := reader.Read(r.Add(file))
	if found := slices.Concat(r.Findings(), reader.Findings()); len(found) > 0 {
		t.Fatal(found)
	}
	customer := order.Property("customer").Deref()
	for what, ok := range map[string]bool{
		"file":            customer.Title == "Customer",
		"pointer":         order.Property("address").Deref() == customer.Property("address").Deref(),
		"plain name":      order.Property("city").Deref().Title == "City",
		"back":            customer.Property("order").Deref() == order,
		"itself":          order.Property("self").Ref == order,
		"embedded":        order.Property("embedded").Deref() == order.Definitions[0].Schema,
		"name":            order.Property("address").Deref().Name == "Address",
		"$id":             order.ID == "https://example.com/schemas/order.yaml",
		"place elsewhere": customer.At.File != order.At.File,
	} {
		if !ok {
			t.Error(what)
		}
	}
}

// TestReadInside reads a schema from its middle, where a $id above still counts.
func TestReadInside(t *testing.T) {
	r, root := place(t, `
$id: http://example.com/root/
properties:
  a: {$ref: b}
definitions:
  B: {$id: b, title: B}
`)
	reader := schema.NewReader(r)
	reader.Read(root.Child("definitions").Child("B"))
	a := reader.Read(root.Child("properties").Child("a"))
	if len(reader.Findings()) > 0 || a.Deref().Title != "B" {
		t.Errorf("got %+v, %v", a.Deref(), reader.Findings())
	}
}

// TestBroken marks schemas that no value can be judged by.
func TestBroken(t *testing.T) {
	r, root := place(t, `{allOf: [{$ref: '#/nowhere'}, {$ref: '#/allOf/1'}, {$ref: 5}, {$ref: '#/allOf/4'}, {}]}`)
	s := schema.NewReader(r).Read(root)
	for i, want := range []bool{true, true, true, false, false} {
		if got := s.AllOf[i].Broken; got != want || s.AllOf[i].Deref() == nil {
			t.Errorf("%d is broken: %v", i, got)
		}
	}
}

// TestDepth bounds schemas that nest deeper than any text could, by aliases.
func TestDepth(t *testing.T) {
	node := &syntax.Node{Kind: syntax.Mapping}
	for range schema.MaxDepth + 10 {
		node = &syntax.Node{Kind: syntax.Mapping, Members: []syntax.Member{{Key: syntax.Key{Text: "not"}, Value: node}}}
	}
	r, _ := place(t, "{}")
	reader := schema.NewReader(r)
	s := reader.Read(resolve.Place{Node: node, File: source.NewFile("deep.yaml", nil)})
	depth := 0
	for ; s.Not != nil; s = s.Not {
		depth++
	}
	if depth != schema.MaxDepth || !s.Broken || len(reader.Findings()) != 1 || reader.Findings()[0].Code != "schema-too-deep" {
		t.Errorf("%d levels, %v", depth, reader.Findings())
	}
}

// TestAbsent reads a place where nothing stands.
func TestAbsent(t *testing.T) {
	r, root := place(t, "{}")
	reader := schema.NewReader(r)
	if s := reader.Read(root.Child("payload")); s == nil || len(reader.Findings()) > 0 {
		t.Errorf("got %v, %v", s, reader.Findings())
	}
}

// TestMetaSchemas holds the keyword table to the meta-schemas: every keyword
// there is read without a word in its dialect.
func TestMetaSchemas(t *testing.T) {
	for pattern, d := range map[string]schema.Dialect{
		"draft-04/*.json": schema.Draft04, "draft-06/*.json": schema.Draft06, "draft-07/*.json": schema.AsyncAPI, // its own $schema does not take AsyncAPI's annotations away
		"draft/2019-09/*/*.json": schema.Draft201909, "draft/2020-12/*/*.json": schema.Draft202012,
	} {
		files, err := filepath.Glob(filepath.Join("meta", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := read(t, string(text))
			if s.Dialect != d {
				t.Errorf("%s is read as %s", file, s.Dialect)
			}
			for _, p := range s.Properties {
				if !knows(t, d, p.Name.Text) {
					t.Errorf("%s: %s is unknown", file, p.Name.Text)
				}
			}
		}
	}
}

// knows tells whether a dialect has a keyword.
func knows(t *testing.T, d schema.Dialect, keyword string) bool {
	r, root := place(t, fmt.Sprintf(`{%q: {}}`, keyword))
	return len(schema.NewReader(r).ReadAs(root, d).Unknown) == 0
}

// TestDialects takes the dialect from $schema, else from what leads to the
// schema, else from the caller.
func TestDialects(t *testing.T) {
	for text, want := range map[string]schema.Dialect{
		`{}`: schema.Draft06,
		`{$schema: 'http://json-schema.org/draft-04/schema#'}`:      schema.Draft04,
		`{$schema: 'https://json-schema.org/draft-07/schema'}`:      schema.Draft07,
		`{$schema: 'https://json-schema.org/draft/2019-09/schema'}`: schema.Draft201909,
		`{$schema: 'https://json-schema.org/draft/2020-12/schema'}`: schema.Draft202012,
		`{$schema: 'https://www.asyncapi.com/definitions/x.json'}`:  schema.AsyncAPI,
	} {
		r, root := place(t, text)
		if got := schema.NewReader(r).ReadAs(root, schema.Draft06); got.Dialect != want {
			t.Errorf("%s is read as %s, want %s", text, got.Dialect, want)
		}
	}
	for format, want := range map[string]schema.Dialect{
		"": schema.AsyncAPI, "application/vnd.aai.asyncapi;version=3.0.0": schema.AsyncAPI,
		"application/schema+json;version=draft-07": schema.AsyncAPI, "application/schema+json;version=draft-04": schema.Draft04,
		"application/schema+yaml;version=2019-09": schema.Draft201909, "application/schema+json;version=draft-2020-12": schema.Draft202012,
	} {
		r, root := place(t, `{items: {$ref: '#/$defs/a'}, $defs: {a: {}}}`)
		s := schema.NewReader(r).ReadPayload(root, format).Schema
		if s.Dialect != want || s.Items.Deref().Dialect != want {
			t.Errorf("%q is read as %s", format, s.Dialect)
		}
	}
}

// TestOneModel has the same rule in the same field, however a dialect writes it.
func TestOneModel(t *testing.T) {
	d4 := read(t, `{$schema: 'http://json-schema.org/draft-04/schema#', minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false}`)
	d12 := read(t, `{$schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{}], items: false, dependentRequired: {a: [b]}, dependentSchemas: {c: {}}}`)
	sibling := read(t, `{$schema: 'https://json-schema.org/draft/2020-12/schema', $ref: '#/$defs/a', minLength: 1, $defs: {a: {title: A}}}`)
	lone := read(t, `{$schema: 'https://json-schema.org/draft/2020-12/schema', $ref: '#/$defs/a', readOnly: true, $defs: {a: {title: A}}}`)
	for what, ok := range map[string]bool{
		"exclusive": d4.Minimum == nil && d4.ExclusiveMinimum.Text == "1" && d4.Maximum.Text == "5" && d4.ExclusiveMaximum == nil,
		"tuple":     len(d12.TupleItems) == 1 && d12.Items == nil && !*d12.AdditionalItems.Bool,
		"depend":    len(d12.Dependencies) == 2 && d12.Dependencies[0].Names[0].Text == "b" && d12.Dependencies[1].Schema != nil,
		"sibling":   sibling.Ref == nil && sibling.AllOf[0].Deref().Title == "A" && sibling.MinLength.N == 1,
		"lone":      lone.Deref().Title == "A" && lone.ReadOnly,
	} {
		if !ok {
			t.Error(what)
		}
	}
}

// TestDialectOfInnerSchema: what is written in a format of its own is in that
// format's dialect, also for who is in another and leads there first.
func TestDialectOfInnerSchema(t *testing.T) {
	r, root := place(t, `
wrapped: {schemaFormat: application/schema+json;version=draft-2020-12, schema: {prefixItems: [{}]}}
first: {items: {$ref: '#/wrapped/schema'}}
`)
	reader := schema.NewReader(r)
	first := reader.Read(root.Child("first"))
	if d := first.Items.Deref().Dialect; d != schema.Draft202012 {
		t.Errorf("is in %v", d)
	}
	if found := reader.Findings(); len(found) > 0 {
		t.Error(found)
	}
}

func TestPayload(t *testing.T) {
	r, root := place(t, `{type: record}`)
	reader := schema.NewReader(r)
	p := reader.ReadPayload(root, "application/vnd.apache.avro;version=1.9.0")
	if p.Schema != nil || p.Raw != root.Node || p.Format != "application/vnd.apache.avro;version=1.9.0" || len(reader.Findings()) > 0 {
		t.Errorf("got %+v, %v", p, reader.Findings())
	}
	if p = reader.ReadPayload(root, ""); p.Schema == nil || len(reader.Findings()) != 1 {
		t.Errorf("got %+v, %v", p, reader.Findings())
	}
}

func TestParseFormat(t *testing.T) {
	type format struct {
		kind    schema.FormatKind
		version string
	}
	for text, want := range map[string]format{
		"": {schema.FormatJSONSchema, ""},
		"application/vnd.aai.asyncapi;version=3.0.0":            {schema.FormatJSONSchema, "3.0.0"},
		"application/vnd.aai.asyncapi+yaml;version=2.6.0":       {schema.FormatJSONSchema, "2.6.0"},
		"application/schema+json;version=draft-07":              {schema.FormatJSONSchema, "draft-07"},
		"application/schema+yaml; version=draft-07":             {schema.FormatJSONSchema, "draft-07"},
		"application/schema+json;version=2020-12":               {schema.FormatJSONSchema, "2020-12"},
		"application/vnd.oai.openapi;version=3.0.0":             {schema.FormatOpenAPI, "3.0.0"},
		"application/vnd.oai.openapi+json;version=3.0.0":        {schema.FormatOpenAPI, "3.0.0"},
		"application/vnd.apache.avro+json;version=1.9.0":        {schema.FormatAvro, "1.9.0"},
		"application/vnd.google.protobuf;version=3":             {schema.FormatProtobuf, "3"},
		"application/raml+yaml;version=1.0":                     {schema.FormatRAML, "1.0"},
		"application/xml":                                       {schema.FormatUnknown, ""},
		"no media type; =":                                      {schema.FormatUnknown, ""},
		"APPLICATION/VND.AAI.ASYNCAPI+JSON;VERSION=2.0.0":       {schema.FormatJSONSchema, "2.0.0"},
		"application/vnd.aai.asyncapi+json;charset=utf-8":       {schema.FormatJSONSchema, ""},
		"application/vnd.google.protobuf;version=2;foo=\"bar\"": {schema.FormatProtobuf, "2"},
	} {
		if kind, version := schema.ParseFormat(text); kind != want.kind || version != want.version {
			t.Errorf("%s: %v %q, want %v %q", text, kind, version, want.kind, want.version)
		}
	}
	for kind, want := range map[schema.FormatKind]string{
		schema.FormatUnknown: "unknown", schema.FormatJSONSchema: "JSON Schema", schema.FormatOpenAPI: "OpenAPI",
		schema.FormatAvro: "Avro", schema.FormatProtobuf: "Protobuf", schema.FormatRAML: "RAML",
	} {
		if kind.String() != want {
			t.Errorf("%v, want %s", kind, want)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	_, root := place(t, "{a: [1.50, -2e3, true, ~, 'q\"\\', \"\\n\\t\\r\\x01é💩\"], 'k\"': {}, e: []}")
	text, err := schema.AppendJSON([]byte("> "), root.Node)
	if want := `> {"a":[1.50,-2e3,true,null,"q\"\\","\n\t\r\u0001é💩"],"k\"":{},"e":[]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	if !json.Valid(text[2:]) {
		t.Error("is no JSON")
	}
	bomb := &syntax.Node{Kind: syntax.String, Text: "a hundred million laughs"}
	for range 8 {
		items := make([]*syntax.Node, 10)
		for i := range items {
			items[i] = bomb
		}
		bomb = &syntax.Node{Kind: syntax.Sequence, Items: items}
	}
	if text, err := schema.AppendJSON(nil, bomb); err == nil || len(text) > 0 {
		t.Errorf("got %d bytes, %v", len(text), err)
	}
}
