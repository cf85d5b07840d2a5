package schema

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of findings about documents of other standards.
const (
	codeVersion diag.Code = "schema-nonstandard-format"
	codeTarget  diag.Code = "ref-wrong-target"
)

// host is a document of another standard that holds schemas among other
// things, and says itself how they are to be read.
type host struct {
	name    string // "OpenAPI 3.1"
	dialect Dialect
	openAPI bool // an OpenAPI 3 document, whose places are known
}

// hostOf tells what document a root is of, if it is one that holds schemas and
// names their dialect.
func hostOf(root *syntax.Node) (host, bool) {
	if root == nil || root.Kind != syntax.Mapping || root.Get("asyncapi") != nil {
		return host{}, false
	}
	if v := root.Get("openapi"); v != nil && v.Kind <= syntax.String {
		major, rest, _ := strings.Cut(v.Text, ".")
		minor, _, _ := strings.Cut(rest, ".")
		return host{name: "OpenAPI " + major + "." + minor, dialect: OpenAPIDialect(v.Text), openAPI: true}, true
	}
	if v := root.Get("swagger"); v != nil && v.Kind <= syntax.String {
		return host{name: "Swagger " + v.Text, dialect: Draft04}, true
	}
	return host{}, false
}

// OpenAPIDialect is the dialect of the schemas in a version of OpenAPI: 3.0 has
// one of its own and is meant where no version is named, Swagger 2.0 has most of
// draft-04, and since 3.1 it is 2020-12.
func OpenAPIDialect(version string) Dialect {
	switch {
	case version == "", version == "3", version == "3.0", strings.HasPrefix(version, "3.0."):
		return OpenAPI30
	case version == "2", strings.HasPrefix(version, "2."):
		return Draft04
	}
	return Draft202012
}

// Hosted tells whether p lies in a document of another standard, such as
// OpenAPI, which says how its schemas are to be read, and names the standard.
func (r *Reader) Hosted(p resolve.Place) (standard string, ok bool) {
	if p.File == nil {
		return "", false
	}
	h, ok := hostOf(r.fileOf(p.File, p.Span()).Node)
	return h.name, ok
}

// holdsSchemas tells whether a root is that of a document with schemas among
// other things, and not a schema.
func holdsSchemas(root *syntax.Node) bool {
	_, hosted := hostOf(root)
	return hosted || root.Get("asyncapi") != nil
}

// WhyNoSchema tells what stands at a place of an OpenAPI document where no
// schema can stand, such as "a parameter"; "" where one can.
func (r *Reader) WhyNoSchema(p resolve.Place) string {
	if p.File == nil {
		return ""
	}
	if h, ok := hostOf(r.fileOf(p.File, p.Span()).Node); !ok || !h.openAPI {
		return ""
	}
	return strangerAt(p.Pointer)
}

// arrive is called where a reference leads. It reports false, with a finding,
// where no schema can stand, and names once for each file what is read beside
// the standard.
func (r *Reader) arrive(ref reference, p resolve.Place) bool {
	if _, format := Unwrap(p); format != "" {
		if kind, _ := ParseFormat(format); kind != FormatJSONSchema && kind != FormatOpenAPI {
			OtherFormat(&r.found, ref.node, FormatJSONSchema, format)
			return false
		}
	}
	h, ok := hostOf(r.fileOf(p.File, p.Span()).Node)
	if !ok {
		return true
	}
	if what := strangerAt(p.Pointer); h.openAPI && what != "" {
		found := r.found.Errorf(ref.node, codeTarget, "reference %q leads to %s of an OpenAPI document, and not to a schema", resolve.Shown(ref.node.Text), what)
		if p.Child("schema").Node != nil {
			found.WithHelp("reference its schema: %s/schema", resolve.Shown(ref.node.Text))
		} else {
			found.WithHelp("schemas stand under #/components/schemas")
		}
		return false
	}
	if h.dialect != OpenAPI30 && !r.refs.hosts[p.File] {
		r.refs.hosts[p.File] = true
		r.nonstandard(ref.node, fmt.Sprintf("%s is a document of %s, whose schemas are", p.File.Name(), h.name), h.dialect)
	}
	return true
}

