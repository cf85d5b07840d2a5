package protobuf

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/options"
	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
)

// compiler takes one schema with what it imports through the steps of the
// library, one file after another in one goroutine: so a fault in one file hides
// none in another, and a panic can be caught.
type compiler struct {
	refs    *resolve.Resolver
	root    *unit
	files   map[string]*unit // by the path they are imported by
	trail   []string         // of imports that are being read
	symbols *linker.Symbols
	found   diag.List
	errors  int
}

// compile parses and links one file. What is wrong becomes findings.
func (c *compiler) compile(u *unit, version string) {
	defer func() {
		if x := recover(); x != nil {
			u.linked = nil
			c.found.Errorf(u.at(0, 0), codeSyntax, "the schema cannot be compiled: %v", x)
		}
	}()
	c.files[u.name] = u
	u.busy = true
	defer func() { u.busy = false }()
	if !c.fits(u) {
		return
	}
	c.dialect(u, version)
	file, err := parser.Parse(u.name, strings.NewReader(u.prefix+u.text), c.handler())
	if err != nil {
		c.other(u, err)
		return
	}
	parsed, invalid := parser.ResultFromAST(file, true, c.handler())
	c.imports(u, file)
	if err := c.link(u, parsed, invalid == nil); err != nil {
		c.other(u, err)
	}
}

// errEnough ends a step after too many errors.
var errEnough = errors.New("there are too many errors")

// handler makes findings of what one step reports, and lets it go on.
func (c *compiler) handler() *reporter.Handler {
	return reporter.NewHandler(reporter.NewReporter(
		func(err reporter.ErrorWithPos) error {
			if c.report(diag.Error, err); c.errors >= MaxErrors {
				return errEnough
			}
			return nil
		},
		func(err reporter.ErrorWithPos) { c.report(diag.Warning, err) },
	))
}

// link ties a file to what it imports. Of one that is not valid, only the
// references are looked at.
func (c *compiler) link(u *unit, parsed parser.Result, valid bool) error {
	defer func() {
		if !valid {
			_ = recover() // it has been said already what is wrong
			u.linked = nil
		}
	}()
	handler := c.handler()
	linked, err := linker.Link(parsed, u.deps, c.symbols, handler)
	if err != nil || !valid {
		return err
	}
	if _, err := options.InterpretOptions(linked, handler); err != nil {
		return err
	}
	if err := linked.ValidateOptions(handler, c.symbols); err != nil {
		return err
	}
	if u == c.root && !u.incomplete {
		linked.CheckForUnusedImports(handler)
	}
	u.linked = linked
	return handler.Error()
}

// other reports an error that has not been reported with its place.
func (c *compiler) other(u *unit, err error) {
	u.linked = nil
	if !errors.Is(err, reporter.ErrInvalidSource) && !errors.Is(err, errEnough) {
		c.found.Errorf(u.at(0, 0), codeSyntax, "the schema cannot be compiled: %v", err)
	}
}

// imports reads what a file imports.
func (c *compiler) imports(u *unit, file *ast.FileNode) {
	c.trail = append(c.trail, u.name)
	defer func() { c.trail = c.trail[:len(c.trail)-1] }()
	for _, decl := range file.Decls {
		node, ok := decl.(*ast.ImportNode)
		if !ok {
			continue
		}
		at := u.span(file.NodeInfo(node.Name))
		path := node.Name.AsString()
		dep := c.imported(u, path, at)
		if dep == nil {
			u.incomplete = true
			dep = nothing(path)
		}
		if dep != nil && u.deps.FindFileByPath(path) == nil {
			u.deps = append(u.deps, dep)
		}
	}
}

// imported is the file that an import names, nil when a finding says why there
// is none.
func (c *compiler) imported(from *unit, path string, at source.Span) linker.File {
	if known := c.files[path]; known != nil {
		if known.busy {
			circle := append(slices.Clone(c.trail[slices.Index(c.trail, path):]), path)
			c.found.Errorf(at, codeImport, "the import leads back to itself: %s", strings.Join(circle, " imports ")).
				WithHelp("move what both files need into a third one")
			return nil
		}
		return known.file()
	}
	if file := wellKnown(path); file != nil {
		return file
	}
	f, err := c.load(path)
	if err != nil {
		d := c.found.Errorf(at, codeImport, "cannot read import %q: %v", path, err)
		if errors.Is(err, fs.ErrNotExist) {
			d.WithHelp("imports are looked for in the directory of the schema's file and those above it")
		}
		c.files[path] = &unit{name: path}
		return nil
	}
	u := newUnit(path, f, nil, string(f.Text()))
	c.compile(u, "")
	return u.file()
}

// load finds an imported file below the directories that it may be relative to.
func (c *compiler) load(path string) (*source.File, error) {
	if !fs.ValidPath(path) || strings.ContainsAny(path, `\:%?#`) {
		return nil, fmt.Errorf("%w: an import must be a path below the directory of the schema", resolve.ErrNotAllowed)
	}
	if len(c.files) > MaxImports {
		return nil, fmt.Errorf("the schema reaches more than %d files", MaxImports)
	}
	names := make([]string, maxParents)
	for i := range names {
		names[i] = strings.Repeat("../", i) + path
	}
	return c.refs.Find(c.root.origin, names...)
}

// maxParents is in how many directories imports are looked for: that of the
// schema's file, and those above it.
const maxParents = 8

// wellKnown is a file of google/protobuf, or nil.
func wellKnown(path string) linker.File {
	none := protocompile.ResolverFunc(func(string) (protocompile.SearchResult, error) {
		return protocompile.SearchResult{}, fs.ErrNotExist
	})
	found, err := protocompile.WithStandardImports(none).FindFileByPath(path)
	if err != nil || found.Desc == nil {
		return nil
	}
	file, err := linker.NewFileRecursive(found.Desc)
	if err != nil {
		return nil
	}
	return file
}

// nothing stands for a file that could not be read.
func nothing(path string) linker.File {
	handler := reporter.NewHandler(nil)
	parsed, err := parser.ResultFromAST(ast.NewEmptyFileNode(path), false, handler)
	if err != nil {
		return nil
	}
	linked, err := linker.Link(parsed, nil, nil, handler)
	if err != nil {
		return nil
	}
	return linked
}
