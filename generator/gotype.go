package generator

import (
	"errors"
	"fmt"
	"go/token"
	"regexp"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// GoType names a Go type that stands for values of the document: an exported
// one of a package, or a predeclared one, which has no Import.
type GoType struct{ Import, Name string }

// String is how ParseGoType reads the type.
func (t GoType) String() string { return strings.TrimPrefix(t.Import+"."+t.Name, ".") }

// predeclared are the types that have a name without a package.
var predeclared = map[string]ir.Basic{
	"string": ir.String, "bool": ir.Bool, "float32": ir.Float32, "float64": ir.Float64,
	"int8": ir.Int8, "int16": ir.Int16, "int32": ir.Int32, "int64": ir.Int64,
	"uint8": ir.Uint8, "uint16": ir.Uint16, "uint32": ir.Uint32, "uint64": ir.Uint64,
}

// ParseGoType reads a type as configurations and documents name it: the import
// path, a dot and the type ("github.com/google/uuid.UUID", "time.Duration"), or
// a predeclared type ("string"). Nothing else can be said: no pointers, no
// slices, no expressions.
func ParseGoType(text string) (GoType, error) {
	if _, ok := predeclared[text]; ok {
		return GoType{Name: text}, nil
	}
	dot := strings.LastIndexByte(text, '.')
	if dot < 0 {
		return GoType{}, fmt.Errorf("%q is no Go type that can be named here", text)
	}
	t := GoType{Import: text[:dot], Name: text[dot+1:]}
	return t, t.check()
}

// importElement is one element of an import path.
var importElement = regexp.MustCompile(`^[A-Za-z0-9_~][A-Za-z0-9_.~-]*$`)

// maxName bounds what is taken for a name or a path.
const maxName = 256

// check holds the parts of a type to what Go allows: they become code.
func (t GoType) check() error {
	if !isExportedName(t.Name) {
		return fmt.Errorf("%q is not the name of an exported Go type", t.Name)
	}
	ok := len(t.Import) <= maxName && t.Import != "C" && t.Import != "unsafe"
	for _, e := range strings.Split(t.Import, "/") {
		ok = ok && importElement.MatchString(e) && !strings.HasSuffix(e, ".")
	}
	if !ok {
		return fmt.Errorf("%q is not the path of a Go package", t.Import)
	}
	return nil
}

// isExportedName tells whether a name is an identifier of ASCII that other
// packages can use.
func isExportedName(name string) bool {
	return len(name) <= maxName && token.IsIdentifier(name) && name[0] >= 'A' && name[0] <= 'Z' &&
		!strings.ContainsFunc(name, func(r rune) bool { return r > '~' })
}

// validate tells what is wrong with a Config.
func (c Config) validate() error {
	if c.Package != "" && !legalPackage(c.Package) {
		return fmt.Errorf("%q cannot be the name of a package: it must be a Go identifier and no keyword", c.Package)
	}
	var errs []error
	for format, t := range c.Types {
		if _, ok := predeclared[t.Name]; t.Import == "" && ok {
			continue
		}
		if err := t.check(); err != nil {
			errs = append(errs, fmt.Errorf("format %q: %w", format, err))
		}
	}
	return errors.Join(errs...)
}
