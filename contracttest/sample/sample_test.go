package sample

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/xeipuuv/gojsonschema"
)

// read returns the schema written in text, and the text as JSON.
func read(t testing.TB, text string) (*schema.Schema, []byte) {
	t.Helper()
	loader, err := resolve.NewFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(t.Context(), loader)
	root := r.Add(source.NewFile("schema.yaml", []byte(text)))
	reader := schema.NewReader(r)
	s := reader.Read(root)
	if found := append(r.Findings(), reader.Findings()...); found.HasErrors() || root.Node == nil {
		t.Fatalf("%s: %v", text, found)
	}
	return s, encode(root.Node)
}

// schemas have valid values, each by its own way.
var schemas = map[string]string{
	"any":               `{}`,
	"true":              `true`,
	"null":              `{type: "null"}`,
	"boolean":           `{type: boolean}`,
	"integer":           `{type: integer}`,
	"integer range":     `{type: integer, minimum: -3, exclusiveMaximum: 2}`,
	"one integer":       `{type: integer, minimum: 7, maximum: 7}`,
	"large integer":     `{type: integer, minimum: 9007199254740993, maximum: 9007199254740999}`,
	"multiples":         `{type: integer, multipleOf: 7, exclusiveMinimum: 14}`,
	"number":            `{type: number}`,
	"one number":        `{type: number, minimum: 0.123456, maximum: 0.123456}`,
	"narrow number":     `{type: number, exclusiveMinimum: 0.001, exclusiveMaximum: 0.002}`,
	"cents":             `{type: number, multipleOf: 0.01, minimum: 0.1, maximum: 0.2}`,
	"common multiple":   `{allOf: [{type: number, multipleOf: 0.4}, {multipleOf: 0.6, minimum: 1}]}`,
	"int32":             `{type: integer, format: int32}`,
	"int8":              `{type: integer, format: int8}`,
	"int16":             `{type: integer, format: int16}`,
	"uint8":             `{type: integer, format: uint8}`,
	"uint16":            `{type: integer, format: uint16}`,
	"uint32":            `{type: integer, format: uint32}`,
	"uint64":            `{type: integer, format: uint64}`,
	"uint8 and bound":   `{type: integer, format: uint8, minimum: 250}`,
	"float":             `{type: number, format: float}`,
	"string":            `{type: string}`,
	"lengths":           `{type: string, minLength: 30, maxLength: 33}`,
	"empty string":      `{type: string, maxLength: 0}`,
	"pattern":           `{type: string, pattern: '^[A-Z]{3}-\d+(\.\w+)?$'}`,
	"pattern, length":   `{type: string, pattern: '^[a-z]+$', minLength: 40, maxLength: 40}`,
	"open pattern":      `{type: string, pattern: 'ab', minLength: 10}`,
	"alternatives":      `{type: string, pattern: '^(?:red|green|blue)$'}`,
	"unicode pattern":   `{type: string, pattern: '^\u00e9+$'}`,
	"two patterns":      `{allOf: [{type: string, pattern: '^a'}, {pattern: 'a$'}]}`,
	"uuid":              `{type: string, format: uuid}`,
	"date-time":         `{type: string, format: date-time}`,
	"date":              `{type: string, format: date}`,
	"time":              `{type: string, format: time}`,
	"email":             `{type: string, format: email, maxLength: 40}`,
	"hostname":          `{type: string, format: hostname}`,
	"ipv4":              `{type: string, format: ipv4}`,
	"ipv6":              `{type: string, format: ipv6}`,
	"uri":               `{type: string, format: uri}`,
	"uri-reference":     `{type: string, format: uri-reference}`,
	"json-pointer":      `{type: string, format: json-pointer}`,
	"regex":             `{type: string, format: regex}`,
	"byte":              `{type: string, format: byte}`,
	"unknown format":    `{type: string, format: colour}`,
	"enum":              `{enum: [a, 1, null, [x], {y: 1}]}`,
	"enum and bound":    `{enum: [1, 2, 3, 40], minimum: 30}`,
	"const":             `{const: {a: [1, 2.50, "x"]}}`,
	"types":             `{type: [string, "null", integer], minLength: 2, minimum: 5}`,
	"bad example":       `{type: integer, maximum: 3, examples: [9, "x"], default: 12}`,
	"array":             `{type: array, items: {type: integer}}`,
	"array bounds":      `{type: array, items: {type: boolean}, minItems: 3, maxItems: 4}`,
	"unique":            `{type: array, items: {type: integer, minimum: 1, maximum: 4}, uniqueItems: true, minItems: 4}`,
	"tuple":             `{type: array, items: [{type: string}, {type: integer}], additionalItems: false, minItems: 2}`,
	"contains":          `{type: array, items: {type: integer}, contains: {minimum: 100, multipleOf: 5}, minItems: 2}`,
	"object":            `{type: object, required: [a], properties: {a: {type: string}, b: {type: integer}, c: {type: boolean}}}`,
	"closed":            `{type: object, required: [a], additionalProperties: false, properties: {a: {type: string}, b: {}}}`,
	"map":               `{type: object, additionalProperties: {type: integer}, minProperties: 2}`,
	"pattern map":       `{type: object, patternProperties: {'^x-[a-z]+$': {type: integer}}, additionalProperties: false, minProperties: 3}`,
	"names":             `{type: object, propertyNames: {pattern: '^[A-Z]{2}$'}, minProperties: 2}`,
	"few":               `{type: object, maxProperties: 1, properties: {a: {}, b: {}, c: {}}}`,
	"required unknown":  `{type: object, required: [z], additionalProperties: {type: integer}}`,
	"dependencies":      `{type: object, properties: {a: {}, b: {}}, dependencies: {a: [b, c], b: {required: [d], properties: {d: {type: integer}}}}}`,
	"forbidden":         `{type: object, properties: {a: false, b: {type: string}}}`,
	"allOf":             `{allOf: [{type: object, required: [a], properties: {a: {type: integer, minimum: 3}}}, {properties: {a: {maximum: 4}, b: {type: string}}}]}`,
	"anyOf":             `{anyOf: [{type: string, minLength: 3}, {type: integer}]}`,
	"oneOf kinds":       `{oneOf: [{type: object, required: [k], properties: {k: {const: a}, x: {type: integer}}}, {type: object, required: [k, y], properties: {k: {const: b}, y: {type: string}}}]}`,
	"oneOf overlapping": `{type: integer, minimum: 0, maximum: 60, oneOf: [{multipleOf: 3}, {multipleOf: 5}]}`,
	"not":               `{type: string, not: {enum: [""]}, maxLength: 3}`,
	"if":                `{type: object, required: [k], properties: {k: {enum: [a, b]}}, if: {properties: {k: {const: a}}}, then: {required: [x]}, else: {required: [y]}}`,
	"list":              `{definitions: {node: {type: object, required: [v], properties: {v: {type: integer}, next: {$ref: '#/definitions/node'}}}}, $ref: '#/definitions/node'}`,
	"tree":              `{type: object, required: [children], properties: {children: {type: array, items: {$ref: '#'}}, a: {$ref: '#'}, b: {$ref: '#'}, c: {$ref: '#'}}}`,
	"expression":        `{definitions: {e: {oneOf: [{type: object, additionalProperties: false, required: [l, r], properties: {l: {$ref: '#/definitions/e'}, r: {$ref: '#/definitions/e'}}}, {type: integer}]}}, $ref: '#/definitions/e'}`,
	"order": `
type: object
additionalProperties: false
required: [id, customer, lines, payment, status]
properties:
  id: {type: string, format: uuid}
  status: {type: string, enum: [open, paid, sent]}
  customer:
    type: object
    required: [email]
    properties:
      email: {type: string, format: email}
      phone: {type: string, pattern: '^\+[1-9][0-9]{6,14}$'}
      born: {type: string, format: date}
  lines:
    type: array
    minItems: 1
    maxItems: 50
    items:
      type: object
      required: [sku, quantity, price]
      properties:
        sku: {type: string, pattern: '^[A-Z0-9]{4,12}$'}
        quantity: {type: integer, minimum: 1, maximum: 999}
        price: {type: number, minimum: 0, multipleOf: 0.01}
        labels: {type: array, uniqueItems: true, items: {type: string, maxLength: 8}}
  payment:
    oneOf:
      - type: object
        additionalProperties: false
        required: [kind, iban]
        properties: {kind: {const: bank}, iban: {type: string, minLength: 15, maxLength: 34}}
      - type: object
        additionalProperties: false
        required: [kind, last4]
        properties: {kind: {const: card}, last4: {type: string, pattern: '^[0-9]{4}$'}}
  notes: {type: object, maxProperties: 5, additionalProperties: {type: string}}
`,
}

