package generator_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/templates"
)

// TestRandomSchemas makes schemas by chance and gives samples and mutants of
// their values to the generated code and to the engine behind lint and verify:
// both take and refuse the same ones, what is taken comes back as it was and is
// valid then, it is read into what was used before, and into what is fresh, as into
// any other value, and defaults are set once and for all. ASYNCWIRE_SEED is a number
// that the batches are counted from: other schemas.
func TestRandomSchemas(t *testing.T) {
	batches, schemas, mutants := 1, 40, 40
	if workload.Long() {
		batches, schemas, mutants = 20, 200, 300
	}
	first, err := strconv.ParseUint(cmp.Or(os.Getenv("ASYNCWIRE_SEED"), "0"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for batch := range batches {
		t.Run(fmt.Sprint(batch), func(t *testing.T) { randomBatch(t, first+uint64(batch), schemas, mutants) })
	}
}

// randomBatch tries that many schemas, in one package.
func randomBatch(t *testing.T, seed uint64, schemas, mutants int) {
	g := &randomSchemas{Rand: rand.New(rand.NewPCG(seed, 6))}
	text := g.document(schemas)
	file := filepath.Join(t.TempDir(), "random.yaml")
	put(t, file, []byte(text))
	out, err := exec.CommandContext(t.Context(), buildRandom(t, text), file, fmt.Sprint(mutants)).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("%v: %s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	kinds, total, valid, limited := 0, 0, 0, 0
	for d.More() {
		var v struct {
			Kind                  string
			Total, Valid, Limited int
			Faults                []string
		}
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		kinds, total, valid, limited = kinds+1, total+v.Total, valid+v.Valid, limited+v.Limited
		for _, fault := range v.Faults {
			t.Errorf("%s: %s", v.Kind, fault)
		}
		if len(v.Faults) > 0 {
			t.Logf("%s is %s", v.Kind, schemaIn(text, v.Kind))
		}
	}
	t.Logf("%d types of %d schemas, %d texts, %d valid, %d beyond Go's types", kinds, schemas, total, valid, limited)
	if kinds < schemas/2 || valid < total/10 || valid > total*9/10 || limited > total/5 {
		t.Error("the schemas do not tell much")
	}
}

// schemaIn is the text of a schema of a document, and of the one it wraps.
func schemaIn(document, name string) string {
	var doc struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return err.Error()
	}
	var flat strings.Builder
	for _, line := range strings.Split(string(doc.Components.Schemas[strings.TrimPrefix(name, "In")]), "\n") {
		flat.WriteString(strings.TrimSpace(line))
	}
	return flat.String()
}

// judgedAlike tells whether generated code judges values of a schema. It does where the
// engine does: a schema that leads back to itself without going into the value, as one
// of allOf may, has no values that either could tell. Both say so when they are made,
// lint by schema-endless and generate by go-unchecked, and so there is no verdict to
// be compared.
func judgedAlike(t *testing.T, files []templates.File, name string, s *schema.Schema) bool {
	t.Helper()
	_, found := validate.Compile(s, nil)
	judges := declares(files, "func Validate"+name+"(")
	reads := declares(files, "func (v *"+name+") UnmarshalJSON(") || declares(files, "func Unmarshal"+name+"(")
	switch {
	case found.HasErrors() && judges:
		t.Errorf("%s: generated code judges what the engine cannot: %v", name, found)
	case !found.HasErrors() && reads && !judges:
		t.Errorf("%s: generated code does not judge what the engine can", name)
	}
	return judges
}

// buildRandom builds a program of the types of a document's schemas.
func buildRandom(t *testing.T, text string) string {
	t.Helper()
	doc := readText(t, "random.yaml", text)
	sources := map[string][]byte{}
	files := generate(t, doc)
	for _, f := range files {
		sources["random/api/"+f.Name] = f.Content
	}
	var rows strings.Builder
	for _, c := range doc.Components.Schemas {
		name := c.Key.Value
		if !judgedAlike(t, files, name, c.Value.Schema) {
			continue
		}
		read := fmt.Sprintf("func(data []byte) (any, error) { v := new(api.%s); return v, json.Unmarshal(data, v) }", name)
		if declares(files, "func Unmarshal"+name+"(") {
			read = fmt.Sprintf("func(data []byte) (any, error) { return api.Unmarshal%s(data) }", name)
		} else if !declares(files, "func (v *"+name+") UnmarshalJSON(") {
			continue
		}
		nullless := !declares(files, "func Unmarshal"+name+"(")
		fmt.Fprintf(&rows, "\t\t{%q, %v, api.Validate%s, %s},\n", name, nullless, name, read)
	}
	main, err := os.ReadFile("testdata/random.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	main = []byte(strings.Replace(string(main), "\t// the package\n", fmt.Sprintf("\tapi %q\n", "github.com/asyncwire/asyncwire/"+virtual+"/random/api"), 1))
	sources["random/main.go"] = []byte(strings.Replace(string(main), "\t\t// the kinds\n", rows.String(), 1))
	if sources["random/same.go"], err = os.ReadFile("testdata/same.go.txt"); err != nil {
		t.Fatal(err)
	}
	program, err := compile(t, sources, "random")
	if err != nil {
		t.Fatal(err)
	}
	return program
}
