package generator_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// A case is a txtar file: a document (asyncapi.yaml), what it references, a
// program part that uses the generated package (use.go, with a function Run),
// the types that override formats (types.txt, lines of a format and a type),
// and what is wanted: the generated files, the findings, and what Run prints.
type testCase struct {
	name    string
	file    string
	archive *txtar.Archive
}

const (
	document = "asyncapi.yaml"
	program  = "use.go"
	typeList = "types.txt"
	wanted   = "want/"
)

func cases(t testing.TB) []testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var out []testCase
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, testCase{strings.TrimSuffix(filepath.Base(file), ".txtar"), file, archive})
	}
	return out
}

// section is the content of one file of the case.
func (c testCase) section(name string) []byte {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// read reads the case's document.
func (c testCase) read(t testing.TB) *spec.Document {
	t.Helper()
	dir := t.TempDir()
	for _, f := range c.archive.Files {
		if !strings.HasPrefix(f.Name, wanted) && f.Name != program {
			put(t, filepath.Join(dir, f.Name), f.Data)
		}
	}
	doc, found := read(t, filepath.Join(dir, document))
	if doc == nil || found.HasErrors() {
		t.Fatalf("%s: %v", c.file, found)
	}
	return doc
}

// generate generates the case's package and lists the findings.
func (c testCase) generate(t testing.TB) ([]templates.File, []byte) {
	t.Helper()
	doc := c.read(t)
	_, found := generator.Plan(doc, c.config(t))
	dir := filepath.Dir(doc.At.File.Name()) + string(filepath.Separator)
	var findings bytes.Buffer
	for _, d := range found {
		fmt.Fprintln(&findings, strings.ReplaceAll(d.String(), dir, ""))
	}
	return generateWith(t, doc, c.config(t)), findings.Bytes()
}

// config is what the case says in types.txt.
func (c testCase) config(t testing.TB) generator.Config {
	t.Helper()
	cfg := generator.Config{Types: map[string]generator.GoType{}}
	for line := range strings.Lines(string(c.section(typeList))) {
		format, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		typ, err := generator.ParseGoType(name)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Types[format] = typ
	}
	return cfg
}

func put(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestCases generates every case, compiles all of them in one build, runs them,
// and compares with what is wanted.
func TestCases(t *testing.T) {
	run, err := build(t)
	if err != nil {
		t.Error(err) // the cases are compared all the same
	}
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			got := &txtar.Archive{Comment: c.archive.Comment}
			for _, f := range c.archive.Files {
				if !strings.HasPrefix(f.Name, wanted) {
					got.Files = append(got.Files, f)
				}
			}
			add := func(name string, data []byte) {
				if len(data) > 0 {
					got.Files = append(got.Files, txtar.File{Name: wanted + name, Data: data})
				}
			}
			files, findings := c.generate(t)
			add("findings", findings)
			if c.section(program) != nil && run != "" {
				out, err := exec.CommandContext(t.Context(), run, c.name).CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				add("stdout", out)
			}
			for _, f := range files {
				add(f.Name, f.Content)
			}
			golden.Check(t, c.file, txtar.Format(got))
		})
	}
}

// virtual is where the packages of the cases stand in the module. They exist
// only in an overlay of the build.
const virtual = "generator/virtual"

// build compiles all cases into one program that runs the one it is told.
func build(t *testing.T) (string, error) {
	sources := map[string][]byte{}
	var runnable []string
	for _, c := range cases(t) {
		files, _ := c.generate(t)
		for _, f := range files {
			sources[c.name+"/api/"+f.Name] = f.Content
		}
		if use := c.section(program); use != nil {
			sources[c.name+"/use/use.go"] = use
			runnable = append(runnable, c.name)
		}
	}
	sources["main.go"] = mainOf(runnable)
	return compile(t, sources, "")
}

// mainOf is a program that runs the case whose name it is given.
func mainOf(names []string) []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n")
	for _, name := range names {
		fmt.Fprintf(&b, "\t%s %q\n", name, "github.com/asyncwire/asyncwire/"+virtual+"/"+name+"/use")
	}
	b.WriteString(")\n\nfunc main() {\n\tif err := map[string]func() error{\n")
	for _, name := range names {
		fmt.Fprintf(&b, "\t\t%q: %s.Run,\n", name, name)
	}
	b.WriteString("\t}[os.Args[1]](); err != nil {\n\t\tfmt.Fprintln(os.Stderr, err)\n\t\tos.Exit(1)\n\t}\n}\n")
	return b.Bytes()
}

// TestVet holds the packages of all cases to go vet. It needs directories, so
// they stand in a module of their own.
func TestVet(t *testing.T) {
	dir := scratchModule(t)
	for _, c := range cases(t) {
		files, _ := c.generate(t)
		for _, f := range files {
			put(t, filepath.Join(dir, c.name, f.Name), f.Content)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "vet", "-mod=mod", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestInjection compares what the generated files declare with what was
// planned: no text of a document becomes code.
func TestInjection(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) { checkDeclarations(t, c.read(t)) })
	}
}

// names are the sections of a case in order.
func (c testCase) names() []string {
	var out []string
	for _, f := range c.archive.Files {
		out = append(out, f.Name)
	}
	return out
}

// TestCaseNames: a misspelled section would be taken for a referenced file.
func TestCaseNames(t *testing.T) {
	for _, c := range cases(t) {
		if !slices.Contains(c.names(), document) {
			t.Errorf("%s has no %s", c.file, document)
		}
		for _, name := range c.names() {
			if filepath.Ext(name) == ".go" && name != program && !strings.HasPrefix(name, wanted) {
				t.Errorf("%s: what is %s?", c.file, name)
			}
		}
	}
}
