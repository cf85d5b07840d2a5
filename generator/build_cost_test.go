package generator_test

import (
	"bytes"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/templates"
)

// chain is a document whose schemas each have an optional object: the next one.
func chain(t testing.TB, schemas int) []templates.File {
	var b strings.Builder
	b.WriteString("asyncapi: 3.0.0\ninfo: {title: Chain, version: 1.0.0}\nchannels: {}\ncomponents:\n  schemas:\n")
	for i := range schemas {
		fmt.Fprintf(&b, "    s%d: {type: object, properties: {name: {type: string}, size: {type: integer}, next: {$ref: '#/components/schemas/s%d'}}}\n", i, i+1)
	}
	fmt.Fprintf(&b, "    s%d: {type: object, properties: {name: {type: string}}}\n", schemas)
	return generate(t, readText(t, "chain.yaml", b.String()))
}

// TestNoGenericTypePerStruct: the compiler makes a generic type anew for every
// struct it is used with, methods and all. So absent structs are pointers.
func TestNoGenericTypePerStruct(t *testing.T) {
	pkg, err := checker(t)(chain(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range pkg.Scope().Names() {
		s, ok := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for i := range s.NumFields() {
			seen++
			if of := structOf(s.Field(i).Type()); of != nil {
				t.Errorf("%s.%s is a generic type of the struct %s", name, s.Field(i).Name(), of)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d fields were looked at", seen)
	}
}

// structOf is the struct that a generic type is used with, or nil.
func structOf(t types.Type) types.Type {
	n, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	for arg := range n.TypeArgs().Types() {
		if _, ok := arg.Underlying().(*types.Struct); ok {
			return arg
		}
	}
	return nil
}

// TestBuildCost: what is generated takes the compiler no more than a few times
// what plain code of as many lines takes it.
func TestBuildCost(t *testing.T) {
	if !workload.Long() {
		t.Skip("compiles two large packages: " + workload.LongVariable + "=1 runs it")
	}
	exports := exportsFile(t)
	for name, files := range map[string][]templates.File{
		"workload": render(t, plan(sized(t, 20))),
		"chain":    chain(t, 60),
	} {
		lines := 0
		for _, f := range files {
			lines += bytes.Count(f.Content, []byte("\n"))
		}
		ratio := compileCost(t, exports, files) / compileCost(t, exports, plainCode(lines))
		t.Logf("%s: %d lines take %.2f times what plain code takes", name, lines, ratio)
		if ratio > buildCostBound {
			t.Errorf("%s: %d lines take %.1f times what plain code takes to compile", name, lines, ratio)
		}
	}
}

// plainCode is a package of structs with one method each, of about so many lines.
func plainCode(lines int) []templates.File {
	var b bytes.Buffer
	b.WriteString("package plain\n")
	for i := range lines / 26 {
		fmt.Fprintf(&b, "type T%d struct {\n", i)
		for f := range 6 {
			fmt.Fprintf(&b, "\tF%d string\n", f)
		}
		fmt.Fprintf(&b, "}\n\nfunc (v *T%d) Set(name, value string) {\n\tswitch name {\n", i)
		for f := range 6 {
			fmt.Fprintf(&b, "\tcase \"f%d\":\n\t\tv.F%d = value\n", f, f)
		}
		b.WriteString("\t}\n}\n\n")
	}
	return []templates.File{{Name: "plain.go", Content: b.Bytes()}}
}

// exportsFile is what tells the compiler where the packages are that generated
// code imports.
func exportsFile(t *testing.T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps",
		"-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", generator.DefaultRuntime, "net/netip")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "exports")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// compileCost is the least CPU time, in seconds, of two compilations.
func compileCost(t *testing.T, exports string, files []templates.File) float64 {
	t.Helper()
	dir := t.TempDir()
	args := []string{"tool", "compile", "-p", "generated", "-importcfg", exports, "-o", filepath.Join(dir, "out.a"), "-pack"}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	best := time.Duration(0)
	for range 2 {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); best == 0 || took < best {
			best = took
		}
	}
	return best.Seconds()
}

// buildCostBound is above the 1.1 and 1.6 times that the two take, and below the
// 2.7 times of the chain with an Optional of each struct.
const buildCostBound = 2.2
