package schema

import (
	"mime"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// FormatKind tells how a schema is to be read.
type FormatKind uint8

// The families of schema formats.
const (
	FormatUnknown    FormatKind = iota
	FormatJSONSchema            // JSON Schema and AsyncAPI's superset of it
	FormatOpenAPI               // OpenAPI 3.0 schema object
	FormatAvro
	FormatProtobuf
	FormatRAML
)

// String is the family's name as shown to users.
func (k FormatKind) String() string {
	switch k {
	case FormatJSONSchema:
		return "JSON Schema"
	case FormatOpenAPI:
		return "OpenAPI"
	case FormatAvro:
		return "Avro"
	case FormatProtobuf:
		return "Protobuf"
	case FormatRAML:
		return "RAML"
	}
	return "unknown"
}

// ParseFormat tells the family of the media type in schemaFormat and the
// version it names, "" where it names none. No media type at all means the
// AsyncAPI schema object.
func ParseFormat(mediaType string) (kind FormatKind, version string) {
	if mediaType == "" {
		return FormatJSONSchema, ""
	}
	name, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return FormatUnknown, ""
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "+json"), "+yaml")
	switch name {
	case "application/vnd.aai.asyncapi", "application/schema":
		kind = FormatJSONSchema
	case "application/vnd.oai.openapi":
		kind = FormatOpenAPI
	case "application/vnd.apache.avro":
		kind = FormatAvro
	case "application/vnd.google.protobuf":
		kind = FormatProtobuf
	case "application/raml":
		kind = FormatRAML
	}
	return kind, params["version"]
}

// Unwrap returns the schema within a multi-format schema object with the format
// that the object names (AsyncAPI 3.1 "Multi Format Schema Object"). A place that
// holds none is returned as it is, with "".
func Unwrap(p resolve.Place) (inner resolve.Place, format string) {
	m := p.Node.Get("schemaFormat")
	if m == nil || m.Kind != syntax.String || p.Node.Get("schema") == nil {
		return p, ""
	}
	return p.Child("schema"), m.Text
}

// OtherFormat reports a reference to a schema in another format: what refers and
// what is referred to must be written in the same one (AsyncAPI 3.1
// "Multi Format Schema Object").
func OtherFormat(found *diag.List, at source.Spanner, want FormatKind, format string) {
	found.Errorf(at, "schema-other-format", "the reference leads to a schema in the format %q, but stands in one in %s", format, want).
		WithHelp("refer to a schema in %s, or name the format of what is referred to", want)
}
