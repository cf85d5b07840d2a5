package parse

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// schema is a member that is a schema in AsyncAPI's own format.
func (f *fields) schema(key string) *schema.Schema {
	if p := f.place(key); p.Node != nil {
		return f.r.schemas.Read(p)
	}
	return nil
}

// isAvro tells whether a schema is written in Avro, as the key of a Kafka
// message may be: its types are not JSON's.
func isAvro(n *syntax.Node) bool {
	t := n.Get("type")
	return t != nil && t.Kind == syntax.String &&
		slices.Contains([]string{"record", "fixed", "map", "bytes", "int", "long", "float", "double"}, t.Text)
}

// payloadIdentity is what makes a payload the same payload.
type payloadIdentity struct {
	node   *syntax.Node
	format string
}

// readPayload reads a schema in a format, the same one for the same text. A
// reference to a schema in a language that is not of JSON Schema's family is
// followed here: the schema reader keeps the text of such a schema as it is.
func (r *reader) readPayload(p resolve.Place, format string) *schema.Payload {
	kind, _ := schema.ParseFormat(format)
	if kind != schema.FormatJSONSchema && kind != schema.FormatOpenAPI && p.Ref() != nil {
		follow := r.refs.Deref
		if isText(kind, r.schemas.Language(kind)) && !strings.Contains(p.Ref().Text, "#") {
			follow = r.refs.Text
		}
		target, ok := follow(p)
		if !ok {
			return nil
		}
		p = target
	}
	id := payloadIdentity{p.Node, format}
	if r.payloads[id] == nil {
		r.payloads[id] = r.schemas.ReadPayload(p, format)
	}
	return r.payloads[id]
}

// isText tells whether files of a format are neither YAML nor JSON: its language
// knows, and of a format without one we know nothing.
func isText(kind schema.FormatKind, language schema.Language) bool {
	if language == nil {
		return kind != schema.FormatAvro && kind != schema.FormatOpenAPI
	}
	return language.Text()
}

// isPointer tells whether a reference is one that JSON Schema's $id cannot give
// another meaning: a JSON Pointer, within a file that is near.
func isPointer(ref string) bool {
	uri, fragment, _ := strings.Cut(ref, "#")
	return !strings.Contains(uri, ":") && (fragment == "" || fragment[0] == '/')
}
