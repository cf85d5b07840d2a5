package schema

import (
	"mime"
	"strings"
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
