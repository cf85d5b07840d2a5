package generator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
)

func TestParseGoType(t *testing.T) {
	for text, want := range map[string]generator.GoType{
		"github.com/google/uuid.UUID":    {Import: "github.com/google/uuid", Name: "UUID"},
		"gopkg.in/guregu/null.v4.String": {Import: "gopkg.in/guregu/null.v4", Name: "String"},
		"time.Duration":                  {Import: "time", Name: "Duration"},
		"int64":                          {Name: "int64"},
	} {
		if got, err := generator.ParseGoType(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "UUID", "uuid.uuid", "*url.URL", "[]byte", "a.B.C()", "a.B\n", "a\".B", "a`.B", "C.Int", "unsafe.Pointer", "a//b.C", "/a.B", "../a.B",
		"a b.C", "a.Ünique", "a;import \"b\".C", "map[string]a.B", "error", "a./b.C", "-a.B", strings.Repeat("a", 300) + ".B", "a.B{}", "a.type",
	} {
		if got, err := generator.ParseGoType(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestConfigTypes(t *testing.T) {
	doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\n")
	for _, bad := range []generator.GoType{{Name: "error"}, {Import: "a", Name: "b"}, {Import: "a\"", Name: "B"}, {}} {
		if _, _, err := generator.Generate(doc, generator.Config{Types: map[string]generator.GoType{"x": bad}}); err == nil {
			t.Errorf("%v was taken for a type", bad)
		}
	}
}

// TestExtensions: an extension that cannot become code is an error at its
// place, and changes nothing.
func TestExtensions(t *testing.T) {
	for extension, want := range map[string]string{
		"x-go-type: 5":          "must be a string",
		"x-go-type: 'struct{}'": "is no Go type",
		"x-go-type: \"a.B\\n\"": "is not the name",
		"x-go-type: a.B, x-go-type-import: 'a\"; import \"b'": "is not the path",
		"x-go-type: a.B, x-go-type-import: {name: a}":         "must be an import path",
		"x-go-type-import: a":                                 "says nothing without x-go-type",
		"x-go-name: lower":                                    "must be a Go identifier",
		"x-go-name: 'A; func init() {}'":                      "must be a Go identifier",
		"x-go-name: 5":                                        "must be a Go identifier",
		"x-go-name: CodeJSON":                                 "CodeJSON is what something else is called: it would be B",
		"x-go-tags: db":                                       "must be an object",
		"x-go-tags: {json: other}":                            "must leave the json tag",
		"x-go-tags: {'a b': c}":                               "letters and digits as keys",
		"x-go-tags: {a: 'c`d'}":                               "without quotes",
		"x-go-tags: {a: 'c\"d'}":                              "without quotes",
		"x-go-tags: {a: 'c\\d'}":                              "without quotes",
		"x-go-tags: {a: 5}":                                   "must be strings",
	} {
		doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {type: object, properties: {b: {type: string, "+extension+"}}}}}\n")
		checkDeclarations(t, doc)
		_, found, err := generator.Generate(doc, generator.Config{})
		if err != nil || len(found) != 1 || found[0].Code != "go-extension" || !strings.Contains(found[0].Message, want) || found[0].At.Start == 0 {
			t.Errorf("%s: %v, %v", extension, found, err)
		}
	}
}

// TestExtensionSlips: an extension that looks like one for Go is a warning that says
// which; those of other tools are left alone.
func TestExtensionSlips(t *testing.T) {
	for extension, want := range map[string]string{
		"x-go-nam: B":          `did you mean "x-go-name"?`,
		"x-go-typ: string":     `did you mean "x-go-type"?`,
		"x-goname: B":          `did you mean "x-go-name"?`,
		"x-go-tag: {a: b}":     `did you mean "x-go-tags"?`,
		"x-go-json-ignore: no": "",
		"x-order: 1":           "",
	} {
		doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {type: object, properties: {b: {type: string, "+extension+"}}}}}\n")
		_, found, err := generator.Generate(doc, generator.Config{})
		help := ""
		for _, d := range found {
			help += d.Help
		}
		if err != nil || found.HasErrors() || help != want {
			t.Errorf("%s: %v, %v", extension, found, err)
		}
	}
}

// TestUnchecked: what cannot be obeyed is left out and told of at its place, and the rest
// is judged. Where leaving it out would refuse values, nothing judges the type, which is
// told of with the fault that is to blame.
func TestUnchecked(t *testing.T) {
	doc := readText(t, "a.yaml", `asyncapi: 3.0.0
info: {title: T, version: '1'}
components:
  schemas:
    A: {type: object, properties: {a: {type: string, minLength: 1}}}
    B: {type: object, properties: {a: {not: {pattern: '(?i)x'}}}}
    C: {type: object, properties: {a: {type: string, pattern: '(?i)y'}, b: {anyOf: [{pattern: '(?i)z'}, {minLength: 3}]}}, required: [a]}
    D: {oneOf: [{$ref: '#/components/schemas/C'}, {type: string}]}
`)
	files, found, err := generator.Generate(doc, generator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		at := f.At.String()
		for _, n := range f.Notes {
			at += " for " + n.At.String()
		}
		got = append(got, at)
	}
	want := []string{"a.yaml:6:8 for a.yaml:6:55", "a.yaml:7:63", "a.yaml:7:95", "a.yaml:8:8 for a.yaml:7:63"}
	if !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("%v", found)
	}
	for name, want := range map[string]bool{"A": true, "B": false, "C": true, "D": false} {
		if declares(files, "func Validate"+name+"(") != want {
			t.Errorf("%s is judged: %v", name, !want)
		}
	}
}
