// Package generator turns a document into a Go package: types for its schemas,
// envelopes for its messages, producers and consumers for its operations.
//
// Plan decides everything (names, types, files) and Generate prints the plan.
// Plan runs in passes: collect what there is, name it, give it types, place it
// in files. Findings tell what the generated types cannot say yet; nothing is
// left out in silence.
//
// It imports ir, naming, templates, and the model of package spec.
//
//	doc, findings := parse.Load(ctx, loader, "orders.yaml")
//	files, more, err := generator.Generate(doc, generator.Config{Package: "orders"})
package generator

import (
	"go/token"
	"path"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/templates"
)

// DefaultRuntime is the import path of the runtime.
const DefaultRuntime = "github.com/asyncwire/asyncwire/runtime"

// Config says what the package is to be. The zero Config is the default.
type Config struct {
	// Package is the package's name; empty derives it from the document's title.
	Package string
	// RuntimePath is the import path of the runtime; empty is DefaultRuntime.
	RuntimePath string
	// DropUnknown leaves out the fields that keep members of objects that the
	// schema does not name and does not forbid.
	DropUnknown bool
	// Types are the Go types of values by the format that the schema says they
	// have, in place of the generator's own. The keys string, number and integer are
	// for all values of these types whose format gives them no type. They must read and
	// write JSON, as a value. url.URL is a pointer, which reads and writes any text.
	Types map[string]GoType
}

// Generate plans and prints the package of a document. The findings are those
// of Plan; the error is a wrong Config or a bug of ours.
func Generate(doc *spec.Document, cfg Config) ([]templates.File, diag.List, error) {
	if err := cfg.validate(); err != nil {
		return nil, nil, err
	}
	p, found := Plan(doc, cfg)
	files, err := templates.Render(p)
	return files, found, err
}

// PackageName is the package name for a directory: its own name where that is
// a legal one, made legal otherwise.
func PackageName(directory string) string {
	if naming.IsPackage(directory) {
		return directory
	}
	return naming.Directory(directory)
}

func legalPackage(name string) bool { return token.IsIdentifier(name) && name != "_" }

// Plan decides the Go package of a document. The document must have been read
// without errors; of a broken one what can be planned is.
func Plan(doc *spec.Document, cfg Config) (*ir.Package, diag.List) {
	p := newPlanner(doc, cfg)
	// First, find the messages, operations and parameters, and which schemas
	// they are made of.
	p.collect()
	// Then give everything its name: no name depends on what comes later.
	p.name()
	// Now every type and function can refer to the others.
	p.typeAll()
	// Where structs hold themselves by value Go needs pointers.
	breakRecursion(p.structs())
	markDefaults(p.declared())
	// What the types do not say of the schemas is judged by rules.
	p.rules()
	// At last, put the declarations in files.
	return p.place(), p.found.Sorted()
}

// packageName is the package's name.
func (p *planner) packageName() string {
	if legalPackage(p.cfg.Package) {
		return p.cfg.Package
	}
	return naming.Package(p.doc.Info.Title.Value)
}

func (p *planner) runtimePath() string {
	if p.cfg.RuntimePath != "" {
		return p.cfg.RuntimePath
	}
	return DefaultRuntime
}

// source names the document by the last part of its path, whatever the
// system's separators are.
func (p *planner) source() ir.Source {
	s := ir.Source{Version: p.doc.Version.Value}
	if f := p.doc.At.File; f != nil {
		s.Name = path.Base(strings.ReplaceAll(f.Name(), `\`, "/"))
	}
	return s
}
