package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Dialect is a set of members of the JSON Schema family.
type Dialect uint8

// The dialects, as bits so that a keyword's row can name several.
const (
	Draft04 Dialect = 1 << iota
	Draft06
	Draft07
	AsyncAPI // draft-07 and what AsyncAPI adds to it
	OpenAPI30
	Draft201909
	Draft202012
)

const (
	everywhere = Draft04 | since06 | OpenAPI30
	since06    = Draft06 | since07
	since07    = Draft07 | AsyncAPI | since2019
	since2019  = Draft201909 | Draft202012
	until07    = Draft04 | Draft06 | Draft07 | AsyncAPI
	drafts     = Draft04 | Draft06 | Draft07 | AsyncAPI | since2019
)

var dialectNames = map[Dialect]string{
	Draft04: "draft-04", Draft06: "draft-06", Draft07: "draft-07", AsyncAPI: "AsyncAPI",
	OpenAPI30: "OpenAPI 3.0", Draft201909: "draft 2019-09", Draft202012: "draft 2020-12",
}

// firstIn names the oldest dialect of a set.
func firstIn(d Dialect) string { return dialectNames[d&-d] }

// A keyword is a row of the table: everything the reader knows about it.
type keyword struct {
	name     string
	dialects Dialect
	// restricts tells keywords that make values invalid from annotations.
	restricts bool
	decode    decoder
}

// A decoder reads the value of a keyword, at p, into the schema at hand. What
// is wrong becomes a finding and is left out.
type decoder func(d *decoding, key string, p resolve.Place)

// decoding is one schema being read.
type decoding struct {
	*Reader
	s     *Schema
	scope scope
}

const (
	annotates = false
	restricts = true
)

