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
)

// module is a go.mod with its go.sum.
type module struct{ mod, sum []byte }

// newModule makes the module that the generated code is built in. It takes the
// runtime from the checkout that dir lies in, else from the released version
// that this binary is.
func newModule(dir string) (*module, error) {
	if root, ok := findCheckout(dir); ok {
		return checkoutModule(root)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return releaseModule(info)
	}
	return nil, errNoRuntime()
}

// findCheckout walks up from dir to the root of a checkout of asyncwire.
func findCheckout(dir string) (string, bool) {
	for {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && moduleOf(text) == asyncwireModule {
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

// releaseModule requires the version that this binary was built from.
func releaseModule(info *debug.BuildInfo) (*module, error) {
	version := info.Main.Version
	if info.Main.Path != asyncwireModule || version == "" || version == "(devel)" || strings.Contains(version, "+dirty") {
		return nil, errNoRuntime()
	}
	mod := fmt.Sprintf("module %s\n\ngo %s\n\nrequire %s %s\n", demoModule, goVersion, asyncwireModule, version)
	return &module{mod: []byte(mod)}, nil
}

// goVersion is the language version of the demo's module outside of a checkout.
const goVersion = "1.26.0"

func errNoRuntime() error {
	return errors.New("cannot tell where the generated code is to find the runtime: run the demo inside a checkout of asyncwire, or install a released version")
}
