package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/asyncwire/asyncwire"

// layers says which packages of this module a package may import: the plan of
// the house in docs/design.md. "x/..." stands for x and all below it. A package
// that is missing here fails the test.
var layers = map[string][]string{
	"spec/source":            {},
	"spec/diag":              {"spec/source", "runtime/check/nearest"},
	"spec/diag/render":       {"spec/source", "spec/diag"},
	"spec/syntax":            {"spec/source", "spec/diag"},
	"spec/layout":            {"spec/source", "spec/diag", "spec/syntax"},
	"spec/format":            {"spec/source", "spec/diag", "spec/syntax", "spec/layout", "spec/edit"},
	"spec/resolve":           {"spec/source", "spec/diag", "spec/syntax"},
	"spec/resolve/remote":    {"spec/source", "spec/diag", "spec/resolve"},
	"spec/schema":            {"spec/source", "spec/diag", "spec/syntax", "spec/resolve"},
	"spec/schema/openapi":    {"spec/source", "spec/diag", "spec/syntax", "spec/resolve", "spec/schema"},
	"spec/schema/validate":   {"spec/source", "spec/diag", "spec/syntax", "spec/schema", "runtime/check", "runtime/check/idn"},
	"spec/schema/avro":       {"spec/source", "spec/diag", "spec/syntax", "spec/resolve", "spec/schema"},
	"spec/schema/protobuf":   {"spec/source", "spec/diag", "spec/syntax", "spec/resolve", "spec/schema"},
	"spec":                   {"spec/source", "spec/syntax", "spec/schema"},
	"spec/parse":             {"spec", "spec/source", "spec/diag", "spec/syntax", "spec/resolve", "spec/schema", "spec/schema/avro", "spec/schema/openapi", "spec/schema/protobuf"},
	"spec/lint":              {"spec", "spec/delivery", "spec/source", "spec/diag", "spec/syntax", "spec/resolve", "spec/schema", "spec/schema/validate"},
	"spec/schema/crosscheck": {"spec/schema", "spec/schema/validate"},
	"spec/show":              {"spec", "spec/delivery", "spec/source", "spec/diag", "spec/diag/render", "spec/schema", "spec/syntax"},
	"spec/delivery":          {"spec", "spec/source", "spec/diag", "spec/syntax"},
	"spec/edit":              {"spec/source", "spec/diag", "spec/syntax", "spec/layout", "spec/resolve"},

	"generator/ir":            {"spec/delivery", "spec/source", "spec/schema", "runtime/check"},
	"generator/naming":        {},
	"templates/internal/snip": {"generator/ir"},
	"templates":               {"spec/delivery", "generator/ir", "generator/naming", "spec/schema", "templates/internal/snip", "runtime/check"},
	"generator/output":        {"templates"},
	"generator":               {"spec/delivery", "generator/ir", "generator/naming", "templates", "spec", "spec/source", "spec/diag", "spec/syntax", "spec/schema", "spec/schema/validate", "runtime/check"},

	"runtime/internal/escape": {},
	"runtime/internal/parse":  {},
	"runtime/internal/share":  {},
	"runtime/internal/clock":  {},
	"runtime/internal/fifo":   {},
	"runtime/check":           {"runtime/check/nearest", "runtime/internal/escape", "runtime/internal/parse"},
	"runtime/codec":           {"runtime/check", "runtime/internal/escape", "runtime/internal/parse"},
	"runtime/driver":          {},
	"runtime":                 {"runtime/driver", "runtime/codec", "runtime/check", "runtime/internal/clock", "runtime/internal/fifo", "runtime/internal/parse"},
	"runtime/drivertest":      {"runtime", "runtime/driver"},
	"runtime/memory":          {"runtime", "runtime/driver", "runtime/internal/clock", "runtime/internal/fifo", "runtime/internal/share"},
	"runtime/filter":          {"runtime", "runtime/internal/escape"},
	"runtime/inbox":           {"runtime", "runtime/internal/clock"},
	"runtime/request":         {"runtime", "runtime/driver"},
	"runtime/inbox/inboxtest": {"runtime"},
	"runtime/kafka":           {"runtime", "runtime/driver"},
	"runtime/eventlog":        {"runtime", "runtime/driver", "runtime/internal/clock", "runtime/internal/fifo", "runtime/internal/share"},
	"runtime/check/idn":       {"runtime/check"},
	"runtime/check/nearest":   {},

	"contracttest/sample": {"spec", "spec/source", "spec/syntax", "spec/schema", "spec/schema/validate"},
	"contracttest": {"spec", "spec/source", "spec/diag", "spec/diag/render", "spec/syntax", "spec/schema", "spec/delivery",
		"spec/schema/validate", "spec/parse", "runtime", "runtime/driver", "contracttest/sample"},

	"cmd/asyncwire": {"cmd/asyncwire/internal/cli"},
	"cmd/asyncwire/internal/cli": {"cmd/asyncwire/internal/demo", "spec/...", "generator/...", "templates", "runtime/...",
		"contracttest/...", "examples/shop"},
	"cmd/asyncwire/internal/demo": {"spec/...", "generator/...", "templates", "runtime/...", "contracttest/...", "examples/shop"},

	"examples/...":      {"runtime/...", "examples/..."},
	"scripts/...":       {},
	"internal/...":      {"internal/..."},
	"internal/rulesdoc": {"spec/lint"},
	"internal/suite":    {"internal/corpus", "spec/source", "spec/resolve"},
}

