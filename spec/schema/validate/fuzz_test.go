package validate

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

func compileBytes(text []byte) *Validator {
	v, _ := compileSchema(text)
	return v
}

func compileSchema(text []byte) (*Validator, diag.List) {
	s := readSchema(text)
	if s == nil {
		return nil, nil
	}
	return Compile(s, nil)
}

// readSchema reads a schema that refers to no other file, nil when there is none.
func readSchema(text []byte) *schema.Schema {
	nothing, err := resolve.NewFiles()
	if err != nil {
		panic(err)
	}
	r := resolve.New(context.Background(), nothing)
	root := r.Add(source.NewFile("schema", text))
	if root.Node == nil {
		return nil
	}
	return schema.NewReader(r).Read(root)
}

var fuzzSchemas = []string{
	`true`,
	`{"type":"object","required":["a"],"properties":{"a":{"type":"integer","minimum":-5,"multipleOf":0.5},"b":{"$ref":"#"}},"patternProperties":{"^c":{"uniqueItems":true}}}`,
	`{"anyOf":[{"items":{"$ref":"#"}},{"type":"number","exclusiveMaximum":1e3},{"enum":["x",null,{"a":[1]}]},{"propertyNames":{"maxLength":2},"additionalProperties":{"$ref":"#"}}]}`,
	`{"oneOf":[{"type":"string","format":"date-time"},{"type":"string","pattern":"^[a-z]+(-[0-9]{2})*$"},{"not":{"type":"string"}}]}`,
	`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x:y","$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}},"anyOf":[{"prefixItems":[{"type":"integer"}]},{"properties":{"b":true},"patternProperties":{"^c":{"$dynamicRef":"#n"}}},{"contains":{"const":"x"},"minContains":0,"maxContains":2}],"if":{"required":["b"]},"then":{"properties":{"d":{}}},"dependentSchemas":{"a":{"properties":{"":{}}}},"unevaluatedProperties":{"$ref":"#","minProperties":1},"unevaluatedItems":{"type":["array","null"]}}`,
	`{"if":{"required":["a"]},"then":{"minProperties":2},"else":{"contains":{"const":1}},"dependencies":{"a":["b"],"b":{"maxProperties":3}},"items":[{"minLength":1}],"additionalItems":false}`,
}

// FuzzValidate holds both tiers to one verdict, and the strictness to be no laxer
// than encoding/json.
func FuzzValidate(f *testing.F) {
	for i, data := range []string{
		`{"a":1,"b":{"a":2.5},"c1":[1,1.0]}`, `[{"a":[1]},"x",null,1e3,[[]]]`, `"2024-05-17T09:26:53Z"`, `["\ud83d\udca9\u0000"]`, `{"a":1,"a":2}`, "\xff", `[1,2`, `-0.0e-10`,
	} {
		f.Add(uint8(i), []byte(data))
	}
	validators := make([]*Validator, len(fuzzSchemas))
	for i, text := range fuzzSchemas {
		if validators[i] = compileBytes([]byte(text)); validators[i] == nil {
			f.Fatal(text)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		checkVerdict(t, validators[int(which)%len(validators)], data)
	})
}

func checkVerdict(t *testing.T, v *Validator, data []byte) {
	t.Helper()
	verdict := v.Validate(data)
	if v.Valid(data) != verdict.Valid() {
		t.Fatalf("Valid says %v, Validate says %v", v.Valid(data), verdict)
	}
	noJSON := slices.ContainsFunc(verdict.Violations, func(v Violation) bool {
		return v.OfText() || v.Keyword == "max-depth"
	})
	if !noJSON && !json.Valid(data) {
		t.Fatalf("is no JSON, but is judged: %.500v", verdict)
	}
	for _, broken := range verdict.Violations {
		if broken.Message == "" || broken.Offset < 0 || broken.Offset > len(data) || !utf8.ValidString(broken.Message) || !utf8.ValidString(broken.Pointer) {
			t.Fatalf("%+v", broken)
		}
	}
}

// FuzzCompile takes any schema without a panic, and judges by what compiles.
func FuzzCompile(f *testing.F) {
	for _, text := range fuzzSchemas {
		f.Add([]byte(text), []byte(`{"a":[1,"x"]}`))
	}
	f.Add([]byte(`{"$ref":"#/definitions/a","definitions":{"a":{"$id":"x","allOf":[{"$ref":"#"}]}}}`), []byte(`[]`))
	f.Add([]byte("type: [string, nul]\nenum: &a [x, *a]\n"), []byte(`""`))
	f.Fuzz(func(t *testing.T, text, data []byte) {
		v := compileBytes(text)
		if v == nil {
			return
		}
		checkVerdict(t, v, data)
		set, found := Normal([]Root{{Name: "root", Schema: readSchema(text)}}, nil, nil)
		if found.HasErrors() {
			t.Fatalf("compiles but has no normal form: %v", found)
		}
		if got := check.NewRulesWithLabels(set, labels).Of("root").Valid(data); got != v.Valid(data) {
			t.Fatalf("the normal form says %v", got)
		}
	})
}
