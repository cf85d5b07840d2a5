package openapi

import (
	"context"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// object is one object of a schema that is held to the model. What has been
// reported already is kept from it.
type object struct {
	name    string      // as messages call it
	at      source.Span // what a finding about all of it points at
	members []*syntax.Member
	// text is a member's value as the model is given it, "" for none.
	text func(m *syntax.Member) string
	// model returns a new value to decode the text into.
	model func() validated
	// filled are fields that are missing, with values for the model to go on by.
	filled map[string]string
	found  diag.List
}

// validated is what the objects of the model have in common.
type validated interface {
	Validate(ctx context.Context, opts ...openapi3.ValidationOption) error
}

// judgeObject holds a schema object, schemas within aside, and the objects that
// it consists of, to the model.
func judgeObject(o schema.Object, known faults) diag.List {
	node := o.Place.Node
	s := object{
		name: "a schema", at: head(node), members: unreported(node, known, true),
		text: schemaText, model: func() validated { return &openapi3.Schema{} },
	}
	if node.Get("items") != nil {
		s.filled = map[string]string{"items": "{}"}
	}
	s.judge()
	for _, p := range parts {
		m := node.Member(p.key)
		if m == nil || m.Value.Kind != syntax.Mapping || known.about(m, true) {
			continue
		}
		part := object{name: `"` + p.key + `"`, at: m.Key.At, members: unreported(m.Value, known, false), text: shallow, model: p.model}
		part.judge()
		s.found.Add(part.found...)
	}
	s.found.Add(idleMappings(o.Schema)...)
	return s.found
}

// parts are the objects of a schema that the model has types for.
var parts = []struct {
	key   string
	model func() validated
}{
	{"externalDocs", func() validated { return &openapi3.ExternalDocs{} }},
	{"xml", func() validated { return &openapi3.XML{} }},
	{"discriminator", func() validated { return &openapi3.Discriminator{} }},
}

// head is the text that stands for a whole object: its first key.
func head(n *syntax.Node) source.Span {
	if len(n.Members) > 0 {
		return n.Members[0].Key.At
	}
	return n.At
}

// unreported are the members of an object that nothing has been said about,
// extensions aside.
func unreported(n *syntax.Node, known faults, isSchema bool) []*syntax.Member {
	var rest []*syntax.Member
	for i := range n.Members {
		m := &n.Members[i]
		if !strings.HasPrefix(m.Key.Text, "x-") && !known.about(m, isSchema && holdsSchemas[m.Key.Text]) {
			rest = append(rest, m)
		}
	}
	return rest
}

// holdsSchemas are the keywords with other schemas in their values, which are
// judged for themselves.
var holdsSchemas = map[string]bool{
	"properties": true, "items": true, "additionalProperties": true, "not": true, "allOf": true, "anyOf": true, "oneOf": true,
}

// schemaText gives the model what it judges by: which fields there are, and
// the values that others depend on. The values of the rest, numbers, texts and
// schemas, have been read already, more exactly than the model does.
func schemaText(m *syntax.Member) string {
	switch key := m.Key.Text; {
	case modelFields[key] != "":
		return modelFields[key]
	case key == "readOnly" || key == "writeOnly", key == "type" && m.Value.Text == "array":
		return shallow(m)
	case key == "type":
		return ""
	case ownFields[key] || holdsSchemas[key]:
		return ""
	}
	return "true"
}

// ownFields are those of OpenAPI 3.0 whose values the reader has judged.
var ownFields = wordSet("title description format pattern enum default example nullable deprecated required uniqueItems " +
	"minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems " +
	"minProperties maxProperties externalDocs xml discriminator")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// modelFields are the fields that the model knows from later versions, each
// with a value that it can decode: what stands there in the text is none of
// 3.0's business.
var modelFields = map[string]string{
	"const": `1`, "examples": `[1]`, "$comment": `"-"`, "$schema": `"-"`, "$id": `"-"`, "$anchor": `"-"`,
	"$dynamicRef": `"-"`, "$dynamicAnchor": `"-"`, "contentMediaType": `"-"`, "contentEncoding": `"-"`,
	"$defs": `{"-":{}}`, "patternProperties": `{"-":{}}`, "dependentSchemas": `{"-":{}}`, "dependentRequired": `{"-":[]}`,
	"contains": `{}`, "if": `{}`, "then": `{}`, "else": `{}`, "propertyNames": `{}`, "contentSchema": `{}`, "prefixItems": `[{}]`,
	"minContains": `1`, "maxContains": `1`, "unevaluatedItems": `true`, "unevaluatedProperties": `true`,
}

// shallow is a member's value as JSON, what is no scalar as an empty object.
func shallow(m *syntax.Member) string {
	if m.Value.Kind >= syntax.Sequence {
		return "{}"
	}
	text, err := schema.AppendJSON(nil, m.Value)
	if err != nil {
		return ""
	}
	return string(text)
}
