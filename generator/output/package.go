package output

import (
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// Package returns the package of the Go files in a directory that asyncwire did not
// generate, and the name of the first of them; both are empty when there is none.
// Tests count for nothing, nor what builds for this system leave out or cannot read, as
// the go command does with a package that is called documentation.
func Package(dir string) (name, file string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		file := e.Name()
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		path := filepath.Join(dir, file)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // a link leads to a file
			continue
		}
		if ours, err := isOurs(path); ours || err != nil {
			continue
		}
		if built, err := build.Default.MatchFile(dir, file); !built || err != nil {
			continue
		}
		if f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly); err == nil && f.Name.Name != "documentation" {
			return f.Name.Name, file
		}
	}
	return "", ""
}
