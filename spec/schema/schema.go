// Package schema is the model of payload and header schemas, whatever format
// they are written in, and the reader that fills it.
//
// A Schema is a node of a graph: Ref and recursion make cycles, and the same
// text is always the same *Schema. Keywords are rows of a table that name the
// dialects they belong to.
//
// It imports source, diag, syntax and resolve.
//
//	r := schema.NewReader(resolver)
//	s := r.Read(place) // never nil
//	for _, p := range s.Deref().Properties {
//		fmt.Println(p.Name.Text, p.Schema.Deref().Types)
//	}
//	findings := r.Findings()
package schema

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Type is a JSON type as the keyword "type" names it.
type Type uint8

// The types, as bits so that a set of them is their sum.
const (
	TypeNull Type = 1 << iota
	TypeBoolean
	TypeInteger
	TypeNumber
	TypeString
	TypeArray
	TypeObject
)

// TypeOf is the type of a value. Every number is of TypeNumber.
func TypeOf(n *syntax.Node) Type {
	switch n.Kind {
	case syntax.Null:
		return TypeNull
	case syntax.Bool:
		return TypeBoolean
	case syntax.Number:
		return TypeNumber
	case syntax.Sequence:
		return TypeArray
	case syntax.Mapping:
		return TypeObject
	}
	return TypeString
}

// Types is a set of types; empty means any.
type Types uint8

// Has tells whether the set holds t.
func (s Types) Has(t Type) bool { return s&Types(t) != 0 }

