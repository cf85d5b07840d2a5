package openapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/source"
)

// judgedIn are the findings about a document that uses an OpenAPI file, which
// must be there soon.
func judgedIn(t *testing.T, limit time.Duration, text string) diag.List {
	t.Helper()
	begin := time.Now()
	files := inMemory{"openapi.yaml": []byte(text)}
	_, found := parse.LoadFile(t.Context(), files, source.NewFile("asyncapi.yaml", []byte(wrapped)))
	if took := time.Since(begin); took > limit {
		t.Errorf("took %v, more than %v", took, limit)
	}
	return found
}

const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Order: {type: object}\n"

// TestHostile demands a result within seconds from documents that are made to
// cost much.
func TestHostile(t *testing.T) {
	var diamond, wide, chain, aliases, newer, big strings.Builder
	big.WriteString("    Big: {properties: {a: &a {type: string}")
	for i := range 4000 {
		fmt.Fprintf(&big, ", p%d: *a", i)
	}
	big.WriteString("}}\n    Use: {properties: {p: {$ref: '#/components/schemas/Big'}")
	for i := range 2000 {
		fmt.Fprintf(&big, ", p%d: {$ref: '#/components/schemas/Big'}", i)
	}
	big.WriteString("}}\n")
	for i := range 40 {
		fmt.Fprintf(&diamond, "    L%d: {allOf: [{$ref: '#/components/schemas/L%d'}, {$ref: '#/components/schemas/L%d'}]}\n", i, i+1, i+1)
	}
	diamond.WriteString("    L40: {type: string}\n")
	for i := range 3000 {
		fmt.Fprintf(&wide, "    W%d: {type: object, properties: {a: {$ref: '#/components/schemas/W%d'}, b: {$ref: '#/components/schemas/W%d'}}}\n",
			i, (i*7+1)%3000, (i*13+5)%3000)
		fmt.Fprintf(&chain, "    C%d: {$ref: '#/components/schemas/C%d'}\n", i, (i+1)%3000)
	}
	aliases.WriteString("    A0: &a0 {type: string, example: [x, x, x, x, x, x, x, x, x, x]}\n")
	for i := range 12 {
		fmt.Fprintf(&aliases, "    A%d: &a%d {type: object, example: [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]}\n", i+1, i+1, i, i, i, i, i, i)
	}
	newer.WriteString("    Node: {properties: {next: {$ref: '#/components/schemas/Node', properties: {a: {$ref: '#/components/schemas/Node'}}}}}\n")
	deep := strings.Repeat("{properties: {a: ", 900) + "{}" + strings.Repeat("}}", 900)
	for name, text := range map[string]string{
		"diamond":    head + diamond.String(),
		"wide":       head + wide.String(),
		"big":        head + big.String(),
		"long text":  head + "    Deep: " + strings.Repeat("{properties: {a: ", 300) + "{description: " + strings.Repeat("x", 1<<20) + "}" + strings.Repeat("}}", 300) + "\n",
		"circle":     head + chain.String(),
		"aliases":    head + aliases.String(),
		"deep":       head + "    Deep: " + deep + "\n",
		"used deep":  strings.Replace(head, "{type: object}", deep, 1),
		"recursion":  strings.Replace(head+newer.String(), "3.0.3", "3.1.0", 1),
		"responses":  head + "  responses: {a: {$ref: '#/components/responses/b'}, b: {$ref: '#/components/responses/a'}}\n",
		"parameters": head + "  parameters: {a: {$ref: '#/components/parameters/a'}}\n",
		"itself":     head + "    Self: {$ref: 'openapi.yaml#/components/schemas/Self'}\n    Whole: {$ref: openapi.yaml}\n",
		"nothing":    "openapi: 3.0.3",
		"a list":     "openapi: 3.0.3\ncomponents: []\npaths: 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Log(judgedIn(t, 10*time.Second, text))
		})
	}
}

// TestHostileFiles demands the same where the work is spread over files.
func TestHostileFiles(t *testing.T) {
	files := inMemory{}
	var uses, big strings.Builder
	big.WriteString("Big: {properties: {a: &a {type: string}")
	for i := range 4000 {
		fmt.Fprintf(&big, ", p%d: *a", i)
	}
	big.WriteString("}}\n")
	for i := range 90 {
		files[fmt.Sprintf("big%d.yaml", i)] = []byte(big.String())
		for k := range 20 {
			fmt.Fprintf(&uses, "    U%dx%d: {$ref: 'big%d.yaml#/Big'}\n", i, k, i)
		}
	}
	files["openapi.yaml"] = []byte(head + uses.String())
	begin := time.Now()
	_, found := parse.LoadFile(t.Context(), files, source.NewFile("asyncapi.yaml", []byte(wrapped)))
	if took := time.Since(begin); took > 10*time.Second || found.HasErrors() {
		t.Errorf("took %v: %v", took, found)
	}
}

// TestSecrets demands that passwords in references of an OpenAPI file show
// nowhere.
func TestSecrets(t *testing.T) {
	found := judgedIn(t, 10*time.Second, head+"    Bad: {$ref: 'https://user:hunter2@[example.com/a.yaml#/x'}\n    Worse: {$ref: '//user:hunter2@example.com/%zz'}\n")
	for _, d := range found {
		if strings.Contains(d.String(), "hunter2") {
			t.Error(d)
		}
	}
}
