// Package openapi reads the schemas of OpenAPI 3.0, in payloads that name that
// format and in OpenAPI documents that references lead into.
//
// Package schema reads the keywords, so that values can be judged, generated
// and compared as with any schema; the model of kin-openapi says what else an
// OpenAPI schema or document must be. Every schema object that is used is held
// to that model on its own, so that each fault is found, at the very field that
// is wrong. Of faults elsewhere in an OpenAPI document, which harm nobody here,
// one warning speaks.
//
// It imports source, diag, syntax, resolve and schema, and is the only importer
// of kin-openapi.
//
//	r := schema.NewReader(resolver, openapi.Language{})
//	payload := r.ReadPayload(place, "application/vnd.oai.openapi;version=3.0.0")
//	findings := r.Findings()
package openapi

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of the findings.
const (
	codeField     diag.Code = "openapi-unknown-field"
	codeSchema    diag.Code = "openapi-invalid-schema"
	codeMapping   diag.Code = "openapi-idle-mapping"
	codeUnchecked diag.Code = "openapi-unchecked"
	codeDocument  diag.Code = "openapi-document"
)

// Language is the one for schema.FormatOpenAPI. It is a schema.Judge, has no
// state and is safe for concurrent use.
type Language struct{}

// Kind is schema.FormatOpenAPI.
func (Language) Kind() schema.FormatKind { return schema.FormatOpenAPI }

// Text is false: OpenAPI is written in YAML or JSON.
func (Language) Text() bool { return false }

// Read reads the schema at p in the dialect of the version.
func (Language) Read(r *schema.Reader, p resolve.Place, version string, out *schema.Payload) diag.List {
	out.Schema = r.ReadAs(p, schema.OpenAPIDialect(version))
	return nil
}

// Judge holds every object to the model, and every OpenAPI document that they
// stand in.
func (Language) Judge(r *resolve.Resolver, objects []schema.Object, found diag.List) diag.List {
	known := newFaults(found)
	var out diag.List
	for _, o := range objects {
		if o.Schema.Dialect == schema.OpenAPI30 && o.Place.Ref() == nil {
			out.Add(judgeObject(o, known)...)
		}
	}
	known.add(out)
	used := map[*syntax.Node]*schema.Schema{}
	for _, o := range objects {
		used[o.Place.Node] = o.Schema
	}
	for _, root := range documents(r, objects) {
		l := loading{resolver: r, root: root, rest: rest(used)}
		out.Add(l.judge(known)...)
	}
	return out
}

// documents are the roots of the OpenAPI documents that the objects stand in.
func documents(r *resolve.Resolver, objects []schema.Object) []resolve.Place {
	var roots []resolve.Place
	seen := map[string]bool{}
	for _, o := range objects {
		root := r.Root(o.Place)
		if root.Node == nil || seen[root.File.URI()] {
			continue
		}
		seen[root.File.URI()] = true
		if v := root.Node.Get("openapi"); v != nil && strings.HasPrefix(v.Text, "3.") {
			roots = append(roots, root)
		}
	}
	return roots
}
