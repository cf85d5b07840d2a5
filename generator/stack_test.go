package generator_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// payloads are schemas of all kinds that generated code has types for. A type of the
// user's own is none of them: it is written through an interface.
var payloads = map[string]string{
	"text":      `{type: string}`,
	"number":    `{type: number}`,
	"decimal":   `{type: string, format: decimal}`,
	"day":       `{type: string, format: date}`,
	"id":        `{type: string, format: uuid}`,
	"bytes":     `{type: string, contentEncoding: base64}`,
	"anything":  `{}`,
	"enum":      `{type: string, enum: [a, b]}`,
	"mixed":     `{enum: [a, 1, null]}`,
	"list":      `{type: array, items: {type: array, items: {$ref: '#/components/schemas/node'}}}`,
	"map":       `{type: object, additionalProperties: {$ref: '#/components/schemas/node'}}`,
	"tuple":     `{type: array, prefixItems: [{type: string}, {$ref: '#/components/schemas/node'}]}`,
	"sum":       `{oneOf: [{$ref: '#/components/schemas/node'}, {type: string}, {type: array, items: {type: integer}}]}`,
	"nullable":  `{type: [object, 'null'], properties: {x: {type: [string, 'null']}, y: {type: [array, 'null'], items: {type: string}}}}`,
	"recursive": `{$ref: '#/components/schemas/node'}`,
	"untyped":   `{properties: {x: {type: string}}}`,
}

// stacked is a document with a message of each payload, and headers of all kinds.
func stacked() string {
	var b strings.Builder
	b.WriteString("asyncapi: 3.0.0\ninfo: {title: Stack, version: 1.0.0}\nchannels:\n")
	names := slices.Sorted(maps.Keys(payloads))
	for _, name := range names {
		fmt.Fprintf(&b, "  %[1]s: {address: 'a.{p}.{q}', parameters: {p: {}, q: {}}, messages: {%[1]s: {headers: {$ref: '#/components/schemas/headers'}, payload: %[2]s}}}\n", name, payloads[name])
	}
	b.WriteString("operations:\n")
	for _, name := range names {
		fmt.Fprintf(&b, "  %[1]s: {action: send, channel: {$ref: '#/channels/%[1]s'}}\n", name)
	}
	b.WriteString(`components:
  schemas:
    headers:
      type: object
      required: [a, b, c, d, e, f]
      properties:
        a: {type: string}
        b: {type: integer}
        c: {type: string, format: date}
        d: {type: array, items: {type: string}}
        e: {}
        f: {type: string, enum: [x, y]}
        g: {type: boolean}
        h: {type: string, format: uuid}
        i: {type: object, properties: {x: {type: string}}}
        j: {type: string, format: date-time}
        k: {type: string, minLength: 2}
    node:
      type: object
      properties:
        left: {$ref: '#/components/schemas/node'}
        right: {$ref: '#/components/schemas/node'}
        list: {type: array, items: {$ref: '#/components/schemas/node'}}
        at: {type: string, format: date-time}
        size: {type: integer}
        other: {oneOf: [{type: string}, {$ref: '#/components/schemas/node'}]}
`)
	return b.String()
}

// TestEnvelopesStayOnTheStack: neither payload and headers nor what Publish makes of them
// are put on the heap, whatever the payload is, nor are the values of parameters.
func TestEnvelopesStayOnTheStack(t *testing.T) {
	dir := t.TempDir()
	args := []string{"tool", "compile", "-m", "-p", "generated", "-importcfg", exportsFile(t), "-o", filepath.Join(dir, "out.a")}
	for _, f := range generate(t, readText(t, "stack.yaml", stacked())) {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stays := map[string]int{}
	for _, m := range regexp.MustCompile(`operations\.gen\.go:\d+:\d+: (&\w+Envelope{\.\.\.}|\.\.\. argument|moved to heap: \w+)(.*)`).FindAllStringSubmatch(string(out), -1) {
		if m[2] != " does not escape" {
			t.Error(m[0])
			continue
		}
		stays[strings.TrimPrefix(m[1], "&")]++
	}
	if few, all := 5, len(payloads)+1; len(stays) < few || len(stays) >= all || stays["... argument"] < 2*len(payloads) {
		t.Errorf("there are %v", stays)
	}
}
