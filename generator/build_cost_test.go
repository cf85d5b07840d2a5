package generator_test

import (
	"bytes"
	"fmt"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"strconv"
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
		of, isType := pkg.Scope().Lookup(name).(*types.TypeName)
		if !isType {
			continue
		}
		s, ok := of.Type().Underlying().(*types.Struct)
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

// TestFunctionsPerSchemaAndOperation: what the compiler makes of a document is
// functions, above all, of which it makes more than the source has: wrappers,
// comparisons, what is inlined with its closures, methods of generic types. The
// schemas of the workload have a member that is an enum and defaults; each of its
// channels has an operation, a message and two schemas.
func TestFunctionsPerSchemaAndOperation(t *testing.T) {
	exports := exportsFile(t)
	few, many := functions(t, exports, sizedFiles(t, 4)), functions(t, exports, sizedFiles(t, 8))
	got := map[string]int{}
	for kind, n := range many {
		got[kind] = (n - few[kind]) / 4
		if got[kind] == 0 {
			delete(got, kind)
		}
	}
	want := map[string]int{
		"(*Schema#).CodeJSON": 2, "(*Schema#).UnmarshalJSON": 2, "ValidateSchema#": 2, "(*Schema#).SetDefaults": 2,
		"Schema#.MarshalJSON": 2, "(*Schema#).MarshalJSON": 2, // the wrapper of the former
		"Schema#State.Valid": 2, "(*Schema#State).Valid": 2,
		"(*EventHappened#Envelope).CodeMessage": 1, "NewEvent#Producer": 1,
		"(*Event#Producer).Publish": 1, "(*Event#Producer).PublishEnvelope": 1, "ConsumeEvent#": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("each channel more has the functions %v, want %v", got, want)
	}
}

// functions counts the functions that the compiler makes, numbers in their names
// aside.
func functions(t *testing.T, exports string, files []templates.File) map[string]int {
	t.Helper()
	count := map[string]int{}
	for kind, sizes := range codeSizes(t, exports, files) {
		count[kind] = len(sizes)
	}
	return count
}

// codeSizes are the functions that the compiler makes, numbers in their names aside,
// each with how many bytes of code it has.
func codeSizes(t *testing.T, exports string, files []templates.File) map[string][]int {
	t.Helper()
	archive, _ := compileFiles(t, exports, files)
	out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", "-size", archive).Output()
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string][]int{}
	for _, m := range regexp.MustCompile(`(?m) (\d+) T (.*generated\..*)$`).FindAllStringSubmatch(string(out), -1) {
		kind := digits.ReplaceAllString(path.Base(strings.ReplaceAll(m[2], "generated.", "")), "#")
		size, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		sizes[kind] = append(sizes[kind], size)
	}
	return sizes
}

// TestCodePerSchemaAndOperation: what a function of each kind takes the compiler goes
// with its code, which is always the same for one version of Go. One that grows by more
// than a tenth is told of; who finds it worth its time raises the figure, and who makes
// one smaller lowers it.
func TestCodePerSchemaAndOperation(t *testing.T) {
	if !strings.HasPrefix(goruntime.Version(), "go1.26") || goruntime.GOARCH != "amd64" {
		t.Skip("the figures are those of Go 1.26 for amd64")
	}
	got := codeSizes(t, exportsFile(t), sizedFiles(t, 8))
	for kind, want := range map[string]int{
		"(*Schema#).CodeJSON": 462, "(*Schema#).UnmarshalJSON": 123, "ValidateSchema#": 99, "(*Schema#).SetDefaults": 100,
		"Schema#.MarshalJSON": 60, "(*Schema#).MarshalJSON": 229, "Schema#State.Valid": 75, "(*Schema#State).Valid": 66,
		"(*EventHappened#Envelope).CodeMessage": 153, "NewEvent#Producer": 86,
		"(*Event#Producer).Publish": 325, "(*Event#Producer).PublishEnvelope": 247, "ConsumeEvent#": 263,
	} {
		total := 0
		for _, size := range got[kind] {
			total += size
		}
		n := len(got[kind])
		if n == 0 {
			t.Errorf("there is no %s", kind)
		} else if total*10 > want*n*11 {
			t.Errorf("%s has %d bytes of code, it had %d", kind, total/n, want)
		}
	}
}

