package openapi

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// The largest documents that are held to the model as a whole. Its loader goes
// through what a reference leads to once for each reference.
const (
	maxText  = 8 << 20 // bytes of JSON, of all files together
	maxFiles = 100
	maxSteps = 1 << 26 // references times schemas
	maxScans = 1 << 30 // bytes times levels: each level is decoded anew
)

// judgeDocument holds an OpenAPI document as a whole to the model. What is wrong
// where findings are already is not said again; the rest, which nothing refers
// to, is one warning at the first such place.
func judgeDocument(r *resolve.Resolver, root resolve.Place, known faults) diag.List {
	l := loading{resolver: r, root: root}
	var places []fault
	for _, f := range l.faults() {
		if !known.within(f.stretch) {
			places = append(places, f)
		}
	}
	if len(places) == 0 {
		return nil
	}
	first := places[0]
	for _, f := range places {
		if f.at.Start < first.at.Start {
			first = f
		}
	}
	var found diag.List
	if len(places) == 1 {
		found.Warningf(first.at, codeDocument, "this is not valid in OpenAPI: %s", first.why)
	} else {
		found.Warningf(first.at, codeDocument, "this and %d more places are not valid in OpenAPI: %s", len(places)-1, first.why)
	}
	found[0].WithHelp("the schemas in use are not affected; a tool for OpenAPI tells more")
	return found
}

// fault is something wrong in a document: what a finding points at, and the
// stretch of text that the fault is somewhere within.
type fault struct {
	at, stretch source.Span
	why         string
}

// loading is one document on its way into the model.
type loading struct {
	resolver *resolve.Resolver
	root     resolve.Place
	size     int // of the texts given so far
	files    int
	// refused tells that the model asked for what it may not have: it cannot
	// know what is in there, and its complaints are not the document's fault.
	refused bool
}

// faults are those of the whole document, none when it cannot be judged.
func (l *loading) faults() []fault {
	text, ok := l.text(l.root)
	if !ok {
		return nil
	}
	var faults []fault
	err := contained(func() error {
		doc, err := l.load(text)
		if err != nil {
			if !l.refused && !newer(l.root.Node) {
				faults = append(faults, l.fault(err))
			}
			return nil
		}
		for _, one := range flat(doc.Validate(context.Background(), lenient...)) {
			faults = append(faults, l.fault(one))
		}
		return nil
	})
	if err != nil {
		return nil // the model failed, not the document
	}
	return faults
}

// newer tells whether a document is of OpenAPI 3.1 or later, whose references
// the model follows in part only: anchors and $id are beyond it.
func newer(root *syntax.Node) bool {
	return schema.OpenAPIDialect(root.Get("openapi").Text) != schema.OpenAPI30
}

func (l *loading) load(text []byte) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) { return l.read(at) }
	return loader.LoadFromDataWithPath(text, location(l.root.File.URI()))
}

// location is a file's URI as the model's loader takes it.
func location(uri string) *url.URL {
	if strings.Contains(uri, "://") {
		if u, err := url.Parse(uri); err == nil {
			return u
		}
	}
	return &url.URL{Path: filepath.ToSlash(uri)}
}

// read gives the model the text of another file, by the policy of the resolver.
func (l *loading) read(at *url.URL) ([]byte, error) {
	uri := at.Path
	if at.Scheme != "" {
		plain := *at
		plain.Fragment = ""
		uri = plain.String()
	}
	if l.files++; l.files > maxFiles {
		l.refused = true
		return nil, errTooMuch
	}
	root, err := l.resolver.Peek(filepath.FromSlash(uri))
	if err != nil {
		l.refused = l.refused || errors.Is(err, resolve.ErrNotAllowed)
		return nil, err
	}
	text, ok := l.text(root)
	if !ok {
		l.refused = true
		return nil, errTooMuch
	}
	return text, nil
}

var errTooMuch = errors.New("the document is too large to be checked as a whole")