// TestValid: whatever the seed, a sample is valid, the same each time, and
// another validator agrees.
func TestValid(t *testing.T) {
	for name, text := range schemas {
		t.Run(name, func(t *testing.T) {
			s, asJSON := read(t, text)
			sampler, err := New(s)
			if err != nil {
				t.Fatal(err)
			}
			v, _ := validate.Compile(s, nil)
			other := oracle(t, asJSON)
			for seed := range uint64(60) {
				got, err := sampler.Valid(seed)
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if verdict := v.Validate(got); !verdict.Valid() {
					t.Errorf("seed %d: %s: %v", seed, got, verdict.Violations)
				}
				if why := other(got); why != "" {
					t.Errorf("seed %d: %s: %s", seed, got, why)
				}
				if again, _ := Valid(s, seed); !bytes.Equal(again, got) {
					t.Errorf("seed %d: %s, then %s", seed, got, again)
				}
			}
		})
	}
}

// oracle is gojsonschema, which takes other patterns than ECMA-262 and no
// numbers beyond float64 where it compares values.
func oracle(t *testing.T, text []byte) func([]byte) string {
	compiled, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(text))
	if err != nil {
		return func([]byte) string { return "" }
	}
	return func(value []byte) string {
		result, err := compiled.Validate(gojsonschema.NewBytesLoader(value))
		if err != nil {
			return err.Error()
		}
		var why []string
		for _, e := range result.Errors() {
			why = append(why, e.String())
		}
		return strings.Join(why, "; ")
	}
}

