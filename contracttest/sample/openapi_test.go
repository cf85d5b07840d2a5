package sample

import (
	"bytes"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

const pets = `openapi: 3.0.3
components:
  schemas:
    Pet:
      oneOf:
        - {$ref: '#/components/schemas/Cat'}
        - {$ref: '#/components/schemas/Dog'}
        - {$ref: '#/components/schemas/Fish'}
      discriminator: {propertyName: kind, mapping: {feline: Cat, canine: '#/components/schemas/Dog'}}
    Cat: {type: object, properties: {kind: {type: string}, lives: {type: integer, minimum: 0, exclusiveMinimum: true, maximum: 9}}}
    Dog: {type: object, properties: {kind: {type: string}, trick: {type: string, nullable: true}}}
    Fish: {type: object, required: [depth], properties: {depth: {type: number, format: float, nullable: true}}}
`

// TestOpenAPI: samples say by the discriminator which schema they are of, are
// null where they may be, and what is broken on purpose is invalid.
func TestOpenAPI(t *testing.T) {
	loader, err := resolve.NewFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	refs := resolve.New(t.Context(), loader)
	r := schema.NewReader(refs)
	s := r.Read(resolve.Walk(refs.Add(source.NewFile("pets.yaml", []byte(pets))), "/components/schemas/Pet"))
	if found := append(refs.Findings(), r.Findings()...); len(found) > 0 {
		t.Fatal(found)
	}
	v, _ := validate.Compile(s, nil)
	sampler, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{`"Cat"`: true, `"Dog"`: true, `"Fish"`: true, `null`: true}
	for seed := range uint64(200) {
		got, err := sampler.Valid(seed)
		if err != nil {
			t.Fatal(seed, err)
		}
		if verdict := v.Validate(got); !verdict.Valid() {
			t.Errorf("%s: %v", got, verdict.Violations)
		}
		for word := range left {
			if bytes.Contains(got, []byte(word)) {
				delete(left, word)
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("never made: %v", left)
	}
}
