package arch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
)

// TestModules keeps the list of modules that a service with generated code
// links: the runtime, memory, the durable log and what stands beside them need
// nothing but the standard library; Kafka adds its client, and formats of
// internationalised names their tables. A longer list is a decision, not an
// accident.
func TestModules(t *testing.T) {
	walkSources(t, func(string, string) {}) // so that the test cache sees the sources
	_ = imports(t)
	var b strings.Builder
	for _, pkg := range []string{"runtime", "runtime/memory", "runtime/eventlog", "runtime/inbox", "runtime/filter",
		"runtime/request", "examples/shop/service", "runtime/kafka", "runtime/check/idn"} {
		b.WriteString(pkg + "\n")
		for _, m := range linked(t, pkg) {
			b.WriteString("\t" + m + "\n")
		}
	}
	golden.Check(t, "testdata/modules.txt", []byte(b.String()))
}

func linked(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./"+pkg)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	return slices.DeleteFunc(slices.Compact(modules), func(m string) bool { return m == module })
}