// TestVaries: seeds give different values, optional properties come and go, and
// examples are used.
func TestVaries(t *testing.T) {
	s, _ := read(t, `{type: object, required: [a], properties: {a: {type: integer, examples: [4711]}, b: {type: string, default: usual}}}`)
	var with, without, example, usual int
	different := map[string]bool{}
	for seed := range uint64(100) {
		got, err := Valid(s, seed)
		if err != nil {
			t.Fatal(err)
		}
		different[string(got)] = true
		count(&with, bytes.Contains(got, []byte(`"b"`)))
		count(&without, !bytes.Contains(got, []byte(`"b"`)))
		count(&example, bytes.Contains(got, []byte(`4711`)))
		count(&usual, bytes.Contains(got, []byte(`usual`)))
	}
	if with < 20 || without < 20 || example < 20 || usual < 10 || len(different) < 50 {
		t.Errorf("with b %d, without %d, example %d, default %d, different %d", with, without, example, usual, len(different))
	}
}

func count(n *int, hit bool) {
	if hit {
		*n++
	}
}

// TestNone: where there is no value, or none within bounds, that is said, and
// soon; never is a value returned that is not valid.
func TestNone(t *testing.T) {
	for name, text := range map[string]string{
		"false":           `false`,
		"contradiction":   `{type: string, minLength: 3, maxLength: 2}`,
		"no type":         `{allOf: [{type: string}, {type: integer}]}`,
		"empty range":     `{type: integer, exclusiveMinimum: 1, exclusiveMaximum: 2}`,
		"endless":         `{type: object, required: [a], properties: {a: {$ref: '#'}}}`,
		"endless list":    `{type: array, minItems: 1, items: {$ref: '#'}}`,
		"huge array":      `{type: array, minItems: 1000000000}`,
		"huge string":     `{type: string, minLength: 1000000000}`,
		"huge object":     `{type: object, minProperties: 1000000000}`,
		"huge number":     `{type: integer, minimum: 1e999999999}`,
		"huge repetition": `{type: string, pattern: '^((((a{1,1000}){1,1000})))$', minLength: 900000}`,
		"look-ahead":      `{type: string, pattern: '^(?=b)a$'}`,
		"not anything":    `{not: {}}`,
		"deep choice":     `{allOf: [{$ref: '#/definitions/a'}, {type: integer}], definitions: {a: {anyOf: [{$ref: '#/definitions/b'}, {type: string}]}, b: {anyOf: [{type: "null"}, {type: array}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := read(t, text)
			start := time.Now()
			got, err := Valid(s, 1)
			if err == nil {
				t.Errorf("returned %.60s", got)
			}
			if broken := Invalid(s, 1); len(broken) > 0 {
				t.Errorf("breaches %v", broken)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if !errors.Is(err, ErrNone) {
				t.Logf("%v", err)
			}
		})
	}
}

// TestInvalid: every rule of the schema that can be broken alone is, once.
func TestInvalid(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // pointer and keyword
	}{
		"string":     {`{type: string, minLength: 2, maxLength: 5}`, []string{" type", " minLength", " maxLength"}},
		"pattern":    {`{type: string, pattern: '^[a-z]+$', minLength: 3}`, []string{" type", " pattern", " minLength"}},
		"number":     {`{type: number, minimum: 0, exclusiveMaximum: 10, multipleOf: 0.5}`, []string{" type", " minimum", " exclusiveMaximum", " multipleOf"}},
		"integer":    {`{type: integer, exclusiveMinimum: 0, maximum: 10}`, []string{" type", " exclusiveMinimum", " maximum"}},
		"int8":       {`{type: integer, format: int8}`, []string{" type", " format"}},
		"uint64":     {`{type: integer, format: uint64}`, []string{" type", " format"}},
		"enum":       {`{enum: [a, b]}`, []string{" enum"}},
		"const":      {`{const: 5}`, []string{" const"}},
		"format":     {`{type: string, format: date-time}`, []string{" type", " format"}},
		"array":      {`{type: array, items: {type: integer}, minItems: 2, maxItems: 3, uniqueItems: true}`, []string{" type", " minItems", " maxItems", " uniqueItems", "/0 type"}},
		"contains":   {`{type: array, contains: {const: 5}, items: {type: integer}}`, []string{" type", " contains", "/1 type"}},
		"tuple":      {`{type: array, items: [{type: string}], additionalItems: false, minItems: 1}`, []string{" type", " minItems", "/1 additionalItems", "/0 type"}},
		"object":     {`{type: object, required: [a, b], additionalProperties: false, properties: {a: {type: integer}, b: {}}}`, []string{" type", " required", " required", "/unexpected additionalProperties", "/a type"}},
		"counts":     {`{type: object, minProperties: 1, maxProperties: 2}`, []string{" type", " minProperties", " maxProperties"}},
		"depends":    {`{type: object, properties: {a: {}, b: {}}, dependencies: {a: [b]}}`, []string{" type", " dependencies"}},
		"not":        {`{type: integer, not: {multipleOf: 3}}`, []string{" type", " not"}},
		"anyOf":      {`{anyOf: [{type: string}, {type: integer}]}`, []string{" anyOf"}},
		"oneOf":      {`{oneOf: [{type: string}, {type: integer}]}`, []string{" oneOf"}},
		"reference":  {`{type: object, required: [a], properties: {a: {$ref: '#/definitions/x'}}, definitions: {x: {type: string, minLength: 1}}}`, []string{" type", " required", "/a type", "/a minLength"}},
		"recursion":  {`{type: object, properties: {next: {$ref: '#'}, v: {type: integer}}}`, []string{" type", "/v type"}},
		"slash":      {`{type: object, required: [a/b], properties: {a/b: {type: integer}}}`, []string{" type", " required", "/a~1b type"}},
		"everything": {`{}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := read(t, c.text)
			var got []string
			for _, b := range Invalid(s, 1) {
				got = append(got, b.Pointer+" "+b.Keyword)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			// A recursive schema's rules may be broken at any depth.
			if name != "recursion" && !slices.Equal(got, c.want) || len(got) != len(c.want) {
				t.Errorf("broke %q, want %q", got, c.want)
			}
		})
	}
}

