// Package avro reads Avro schemas, versions 1.8 to 1.12, as they stand in
// AsyncAPI documents: as an object, as a string that holds the schema's JSON, or
// in a file of their own. Each fault is one finding at its exact place.
//
// It imports source, diag, syntax, resolve and schema.
//
//	reader := schema.NewReader(resolver, avro.Language{})
//	payload := reader.ReadPayload(place, "application/vnd.apache.avro;version=1.9.0")
//	if s, ok := payload.Definition.(*avro.Schema); ok {
//		fmt.Println(s.FullName(), len(s.Fields))
//	}
package avro

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Type is what a schema describes. Avro 1.12 "Schema Declaration".
type Type uint8

// The types of Avro. Unknown is that of a schema that could not be read, which
// a finding explains.
const (
	Unknown Type = iota
	Null
	Boolean
	Int
	Long
	Float
	Double
	Bytes
	String
	Record
	Enum
	Array
	Map
	Union
	Fixed
)

var typeNames = [...]string{
	Null: "null", Boolean: "boolean", Int: "int", Long: "long", Float: "float", Double: "double", Bytes: "bytes",
	String: "string", Record: "record", Enum: "enum", Array: "array", Map: "map", Union: "union", Fixed: "fixed",
}

// String is the type's name as schemas write it.
func (t Type) String() string {
	if int(t) < len(typeNames) && t != Unknown {
		return typeNames[t]
	}
	return "unknown"
}

// named tells whether schemas of the type have a name.
func (t Type) named() bool { return t == Record || t == Enum || t == Fixed }

// Schema is one Avro schema. A type that is referred to by its name is the very
// *Schema of its definition, so recursion is a cycle of pointers.
type Schema struct {
	source.Origin
	Type Type

	// Name, Namespace and Aliases are those of records, enums and fixed types.
	// Aliases are full names.
	Name, Namespace string
	Aliases         []string
	Doc             string
	// Error tells a record that is declared with the type "error".
	Error bool

	Fields   []*Field  // of a Record
	Symbols  []string  // of an Enum
	Default  *string   // of an Enum: what readers take an unknown symbol for
	Items    *Schema   // of an Array
	Values   *Schema   // of a Map
	Branches []*Schema // of a Union
	Size     int64     // of a Fixed, in bytes

	// Logical is nil where there is no logical type, or one that must be ignored:
	// unknown, too new for the version, or invalid.
	Logical *Logical
	// Properties are the attributes that Avro says nothing about.
	Properties []syntax.Member
}

// Field is a field of a record.
type Field struct {
	source.Origin
	Name    string
	Aliases []string
	Doc     string
	Type    *Schema
	// Default is the text of the default value, nil when there is none.
	Default *syntax.Node
	// Order is "ascending", "descending" or "ignore".
	Order      string
	Properties []syntax.Member
}

// Logical is a logical type that counts. Avro 1.12 "Logical Types".
type Logical struct {
	Name string
	// Precision and Scale are those of a decimal, in digits.
	Precision, Scale int64
}

// Kind makes a Schema a schema.Definition.
func (s *Schema) Kind() schema.FormatKind { return schema.FormatAvro }

// FullName is the name with its namespace, "" for types without a name.
func (s *Schema) FullName() string { return fullName(s.Namespace, s.Name) }

func fullName(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "." + name
}

// Field returns the named field, or nil.
func (s *Schema) Field(name string) *Field {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Language reads Avro. It keeps no state.
type Language struct{}

// Kind is schema.FormatAvro.
func (Language) Kind() schema.FormatKind { return schema.FormatAvro }

// Text tells that files of Avro schemas are JSON.
func (Language) Text() bool { return false }

// Read reads the schema at p and fills out.Definition with a *Schema.
func (Language) Read(r *schema.Reader, p resolve.Place, version string, out *schema.Payload) diag.List {
	x := &reader{
		refs:    r.Resolver(),
		release: releaseOf(version),
		names:   map[string]*Schema{},
		defined: map[*Schema]source.Span{},
		unsound: map[*Schema]bool{},
		known:   map[visit]*Schema{},
		busy:    map[visit]bool{},
		fits:    map[trial]*misfit{},
	}
	out.Definition = x.document(p)
	return x.found
}
