package schema_test

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// TestTextTypes: which types a schema names for text, and of which it speaks.
func TestTextTypes(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                   "",
		`{description: any}`:                   "",
		`{type: string}`:                       "string",
		`{type: integer}`:                      "integer or number",
		`{type: [string, 'null']}`:             "null or string",
		`{enum: ['1', '2']}`:                   "string",
		`{enum: [1, 2]}`:                       "integer or number",
		`{enum: [1, a, null]}`:                 "null or integer or number or string",
		`{const: true}`:                        "boolean",
		`{type: [string, integer], enum: [1]}`: "integer or number",
		`{minimum: 5}`:                         "integer or number",
		`{minLength: 5}`:                       "string",
		`{minLength: 5, type: integer}`:        "integer or number",
		`{required: [a]}`:                      "object",
		`{items: {type: string}}`:              "array",
		`{minimum: 5, maxLength: 3}`:           "integer or number or string",
		`{allOf: [{type: [string, integer]}, {type: [string, boolean]}]}`:            "string",
		`{allOf: [{type: integer}, {type: boolean}]}`:                                "boolean or integer or number",
		`{anyOf: [{type: integer}, {description: any}]}`:                             "integer or number",
		`{oneOf: [{const: true}, {const: auto}]}`:                                    "boolean or string",
		`{type: string, oneOf: [{const: 1}, {const: auto}]}`:                         "string",
		`{if: {type: integer}, then: {minimum: 5}, else: {maxLength: 3}}`:            "integer or number",
		`{type: string, if: {const: 1}}`:                                             "string",
		`{not: {type: integer}}`:                                                     "",
		`{allOf: [{minimum: 1}, {anyOf: [{maximum: 3}, {description: 'or more'}]}]}`: "integer or number",
	} {
		s := read(t, text)
		if got := s.TextTypes().String(); got != want {
			t.Errorf("%s is of %q, want %q", text, got, want)
		}
	}
}

// TestMemberTextTypes: which types a schema of objects names for their member a.
func TestMemberTextTypes(t *testing.T) {
	const new2020 = `{$schema: 'https://json-schema.org/draft/2020-12/schema', `
	for text, want := range map[string]string{
		`{properties: {a: {type: string}}, patternProperties: {x: {type: integer}}}`:                    "string",
		`{properties: {a: {}}, patternProperties: {a: {type: integer}}}`:                                "integer or number",
		`{properties: {b: {}}, additionalProperties: {type: boolean}}`:                                  "boolean",
		`{properties: {a: {}}, additionalProperties: {type: boolean}}`:                                  "",
		new2020 + `properties: {b: {}}, unevaluatedProperties: {type: boolean}}`:                        "boolean",
		new2020 + `properties: {a: {}}, unevaluatedProperties: {type: boolean}}`:                        "",
		new2020 + `allOf: [{properties: {a: {type: string}}}], unevaluatedProperties: {type: boolean}}`: "string",
		`{anyOf: [{properties: {a: {type: string}}}, {properties: {a: {const: 1}}}]}`:                   "integer or number or string",
		`{allOf: [{additionalProperties: {type: integer}}, {properties: {a: {minimum: 1}}}]}`:           "integer or number",
		`{if: {properties: {b: {const: 1}}}, then: {properties: {a: {minLength: 1}}}, required: []}`:    "string",
	} {
		s := read(t, text)
		types, hinted := s.MemberTextTypes("a", func(p *schema.Pattern) bool { return p.Text == "a" })
		if got := types.String(); got != want || hinted != (want == "" || strings.Contains(text, "minLength")) {
			t.Errorf("the member of %s is of %q (hinted %t), want %q", text, got, hinted, want)
		}
	}
}
