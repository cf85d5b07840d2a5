package validate_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/suite"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// compileText compiles the schema in text, which is shown as name. No other file may be
// read.
func compileText(name string, text []byte, o *validate.Options) (*validate.Validator, diag.List) {
	return compileAs(schema.AsyncAPI, nil, name, text, o)
}

// compileAs is compileText for a schema in a dialect, which may refer to what a loader
// loads.
func compileAs(d schema.Dialect, loader resolve.Loader, name string, text []byte, o *validate.Options) (*validate.Validator, diag.List) {
	r := resolve.New(context.Background(), loader)
	root := r.Add(source.NewFile(name, text))
	if root.Node == nil {
		return nil, r.Findings()
	}
	reader := schema.NewReader(r)
	s := reader.ReadAs(root, d)
	v, found := validate.Compile(s, o)
	return v, slices.Concat(r.Findings(), reader.Findings(), found)
}

// mustCompile compiles a schema in which nothing is wrong.
func mustCompile(t testing.TB, text string) *validate.Validator {
	t.Helper()
	v, found := compileText("schema", []byte(text), nil)
	if found.HasErrors() {
		t.Fatalf("%.200s: %v", text, found)
	}
	return v
}

// judge returns the verdict on data, which both tiers must agree on.
func judge(t testing.TB, v *validate.Validator, data []byte) validate.Verdict {
	t.Helper()
	verdict := v.Validate(data)
	if v.Valid(data) != verdict.Valid() {
		t.Errorf("Valid says %v but Validate says %v about %.200s", v.Valid(data), verdict, data)
	}
	return verdict
}

// knownFailures are the tests of the suite that fail, by dialect and
// description, each with its reason.
var knownFailures = map[string]string{
	"draft-04: some languages do not distinguish between different types of numeric value: a float is not an integer even without fractional part": "1.0 is an integer in every dialect, as draft-06 says: senders do not choose how their serializer writes a number",
}

// suites are the dialects of the suite with the names of their scores.
var suites = []struct {
	folder, score string
	dialect       schema.Dialect
}{
	{"draft4", "draft4-", schema.Draft04},
	{"draft6", "draft6-", schema.Draft06},
	{"draft7", "", schema.AsyncAPI},
	{"draft2019-09", "draft2019-09-", schema.Draft201909},
	{"draft2020-12", "draft2020-12-", schema.Draft202012},
}

// TestSuite measures against the JSON Schema Test Suite. The scores are
// committed and may only rise.
func TestSuite(t *testing.T) {
	remotes := suite.Remotes(t)
	for _, s := range suites {
		for name, folder := range map[string]string{"required": ".", "optional": "optional", "format": "optional/format"} {
			t.Run(s.folder+"/"+name, func(t *testing.T) {
				o := &validate.Options{AllFormats: name == "format"}
				passed, total := 0, 0
				for _, file := range suite.Files(t, path.Join(s.folder, folder)) {
					for _, g := range suite.Read(t, file) {
						passed += runGroup(t, &g, remotes, s.dialect, o)
						total += len(g.Tests)
					}
				}
				golden.Score(t, filepath.Join("testdata", "score", s.score+name+".txt"), passed, total)
			})
		}
	}
}

// TestKnownFailures keeps the list of failures, with their reasons, beside the
// scores.
func TestKnownFailures(t *testing.T) {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(knownFailures)) {
		fmt.Fprintf(&out, "%s\n    %s\n", name, knownFailures[name])
	}
	golden.Check(t, filepath.Join("testdata", "score", "failures.txt"), out.Bytes())
}

// runGroup counts the tests that pass.
func runGroup(t *testing.T, g *suite.Group, loader resolve.Loader, d schema.Dialect, o *validate.Options) (passed int) {
	v, found := compileAs(d, loader, suite.Server+"suite.json", g.Schema, o)
	for _, test := range g.Tests {
		name := d.String() + ": " + g.Description + ": " + test.Description
		if v != nil && judge(t, v, test.Data).Valid() == test.Valid {
			passed++
			if why, known := knownFailures[name]; known {
				t.Errorf("%s: passes now, but is listed as failing: %s", name, why)
			}
			continue
		}
		if why, known := knownFailures[name]; known {
			t.Logf("%s: %s", name, why)
			continue
		}
		t.Errorf("%s: want %v: %v", name, test.Valid, found)
	}
	return passed
}

// TestKeywords runs our own cases for every keyword and compares what is said
// about the invalid ones.
func TestKeywords(t *testing.T) {
	golden.Each(t, "testdata/suite", "*.json", func(t *testing.T, input string) {
		var out bytes.Buffer
		for _, g := range suite.Read(t, input) {
			v, found := compileText(filepath.Base(input), g.Schema, nil)
			if v == nil {
				t.Fatal(found)
			}
			fmt.Fprintf(&out, "# %s\n", g.Description)
			for _, test := range g.Tests {
				verdict := judge(t, v, test.Data)
				if verdict.Valid() != test.Valid {
					t.Errorf("%s: %s: want %v: %v", g.Description, test.Description, test.Valid, verdict)
				}
				if !verdict.Valid() {
					fmt.Fprintf(&out, "%s\n", test.Description)
					writeViolations(&out, verdict)
				}
			}
		}
		golden.Check(t, input+".golden", out.Bytes())
	})
}

func writeViolations(out *bytes.Buffer, verdict validate.Verdict) {
	for _, v := range verdict.Violations {
		fmt.Fprintf(out, "    %q@%d %s [%s] at %s\n", v.Pointer, v.Offset, v.Message, v.Keyword, v.At.Text())
	}
}
