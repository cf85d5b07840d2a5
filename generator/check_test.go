package generator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/templates"
)

// read reads a document and the files it references below the directories.
func read(t testing.TB, file string, dirs ...string) (*spec.Document, diag.List) {
	t.Helper()
	loader, err := resolve.NewFiles(append(dirs, filepath.Dir(file))...)
	if err != nil {
		t.Fatal(err)
	}
	return parse.Load(t.Context(), loader, file)
}

// readText reads a document that references no file.
func readText(t testing.TB, name, text string) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.LoadFile(t.Context(), loader, source.NewFile(name, []byte(text)))
	if found.HasErrors() {
		t.Fatalf("%s: %v", name, found)
	}
	return doc
}

// generate generates a package and checks what must hold for every output: it
// is formatted, and a second run gives the same bytes.
func generate(t testing.TB, doc *spec.Document) []templates.File {
	t.Helper()
	return generateWith(t, doc, generator.Config{})
}

func generateWith(t testing.TB, doc *spec.Document, cfg generator.Config) []templates.File {
	t.Helper()
	files, _, err := generator.Generate(doc, cfg)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := generator.Generate(doc, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if !bytes.Equal(f.Content, again[i].Content) {
			t.Errorf("%s differs from run to run", f.Name)
		}
		formatted, err := format.Source(f.Content)
		if err != nil || !bytes.Equal(formatted, f.Content) {
			t.Errorf("%s is not formatted: %v\n%s", f.Name, err, firstDifference(string(formatted), string(f.Content)))
		}
	}
	return files
}

// typeCheck compiles files as far as the type checker does, unused
// functions included.
func typeCheck(set *token.FileSet, imp types.Importer, parsed []*ast.File) (*types.Package, error) {
	var first error
	config := &types.Config{Importer: imp, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, _ := config.Check("generated", set, parsed, info)
	if first == nil {
		first = unused(set, info)
	}
	return pkg, first
}

// unused finds functions and methods that nothing can use: staticcheck would.
func unused(set *token.FileSet, info *types.Info) error {
	used := map[types.Object]bool{}
	ofInterface := map[string]bool{} // methods that interfaces call
	for _, o := range info.Uses {
		used[o] = true
		if fn, ok := o.(*types.Func); ok && fn.Signature().Recv() != nil && types.IsInterface(fn.Signature().Recv().Type()) {
			ofInterface[fn.Name()] = true
		}
	}
	var errs []error
	for _, o := range info.Defs {
		if fn, ok := o.(*types.Func); ok && !fn.Exported() && !used[fn] && (fn.Signature().Recv() == nil || !ofInterface[fn.Name()]) {
			errs = append(errs, fmt.Errorf("%s: %s is unused", set.Position(fn.Pos()), fn.Name()))
		}
	}
	return errors.Join(errs...)
}

// newImporter returns an importer of what generated code may import, from the
// build cache.
var newImporter = sync.OnceValues(func() (func(set *token.FileSet) types.Importer, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", generator.DefaultRuntime,
		generator.DefaultRuntime+"/check", generator.DefaultRuntime+"/check/idn", "net/netip")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ ImportPath, Export string }
		if err := d.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		exports[pkg.ImportPath] = pkg.Export
	}
	return func(set *token.FileSet) types.Importer {
		return importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	}, nil
})

// checker type-checks one package after another.
func checker(t testing.TB) func([]templates.File) (*types.Package, error) {
	t.Helper()
	check := syntaxChecker(t)
	return func(files []templates.File) (*types.Package, error) {
		set := token.NewFileSet()
		var parsed []*ast.File
		for _, f := range files {
			file, err := parser.ParseFile(set, f.Name, f.Content, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			parsed = append(parsed, file)
		}
		return check(set, parsed)
	}
}

// syntaxChecker type-checks one package after another that has been parsed.
func syntaxChecker(t testing.TB) func(*token.FileSet, []*ast.File) (*types.Package, error) {
	t.Helper()
	make, err := newImporter()
	if err != nil {
		t.Fatal(err)
	}
	imp := make(token.NewFileSet())
	return func(set *token.FileSet, files []*ast.File) (*types.Package, error) { return typeCheck(set, imp, files) }
}

// corpusFiles are the documents of a corpus.
func corpusFiles(t *testing.T, part string) (dir string, files []string) {
	t.Helper()
	dir = corpus.Dir(t, part)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".yml", ".yaml", ".json":
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, files
}
