package openapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// judge holds an OpenAPI document to the model, but for the schemas in use,
// which have been judged one by one. All that is wrong with the rest is one
// warning, at the first such place.
func (l *loading) judge(known faults) diag.List {
	var rest []fault
	for _, f := range l.faults() {
		if !known.within(f.stretch) {
			rest = append(rest, f)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	first := slices.MinFunc(rest, func(a, b fault) int { return cmp.Compare(a.at.Start, b.at.Start) })
	var found diag.List
	var d *diag.Diagnostic
	switch more := len(rest) - 1; more {
	case 0:
		d = found.Warningf(first.at, codeDocument, "this is not valid in OpenAPI: %s", first.why)
	case 1:
		d = found.Warningf(first.at, codeDocument, "this and one more place are not valid in OpenAPI: %s", first.why)
	default:
		d = found.Warningf(first.at, codeDocument, "this and %d more places are not valid in OpenAPI: %s", more, first.why)
	}
	d.WithHelp("the schemas in use are not affected; a checker of OpenAPI documents tells more")
	return found
}

// loading is one document on its way into the model.
type loading struct {
	resolver *resolve.Resolver
	root     resolve.Place
	rest     rest
	cost     budget
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
	root, err := l.resolver.Peek(l.root.File, filepath.FromSlash(uri))
	if err != nil {
		l.refused = l.refused || errors.Is(err, resolve.ErrNotAllowed)
		return nil, fmt.Errorf("cannot read %q: %w", path.Base(at.Path), err)
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
	if !l.cost.affords(root) {
		return nil, false
	}
	text, err := schema.AppendJSON(nil, l.rest.of(root.Node, ""))
	if err != nil {
		return nil, false
	}
	l.size += len(text)
	return text, l.size <= maxText
}
