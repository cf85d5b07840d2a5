package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// A keyword is a row of the table: everything the reader knows about it.
type keyword struct {
	name     string
	dialects Dialect
	effect   effect
	decode   decoder
}

// A decoder reads the value of a keyword, at p, into the schema at hand. What
// is wrong becomes a finding and is left out.
type decoder func(d *decoding, key string, p resolve.Place)

// decoding is one schema being read.
type decoding struct {
	*Reader
	s     *Schema
	scope scope
	// alone tells that the schema is nothing but a reference.
	alone bool
	// then is done when all members have been read.
	then []func(*Schema)
}

// effect is what a keyword does to values.
type effect uint8

const (
	annotates effect = iota // nothing
	restricts               // makes some invalid
	refers                  // has another schema judge them
)

// keywordTable returns the rows of all dialects.
func keywordTable() []keyword {
	return []keyword{
		// Meta-data.
		{"$schema", drafts, annotates, decodeDialect},
		{"$id", since06, annotates, text(func(s *Schema) *string { return &s.ID })},
		{"id", Draft04, annotates, text(func(s *Schema) *string { return &s.ID })},
		{"$anchor", since2019, annotates, text(nil)},
		{"$vocabulary", since2019, annotates, ignored},
		{"$comment", since07, annotates, text(func(s *Schema) *string { return &s.Comment })},
		{"title", everywhere, annotates, text(func(s *Schema) *string { return &s.Title })},
		{"description", everywhere, annotates, text(func(s *Schema) *string { return &s.Description })},
		{"default", everywhere, annotates, node(func(s *Schema) **syntax.Node { return &s.Default })},
		{"examples", since06, annotates, decodeExamples},
		{"example", OpenAPI30, annotates, decodeExample},
		{"xml", OpenAPI30, annotates, object(func(s *Schema) **syntax.Node { return &s.XML })},
		{"readOnly", since07 | OpenAPI30, annotates, flag(func(s *Schema) *bool { return &s.ReadOnly })},
		{"writeOnly", since07 | OpenAPI30, annotates, flag(func(s *Schema) *bool { return &s.WriteOnly })},
		{"deprecated", AsyncAPI | OpenAPI30 | since2019, annotates, flag(func(s *Schema) *bool { return &s.Deprecated })},
		{"discriminator", AsyncAPI, annotates, decodeDiscriminatorName},
		{"discriminator", OpenAPI30, annotates, decodeDiscriminator},
		{"externalDocs", AsyncAPI | OpenAPI30, annotates, object(func(s *Schema) **syntax.Node { return &s.ExternalDocs })},
		{"definitions", drafts, annotates, properties(func(s *Schema) *[]Property { return &s.Definitions })},
		{"$defs", drafts, annotates, properties(func(s *Schema) *[]Property { return &s.Definitions })},

		// References; until draft-07 "$ref" stands for the whole schema and is read before all rows.
		{"$ref", since2019, refers, decodeReference},
		{"$recursiveRef", Draft201909, refers, decodeReference},
		{"$recursiveAnchor", Draft201909, annotates, ignored},
		{"$dynamicRef", Draft202012, refers, decodeReference},
		{"$dynamicAnchor", Draft202012, annotates, text(nil)},

		// Any value.
		{"type", everywhere, restricts, decodeType},
		{"nullable", OpenAPI30, restricts, decodeNullable},
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
		{"maximum", everywhere, restricts, number(maximum)},
		{"exclusiveMaximum", Draft04 | OpenAPI30, restricts, exclusive(maximum, func(s *Schema) **Literal { return &s.ExclusiveMaximum })},
		{"exclusiveMaximum", since06, restricts, number(func(s *Schema) **Literal { return &s.ExclusiveMaximum })},
		{"minimum", everywhere, restricts, number(minimum)},
		{"exclusiveMinimum", Draft04 | OpenAPI30, restricts, exclusive(minimum, func(s *Schema) **Literal { return &s.ExclusiveMinimum })},
		{"exclusiveMinimum", since06, restricts, number(func(s *Schema) **Literal { return &s.ExclusiveMinimum })},

		// Strings.
		{"maxLength", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxLength })},
		{"minLength", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinLength })},
		{"pattern", everywhere, restricts, decodePattern},
		{"contentEncoding", since07, restricts, text(func(s *Schema) *string { return &s.ContentEncoding })},
		{"contentMediaType", since07, restricts, text(func(s *Schema) *string { return &s.ContentMediaType })},
		{"contentSchema", since2019, annotates, subschema(func(*Schema) **Schema { return new(*Schema) })},

		// Arrays.
		{"items", everywhere, restricts, decodeItems},
		{"prefixItems", Draft202012, restricts, schemas(func(s *Schema) *[]*Schema { return &s.TupleItems })},
		{"additionalItems", until07 | Draft201909, restricts, subschema(func(s *Schema) **Schema { return &s.AdditionalItems })},
		{"maxItems", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxItems })},
		{"minItems", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinItems })},
		{"uniqueItems", everywhere, restricts, flag(func(s *Schema) *bool { return &s.UniqueItems })},
		{"contains", since06, restricts, subschema(func(s *Schema) **Schema { return &s.Contains })},
		{"minContains", since2019, restricts, count(func(s *Schema) **Count { return &s.MinContains })},
		{"maxContains", since2019, restricts, count(func(s *Schema) **Count { return &s.MaxContains })},
		{"unevaluatedItems", since2019, restricts, subschema(func(s *Schema) **Schema { return &s.UnevaluatedItems })},

		// Objects.
		{"maxProperties", everywhere, restricts, count(func(s *Schema) **Count { return &s.MaxProperties })},
		{"minProperties", everywhere, restricts, count(func(s *Schema) **Count { return &s.MinProperties })},
		{"required", everywhere, restricts, decodeRequired},
		{"properties", everywhere, restricts, properties(func(s *Schema) *[]Property { return &s.Properties })},
		{"patternProperties", drafts, restricts, decodePatternProperties},
		{"additionalProperties", everywhere, restricts, subschema(func(s *Schema) **Schema { return &s.AdditionalProperties })},
		{"propertyNames", since06, restricts, subschema(func(s *Schema) **Schema { return &s.PropertyNames })},
		// No keyword since 2019-09, but obeyed: ignoring it would let anything pass.
		{"dependencies", drafts, restricts, decodeDependencies},
		{"dependentRequired", since2019, restricts, decodeDependentRequired},
		{"dependentSchemas", since2019, restricts, decodeDependentSchemas},
		{"unevaluatedProperties", since2019, restricts, subschema(func(s *Schema) **Schema { return &s.UnevaluatedProperties })},
	}
}

