package generator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// checkDeclarations plans and prints a document, and demands that the output
// declares what was planned and nothing else, and holds no directive.
func checkDeclarations(t testing.TB, doc *spec.Document) {
	t.Helper()
	plan, _ := generator.Plan(doc, generator.Config{})
	files, err := templates.Render(plan)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, declarations(t, f)...)
		checkComments(t, f)
	}
	for _, path := range plan.Imports {
		got = slices.DeleteFunc(got, func(name string) bool { return name == fmt.Sprintf("import %q", path) })
	}
	want := plan.Declares()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("declared:\n%s\nplanned:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// checkComments demands that every comment is text, never a directive, and that
// the first line marks the file as generated.
func checkComments(t testing.TB, f templates.File) {
	t.Helper()
	file := parseFile(t, f)
	if !ast.IsGenerated(file) {
		t.Errorf("%s is not marked as generated", f.Name)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, "//")
			if !ok || text != "" && text[0] != ' ' && text[0] != '\t' || strings.HasPrefix(strings.TrimSpace(text), "+build") {
				t.Errorf("%s: %q is not plain text", f.Name, c.Text)
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

// declarations lists what a file declares, as ir.Decl.Declares does.
func declarations(t testing.TB, f templates.File) []string {
	t.Helper()
	var out []string
	for _, d := range parseFile(t, f).Decls {
		out = append(out, declarationNames(d)...)
	}
	return out
}

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
		known := []string{`"context"`, `"encoding/json"`, `"net/netip"`, `"time"`, `"github.com/asyncwire/asyncwire/runtime"`}
		if !slices.Contains(known, s.Path.Value) {
			return []string{"import " + s.Path.Value}
		}
	}
	return nil
}