// nonstandard remarks that schemas are read though AsyncAPI does not name their
// format.
func (r *Reader) nonstandard(at source.Spanner, what string, d Dialect) {
	r.found.Infof(at, codeVersion, "%s read as JSON Schema %s", what, strings.TrimPrefix(d.String(), "draft ")).
		WithHelp("AsyncAPI names OpenAPI 3.0 alone: other tools may refuse it")
}

// unwrapped is the schema within a schema object that names its format
// (AsyncAPI 3.0 "Multi Format Schema Object"), with the dialect to read it in
// where the reference that leads there would have it read in d.
func (r *Reader) unwrapped(p resolve.Place, d Dialect) (resolve.Place, Dialect) {
	format, inner := textOf(p.Node, "schemaFormat"), p.Child("schema")
	if format == "" || inner.Node == nil {
		return p, d
	}
	switch kind, version := ParseFormat(format); kind {
	case FormatJSONSchema:
		return inner, formatDialect(format)
	case FormatOpenAPI:
		return inner, OpenAPIDialect(version)
	}
	return p, d
}

// openAPIPlaces is the grammar of OpenAPI documents as far as it tells where
// schemas stand: what is under which member of what. The member * is any other.
var openAPIPlaces = map[string]map[string]string{
	"the whole": {"components": "the components", "paths": "the paths", "webhooks": "the paths", "info": "the info object", "servers": "the servers", "tags": "the tags"},
	"the components": {
		"schemas": "the schemas", "parameters": "the parameters", "headers": "the headers", "responses": "the responses",
		"requestBodies": "the request bodies", "examples": "the examples", "links": "the links", "callbacks": "the callbacks",
		"securitySchemes": "the security schemes", "pathItems": "the paths",
	},
	"the schemas":          {"*": "a schema"},
	"the parameters":       {"*": "a parameter"},
	"the headers":          {"*": "a header"},
	"the responses":        {"*": "a response"},
	"the request bodies":   {"*": "a request body"},
	"the examples":         {"*": "an example"},
	"the links":            {"*": "a link"},
	"the callbacks":        {"*": "a callback"},
	"the security schemes": {"*": "a security scheme"},
	"the paths":            {"*": "a path item"},
	"the media types":      {"*": "a media type"},
	"the encodings":        {"*": "an encoding"},

	"a path item":    {"parameters": "the parameters", "summary": "a text", "description": "a text", "servers": "the servers", "*": "an operation"},
	"a callback":     {"*": "a path item"},
	"an operation":   {"parameters": "the parameters", "requestBody": "a request body", "responses": "the responses", "callbacks": "the callbacks"},
	"a parameter":    {"schema": "a schema", "content": "the media types", "examples": "the examples"},
	"a header":       {"schema": "a schema", "content": "the media types", "examples": "the examples"},
	"a response":     {"headers": "the headers", "content": "the media types", "links": "the links"},
	"a request body": {"content": "the media types"},
	"a media type":   {"schema": "a schema", "examples": "the examples", "encoding": "the encodings"},
	"an encoding":    {"headers": "the headers"},

	"a schema": {
		"properties": "the schemas", "patternProperties": "the schemas", "$defs": "the schemas", "dependentSchemas": "the schemas",
		"allOf": "the schemas", "anyOf": "the schemas", "oneOf": "the schemas", "prefixItems": "the schemas",
		"items": "a schema", "not": "a schema", "additionalProperties": "a schema",
	},
}

// strangerAt names what stands at a pointer of an OpenAPI document where no
// schema can; "" where one can, or nobody knows.
func strangerAt(pointer string) string {
	at := "the whole"
	for _, token := range resolve.Tokens(pointer) {
		next, ok := openAPIPlaces[at][token]
		if !ok {
			next = openAPIPlaces[at]["*"]
		}
		if strings.HasPrefix(token, "x-") && at != "the schemas" || next == "" {
			return "" // an extension, or nothing that OpenAPI knows
		}
		at = next
	}
	if at == "a schema" {
		return ""
	}
	return at
}
