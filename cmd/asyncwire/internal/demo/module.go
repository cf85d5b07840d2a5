package demo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// The modules: ours, and the one that the demo writes.
const (
	asyncwireModule = "github.com/asyncwire/asyncwire"
	demoModule      = "asyncwire.demo"
	develVersion    = "(devel)" // of a module that is a directory
)

// module is a go.mod with its go.sum.
type module struct{ mod, sum []byte }

// newModule makes the module that the generated code is built in. It takes the
// runtime from the checkout that dir lies in, else from where this binary was
// built from: the module that go.mod puts in the place of ours, or a release.
func newModule(dir string) (*module, error) {
	if root, ok := findModule(dir, isOurs); ok {
		return checkoutModule(root)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != asyncwireModule {
		return nil, errNoRuntime()
	}
	if to := info.Main.Replace; to != nil {
		return replacedModule(info.Main.Version, to, dir)
	}
	return releaseModule(info)
}

// isOurs tells whether a go.mod is that of asyncwire.
func isOurs(mod []byte) bool { return moduleOf(mod) == asyncwireModule }

// findModule walks up from dir to a directory whose go.mod is the one that is wanted.
func findModule(dir string, wanted func(mod []byte) bool) (string, bool) {
	for {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && wanted(text) {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// moduleOf is the module path that a go.mod declares.
func moduleOf(mod []byte) string {
	for line := range strings.Lines(string(mod)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`+"`")
		}
	}
	return ""
}

// checkoutModule takes the checkout's own requirements and checksums, so that
// nothing is looked up that the checkout has not been built with.
func checkoutModule(root string) (*module, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "module %s\n\n%s\n", demoModule, requirements(mod))
	fmt.Fprintf(&b, "require %s v0.0.0\n\nreplace %s => %s\n", asyncwireModule, asyncwireModule, strconv.Quote(root))
	return &module{mod: b.Bytes(), sum: sum}, nil
}

// requirements are the directives of a go.mod that say what it is built with.
func requirements(mod []byte) string {
	var b strings.Builder
	block := "" // the directive whose block we are in
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		directive := block
		switch {
		case len(fields) == 0:
			continue
		case block != "" && fields[0] == ")":
			block = ""
		case block == "":
			directive = fields[0]
			if len(fields) > 1 && fields[1] == "(" {
				block = directive
			}
		}
		if directive == "go" || directive == "toolchain" || directive == "require" {
			b.WriteString(line)
		}
	}
	return b.String()
}

// replacedModule takes the runtime from what the go.mod above dir has put in the place
// of asyncwire: a checkout, or a module of another name.
func replacedModule(version string, to *debug.Module, dir string) (*module, error) {
	if to.Version != "" && to.Version != develVersion {
		mod := fmt.Sprintf("module %s\n\ngo %s\n\nrequire %s %s\n\nreplace %s => %s %s\n",
			demoModule, goVersion, asyncwireModule, version, asyncwireModule, to.Path, to.Version)
		return &module{mod: []byte(mod)}, nil
	}
	root := to.Path
	if !filepath.IsAbs(root) {
		from, ok := findModule(dir, func([]byte) bool { return true })
		if !ok {
			return nil, errNoRuntime()
		}
		root = filepath.Join(from, root)
	}
	if text, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil || !isOurs(text) {
		return nil, errNoRuntime()
	}
	return checkoutModule(root)
}

// releaseModule requires the version that this binary was built from.
func releaseModule(info *debug.BuildInfo) (*module, error) {
	version := info.Main.Version
	if version == "" || version == develVersion || strings.Contains(version, "+dirty") {
		return nil, errNoRuntime()
	}
	mod := fmt.Sprintf("module %s\n\ngo %s\n\nrequire %s %s\n", demoModule, goVersion, asyncwireModule, version)
	return &module{mod: []byte(mod)}, nil
}

// goVersion is the language version of the demo's module outside of a checkout.
const goVersion = "1.26.0"

func errNoRuntime() error {
	return errors.New("cannot tell where the generated code is to find the runtime: run the demo inside a checkout of asyncwire, " +
		"or by go tool asyncwire in a module that has it as a tool, or install a released version")
}
