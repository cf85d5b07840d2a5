package check

import "strings"

// A Schema is rules that a value keeps all of. A schema without rules takes
// every value; nil stands for a schema that is absent where one may be.
type Schema []Rule

// A Rule is one of this package's types. Unless it says otherwise it restricts
// values of one kind alone and takes all others. A schema has at most one rule
// of a type.
type Rule interface{ rule() }

// Named is a schema that others refer to by its name.
type Named struct {
	Name   string
	Schema Schema
}

// Set is schemas that may refer to one another. No two have the same name.
type Set []Named

// Ref has another schema of the set judge the value (2020-12 core §8.2.3.1). It
// may stand beside other rules.
type Ref string

// Title is what messages call the schema where it is an alternative of AnyOf or
// OneOf. It restricts nothing (2020-12 validation §9.1).
type Title string

// Never takes no value: the schema false (2020-12 core §4.3.2).
type Never struct{}

// Types is a set of the kinds that a value may be of (2020-12 validation §6.1.1).
// The empty set stands for all. An integer is a number without a fraction, however
// it is written: 1.0 and 1e2 are two.
type Types uint8

// The types, as bits so that a set of them is their sum.
const (
	Null Types = 1 << iota
	Boolean
	Integer
	Number // integers too
	String
	Array
	Object
)

// typeNames are in the order of the bits.
var typeNames = [...]string{"null", "boolean", "integer", "number", "string", "array", "object"}

