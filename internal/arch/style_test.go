package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// The sizes that the house keeps to. A function of more than maxFunc lines is
// allowed only where it is a table: mostly composite literals.
const (
	maxFile     = 500
	maxFunc     = 100
	maxMedian   = 10
	maxTopTenth = 40
)

// TestSizes holds files and functions, tests and generated code aside, to the
// sizes of docs/design.md.
func TestSizes(t *testing.T) {
	var lengths []int
	eachFile(t, func(name string, set *token.FileSet, f *ast.File) {
		if lines := set.File(f.Pos()).LineCount(); lines > maxFile {
			t.Errorf("%s has %d lines: at most %d", name, lines, maxFile)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1
			lengths = append(lengths, lines)
			if lines > maxFunc && !isTable(fn) {
				t.Errorf("%s: %s has %d lines: at most %d", name, fn.Name.Name, lines, maxFunc)
			}
		}
	})
	slices.Sort(lengths)
	median, topTenth := lengths[len(lengths)/2], lengths[len(lengths)*9/10]
	t.Logf("%d functions: median %d lines, 90th percentile %d, longest %d", len(lengths), median, topTenth, lengths[len(lengths)-1])
	if median > maxMedian {
		t.Errorf("half of the functions are longer than %d lines", median)
	}
	if topTenth > maxTopTenth {
		t.Errorf("a tenth of the functions are longer than %d lines", topTenth)
	}
}

// isTable tells whether a function is one statement that returns a literal.
func isTable(fn *ast.FuncDecl) bool {
	if fn.Body == nil || len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	_, ok = ret.Results[0].(*ast.CompositeLit)
	return ok
}

// TestDocs demands a comment on every exported name and on every package.
func TestDocs(t *testing.T) {
	packages := map[string]bool{}
	eachFile(t, func(name string, set *token.FileSet, f *ast.File) {
		dir := name[:strings.LastIndex(name, "/")+1]
		packages[dir] = packages[dir] || f.Doc != nil
		for _, d := range f.Decls {
			for _, ident := range undocumented(d) {
				t.Errorf("%s: %s has no comment", set.Position(ident.Pos()), ident.Name)
			}
		}
	})
	for dir, documented := range packages {
		if !documented {
			t.Errorf("package %s has no comment", dir)
		}
	}
}

// undocumented returns the exported names of a declaration that no comment
// stands above; a comment on a group covers its members.
func undocumented(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			return nil
		}
		var out []*ast.Ident
		for _, s := range d.Specs {
			out = append(out, undocumentedSpec(s)...)
		}
		return out
	}
	return nil
}

func undocumentedSpec(s ast.Spec) []*ast.Ident {
	var out []*ast.Ident
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Doc == nil && s.Comment == nil && s.Name.IsExported() {
			out = append(out, s.Name)
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if s.Doc == nil && s.Comment == nil && n.IsExported() {
				out = append(out, n)
			}
		}
	}
	return out
}

// exportedReceiver tells whether a function has no receiver or one of an
// exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

func eachFile(t *testing.T, visit func(name string, set *token.FileSet, f *ast.File)) {
	t.Helper()
	walkSources(t, func(name, file string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(text, []byte("// Code generated ")) {
			return
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		visit(name, set, f)
	})
}
