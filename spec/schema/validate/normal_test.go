package validate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/suite"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/check/idn"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/templates"
)

// normalOf is the normal form of the schema in text and of those it defines,
// which have names of their own.
func normalOf(t testing.TB, d schema.Dialect, loader resolve.Loader, text []byte, o *validate.Options) check.Set {
	t.Helper()
	r := resolve.New(t.Context(), loader)
	s := schema.NewReader(r).ReadAs(r.Add(source.NewFile(suite.Server+"suite.json", text)), d)
	roots := []validate.Root{{Name: "root", Schema: s}}
	for _, p := range s.Definitions {
		roots = append(roots, validate.Root{Name: p.Name.Text, Schema: p.Schema})
	}
	set, found := validate.Normal(roots, o, nil)
	if found.HasErrors() {
		return nil
	}
	return set
}

// told is what check says of a text. What two schemas say in the same words counts
// once: whether it is said twice depends on where they stand.
func told(err error) string {
	var broken *check.Error
	if !errors.As(err, &broken) {
		return ""
	}
	var lines []string
	for _, v := range broken.Violations {
		lines = append(lines, fmt.Sprintf("%s@%d %s %s\n", v.Pointer, v.Offset, v.Keyword, v.Message))
	}
	return strings.Join(slices.Compact(lines), "")
}

// toldOf is told for the verdict of a schema of a document.
func toldOf(verdict validate.Verdict) string {
	broken := &check.Error{}
	for _, v := range verdict.Violations {
		broken.Violations = append(broken.Violations, check.Violation{Pointer: v.Pointer, Offset: v.Offset, Keyword: v.Keyword, Message: v.Message})
	}
	return told(broken)
}

// judged is a text of the suite with what is said of it.
type judged struct {
	Name string
	Set  int
	Data []byte
	Told string
}

// suiteSets are the normal forms of all schemas of the suite, and its texts.
func suiteSets(t *testing.T) (sets []check.Set, texts []judged) {
	remotes := suite.Remotes(t)
	for _, s := range suites {
		for _, folder := range []string{".", "optional", "optional/format"} {
			o := &validate.Options{AllFormats: folder == "optional/format"}
			for _, file := range suite.Files(t, path.Join(s.folder, folder)) {
				for _, g := range suite.Read(t, file) {
					v, _ := compileAs(s.dialect, remotes, suite.Server+"suite.json", g.Schema, o)
					set := normalOf(t, s.dialect, remotes, g.Schema, o)
					if v == nil || set == nil {
						t.Errorf("%s: no validator", g.Description)
						continue
					}
					for _, test := range g.Tests {
						texts = append(texts, judged{s.folder + ": " + g.Description + ": " + test.Description, len(sets), test.Data, toldOf(v.Validate(test.Data))})
					}
					sets = append(sets, set)
				}
			}
		}
	}
	return sets, texts
}

// TestNormal: what is said by the set for printing is, word for word, what is said
// by the schema itself.
func TestNormal(t *testing.T) {
	sets, texts := suiteSets(t)
	rules := make([]*check.Rules, len(sets))
	for i, set := range sets {
		rules[i] = check.NewRulesWithLabels(set, idn.Labels)
	}
	for _, one := range texts {
		if got := told(rules[one.Set].Of("root").Check(one.Data)); got != one.Told {
			t.Errorf("%s\n%s\ngot %swant %s", one.Name, one.Data, got, one.Told)
		}
	}
}

// printedMain reads texts and tells what the rules say of them.
const printedMain = `package main

import (
	"encoding/json"
	"os"
)

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var one struct{ Set int; Data []byte }
		if in.Decode(&one) != nil {
			return
		}
		var broken any
		if err := all()[one.Set].Of("root").Check(one.Data); err != nil {
			broken = err
		}
		_ = out.Encode(broken)
	}
}
`