// TestSymbolsPerChannel: what the compiler lays out beside code is paid before it has
// made any. Tables of methods, for values that are converted to interfaces, and
// dictionaries, for functions with type parameters, are dear: there are none.
func TestSymbolsPerChannel(t *testing.T) {
	exports := exportsFile(t)
	few, many := symbols(t, exports, sizedFiles(t, 4)), symbols(t, exports, sizedFiles(t, 8))
	got := map[string]int{}
	for kind, n := range many {
		if of := n - few[kind]; of > 0 && kind != "all" {
			got[kind] = of / 4
		}
	}
	if len(got) > 0 {
		t.Errorf("each channel more has the tables %v, want none", got)
	}
	if all := (many["all"] - few["all"]) / 4; all > symbolsBound {
		t.Errorf("each channel more has %d symbols, want at most %d", all, symbolsBound)
	}
}

// symbolsBound is a twentieth more than a channel with its schemas has.
const symbolsBound = 240

// symbols counts tables of methods and dictionaries, numbers in their names aside, and
// all symbols that have a name.
func symbols(t *testing.T, exports string, files []templates.File) map[string]int {
	t.Helper()
	archive, _ := compileFiles(t, exports, files)
	out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", archive).Output()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{"all": bytes.Count(out, []byte("\n"))}
	for _, m := range regexp.MustCompile(`(?m)^.* R (go:itab\..*|.*\.\.dict\..*)$`).FindAllSubmatch(out, -1) {
		name := digits.ReplaceAllString(strings.ReplaceAll(string(m[1]), "generated.", ""), "#")
		count[strings.ReplaceAll(name, generator.DefaultRuntime+"/", "")]++
	}
	return count
}

// TestQueuesStayInTheRuntime: what the fields of a type and the signatures of its methods
// lead to is known to each package that names it, and of a generic type that is found
// there all methods are compiled anew. So nothing of a Conn leads to the queues of its
// consumers: they took more than a hundred functions in each package.
func TestQueuesStayInTheRuntime(t *testing.T) {
	archive, _ := compileFiles(t, exportsFile(t), sizedFiles(t, 4))
	out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", archive).Output()
	if err != nil {
		t.Fatal(err)
	}
	var anew []string
	for _, m := range regexp.MustCompile(`(?m)^.* T (`+regexp.QuoteMeta(generator.DefaultRuntime)+`.*)$`).FindAllSubmatch(out, -1) {
		if name := string(m[1]); !strings.HasPrefix(strings.TrimLeft(name[len(generator.DefaultRuntime):], ".(*"), "Optional[") {
			anew = append(anew, name)
		}
	}
	if len(anew) > 0 {
		t.Errorf("%d functions of the runtime are compiled anew: %s", len(anew), strings.Join(anew, "\n\t"))
	}
}

// TestRulesAreData: rules are laid out by the compiler even when it does not
// optimise, as for a debugger. Code that lays them out when the program starts would
// grow with the document, until the compiler has no room for it.
func TestRulesAreData(t *testing.T) {
	exports := exportsFile(t)
	size := func(channels int) string {
		archive, _ := compileFiles(t, exports, sizedFiles(t, channels), "-N", "-l")
		out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", "-size", archive).Output()
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`(\d+) T generated\.init\n`).FindSubmatch(out)
		if found == nil {
			t.Fatal("the package has no init function: not even the rules are made")
		}
		return string(found[1])
	}
	if few, many := size(4), size(8); few != many {
		t.Errorf("what runs at the start has %s bytes of code for 4 channels, %s for 8", few, many)
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

// sizedFiles is the package of a document with that many channels.
func sizedFiles(t testing.TB, channels int) []templates.File {
	return render(t, plan(sized(t, channels)))
}

// BenchmarkBuild compiles what is generated of a document, with the packages it
// imports compiled already, as after a change of the document.
func BenchmarkBuild(b *testing.B) {
	exports := exportsFile(b)
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			files, cpu := sizedFiles(b, n), time.Duration(0)
			for b.Loop() {
				_, took := compileFiles(b, exports, files)
				cpu += took
			}
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
		})
	}
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
func exportsFile(t testing.TB) string {
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
	_, first := compileFiles(t, exports, files)
	_, second := compileFiles(t, exports, files)
	return min(first, second).Seconds()
}

// compileFiles returns the archive of a package, and the CPU time that it took.
func compileFiles(t testing.TB, exports string, files []templates.File, flags ...string) (string, time.Duration) {
	t.Helper()
	dir := t.TempDir()
	archive := filepath.Join(dir, "out.a")
	args := append([]string{"tool", "compile", "-p", "generated", "-importcfg", exports, "-o", archive, "-pack"}, flags...)
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return archive, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// buildCostBound is half as much again as the 0.9 times that each of the two takes, and
// below the 2.7 times of the chain with an Optional of each struct.
const buildCostBound = 1.4
