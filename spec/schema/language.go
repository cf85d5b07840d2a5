package schema

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
)

// Language reads the schemas of one family of formats other than JSON Schema.
// One is plugged in by a row in package parse; nothing else asks which there
// are. Implementations keep no state between calls and are safe for concurrent
// use.
type Language interface {
	// Kind is the family of formats that it reads.
	Kind() FormatKind
	// Text tells whether a file of this format is text of its own kind, such as
	// .proto, and not YAML or JSON. A reference to such a file yields one string
	// that is the whole file.
	Text() bool
	// Read reads the schema at p, references followed, and fills out.Schema,
	// out.Definition or both; version is the one that schemaFormat names, or "".
	// What is wrong becomes findings that point at the text itself, inside an
	// inlined string too.
	Read(r *Reader, p resolve.Place, version string, out *Payload) diag.List
}

// Definition is a schema in the model of its own language, such as *avro.Schema.
type Definition interface {
	// Kind is the family of formats that the definition is written in.
	Kind() FormatKind
}

// Judge is a Language that has more to say about schemas than their keywords
// tell one by one, wherever references have led to them.
type Judge interface {
	Language
	// Judge returns what is wrong with the objects, and with the documents they
	// stand in, beyond the given findings. Objects are all that have been read in
	// dialect OpenAPI30, and those of OpenAPI documents.
	Judge(r *resolve.Resolver, objects []Object, found diag.List) diag.List
}

// Object is a schema object, or a reference in its place, as it stands in the
// text and as it was read.
type Object struct {
	Place  resolve.Place
	Schema *Schema
}
