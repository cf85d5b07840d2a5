package parse

import (
	"regexp"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// version is a minor version of AsyncAPI; a later one is greater. The zero
// version stands for "always" in a table.
type version uint8

// The versions that tables name.
const (
	v20 version = iota + 1
	v21
	v22
	v23
	v24
	v25
	v26
	v30
	v31
)

// release is a supported minor version. Any patch of it is accepted: patches
// change no rule.
type release struct {
	name    string
	number  version
	edition func(*reader) edition
	// checksBindings tells that the schemas of the version cover what bindings
	// hold; before, mistakes in them went unnoticed.
	checksBindings bool
}

// versions is the table of all that is supported. A new minor version is a row
// here and rows in the tables of the objects it changes.
var versions = [...]release{
	{"2.0", v20, readV2, false},
	{"2.1", v21, readV2, false},
	{"2.2", v22, readV2, false},
	{"2.3", v23, readV2, false},
	{"2.4", v24, readV2, false},
	{"2.5", v25, readV2, false},
	{"2.6", v26, readV2, false},
	{"3.0", v30, readV3, true},
	{"3.1", v31, readV3, true},
}

// String is the version as documents name it, without its patch.
func (v version) String() string { return versions[v-v20].name }

// Versions are the supported minor versions, the oldest first. Any patch of
// them is read.
func Versions() []string {
	out := make([]string, len(versions))
	for i, v := range versions {
		out[i] = v.name
	}
	return out
}

const supported = "supported are AsyncAPI 2.0 to 2.6, 3.0 and 3.1"

var versionText = regexp.MustCompile(`^(\d+\.\d+)(\.\d+(-[\w.-]+)?)?$`)

// identify tells which release the document at root is written in. It adds one
// finding and reports false where it is written in none that is supported.
func identify(root resolve.Place, found *diag.List) (*release, bool) {
	at := root.Node.Get("asyncapi")
	if at == nil {
		notAsyncAPI(root, found)
		return nil, false
	}
	match := versionText.FindStringSubmatch(at.Text)
	if match == nil || at.Kind != syntax.String && at.Kind != syntax.Number {
		found.Errorf(at, "unsupported-version", "%s is not a version of AsyncAPI", excerpt(at)).
			WithHelp("%s; write it like \"3.0.0\"", supported)
		return nil, false
	}
	for i := range versions {
		if versions[i].name == match[1] {
			if match[2] == "" {
				found.Errorf(at, "wrong-value", "the version %s lacks its patch number", at.Text).
					WithHelp("write \"%s.0\"", at.Text).WithFix(at, `"`+at.Text+`.0"`)
			}
			return &versions[i], true
		}
	}
	found.Errorf(at, "unsupported-version", "AsyncAPI %s is not supported", at.Text).WithHelp(supported)
	return nil, false
}

// notAsyncAPI says what the text is instead, as far as one can tell.
func notAsyncAPI(root resolve.Place, found *diag.List) {
	report := func(at resolve.Place, format string, args ...any) *diag.Diagnostic {
		return found.Errorf(head(at), "not-asyncapi", format, args...)
	}
	if root.Node.Kind != syntax.Mapping {
		report(root, "this is no AsyncAPI document: it is %s and not an object", root.Node.Kind.Phrase()).
			WithHelp("an AsyncAPI document begins with asyncapi: 3.0.0")
		return
	}
	names := make([]string, 0, len(root.Node.Members))
	for _, m := range root.Node.Members {
		names = append(names, m.Key.Text)
		if m.Key.Text == "openapi" || m.Key.Text == "swagger" {
			report(root.Child(m.Key.Text), "this is an OpenAPI document, not an AsyncAPI one")
			return
		}
	}
	if near := diag.Nearest("asyncapi", names); near != "" {
		report(root.Child(near), "this is no AsyncAPI document: it has no key \"asyncapi\"").
			WithHelp("did you mean \"asyncapi\" where %q is written?", near)
		return
	}
	report(root, "this is no AsyncAPI document: it has no key \"asyncapi\"").
		WithHelp("name the version it is written in, as in asyncapi: 3.0.0")
}