// TestPrinted: a set that is printed as Go and compiled says the same as the set.
func TestPrinted(t *testing.T) {
	sets, texts := suiteSets(t)
	run := buildPrinted(t, sets)
	var in bytes.Buffer
	for _, one := range texts {
		if err := json.NewEncoder(&in).Encode(one); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), run)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bytes.NewReader(out))
	for _, one := range texts {
		var broken *check.Error
		if err := answers.Decode(&broken); err != nil {
			t.Fatal(one.Name, err)
		}
		var got error
		if broken != nil {
			got = broken
		}
		if got := told(got); got != one.Told {
			t.Errorf("%s\n%s\ngot %swant %s", one.Name, one.Data, got, one.Told)
		}
	}
}

// buildPrinted compiles a program of all sets. Its sources exist only in an
// overlay of the build.
func buildPrinted(t *testing.T, sets []check.Set) string {
	t.Helper()
	plan := &ir.Package{Name: "main", Runtime: "github.com/asyncwire/asyncwire/runtime"}
	file := &ir.File{Name: "rules.go"}
	list := "package main\n\nimport \"github.com/asyncwire/asyncwire/runtime/check\"\n\nfunc all() []*check.Rules {\n\treturn []*check.Rules{"
	for i, set := range sets {
		name := fmt.Sprintf("rules%d", i)
		file.Decls = append(file.Decls, &ir.Rules{Name: name, SetName: name + "Set", Set: set})
		list += name + ", "
	}
	plan.Files = []*ir.File{file}
	files, err := templates.Render(plan)
	if err != nil {
		t.Fatal(err)
	}
	dir, module := t.TempDir(), corpus.Module(t)
	replace := map[string]string{}
	for name, content := range map[string]string{"rules.go": string(files[0].Content), "all.go": list + "}\n}\n", "main.go": printedMain} {
		replace[filepath.Join(module, "internal", "printed", name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "printed")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "./internal/printed")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.4000s", err, out)
	}
	return program
}

