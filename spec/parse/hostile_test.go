package parse_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/show"
)

// TestHostile reads documents that are built to be slow: each must be done in
// time that grows with its text.
func TestHostile(t *testing.T) {
	const limit = 30 * time.Second // on any machine, however busy; what is quadratic takes longer still
	for name, text := range map[string]string{
		"schema diamond":   schemaDiamond(24),
		"message diamond":  messageDiamond(24),
		"reference chain":  chain(5000),
		"reference ladder": ladder(2000),
		"trait circles":    traitCircles(97, 89),
		"many slips":       slips(3000),
		"wide oneOf":       wide(20000),
		"binding fans":     bindingFans(2000),
		"many expressions": "asyncapi: 3.0.0\n" + header + "channels:\n  c: {address: '" + strings.Repeat("{a}/", 100_000) + "'}\n",
		"undeclared":       undeclared(30000),
		"unknown scopes":   unknownScopes(20000),
		"unlisted values":  unlisted(40000),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			doc, _ := loadText(t, text, nil)
			if doc == nil {
				t.Fatal("no document")
			}
			lint.Run(doc, lint.All())
			var b strings.Builder
			if err := spec.Dump(&b, doc); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took > limit {
				t.Errorf("%d bytes took %v", len(text), took)
			}
		})
	}
}

const components = "asyncapi: 3.0.0\n" + header + "components:\n"

// schemaDiamond has schemas that each refer to the next one twice.
func schemaDiamond(levels int) string {
	var b strings.Builder
	b.WriteString(components + "  schemas:\n")
	for i := range levels {
		next := fmt.Sprintf("{$ref: '#/components/schemas/s%d'}", i+1)
		fmt.Fprintf(&b, "    s%d: {properties: {a: %s, b: %s}}\n", i, next, next)
	}
	fmt.Fprintf(&b, "    s%d: {type: string}\n", levels)
	return b.String()
}

// messageDiamond has alternatives that each name the next ones twice.
func messageDiamond(levels int) string {
	var b strings.Builder
	b.WriteString("asyncapi: 2.6.0\n" + header)
	b.WriteString("channels: {c: {publish: {message: {$ref: '#/components/messages/m0'}}}}\ncomponents:\n  messages:\n")
	for i := range levels {
		next := fmt.Sprintf("{$ref: '#/components/messages/m%d'}", i+1)
		fmt.Fprintf(&b, "    m%d: {oneOf: [%s, %s]}\n", i, next, next)
	}
	fmt.Fprintf(&b, "    m%d: {name: last}\n", levels)
	return b.String()
}

// chain has references that lead to references.
func chain(length int) string {
	var b strings.Builder
	b.WriteString(components + "  messages:\n")
	for i := range length {
		fmt.Fprintf(&b, "    m%d: {$ref: '#/components/messages/m%d'}\n", i, i+1)
	}
	fmt.Fprintf(&b, "    m%d: {}\n", length)
	return b.String()
}

// ladder has references whose pointers lead through references.
func ladder(length int) string {
	var b strings.Builder
	b.WriteString(components + "  messages:\n")
	for i := range length {
		fmt.Fprintf(&b, "    m%d: {$ref: '#/components/messages/m%d/x'}\n", i, i+1)
	}
	return b.String()
}

// traitCircles merges headers that circle through m and n schemas.
func traitCircles(m, n int) string {
	var b strings.Builder
	b.WriteString(components + "  messages:\n    m:\n      headers: {$ref: '#/components/schemas/a0'}\n")
	b.WriteString("      traits: [{headers: {$ref: '#/components/schemas/b0'}}]\n  schemas:\n")
	circle := func(prefix string, length int) {
		for i := range length {
			next := fmt.Sprintf("{$ref: '#/components/schemas/%s%d'}", prefix, (i+1)%length)
			fmt.Fprintf(&b, "    %s%d: {type: object, properties: {x: %s, y: %s}}\n", prefix, i, next, next)
		}
	}
	circle("a", m)
	circle("b", n)
	return b.String()
}

// bindingFans has lists that refer to one object many times, in each other.
func bindingFans(width int) string {
	fan := func(to string) string {
		return "[" + strings.Repeat("{$ref: '#/components/schemas/"+to+"'}, ", width) + "]"
	}
	return components + "  operationBindings:\n    b: {sqs: {queues: " + fan("queue") + "}}\n  schemas:\n" +
		"    queue: {name: q, policy: {statements: " + fan("statement") + "}, redrivePolicy: {$ref: '#/components/schemas/queue'}}\n" +
		"    statement: {effect: Allow, principal: a, action: [" + strings.Repeat("a, ", width) + "]}\n"
}

// slips has references that all miss, among many names.
func slips(n int) string {
	var b strings.Builder
	b.WriteString(components + "  schemas:\n")
	for i := range n {
		fmt.Fprintf(&b, "    schemaNumber%d: {items: {$ref: '#/components/schemas/shcemaNumber%d'}}\n", i, i)
	}
	return b.String()
}

// wide has one channel with very many messages.
func wide(n int) string {
	var b strings.Builder
	b.WriteString("asyncapi: 2.6.0\n" + header + "channels:\n  c:\n    publish:\n      message:\n        oneOf:\n")
	for range n {
		b.WriteString("          - {}\n")
	}
	return b.String()
}

// FuzzLoad demands that no text makes reading, the rules or the dump panic.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.yaml", "../lint/testdata/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			t.Skip("too long to be interesting")
		}
		begin := time.Now()
		doc, found := loadText(t, text, map[string]string{"other.yaml": text})
		if doc == nil {
			if !found.HasErrors() {
				t.Error("neither a document nor an error")
			}
			return
		}
		lint.Run(doc, lint.All())
		for _, dump := range []func(io.Writer, *spec.Document) error{spec.Dump, spec.DumpPlaces} {
			var b bytes.Buffer
			if err := dump(&b, doc); err != nil {
				t.Error(err)
			} else if !json.Valid(b.Bytes()) {
				t.Errorf("no JSON:\n%s", b.Bytes())
			}
		}
		if err := show.Tree(io.Discard, doc, 40); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// undeclared is a schema that requires other properties than it has.
func undeclared(n int) string {
	return fmt.Sprintf("%s  schemas:\n    s: {required: [%s], properties: {%s}}\n", components, list("q%d", n), list("p%d: {}", n))
}

// unknownScopes is a server that asks for other scopes than its scheme has.
func unknownScopes(n int) string {
	const scheme = "type: oauth2, flows: {implicit: {authorizationUrl: 'https://a.b/', availableScopes"
	return fmt.Sprintf("asyncapi: 3.0.0\n%sservers: {s: {host: h, protocol: kafka, security: [{%s: {%s}}}, scopes: [%s]}]}}\n",
		header, scheme, list("s%d: d", n), list("z%d", n))
}

// unlisted is a parameter whose examples are not in its enum.
func unlisted(n int) string {
	return fmt.Sprintf("%s  parameters:\n    p: {enum: [%s], examples: [%s]}\n", components, list("e%d", n), list("x%d", n))
}

// list writes numbered items.
func list(format string, n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}