// TestBreaches: a breach breaks its keyword at its pointer, and nothing else.
func TestBreaches(t *testing.T) {
	total := 0
	for name, text := range schemas {
		t.Run(name, func(t *testing.T) {
			s, _ := read(t, text)
			v, _ := validate.Compile(s, nil)
			for seed := range uint64(4) {
				seen := map[string]bool{}
				for _, b := range Invalid(s, seed) {
					total++
					broken := v.Validate(b.JSON).Violations
					if len(broken) != 1 || broken[0].Keyword != b.Keyword || broken[0].Pointer != b.Pointer {
						t.Errorf("%s says %s at %q, but breaks %v", b.JSON, b.Keyword, b.Pointer, broken)
					}
					if seen[string(b.JSON)+b.Keyword] {
						t.Errorf("%s twice", b.JSON)
					}
					seen[string(b.JSON)+b.Keyword] = true
				}
			}
		})
	}
	if total < 400 {
		t.Errorf("only %d breaches", total)
	}
}

// TestInvalidIsStable: the same seed gives the same breaches.
func TestInvalidIsStable(t *testing.T) {
	s, _ := read(t, schemas["order"])
	a, b := Invalid(s, 3), Invalid(s, 3)
	if len(a) < 20 || len(a) != len(b) {
		t.Fatalf("%d breaches, then %d", len(a), len(b))
	}
	for i := range a {
		if !bytes.Equal(a[i].JSON, b[i].JSON) {
			t.Errorf("%s, then %s", a[i].JSON, b[i].JSON)
		}
	}
}
