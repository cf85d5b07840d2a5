package generator_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec"
)

// corpora are the parts of the corpus whose valid documents all generate.
var corpora = []string{"asyncapi-examples", "realworld", "tck"}

// validDocument reads a document that the reader finds no error in; nil for others.
func validDocument(t *testing.T, file, dir string) *spec.Document {
	t.Helper()
	doc, found := read(t, file, dir)
	if found.HasErrors() {
		return nil
	}
	return doc
}

// TestCorpus generates from every document that the reader finds no error in:
// the output compiles, is formatted, and is the same on every run and in
// whatever order the document is written. The last is tried with every fourth
// document, or all with ASYNCWIRE_LONG=1.
func TestCorpus(t *testing.T) {
	check := checker(t)
	for _, part := range corpora {
		t.Run(part, func(t *testing.T) {
			dir, files := corpusFiles(t, part)
			passed, total := 0, 0
			for _, file := range files {
				doc := validDocument(t, file, dir)
				if doc == nil {
					continue
				}
				total++
				output := generate(t, doc)
				checkRules(t, plan(doc), output)
				if _, err := check(output); err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				if passed++; workload.Long() || passed%4 == 0 {
					compare(t, output, generate(t, reorder(doc)))
				}
			}
			golden.Score(t, "testdata/corpus-"+part+".txt", passed, total)
		})
	}
}

// TestCorpusIsClean builds what is generated from the corpora in one module and
// holds it to go vet and staticcheck. ASYNCWIRE_LONG=1 makes it all documents;
// else it is a sample, of which as little may fail.
func TestCorpusIsClean(t *testing.T) {
	if testing.Short() {
		t.Skip("builds dozens of packages")
	}
	dir := scratchModule(t)
	packages := map[string]string{} // the documents by their directories
	totals := map[string]int{}
	for _, part := range corpora {
		for name, file := range writeCorpus(t, dir, part) {
			packages[name] = file
			totals[part]++
		}
	}
	complaints := map[string]bool{}
	for _, command := range [][]string{{"go", "build", "./..."}, {"go", "vet", "./..."}, {buildStaticcheck(t), "./..."}} {
		for name, line := range complaintsOf(t, dir, command) {
			complaints[name] = true
			t.Errorf("%s: %s", packages[name], line)
		}
	}
	for _, part := range corpora {
		passed := totals[part]
		for name := range complaints {
			if strings.HasPrefix(name, part+"/") {
				passed--
			}
		}
		t.Logf("%s: %d of %d are clean", part, passed, totals[part])
		if workload.Long() {
			golden.Score(t, "testdata/corpus-"+part+"-clean.txt", passed, totals[part])
		}
	}
}

// sampleOf is every how many documents one is tried unless all are.
const sampleOf = 20

// writeCorpus generates the packages of a part of the corpus and returns their
// directories with the documents.
func writeCorpus(t *testing.T, dir, part string) map[string]string {
	t.Helper()
	root, files := corpusFiles(t, part)
	packages := map[string]string{}
	for i, file := range files {
		if !workload.Long() && i%sampleOf != 0 {
			continue
		}
		doc := validDocument(t, file, root)
		if doc == nil {
			continue
		}
		name := fmt.Sprintf("%s/p%03d", part, i)
		packages[name] = file
		for _, f := range generate(t, doc) {
			put(t, filepath.Join(dir, name, f.Name), f.Content)
		}
	}
	return packages
}

// scratchModule makes a module that generated packages can be built in.
func scratchModule(t *testing.T) string {
	t.Helper()
	dir, module := t.TempDir(), corpus.Module(t)
	for _, name := range []string{"go.sum", "staticcheck.conf"} {
		text, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), text)
	}
	put(t, filepath.Join(dir, "go.mod"), fmt.Appendf(nil, "module generated\n\ngo 1.26.0\n\n"+
		"require github.com/asyncwire/asyncwire v0.0.0\n\nreplace github.com/asyncwire/asyncwire => %s\n", module))
	return dir
}

// buildStaticcheck builds the staticcheck that the repository itself is held to.
func buildStaticcheck(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "staticcheck.exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-modfile=internal/tools/go.mod", "-o", binary, "honnef.co/go/tools/cmd/staticcheck")
	cmd.Dir = corpus.Module(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// complaint is a line of a tool about a file of a package.
var complaint = regexp.MustCompile(`(?m)^(?:vet: )?(?:\./)?([a-z-]+/p\d+)/(.*)$`)

// complaintsOf runs a tool over the module and returns the first complaint about
// each package.
func complaintsOf(t *testing.T, dir string, command []string) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	found := map[string]string{}
	for _, m := range complaint.FindAllStringSubmatch(string(out), -1) {
		if found[m[1]] == "" {
			found[m[1]] = fmt.Sprintf("%s: %s", filepath.Base(command[0]), m[2])
		}
	}
	if err != nil && len(found) == 0 {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return found
}