// String names the set's members as the keyword "type" does, "integer or null".
func (s Types) String() string {
	var names []string
	for i, name := range typeNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// typeNames are in the order of the bits.
var typeNames = [...]string{"null", "boolean", "integer", "number", "string", "array", "object"}

// Only returns the single type of the set other than null, and whether there
// is exactly one.
func (s Types) Only() (Type, bool) {
	rest := s &^ Types(TypeNull)
	return Type(rest), rest != 0 && rest&(rest-1) == 0
}

// Schema is one JSON Schema of any dialect, boolean schemas included. Absent
// keywords are nil, and order is that of the document. Dialects that write the
// same rule in different ways fill the same fields: a boolean exclusiveMinimum
// (draft-04) is ExclusiveMinimum, prefixItems (2020-12) is TupleItems.
type Schema struct {
	source.Origin

	// Dialect is the one that the schema is written in; 0 for a schema that was
	// made and not read.
	Dialect Dialect
	// Resource is the schema resource that the schema belongs to, or nil.
	Resource *Resource
	// Name is the schema's key where it is a component or definition, else "".
	Name string
	// Bool is set for the schemas true and false, which have nothing else.
	Bool *bool
	// Ref is set when the text is nothing but a reference. Until draft-07 siblings
	// of $ref are ignored (draft-07 core §8.3) but for Title, Description and
	// Comment, which say nothing about values. Since 2019-09 all annotations are
	// kept beside it; beside keywords that restrict values, the reference is an
	// item of AllOf.
	Ref *Schema
	// Dynamic is set when Ref is where a $dynamicRef or $recursiveRef leads at
	// first: the name of the anchor that resources in the dynamic scope may give
	// another target (2020-12 core §8.2.3.2), RecursiveAnchor for $recursiveRef.
	Dynamic string
	// Broken is set where a reference leads nowhere or in a circle, or where
	// schemas nest too deep: a finding says why, and values cannot be judged.
	Broken bool
	// ID is the text of $id.
	ID string

	Title, Description, Comment string
	Format                      string
	Default                     *syntax.Node
	Examples                    []*syntax.Node
	Deprecated                  bool
	ReadOnly, WriteOnly         bool
	// Discriminator is the property whose value names the schema that the object
	// is of, and Mapping what the values name beside the names of schemas: OpenAPI
	// 3.0.3 "Discriminator Object". In AsyncAPI's dialect there is no mapping.
	Discriminator    string
	Mapping          []Mapping
	ExternalDocs     *syntax.Node
	XML              *syntax.Node // how the value looks in XML, for OpenAPI 3.0
	ContentEncoding  string
	ContentMediaType string

	Types Types
	Enum  []*syntax.Node // nil when absent
	Const *syntax.Node

	// Numbers are kept as their JSON literals: no precision is lost.
	MultipleOf, Maximum, ExclusiveMaximum, Minimum, ExclusiveMinimum *Literal

	MaxLength, MinLength *Count
	Pattern              *Pattern

	Items           *Schema   // one schema for all items
	TupleItems      []*Schema // prefixItems, or items as an array of schemas; nil when absent
	AdditionalItems *Schema   // for the items behind TupleItems, whatever the dialect's keyword
	MaxItems        *Count
	MinItems        *Count
	UniqueItems     bool
	Contains        *Schema
	// How many items Contains asks for; absent means at least one.
	MinContains, MaxContains *Count
	UnevaluatedItems         *Schema

	MaxProperties, MinProperties *Count
	Required                     []Name
	Properties                   []Property
	PatternProperties            []PatternProperty
	AdditionalProperties         *Schema
	PropertyNames                *Schema
	Dependencies                 []Dependency
	UnevaluatedProperties        *Schema

	If, Then, Else      *Schema
	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
	Definitions         []Property

	// Extensions are the x-… members and Unknown the rest that no row of the
	// keyword table knows.
	Extensions []syntax.Member
	Unknown    []syntax.Member

	// object is what the schema is written as, and only says which of its members
	// are keywords of the schema: all of them when it is nil.
	object *syntax.Node
	only   []string
	// formats tells that a meta-schema makes formats restrict values.
	formats bool
	// ref is the text of the reference.
	ref *syntax.Node
}

// RecursiveAnchor stands for "$recursiveAnchor" where anchors have names.
const RecursiveAnchor = "#"

// Resource is a schema resource (2019-09 core §4.3.5): a file, or a schema with
// "$id" and what is in it that has no "$id" of its own.
type Resource struct {
	// Dynamic are the schemas with "$dynamicAnchor" by name, and the one with
	// "$recursiveAnchor".
	Dynamic map[string]*Schema
}

// Deref follows Ref to the schema that says something. Direct reference cycles
// are cut by the reader, so it ends.
func (s *Schema) Deref() *Schema {
	for s != nil && s.Ref != nil {
		s = s.Ref
	}
	return s
}

// FormatsAsserted tells whether the keyword "format" restricts values: as the
// dialect has it, or the meta-schema that "$schema" names (2020-12 validation
// §7.2.2).
func (s *Schema) FormatsAsserted() bool { return s.formats || s.Dialect.FormatsAsserted() }

// KeyAt is the place of a keyword in the text, or of the schema where the
// keyword is absent.
func (s *Schema) KeyAt(keyword string) source.Span {
	if m := s.member(keyword); m != nil {
		return m.Key.At
	}
	return s.At
}

// Has tells whether the keyword stands in the text of the schema.
func (s *Schema) Has(keyword string) bool { return s.member(keyword) != nil }

// member is the keyword in the text, or nil.
func (s *Schema) member(keyword string) *syntax.Member {
	if s.object == nil || s.only != nil && !slices.Contains(s.only, keyword) {
		return nil
	}
	return s.object.Member(keyword)
}

// Property returns the named property's schema, or nil.
func (s *Schema) Property(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name.Text == name {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// IsRequired tells whether the keyword "required" names the property.
func (s *Schema) IsRequired(name string) bool {
	for _, r := range s.Required {
		if r.Text == name {
			return true
		}
	}
	return false
}

// Mapping is a value of a discriminator's property and the schema it names.
type Mapping struct {
	Value Name
	// Target is the text that names the schema: a reference or, where it is the
	// plain name of one of the alternatives, that name.
	Target Name
	// Schema is where the reference leads, nil for a plain name.
	Schema *Schema
}

// Name is a string of the document with its place.
type Name struct {
	Text string
	At   source.Span
}

// Literal is a number as the document writes it.
type Literal struct {
	Text string
	At   source.Span
}

// Count is a non-negative integer keyword.
type Count struct {
	N  uint64
	At source.Span
}

// Pattern is a regular expression as the document writes it (ECMA-262).
type Pattern struct {
	Text string
	At   source.Span
}

// Property is a named subschema.
type Property struct {
	Name   Name
	Schema *Schema
}

// PatternProperty is a subschema for all properties whose name matches.
type PatternProperty struct {
	Pattern Pattern
	Schema  *Schema
}

// Dependency is one member of "dependencies": either names or a schema. Since
// 2019-09 the former stand under "dependentRequired" and the latter under
// "dependentSchemas".
type Dependency struct {
	Name   Name
	Names  []Name
	Schema *Schema
}

// Payload is a payload or headers with the schema format it is written in.
type Payload struct {
	source.Origin
	// Format is the media type in schemaFormat; "" means the document's own
	// AsyncAPI schema object.
	Format string
	// Schema is nil when the format is not one of JSON Schema's dialects and no
	// Language says what it means for JSON values.
	Schema *Schema
	// Definition is the schema in the model of its own language, nil for the
	// dialects of JSON Schema.
	Definition Definition
	// Raw is the text of the schema in its own format.
	Raw *syntax.Node
	// Extensions are the x-… members beside schemaFormat and schema.
	Extensions []syntax.Member
}
