package generator_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/workload"
)

// TestHostileInput gives messages that are huge, deep or broken to generated
// code: none takes memory out of proportion or ends the program, the verdict is
// that of the engine, and each is a line of testdata/hostile.golden. With
// ASYNCWIRE_LONG=1 the huge ones have a million members and 60 MB.
func TestHostileInput(t *testing.T) {
	document, err := os.ReadFile("testdata/hostile.yaml")
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile("testdata/hostile.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(main), "GENERATED", virtual+"/hostile/hostile", 1)
	sources := map[string][]byte{"hostile/main.go": []byte(strings.Replace(text, "DOCUMENT", fmt.Sprintf("%q", document), 1))}
	for _, file := range generate(t, readText(t, "hostile.yaml", string(document))) {
		sources["hostile/hostile/"+file.Name] = file.Content
	}
	program, err := compile(t, sources, "hostile")
	if err != nil {
		t.Fatal(err)
	}
	scale := "1"
	if workload.Long() {
		scale = "50"
	}
	cmd := exec.CommandContext(t.Context(), program, scale)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(out), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "!") {
			t.Error(line)
		}
	}
	slices.Sort(lines)
	golden.Check(t, "testdata/hostile.golden", []byte(strings.Join(lines, "")))
}
