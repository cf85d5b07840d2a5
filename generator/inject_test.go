package generator_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// checkDeclarations plans and prints a document, and demands that the output
// declares what was planned and nothing else, and holds no directive. It returns
// the files' syntax.
func checkDeclarations(t testing.TB, doc *spec.Document) (*token.FileSet, []*ast.File) {
	t.Helper()
	p := plan(doc)
	set := token.NewFileSet()
	var files []*ast.File
	var got []string
	rendered := render(t, p)
	checkRules(t, p, rendered)
	for _, f := range rendered {
		file, err := parser.ParseFile(set, f.Name, f.Content, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			got = append(got, declarationNames(d)...)
		}
		checkText(t, f)
		checkComments(t, file)
		files = append(files, file)
	}
	for _, path := range p.Imports {
		got = slices.DeleteFunc(got, func(name string) bool { return name == fmt.Sprintf("import %q", path) })
	}
	want := p.Declares()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("declared:\n%s\nplanned:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return set, files
}

// checkText demands that a reader sees what the compiler sees: no character
// that hides, turns around or ends lines where editors and compilers disagree.
func checkText(t testing.TB, f templates.File) {
	t.Helper()
	if !utf8.Valid(f.Content) {
		t.Errorf("%s is not UTF-8", f.Name)
	}
	if at := bytes.IndexFunc(f.Content, isDeceptive); at >= 0 {
		t.Errorf("%s has %q", f.Name, f.Content[max(0, at-20):min(len(f.Content), at+20)])
	}
}

func isDeceptive(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
		unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d')
}

// checkComments demands that every comment is text, never a directive, but for the one
// that methods Valid have behind their text, and that the first line marks the file as
// generated.
func checkComments(t testing.TB, file *ast.File) {
	t.Helper()
	if !ast.IsGenerated(file) {
		t.Errorf("package %s is not marked as generated", file.Name)
	}
	directives := map[*ast.Comment]bool{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Valid" {
			last := f.Doc.List[len(f.Doc.List)-1]
			directives[last] = last.Text == "//go:noinline // it builds faster"
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if directives[c] {
				continue
			}
			text, ok := strings.CutPrefix(c.Text, "//")
			if !ok || text != "" && text[0] != ' ' && text[0] != '\t' || strings.HasPrefix(strings.TrimSpace(text), "+build") {
				t.Errorf("%q is not plain text", c.Text)
			}
		}
	}
}

func parseFile(t testing.TB, f templates.File) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// declarationNames lists what a declaration declares, as ir.Decl.Declares does.
func declarationNames(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		out = append(out, functionName(d))
	case *ast.GenDecl:
		for _, s := range d.Specs {
			out = append(out, specNames(s)...)
		}
	}
	return out
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return fmt.Sprintf("%s.%s", typ, d.Name.Name)
}

// specNames are the names of types, constants and variables. Imports may only
// be those that we write.
func specNames(s ast.Spec) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []string{s.Name.Name}
	case *ast.ValueSpec:
		var out []string
		for _, n := range s.Names {
			out = append(out, n.Name)
		}
		return out
	case *ast.ImportSpec:
		known := []string{`"cmp"`, `"context"`, `"encoding/json"`, `"net/netip"`, `"net/url"`, `"slices"`, `"time"`, `"unsafe"`,
			`"github.com/asyncwire/asyncwire/runtime"`, `"github.com/asyncwire/asyncwire/runtime/codec"`, `"github.com/asyncwire/asyncwire/runtime/check"`,
			`"github.com/asyncwire/asyncwire/runtime/check/idn"`}
		if !slices.Contains(known, s.Path.Value) {
			return []string{"import " + s.Path.Value}
		}
	}
	return nil
}

// injections are the texts of testdata/injections.txt, and a very long one.
func injections(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/injections.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{strings.Repeat("*/`\"\n//go:build x\n", 500), strings.Repeat("x", 20_000)}
	for line := range strings.Lines(string(file)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		text, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, text)
	}
	return out
}

// TestInjections puts every text wherever one may stand in a document: alone, or
// beside others, and with ASYNCWIRE_LONG=1 both. The short form, which looks for
// races, tries a sample.
func TestInjections(t *testing.T) {
	check := syntaxChecker(t)
	all := injections(t)
	for i, text := range all {
		if testing.Short() && i%sampleOf != 0 {
			continue
		}
		other := all[(i+1)%len(all)]
		places := [][3]string{{text, text, text}, {text, other, "name " + text}}
		if !workload.Long() {
			places = places[i%2:][:1]
		}
		for _, texts := range places {
			if _, err := check(checkDeclarations(t, hostile(t, hostileAll, texts[0], texts[1], texts[2]))); err != nil {
				t.Errorf("%.100q: %v", texts, err)
			}
		}
		if t.Failed() {
			t.Fatalf("with %.100q", text)
		}
	}
}

// TestTypeInjections puts every text where a document names a Go type. What is
// none that can be named changes nothing; the rest is imported and nothing else.
func TestTypeInjections(t *testing.T) {
	for _, text := range injections(t) {
		properties := object{}
		for i, p := range []object{
			{"x-go-type": text}, {"x-go-type": "example.com/" + text + ".Type"}, {"x-go-type": "example.com/p." + text},
			{"x-go-type": "Type", "x-go-type-import": text}, {"x-go-type": text, "x-go-type-import": object{"path": "example.com/q", "name": text}},
		} {
			p["type"] = "string"
			properties[fmt.Sprint("p", i)] = p
		}
		checkDeclarations(t, readHostile(t, "a", "S", "c", object{
			"asyncapi": "3.0.0", "info": object{"title": "T", "version": "1"},
			"components": object{"schemas": object{"S": object{"type": "object", "properties": properties}}},
		}))
		if t.Failed() {
			t.Fatalf("with %.100q", text)
		}
	}
}
