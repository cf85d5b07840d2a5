package openapi_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/openapi"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// judges are the two that are compared, for the schema Root of a document.
type judges struct {
	ours   *validate.Validator
	theirs *openapi3.Schema
}

// newJudges makes both from the schemas of a document, as JSON.
func newJudges(t testing.TB, schemas string) judges {
	t.Helper()
	text := []byte(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":` + schemas + `}}`)
	refs := resolve.New(t.Context(), inMemory{})
	root := refs.Add(source.NewFile("openapi.json", text))
	r := schema.NewReader(refs, openapi.Language{})
	s := r.Read(resolve.Walk(root, "/components/schemas/Root"))
	v, found := validate.Compile(s, nil)
	if v == nil || refs.Findings().HasErrors() || r.Findings().HasErrors() {
		t.Fatalf("%s: %v %v", schemas, found, r.Findings())
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("%s: %v", schemas, err)
	}
	return judges{v, doc.Components.Schemas["Root"].Value}
}

// verdicts are those of both about a JSON text.
func (j judges) verdicts(t testing.TB, text string) (ours, theirs bool) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return j.ours.Valid([]byte(text)), j.theirs.VisitJSON(value) == nil
}

// disagreements are where the model judges values differently from us, each with
// the sentence that decides.
var disagreements = []struct {
	name, sentence, schema, value string
	ours                          bool
}{
	{"null in an enum", `OpenAPI 3.0.3 proposal 2019-10-31 "Clarify Nullable": nullable adds "null" to the types; "enum" must list null to allow it`,
		`{"type":"string","nullable":true,"enum":["a"]}`, `null`, false},
	{"null under allOf", `same: "nullable" of one schema cannot allow what another one under allOf forbids`,
		`{"type":"object","nullable":true,"allOf":[{"type":"object"}]}`, `null`, false},
	{"null without a type", `same: a schema without "type" allows values of any type, null among them`,
		`{"minLength":1}`, `null`, true},
	{"nullable without a type", `OpenAPI 3.0.3 "Schema Object", nullable: it counts only "if type is explicitly defined within the same Schema Object"`,
		`{"nullable":true,"anyOf":[{"type":"string"}]}`, `null`, false},
	{"never", `JSON Schema Wright-00 validation 5.25: valid "if it fails to validate successfully" by the schema under "not"; everything is valid by {}`,
		`{"not":{}}`, `1`, false},
	{"two alternatives", `JSON Schema Wright-00 validation 5.24: "exactly one schema" of oneOf, and both hold`,
		`{"oneOf":[{},{}]}`, `1`, false},
	{"base64", `OpenAPI 3.0.3 "Data Types": byte is "base64 encoded characters", RFC 4648 section 4: with padding`,
		`{"type":"string","format":"byte"}`, `"abc"`, false},
	{"day of a month", `RFC 3339 section 5.7: the day is one of the month`,
		`{"type":"string","format":"date"}`, `"2023-02-30"`, false},
	{"precision", `JSON Schema Wright-00 core 4.2: a number is "An arbitrary-precision, base-10 decimal number value"`,
		`{"type":"integer","maximum":9007199254740992}`, `9007199254740993`, false},
	{"implicit names", `OpenAPI 3.0.3 "Discriminator Object": the value "will correspond to the name of a schema", beside those that mapping gives`,
		`{"oneOf":[{"$ref":"#/components/schemas/Cat"}],"discriminator":{"propertyName":"k","mapping":{"c":"#/components/schemas/Cat"}}}`, `{"k":"Cat"}`, true},
	{"no such schema", `OpenAPI 3.0.3 "Discriminator Object": where no schema can be determined, "validation SHOULD fail", without a mapping too`,
		`{"oneOf":[{"$ref":"#/components/schemas/Cat"}],"discriminator":{"propertyName":"k"}}`, `{"k":"Dog"}`, false},
}

// TestDisagreements demands that each still is one, and of the kind that is
// said.
func TestDisagreements(t *testing.T) {
	for _, d := range disagreements {
		j := newJudges(t, `{"Cat":{"type":"object"},"Root":`+d.schema+`}`)
		ours, theirs := j.verdicts(t, d.value)
		if ours != d.ours || theirs == ours {
			t.Errorf("%s: we say %t, the model %t; %s", d.name, ours, theirs, d.sentence)
		}
	}
}

// TestAgreement compares verdicts on random values by random schemas that leave
// out what is known to be judged differently: null is a value of plain schemas
// alone.
func TestAgreement(t *testing.T) {
	t.Run("all but null", func(t *testing.T) { agree(t, generator{Rand: rand.New(rand.NewPCG(1, 2))}) })
	t.Run("null", func(t *testing.T) { agree(t, generator{Rand: rand.New(rand.NewPCG(3, 4)), null: true}) })
}

func agree(t *testing.T, g generator) {
	verdicts := map[bool]int{}
	for range 1000 {
		schemas := g.schemas()
		j := newJudges(t, schemas)
		for range 12 {
			text := g.value(3)
			ours, theirs := j.verdicts(t, text)
			if ours != theirs {
				t.Fatalf("%s\n%s\nwe say %t, the model %v", schemas, text, ours, j.theirs.VisitJSON(decoded(text)))
			}
			verdicts[ours]++
		}
	}
	if verdicts[true] < 800 || verdicts[false] < 800 {
		t.Errorf("%d valid and %d invalid values prove little", verdicts[true], verdicts[false])
	}
}