// text is a file as JSON, so that the model reads what we read, unless all of it
// would be too much.
func (l *loading) text(root resolve.Place) ([]byte, bool) {
	var m measure
	m.add(root.Node, 1)
	if m.nodes > maxText/4 || m.refs*m.schemas > maxSteps {
		return nil, false
	}
	text, err := schema.AppendJSON(nil, withoutMappings(root.Node, ""))
	if err != nil || len(text)*m.depth > maxScans {
		return nil, false
	}
	l.size += len(text)
	return text, l.size <= maxText
}

// withoutMappings is a copy of a document without the mappings of discriminators,
// whose references the model looks for in the wrong file when they stand in
// another one.
func withoutMappings(n *syntax.Node, key string) *syntax.Node {
	if n.Kind < syntax.Sequence {
		return n
	}
	out := &syntax.Node{Kind: n.Kind, At: n.At}
	for _, m := range n.Members {
		if key != "discriminator" || m.Key.Text != "mapping" {
			out.Members = append(out.Members, syntax.Member{Key: m.Key, Value: withoutMappings(m.Value, m.Key.Text)})
		}
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, withoutMappings(item, ""))
	}
	return out
}

// measure tells how much work a document will be, aliases written out.
type measure struct{ nodes, depth, refs, schemas int }

func (m *measure) add(n *syntax.Node, depth int) {
	if m.nodes++; m.nodes > maxText/4 {
		return
	}
	m.depth = max(m.depth, depth)
	if n.Kind == syntax.Mapping {
		m.schemas++
	}
	for i := range n.Members {
		if n.Members[i].Key.Text == "$ref" {
			m.refs++
		}
		m.add(n.Members[i].Value, depth+1)
	}
	for _, item := range n.Items {
		m.add(item, depth+1)
	}
}

// flat are the errors in an error.
func flat(err error) []error {
	if many, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // the model returns the list itself
		return many
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// fault finds the place of an error: the model names the parts of a document
// that it went through.
func (l *loading) fault(err error) fault {
	at := l.root
	span := head(l.root.Node)
	stretch := l.root.Node.At
	for _, token := range way(err) {
		m := at.Node.Member(token)
		if m == nil {
			break
		}
		at, span = at.Child(token), m.Key.At
		stretch = span
		stretch.End = max(stretch.End, m.Value.At.End)
	}
	return fault{at: span, stretch: stretch, why: reason(core(err))}
}

// way are the keys that lead to what an error is about.
func way(err error) []string {
	var (
		keys      []string
		section   *openapi3.SectionValidationError
		component *openapi3.ComponentValidationError
		path      *openapi3.PathValidationError
		operation *openapi3.OperationValidationError
	)
	if errors.As(err, &section) {
		keys = append(keys, sections[section.Section])
	}
	if errors.As(err, &component) {
		keys = append(keys, componentMaps[component.Section], component.Name)
	}
	if errors.As(err, &path) {
		keys = append(keys, path.Path)
	}
	if errors.As(err, &operation) {
		keys = append(keys, strings.ToLower(operation.Method))
	}
	return keys
}

// sections are the keys of what the model calls sections.
var sections = map[string]string{
	"components": "components", "info": "info", "paths": "paths", "security": "security", "servers": "servers", "tags": "tags",
	"external docs": "externalDocs", "webhooks": "webhooks", "jsonSchemaDialect": "jsonSchemaDialect",
}

// componentMaps are the keys of what the model calls components.
var componentMaps = map[string]string{
	"schema": "schemas", "parameter": "parameters", "request body": "requestBodies", "response": "responses", "header": "headers",
	"security scheme": "securitySchemes", "example": "examples", "link": "links", "callback": "callbacks", "path item": "pathItems",
}

// core is what is wrong, without the way to it.
func core(err error) error {
	for {
		var inner error
		switch e := err.(type) { //nolint:errorlint // one layer after another
		case *openapi3.SectionValidationError:
			inner = e.Cause
		case *openapi3.ComponentValidationError:
			inner = e.Cause
		case *openapi3.PathValidationError:
			inner = e.Cause
		case *openapi3.OperationValidationError:
			inner = e.Cause
		default:
			return err
		}
		err = inner
	}
}