func maximum(s *Schema) **Literal { return &s.Maximum }

func minimum(s *Schema) **Literal { return &s.Minimum }

// keywordSet finds the rows of one dialect by name.
type keywordSet struct {
	rows   map[string]*keyword
	others map[string]*keyword // of other dialects, the oldest first, and those left out
	names  []string            // of the dialect, for "did you mean"
}

// keywordSets finds them by dialect and what a meta-schema chose of it.
type keywordSets map[dialectPart]*keywordSet

type dialectPart struct {
	dialect      Dialect
	vocabularies vocabularies
}

// keywordSet returns the rows that hold in a scope.
func (r *Reader) keywordSet(sc scope) *keywordSet {
	part := dialectPart{sc.dialect, sc.vocabularies}
	if set := r.keywords[part]; set != nil {
		return set
	}
	table := keywordTable()
	set := &keywordSet{rows: make(map[string]*keyword, len(table)), others: map[string]*keyword{}}
	for i := range table {
		row := &table[i]
		switch of := row.dialects&sc.dialect != 0; {
		case of && sc.vocabularies.have(row.name):
			set.rows[row.name] = row
			set.names = append(set.names, row.name)
		case of || set.others[row.name] == nil:
			set.others[row.name] = row
		}
	}
	r.keywords[part] = set
	return set
}
