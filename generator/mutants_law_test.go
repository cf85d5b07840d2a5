package generator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/workload"
)

// mutantsOfKind is how many mutants of each payload are tried.
func mutantsOfKind() int {
	if workload.Long() {
		return 60_000
	}
	return 1000
}

// A verdict says how the generated code and the engine judged the mutants of one
// payload.
type verdict struct {
	Kind           string   `json:"kind"`
	Total, Valid   int      `json:",omitempty"`
	Limited        int      `json:",omitempty"` // refused for a limit of the Go type
	Places         int      `json:",omitempty"` // whose violations were compared
	Disagreements  int      `json:",omitempty"`
	FirstMutants   []string `json:",omitempty"` // of the disagreements
	LostMutants    []string `json:",omitempty"` // that did not come back as they were
	MisplacedFirst []string `json:",omitempty"` // whose faults are elsewhere
}

// TestMutants gives mutants of valid messages to the generated code and to the
// engine behind lint and verify: both take and refuse the same ones, find the
// faults at the same places, and what is taken comes back unchanged.
func TestMutants(t *testing.T) {
	program, kinds := buildMutants(t, featuresOf(t, "testdata/mutants"))
	if kinds == 0 {
		t.Skip("no generated code judges")
	}
	cmd := exec.CommandContext(t.Context(), program, fmt.Sprint(mutantsOfKind()))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for range kinds {
		var v verdict
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		t.Logf("%-14s %d mutants, %d valid, %d beyond Go's types, places of %d compared", v.Kind, v.Total, v.Valid, v.Limited, v.Places)
		if v.Disagreements > 0 {
			t.Errorf("%s: %d disagreements\n%s", v.Kind, v.Disagreements, strings.Join(v.FirstMutants, "\n"))
		}
		if len(v.LostMutants) > 0 {
			t.Errorf("%s: some come back changed\n%s", v.Kind, strings.Join(v.LostMutants, "\n"))
		}
		if len(v.MisplacedFirst) > 0 {
			t.Errorf("%s: some faults are elsewhere\n%s", v.Kind, strings.Join(v.MisplacedFirst, "\n"))
		}
		if v.Valid < v.Total/50 || v.Valid > v.Total*3/4 || v.Limited > v.Total/10 {
			t.Errorf("%s: the mutants do not tell much", v.Kind)
		}
	}
}

// buildMutants builds a program that has the generated code of all kinds that
// can judge, and says how many those are; the score is to be all.
func buildMutants(t *testing.T, kinds []feature) (program string, judging int) {
	t.Helper()
	sources := map[string][]byte{}
	var imports, rows strings.Builder
	for i, k := range kinds {
		files := generate(t, readText(t, k.name+".yaml", k.document))
		if !declares(files, "func ValidateValue(") {
			t.Logf("%s does not judge", k.name)
			continue
		}
		judging++
		for _, file := range files {
			sources["mutants/"+k.name+"/"+file.Name] = file.Content
		}
		var seeds []string
		for _, s := range k.valid {
			seeds = append(seeds, s.Payload)
		}
		read := fmt.Sprintf("func(data []byte) (any, error) { v := new(m%d.Value); return v, v.UnmarshalJSON(data) }", i)
		if declares(files, "func UnmarshalValue(") {
			read = fmt.Sprintf("func(data []byte) (any, error) { return m%d.UnmarshalValue(data) }", i)
		}
		fmt.Fprintf(&imports, "\tm%d %q\n", i, "github.com/asyncwire/asyncwire/"+virtual+"/mutants/"+k.name)
		fmt.Fprintf(&rows, "\t\t{%q, %q, %#v, m%d.ValidateValue,\n\t\t\t%s},\n", k.name, k.document, seeds, i, read)
	}
	golden.Score(t, "testdata/mutants-kinds.txt", judging, len(kinds))
	text, err := os.ReadFile("testdata/mutants.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	main := strings.Replace(string(text), "\t// the packages\n", imports.String(), 1)
	sources["mutants/main.go"] = []byte(strings.Replace(main, "\t\t// the kinds\n", rows.String(), 1))
	if sources["mutants/same.go"], err = os.ReadFile("testdata/same.go.txt"); err != nil {
		t.Fatal(err)
	}
	if program, err = compile(t, sources, "mutants"); err != nil {
		t.Fatal(err)
	}
	return program, judging
}