// TestNormalNames shows what stands where: schemas that are used once in place,
// the others by name.
func TestNormalNames(t *testing.T) {
	const text = `{
		"title": "not an alternative",
		"properties": {
			"id": {"$ref": "#/definitions/ID"},
			"total": {"$ref": "#/definitions/Money"},
			"lines": {"items": {"properties": {"price": {"$ref": "#/definitions/Money"}, "parts": {"$ref": "#/properties/lines"}}}},
			"tax": {"title": "merged", "items": {"type": "number"}, "allOf": [{"$ref": "#/definitions/Money"}, {"$ref": "#/definitions/ID"}]},
			"by": {"oneOf": [{"$ref": "#/definitions/Card"}, {"title": "cash", "type": "null"}]}
		},
		"definitions": {
			"ID": {"type": "string", "minLength": 1},
			"Money": {"required": ["amount"], "properties": {"amount": {"type": "number", "minimum": 0}}},
			"Card": {"type": "object", "required": ["number"], "x-named": true}
		}
	}`
	r := resolve.New(t.Context(), nil)
	s := schema.NewReader(r).Read(r.Add(source.NewFile("schema", []byte(text))))
	set, found := validate.Normal([]validate.Root{
		{Name: "Order", Schema: s}, {Name: "Card", Schema: s.Definitions[2].Schema}, {Name: "Alias", Schema: s}, {Name: "Any"},
	}, nil, numbersFit{})
	if len(found) > 0 {
		t.Fatal(found)
	}
	files, err := templates.Render(&ir.Package{
		Name: "p", Runtime: "github.com/asyncwire/asyncwire/runtime",
		Files: []*ir.File{{Name: "rules.go", Decls: []ir.Decl{&ir.Rules{Name: "rules", SetName: "schemas", Set: set}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "normal.go.txt"), files[0].Content)
}

// numbersFit has numbers read into a small type. What a title says is merged has the
// limits of its numbers from it, and not from what it is made of.
type numbersFit struct{}

func (numbersFit) Fit(s *schema.Schema) validate.Fit {
	if s.Title == "merged" {
		apart := map[*schema.Schema]bool{}
		for _, one := range s.AllOf {
			apart[one] = true
		}
		return validate.Fit{Apart: apart, In: &schema.Schema{Properties: []schema.Property{{Name: schema.Name{Text: "amount"}, Schema: s.Items}}}}
	}
	if s.Types.Has(schema.TypeNumber) {
		return validate.Fit{Limits: check.Schema{check.Minimum("-9"), check.Fits("int32")}}
	}
	return validate.Fit{}
}

func (numbersFit) Limited(s *schema.Schema) bool {
	return s.Types.Has(schema.TypeNumber) || len(s.Properties) > 0
}

func (numbersFit) Partial(*schema.Schema) bool { return false }

// TestNormalDeep gives names to schemas that would stand too deep in each other,
// and has nothing grow with the number of ways through a document.
func TestNormalDeep(t *testing.T) {
	const levels = 400
	var b strings.Builder
	b.WriteString(`{"$ref":"#/definitions/l0","definitions":{`)
	for i := range levels {
		fmt.Fprintf(&b, `"l%d":{"items":{"$ref":"#/definitions/l%d"},"minItems":1},`, i, i+1)
		fmt.Fprintf(&b, `"w%d":{"items":[{"$ref":"#/definitions/w%d"},{"$ref":"#/definitions/w%d"}]},`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, `"l%d":{"$ref":"#/definitions/w0"},"w%d":{"type":"null"}}}`, levels, levels)
	r := resolve.New(t.Context(), nil)
	set, found := validate.Normal([]validate.Root{{Name: "root", Schema: schema.NewReader(r).Read(r.Add(source.NewFile("schema", []byte(b.String()))))}}, nil, nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if text := fmt.Sprint(set); len(set) < levels || len(text) > 100_000 {
		t.Errorf("%d schemas, %d bytes", len(set), len(text))
	}
	v := check.NewRules(set).Of("root")
	for text, want := range map[string]bool{strings.Repeat("[", levels) + "[]" + strings.Repeat("]", levels): true, "[[]]": false} {
		if got := v.Valid([]byte(text)); got != want {
			t.Errorf("%.20s: %v", text, got)
		}
	}
}

// TestNormalLeavesOut: a pattern that is none does not count, and the rest does; where
// that would have values refused, it is an error.
func TestNormalLeavesOut(t *testing.T) {
	normal := func(text string) (check.Set, diag.List) {
		r := resolve.New(t.Context(), nil)
		s := schema.NewReader(r).Read(r.Add(source.NewFile("schema", []byte(text))))
		return validate.Normal([]validate.Root{{Name: "root", Schema: s}}, &validate.Options{LeaveOut: true}, nil)
	}
	set, found := normal(`{"properties":{"a":{"pattern":"(?i)x","minLength":2},"b":{"minimum":1e99999999999999999999}},"required":["a"]}`)
	if set == nil || len(found) != 2 || found.HasErrors() {
		t.Fatal(found)
	}
	rules := check.NewRules(set).Of("root")
	for text, want := range map[string]bool{`{"a":"yy","b":1}`: true, `{"a":"y"}`: false, `{}`: false} {
		if got := rules.Valid([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, form := range []string{
		`{"not":%s}`, `{"oneOf":[%s,{"type":"null"}]}`, `{"if":%s,"then":false}`, `{"contains":%s,"maxContains":1}`,
		`{"not":{"properties":{"a":%s}}}`, `{"items":{"$ref":"#/definitions/p"},"not":{"$ref":"#/definitions/p"},"definitions":{"p":%s}}`,
	} {
		if set, found := normal(fmt.Sprintf(form, `{"pattern":"(?i)x"}`)); set != nil || !found.HasErrors() {
			t.Errorf("%s: %v", form, found)
		}
	}
}
