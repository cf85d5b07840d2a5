package openapi_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// inMemory loads the files of an archive.
type inMemory map[string][]byte

func (m inMemory) Load(_ context.Context, uri string) (*source.File, error) {
	if strings.Contains(uri, "://") {
		return nil, resolve.ErrNotAllowed
	}
	text, ok := m[path.Base(uri)]
	if !ok {
		return nil, errors.New("no such file")
	}
	return source.NewFileAt(path.Base(uri), uri, text), nil
}

// wrappers are documents that use the schema at REF in every way there is.
var wrappers = map[string]string{
	"payload in 2.x": `asyncapi: 2.6.0
info: {title: Shop, version: 1.0.0}
channels: {orders: {publish: {message: {payload: {$ref: 'REF'}}}}}
`,
	"named format in 2.x": `asyncapi: 2.6.0
info: {title: Shop, version: 1.0.0}
channels:
  orders: {publish: {message: {schemaFormat: application/vnd.oai.openapi;version=3.0.0, payload: {$ref: 'REF'}}}}
`,
	"payload in 3.x": `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {orders: {messages: {placed: {payload: {$ref: 'REF'}}}}}
`,
	"named format in 3.x": `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels:
  orders: {messages: {placed: {payload: {schemaFormat: application/vnd.oai.openapi;version=3.0.0, schema: {$ref: 'REF'}}}}}
`,
	"property": `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {orders: {messages: {placed: {payload: {properties: {order: {$ref: 'REF'}}}}}}}
`,
	"component": `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {}
components: {schemas: {Order: {$ref: 'REF'}}}
`,
	"twice": `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {orders: {messages: {placed: {payload: {$ref: '#/components/schemas/Order'}}}}}
components: {schemas: {Order: {$ref: 'REF'}}}
`,
}

// TestFaults holds the findings about an OpenAPI file with one fault to those
// that lie beside it, however the schema is used. What is found in the
// AsyncAPI document itself shows by its text alone.
func TestFaults(t *testing.T) {
	golden.Each(t, "testdata/faults", "*.txtar", func(t *testing.T, input string) {
		archive, err := txtar.ParseFile(input)
		if err != nil {
			t.Fatal(err)
		}
		comment, _, _ := strings.Cut(string(archive.Comment), "\n")
		ref, ok := strings.CutPrefix(comment, "ref: ")
		if !ok {
			t.Fatalf("%s names no reference", input)
		}
		for name, wrapper := range wrappers {
			t.Run(name, func(t *testing.T) {
				found := judged(t, archive, strings.Replace(wrapper, "REF", ref, 1))
				golden.Check(t, input+".findings", found)
			})
		}
	})
}

// judged are the findings about a document, those in the document itself
// without their places.
func judged(t *testing.T, archive *txtar.Archive, document string) []byte {
	files := inMemory{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	_, found := parse.LoadFile(t.Context(), files, source.NewFile("asyncapi.yaml", []byte(document)))
	for _, d := range found {
		if d.At.File != nil && d.At.File.Name() == "asyncapi.yaml" {
			d.At = source.Span{File: d.At.File}
		}
	}
	var plain diag.List
	plain.Add(found...)
	return text(plain.Sorted())
}
