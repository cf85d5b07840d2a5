package parse

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
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
		slices.Contains([]string{"record", "enum", "fixed", "map", "bytes", "int", "long", "float", "double"}, t.Text)
}

// payloadIdentity is what makes a payload the same payload.
type payloadIdentity struct {
	node   *syntax.Node
	format string
	part   string // of a file that is text, the name in it
}

// readPayload reads a schema in a format, the same one for the same text. A
// reference to a schema in a language that is not of JSON Schema's family is
// followed here: the schema reader keeps the text of such a schema as it is.
func (r *reader) readPayload(p resolve.Place, format string) *schema.Payload {
	kind, _ := schema.ParseFormat(format)
	id := payloadIdentity{p.Node, format, ""}
	if kind != schema.FormatJSONSchema && kind != schema.FormatOpenAPI && p.Ref() != nil {
		target, ok := r.followSchema(p, kind)
		if !ok {
			return nil
		}
		p = target
		id = payloadIdentity{p.Node, format, p.Pointer}
	}
	if r.payloads[id] == nil {
		r.payloads[id] = r.schemas.ReadPayload(p, format)
	}
	return r.payloads[id]
}

// followSchema goes where the reference at p leads, which stands in a schema of
// a format: to a place in YAML or JSON, or to a whole file of a language that is
// text. There the fragment is a name in that language, and the place has it as
// its Pointer.
func (r *reader) followSchema(p resolve.Place, kind schema.FormatKind) (resolve.Place, bool) {
	for range resolve.MaxChain {
		ref := p.Ref()
		if ref == nil {
			return p, p.Node != nil
		}
		if uri, fragment, _ := strings.Cut(ref.Text, "#"); uri != "" && r.isText(kind, fragment) {
			target, ok := r.refs.Text(p)
			target.Pointer, target.Key = fragment, ref.At
			if fragment != "" {
				target.Key = spec.Text{Value: ref.Text, At: ref.At}.Part(len(uri)+1, len(ref.Text)).At
			}
			return target, ok
		}
		next, ok := r.refs.Follow(p.File, ref)
		if !ok {
			return next, false
		}
		inner, format := schema.Unwrap(next)
		if found, _ := schema.ParseFormat(format); format != "" && found != kind {
			schema.OtherFormat(&r.found, ref, kind, format)
			return inner, false
		}
		p = inner
	}
	return r.refs.Deref(p) // which reports that it does not end
}

// isText tells whether a file that a schema refers to is neither YAML nor JSON:
// its language knows, and of a format without one we know nothing. A JSON Pointer
// leads into a file that is.
func (r *reader) isText(kind schema.FormatKind, fragment string) bool {
	language := r.schemas.Language(kind)
	return language == nil || language.Text() && !strings.HasPrefix(fragment, "/")
}

// checkFormat reports what is odd about a schemaFormat.
func (r *reader) checkFormat(format spec.Text) {
	if format.IsSet() {
		r.schemas.CheckFormat(format.Value, format.At)
	}
}

// isPointer tells whether a reference is one that JSON Schema's $id cannot give
// another meaning: a JSON Pointer, within a file that is near.
func isPointer(ref string) bool {
	uri, fragment, _ := strings.Cut(ref, "#")
	return !strings.Contains(uri, ":") && (fragment == "" || fragment[0] == '/')
}
