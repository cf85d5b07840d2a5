package openapi_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestValues holds the verdicts about values by the schema Root of an OpenAPI
// document to those that lie beside it.
func TestValues(t *testing.T) {
	golden.Each(t, "testdata/values", "*.txtar", func(t *testing.T, input string) {
		archive, err := txtar.ParseFile(input)
		if err != nil {
			t.Fatal(err)
		}
		refs := resolve.New(t.Context(), inMemory{})
		root := refs.Add(source.NewFile("openapi.yaml", archive.Files[0].Data))
		v, found := validate.Compile(schema.NewReader(refs).Read(resolve.Walk(root, "/components/schemas/Root")), nil)
		if v == nil {
			t.Fatal(found)
		}
		var b bytes.Buffer
		for _, value := range bytes.Split(bytes.TrimSpace(archive.Files[1].Data), []byte("\n")) {
			fmt.Fprintf(&b, "%s\n", value)
			for _, broken := range v.Validate(value).Violations {
				fmt.Fprintf(&b, "\t%s: %s, line %d: %s\n", broken.Pointer, broken.Keyword, broken.At.Position().Line, broken.Message)
			}
		}
		golden.Check(t, input+".verdicts", b.Bytes())
	})
}
