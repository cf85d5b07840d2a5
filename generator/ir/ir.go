// Package ir is the plan of a Go package that is to be generated: every file,
// declaration, name and type is decided here before anything is printed.
//
// It knows nothing of AsyncAPI versions and nothing of the library that prints.
// Declarations refer to one another as objects, never by name, and both Decl
// and Type are sealed: a printer switches over all of them.
//
// It imports nothing of this module.
//
//	order := &ir.Struct{Name: "Order", Fields: []*ir.Field{
//		{Name: "ID", JSONName: "id", Type: ir.String, Required: true},
//	}}
//	plan := &ir.Package{Name: "orders", Files: []*ir.File{
//		{Name: "schemas.gen.go", Decls: []ir.Decl{order}},
//	}}
package ir

// Package is one Go package.
type Package struct {
	Name string
	// Runtime is the import path of the runtime that the code stands on.
	Runtime string
	Source  Source
	// Imports are the paths that External types come from, sorted.
	Imports []string
	Files   []*File
	// Operations are those that producers and consumers were planned for,
	// sorted by name.
	Operations []*Operation
}

// Source says what the package was generated from, for the first line of its
// files.
type Source struct {
	Name    string // base name of the document
	Version string // of AsyncAPI, as the document says
}

// File is one file of a package.
type File struct {
	Name  string // its path, relative to the package's directory
	Doc   Doc    // of the package; in one file alone
	Decls []Decl
}

// Declares lists what the package declares, as Decl.Declares does.
func (p *Package) Declares() []string {
	var out []string
	for _, f := range p.Files {
		for _, d := range f.Decls {
			out = append(out, d.Declares()...)
		}
	}
	return out
}

// Decl is one construct of a file: a type with its methods, or a function.
type Decl interface {
	// Declares lists what the construct adds to the package: names of types,
	// constants and functions, methods as Type.Method.
	Declares() []string

	decl()
}

// Handshake is the compile-time check that runtime and generated code match.
type Handshake struct {
	Constant string // of the runtime
}

// Declares says that the handshake has no name.
func (*Handshake) Declares() []string { return []string{"_"} }

func (*Handshake) decl()     {}
func (*Struct) decl()        {}
func (*Enum) decl()          {}
func (*Defined) decl()       {}
func (*HeaderMethods) decl() {}
func (*Message) decl()       {}
func (*ParameterType) decl() {}
func (*Channel) decl()       {}
func (*Delivery) decl()      {}
func (*Producer) decl()      {}
func (*Handlers) decl()      {}
func (*Consumer) decl()      {}