// String names the set's members as the keyword "type" does, "integer or null".
func (t Types) String() string {
	var names []string
	for i, name := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// Rules for values of every kind (2020-12 validation §6.1). Values are JSON texts,
// and are compared as JSON Schema does: numbers by value, objects whatever their
// order.
type (
	// Enum is all values there may be (§6.1.2).
	Enum []string
	// Const is the only value there may be (§6.1.3).
	Const string
)

// Rules for numbers (2020-12 validation §6.2). Limits are JSON numbers and are
// kept exactly.
type (
	// Minimum is the least number (§6.2.4).
	Minimum string
	// ExclusiveMinimum is what numbers are greater than (§6.2.5).
	ExclusiveMinimum string
	// Maximum is the greatest number (§6.2.2).
	Maximum string
	// ExclusiveMaximum is what numbers are less than (§6.2.3).
	ExclusiveMaximum string
	// MultipleOf is what numbers are whole multiples of; it is positive (§6.2.1).
	MultipleOf string
)

// Rules for strings (2020-12 validation §6.3, §7 and §8).
type (
	// MinLength is the least number of code points (§6.3.2).
	MinLength int64
	// MaxLength is the greatest number of code points (§6.3.1).
	MaxLength int64
	// Pattern is a regular expression of ECMA-262 that matches somewhere in the
	// string (§6.3.3).
	Pattern string
	// Format is a name of the table of formats for strings, or of that for numbers
	// (§7.3 and the OpenAPI format registry).
	Format string
	// Fits is a format that is all that a Go type holds. It is no rule of the schema:
	// alternatives are told apart as if it were not there, and a value is refused by it
	// in the end.
	Fits string
	// FitsIn are limits of Go types on what a value is made of, where they are not those
	// of the schemas that judge its parts: Fits among rules that say where. It is looked
	// at where nothing else is wrong, and evaluates nothing.
	FitsIn Schema
	// ContentEncoding is how the string holds bytes: "base64" is checked, others
	// are not (§8.3).
	ContentEncoding string
	// ContentMediaType is what the string holds, as it stands or in base64:
	// "application/json" is checked, others are not (§8.4).
	ContentMediaType string
)

// Rules for arrays (2020-12 core §10.3.1, validation §6.4).
type (
	// Tuple is a schema for each of the first items: prefixItems (core §10.3.1.1).
	Tuple []Schema
	// Items judges all items, or those behind the Tuple (core §10.3.1.2).
	Items Schema
	// AdditionalItems is Items behind a Tuple, as dialects before 2020-12 call it
	// (2019-09 core §9.3.1.2). Without a Tuple it restricts nothing.
	AdditionalItems Schema
	// Contains is what at least one item is (core §10.3.1.3).
	Contains Schema
	// ContainsUnmarked is Contains for dialects before 2020-12, in which the items
	// found do not count as evaluated.
	ContainsUnmarked Schema
	// MinContains is how many items Contains asks for, in place of one (validation
	// §6.4.5).
	MinContains int64
	// MaxContains is how many items may be what Contains asks for (validation
	// §6.4.4).
	MaxContains int64
	// MinItems is the least number of items (validation §6.4.2).
	MinItems int64
	// MaxItems is the greatest number of items (validation §6.4.1).
	MaxItems int64
	// UniqueItems allows no two equal items (validation §6.4.3).
	UniqueItems struct{}
	// UnevaluatedItems judges the items that no other rule of the schema, nor of
	// those that judge the same value, says anything about (core §11.2).
	UnevaluatedItems Schema
)

// Rules for objects (2020-12 core §10.3.2, validation §6.5).
type (
	// Required are properties that must be present (validation §6.5.3).
	Required []string
	// Properties judge the properties by name, each of which stands there once
	// (core §10.3.2.1). Texts that have them in this order are judged fastest.
	Properties []Property
	// PatternProperties judge the properties whose names match (core §10.3.2.2).
	PatternProperties []PatternProperty
	// AdditionalProperties judges the properties that neither of the two names
	// (core §10.3.2.3).
	AdditionalProperties Schema
	// PropertyNames judges the names themselves, as strings (core §10.3.2.4).
	PropertyNames Schema
	// MinProperties is the least number of properties (validation §6.5.2).
	MinProperties int64
	// MaxProperties is the greatest number of properties (validation §6.5.1).
	MaxProperties int64
	// DependentRequired says which properties others need (validation §6.5.4).
	DependentRequired []Dependency
	// DependentSchemas judge objects that have a property (core §10.2.2.4).
	DependentSchemas []Dependency
	// Dependencies are both, as dialects before 2019-09 call them (draft-07
	// validation §6.5.7).
	Dependencies []Dependency
	// UnevaluatedProperties judges the properties that no other rule of the schema,
	// nor of those that judge the same value, says anything about (core §11.3).
	UnevaluatedProperties Schema
)

// Property is a property of an object and the schema of its value.
type Property struct {
	Name   string
	Schema Schema
}

// PatternProperty is the properties whose names match a regular expression of
// ECMA-262, and the schema of their values.
type PatternProperty struct {
	Pattern string
	Schema  Schema
}

// Dependency is what an object keeps that has the property Name: it has those in
// Names as well and keeps Schema, which may be nil.
type Dependency struct {
	Name   string
	Names  []string
	Schema Schema
}

// Rules that combine others on the same value (2020-12 core §10.2).
type (
	// AllOf are schemas that all hold (§10.2.1.1).
	AllOf []Schema
	// AnyOf are schemas of which at least one holds (§10.2.1.2).
	AnyOf []Schema
	// OneOf are schemas of which exactly one holds (§10.2.1.3).
	OneOf []Schema
	// Not is a schema that does not hold (§10.2.1.4).
	Not Schema
	// If has Then judge values that keep the first schema, and Else the others;
	// nil for either takes every value (§10.2.2).
	If struct{ If, Then, Else Schema }
	// Discriminator has one property of an object name the alternative of OneOf, or
	// else of AnyOf, that judges it. Objects that name none are invalid; other
	// values are judged as without it (OpenAPI 3.0.3 "Discriminator Object").
	Discriminator struct {
		Property string
		Names    []Alternative
	}
)

// Alternative is a value of a discriminator's property, and the branch of OneOf
// or AnyOf that it names, counted from 0.
type Alternative struct {
	Value  string
	Branch int
}

func (Ref) rule()                   {}
func (Title) rule()                 {}
func (Never) rule()                 {}
func (Types) rule()                 {}
func (Enum) rule()                  {}
func (Const) rule()                 {}
func (Minimum) rule()               {}
func (ExclusiveMinimum) rule()      {}
func (Maximum) rule()               {}
func (ExclusiveMaximum) rule()      {}
func (MultipleOf) rule()            {}
func (MinLength) rule()             {}
func (MaxLength) rule()             {}
func (Pattern) rule()               {}
func (Format) rule()                {}
func (Fits) rule()                  {}
func (FitsIn) rule()                {}
func (ContentEncoding) rule()       {}
func (ContentMediaType) rule()      {}
func (Tuple) rule()                 {}
func (Items) rule()                 {}
func (AdditionalItems) rule()       {}
func (Contains) rule()              {}
func (ContainsUnmarked) rule()      {}
func (MinContains) rule()           {}
func (MaxContains) rule()           {}
func (MinItems) rule()              {}
func (MaxItems) rule()              {}
func (UniqueItems) rule()           {}
func (UnevaluatedItems) rule()      {}
func (Required) rule()              {}
func (Properties) rule()            {}
func (PatternProperties) rule()     {}
func (AdditionalProperties) rule()  {}
func (PropertyNames) rule()         {}
func (MinProperties) rule()         {}
func (MaxProperties) rule()         {}
func (DependentRequired) rule()     {}
func (DependentSchemas) rule()      {}
func (Dependencies) rule()          {}
func (UnevaluatedProperties) rule() {}
func (AllOf) rule()                 {}
func (AnyOf) rule()                 {}
func (OneOf) rule()                 {}
func (Not) rule()                   {}
func (If) rule()                    {}
func (Discriminator) rule()         {}