// owners are the only packages that may import a library: one door for each,
// so that it can be replaced behind that door.
var owners = map[string][]string{
	"go.yaml.in/yaml/v3":                    {"spec/syntax"},
	"github.com/dave/jennifer":              {"templates/..."},
	"golang.org/x/text":                     {"runtime/check/idn"}, // internationalised host names
	"github.com/segmentio/kafka-go":         {"runtime/kafka", "scripts/...", "cmd/asyncwire/internal/cli"},
	"github.com/spf13/cobra":                {"cmd/..."},
	"github.com/spf13/pflag":                {"cmd/..."},
	"golang.org/x/term":                     {"cmd/..."},
	"github.com/twmb/franz-go":              {"cmd/asyncwire/internal/demo"}, // its embedded broker
	"github.com/getkin/kin-openapi":         {"spec/schema/openapi"},
	"github.com/xeipuuv/gojsonschema":       {"spec/schema/crosscheck"}, // and tests
	"github.com/hamba/avro":                 {},                         // tests alone
	"github.com/bufbuild/protocompile":      {"spec/schema/protobuf"},
	"google.golang.org/protobuf":            {"spec/schema/protobuf"},
	"github.com/rogpeppe/go-internal":       {}, // tests alone
	"github.com/dlclark/regexp2":            {}, // tests alone
	"github.com/google/go-cmp":              {}, // tests alone
	"github.com/klauspost/compress":         {"runtime/kafka"},
	"github.com/pierrec/lz4":                {"runtime/kafka"},
	"github.com/asyncapi/spec-json-schemas": {}, // tests alone
	"github.com/santhosh-tekuri/jsonschema": {}, // tests alone
}

// TestLayers holds the imports of every package to the plan. It parses the
// files itself: a test that asks the go command would be served from the cache
// when only imports have changed.
func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	for pkg, imports := range imports(t) {
		seen[pkg] = true
		allowed, ok := allowedFor(pkg)
		if !ok {
			t.Errorf("package %s is not in the plan: add it to layers and to docs/design.md", pkg)
			continue
		}
		for _, imp := range slices.Sorted(maps.Keys(imports)) {
			if own, ok := strings.CutPrefix(imp, module+"/"); ok {
				if !matches(own, allowed) {
					t.Errorf("%s imports %s (%s): the plan does not allow it", pkg, own, imports[imp])
				}
				continue
			}
			if !strings.Contains(strings.Split(imp, "/")[0], ".") {
				continue // the standard library
			}
			owner, known := ownersOf(imp)
			if !known {
				t.Errorf("%s imports %s (%s): the library has no owner yet", pkg, imp, imports[imp])
			} else if !matches(pkg, owner) {
				t.Errorf("%s imports %s (%s): only %v may", pkg, imp, imports[imp], owner)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(layers)) {
		if !strings.HasSuffix(pkg, "/...") && !seen[pkg] {
			t.Errorf("package %s is in the plan but does not exist", pkg)
		}
	}
}

func allowedFor(pkg string) ([]string, bool) {
	if allowed, ok := layers[pkg]; ok {
		return allowed, true
	}
	for pattern, allowed := range layers {
		if matches(pkg, []string{pattern}) {
			return allowed, true
		}
	}
	return nil, false
}

func ownersOf(imp string) ([]string, bool) {
	for library, owner := range owners {
		if imp == library || strings.HasPrefix(imp, library+"/") {
			return owner, true
		}
	}
	return nil, false
}

func matches(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		tree, all := strings.CutSuffix(p, "/...")
		return pkg == p || all && (pkg == tree || strings.HasPrefix(pkg, tree+"/"))
	})
}

// imports maps each package to what its files, tests aside, import and where.
func imports(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	walkSources(t, func(name, file string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, parser.ImportsOnly)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		pkg := path.Dir(name)
		if out[pkg] == nil {
			out[pkg] = map[string]string{}
		}
		for _, imp := range parsed.Imports {
			if p, err := strconv.Unquote(imp.Path.Value); err == nil {
				out[pkg][p] = name
			}
		}
	})
	return out
}

// walkSources calls visit with every Go file of the module, by its name from
// the module's root and its path.
func walkSources(t *testing.T, visit func(name, file string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if base == "testdata" || base == "tools" || strings.HasPrefix(base, ".") && base != ".." {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(file, ".go") {
			name, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			visit(filepath.ToSlash(name), file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