// keywordTable returns the rows of all dialects. A row without a decoder is
// known, so that its name is not taken for a slip, but not read yet.
func keywordTable() []keyword {
	return []keyword{
		// Meta-data.
		{"$schema", drafts, annotates, text(nil)},
		{"$id", since06, annotates, text(func(s *Schema) *string { return &s.ID })},
		{"$comment", since07, annotates, text(func(s *Schema) *string { return &s.Comment })},
		{"title", everywhere, annotates, text(func(s *Schema) *string { return &s.Title })},
		{"description", everywhere, annotates, text(func(s *Schema) *string { return &s.Description })},
		{"default", everywhere, annotates, node(func(s *Schema) **syntax.Node { return &s.Default })},
		{"examples", since06, annotates, decodeExamples},
		{"readOnly", since07 | OpenAPI30, annotates, flag(func(s *Schema) *bool { return &s.ReadOnly })},
		{"writeOnly", since07 | OpenAPI30, annotates, flag(func(s *Schema) *bool { return &s.WriteOnly })},
		{"deprecated", AsyncAPI | OpenAPI30 | since2019, annotates, flag(func(s *Schema) *bool { return &s.Deprecated })},
		{"discriminator", AsyncAPI | OpenAPI30, annotates, text(func(s *Schema) *string { return &s.Discriminator })},
		{"externalDocs", AsyncAPI | OpenAPI30, annotates, decodeExternalDocs},
		{"definitions", drafts, annotates, properties(func(s *Schema) *[]Property { return &s.Definitions })},
		{"$defs", drafts, annotates, properties(func(s *Schema) *[]Property { return &s.Definitions })},

		// Any value.
		{"type", everywhere, restricts, decodeType},
		{"enum", everywhere, restricts, decodeEnum},
		{"const", since06, restricts, node(func(s *Schema) **syntax.Node { return &s.Const })},
		{"format", everywhere, restricts, text(func(s *Schema) *string { return &s.Format })},

		// Combinators.
		{"allOf", everywhere, restricts, schemas(func(s *Schema) *[]*Schema { return &s.AllOf })},
		{"anyOf", everywhere, restricts, schemas(func(s *Schema) *[]*Schema { return &s.AnyOf })},
		{"oneOf", everywhere, restricts, schemas(func(s *Schema) *[]*Schema { return &s.OneOf })},
		{"not", everywhere, restricts, subschema(func(s *Schema) **Schema { return &s.Not })},
		{"if", since07, restricts, subschema(func(s *Schema) **Schema { return &s.If })},
		{"then", since07, restricts, subschema(func(s *Schema) **Schema { return &s.Then })},
		{"else", since07, restricts, subschema(func(s *Schema) **Schema { return &s.Else })},

		// Numbers.
		{"multipleOf", everywhere, restricts, decodeMultipleOf},
		{"maximum", everywhere, restricts, number(func(s *Schema) **Literal { return &s.Maximum })},
		{"exclusiveMaximum", since06, restricts, number(func(s *Schema) **Literal { return &s.ExclusiveMaximum })},
		{"minimum", everywhere, restricts, number(func(s *Schema) **Literal { return &s.Minimum })},
		{"exclusiveMinimum", since06, restricts, number(func(s *Schema) **Literal { return &s.ExclusiveMinimum })},

		// Strings.
		{"maxLength", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxLength })},
		{"minLength", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinLength })},
		{"pattern", everywhere, restricts, decodePattern},
		{"contentEncoding", since07, restricts, text(func(s *Schema) *string { return &s.ContentEncoding })},
		{"contentMediaType", since07, restricts, text(func(s *Schema) *string { return &s.ContentMediaType })},

		// Arrays.
		{"items", everywhere, restricts, decodeItems},
		{"additionalItems", until07 | Draft201909, restricts, subschema(func(s *Schema) **Schema { return &s.AdditionalItems })},
		{"maxItems", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxItems })},
		{"minItems", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinItems })},
		{"uniqueItems", everywhere, restricts, flag(func(s *Schema) *bool { return &s.UniqueItems })},
		{"contains", since06, restricts, subschema(func(s *Schema) **Schema { return &s.Contains })},

		// Objects.
		{"maxProperties", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxProperties })},
		{"minProperties", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinProperties })},
		{"required", everywhere, restricts, decodeRequired},
		{"properties", everywhere, restricts, properties(func(s *Schema) *[]Property { return &s.Properties })},
		{"patternProperties", drafts, restricts, decodePatternProperties},
		{"additionalProperties", everywhere, restricts, subschema(func(s *Schema) **Schema { return &s.AdditionalProperties })},
		{"propertyNames", since06, restricts, subschema(func(s *Schema) **Schema { return &s.PropertyNames })},
		{"dependencies", until07, restricts, decodeDependencies},

		// Known in dialects that are read as draft-07 for now.
		{"id", Draft04, annotates, nil},
		{"example", OpenAPI30, annotates, nil},
		{"xml", OpenAPI30, annotates, nil},
		{"nullable", OpenAPI30, restricts, nil},
		{"$anchor", since2019, annotates, nil},
		{"$vocabulary", since2019, annotates, nil},
		{"$recursiveRef", Draft201909, restricts, nil},
		{"$recursiveAnchor", Draft201909, annotates, nil},
		{"$dynamicRef", Draft202012, restricts, nil},
		{"$dynamicAnchor", Draft202012, annotates, nil},
		{"contentSchema", since2019, annotates, nil},
		{"dependentRequired", since2019, restricts, nil},
		{"dependentSchemas", since2019, restricts, nil},
		{"minContains", since2019, restricts, nil},
		{"maxContains", since2019, restricts, nil},
		{"prefixItems", Draft202012, restricts, nil},
		{"unevaluatedItems", since2019, restricts, nil},
		{"unevaluatedProperties", since2019, restricts, nil},
	}
}

// keywordSet finds rows by name.
type keywordSet struct {
	rows  map[string]*keyword
	names []string // of the dialect at hand, for "did you mean"
}

func newKeywordSet(d Dialect) keywordSet {
	table := keywordTable()
	set := keywordSet{rows: make(map[string]*keyword, len(table))}
	for i := range table {
		row := &table[i]
		set.rows[row.name] = row
		if row.dialects&d != 0 {
			set.names = append(set.names, row.name)
		}
	}
	return set
}

// place is where a keyword stands, for findings.
func (s *Schema) place(m *syntax.Member) {
	if s.keys == nil {
		s.keys = map[string]source.Span{}
	}
	s.keys[m.Key.Text] = m.Key.At
}