func decoded(text string) (value any) {
	_ = json.Unmarshal([]byte(text), &value)
	return value
}

// generator makes schemas and values that often have to do with each other.
type generator struct {
	*rand.Rand
	null bool // values may be null, and all schemas have a type
}

func (g generator) pick(of ...string) string { return of[g.IntN(len(of))] }

// schemas are Root and those it may refer to, and a recursive one.
func (g generator) schemas() string {
	return fmt.Sprintf(`{"Root":%s,"A":%s,"B":%s,"Tree":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/Tree"},"b":%s}}}`,
		g.schema(3), g.object(1), g.object(1), g.schema(1))
}

func (g generator) schema(depth int) string {
	kinds := []func() string{g.number, g.text, func() string { return `{"type":"boolean"}` }, g.enum}
	switch {
	case g.null && depth > 0:
		kinds = append(kinds[:3], func() string { return g.object(depth) }, func() string { return g.array(depth) })
	case g.null:
		kinds = kinds[:3]
	case depth > 0:
		deeper := []func() string{
			func() string { return g.object(depth) }, func() string { return g.array(depth) }, func() string { return g.combined(depth) },
			func() string { return g.named() },
			func() string { return `{"$ref":"#/components/schemas/` + g.pick("A", "B", "Tree") + `"}` },
		}
		kinds = append(append(kinds, deeper...), deeper...)
	}
	return kinds[g.IntN(len(kinds))]()
}

// rules is an object with some of the given members.
func (g generator) rules(always string, maybe ...string) string {
	members := []string{always}
	for _, m := range maybe {
		if g.IntN(3) == 0 {
			members = append(members, m)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (g generator) number() string {
	limit := func(key string) string { return fmt.Sprintf(`"%s":%d`, key, g.IntN(7)-3) }
	return g.rules(`"type":"`+g.pick("integer", "number")+`"`, limit("minimum"), limit("maximum"), `"exclusiveMinimum":true`,
		`"exclusiveMaximum":`+g.pick("true", "false"), `"multipleOf":`+g.pick("1", "2", "0.5"), `"nullable":true`)
}

func (g generator) text() string {
	return g.rules(`"type":"string"`, fmt.Sprintf(`"minLength":%d`, g.IntN(3)), fmt.Sprintf(`"maxLength":%d`, g.IntN(5)),
		`"pattern":"`+g.pick("^a", "b$", "[0-9]")+`"`, `"nullable":true`)
}

func (g generator) enum() string { return `{"enum":[` + g.scalar() + `,` + g.value(1) + `]}` }

func (g generator) array(depth int) string {
	return g.rules(`"type":"array","items":`+g.schema(depth-1), fmt.Sprintf(`"minItems":%d`, g.IntN(3)),
		fmt.Sprintf(`"maxItems":%d`, g.IntN(4)), `"uniqueItems":true`)
}

func (g generator) object(depth int) string {
	return g.rules(`"type":"object"`, `"properties":{"a":`+g.schema(depth-1)+`,"b":`+g.schema(depth-1)+`}`,
		`"required":["`+g.pick("a", "b", "k")+`"]`, `"additionalProperties":`+g.pick("true", "false", g.schema(depth-1)),
		fmt.Sprintf(`"minProperties":%d`, g.IntN(2)), fmt.Sprintf(`"maxProperties":%d`, 1+g.IntN(3)), `"nullable":true`)
}

func (g generator) combined(depth int) string {
	a, b := g.schema(depth-1), g.schema(depth-1)
	switch g.IntN(4) {
	case 0:
		return `{"allOf":[` + a + `,` + b + `]}`
	case 1:
		return `{"anyOf":[` + a + `,` + b + `]}`
	case 2:
		return `{"oneOf":[` + a + `,` + b + `]}`
	}
	return `{"not":` + a + `}`
}

// named is a discriminator whose values are all mapped.
func (g generator) named() string {
	return `{"` + g.pick("oneOf", "anyOf") + `":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}],` +
		`"discriminator":{"propertyName":"k","mapping":{"a":"#/components/schemas/A","b":"#/components/schemas/B"}}}`
}

func (g generator) scalar() string {
	if g.null && g.IntN(3) == 0 {
		return "null"
	}
	return g.pick("0", "1", "-1", "2", "2.5", "-3.0", "3", "true", "false", `""`, `"a"`, `"ab"`, `"a1"`, `"b"`, `"0123"`, `"é"`)
}

func (g generator) value(depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.scalar()
	}
	if g.IntN(3) == 0 {
		items := make([]string, g.IntN(4))
		for i := range items {
			items[i] = g.value(depth - 1)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	var members []string
	for _, key := range []string{"a", "b", "c"} {
		if g.IntN(2) == 0 {
			members = append(members, `"`+key+`":`+g.value(depth-1))
		}
	}
	if g.IntN(3) == 0 {
		members = append(members, `"k":`+g.pick(`"a"`, `"b"`, `"x"`, "1"))
	}
	return "{" + strings.Join(members, ",") + "}"
}
