package openapi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/source"
)

// wrapped is a document that uses the schema Order of openapi.yaml.
var wrapped = strings.Replace(wrappers["payload in 3.x"], "REF", "openapi.yaml#/components/schemas/Order", 1)

// bare is a document whose payload is all of line.yaml.
var bare = strings.Replace(wrappers["named format in 3.x"], "REF", "line.yaml", 1)

// FuzzDocument demands findings, and nothing worse, whatever an OpenAPI file, or
// a file with a schema of OpenAPI, holds.
func FuzzDocument(f *testing.F) {
	archives, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatal(archives, err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	pets, err := os.ReadFile("testdata/documents/api/pets.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pets)
	f.Fuzz(func(t *testing.T, text []byte) {
		begin := time.Now()
		files := inMemory{"openapi.yaml": text, "line.yaml": text}
		_, found := parse.LoadFile(t.Context(), files, source.NewFile("asyncapi.yaml", []byte(wrapped)))
		_, more := parse.LoadFile(t.Context(), files, source.NewFile("asyncapi.yaml", []byte(bare)))
		found.Add(more...)
		for _, d := range found {
			if d.At.End > len(d.At.File.Text()) || d.At.Start > d.At.End {
				t.Errorf("%v points outside of the text", d)
			}
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
