package generator_test

import (
	"encoding/json"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/templates"
)

type object = map[string]any

// The parts of a hostile document, so that one run need not do all of them.
const (
	hostileAddress = 1 << iota // addresses, parameters, bindings, operations
	hostileMessage             // headers, payloads in place
	hostileSchema              // a schema of everything
	hostileList                // lists, values without members
	hostileRules               // what only the rules of a schema hold
	hostileUnion               // alternatives
	hostileGo                  // extensions for Go, defaults
	hostileAll     = 1<<iota - 1
	hostileParts   = iota
)

// hostile is a document that holds the three texts wherever a text may stand in
// the parts. Its reader refuses some of them as names; those are put into the
// model.
func hostile(t testing.TB, parts int, a, b, c string) *spec.Document {
	t.Helper()
	str := func(texts ...string) object {
		return object{"type": "string", "description": texts[0], "enum": texts, "default": texts[0], "pattern": texts[0]}
	}
	messages, schemas, operations := object{}, object{}, object{}
	channel := object{"address": "a", "messages": messages}
	if parts&hostileAddress != 0 {
		channel = object{
			"address": a + "{p}" + b, "title": c, "description": a, "parameters": object{"p": object{"enum": []string{a, b}, "description": c}},
			"messages": messages, "bindings": object{"kafka": object{"topic": c}},
		}
		messages["z"] = object{"name": c, "payload": object{"type": "string"}}
		operations["y"] = object{"action": "receive", "channel": object{"$ref": "#/channels/c"}, "messages": []object{{"$ref": "#/channels/c/messages/z"}}}
		operations["x"] = object{"action": "send", "channel": object{"$ref": "#/channels/c"}, "summary": a, "description": b}
	}
	if parts&hostileMessage != 0 {
		messages["n"] = object{"name": b, "payload": object{"title": c, "type": "object", "properties": object{a: str(b, c)}},
			"headers": object{"type": "object", "required": []string{a}, "properties": object{a: str(a), b: str(c)}}}
		operations["x"] = object{"action": "send", "channel": object{"$ref": "#/channels/c"}, "summary": a, "description": b}
	}
	if parts&hostileSchema != 0 {
		messages["m"] = object{"name": a, "title": b, "summary": c, "contentType": "application/json", "payload": object{"$ref": "#/components/schemas/S"}}
		schemas["S"] = object{
			"type": "object", "title": b, "description": a, "required": []string{c},
			"properties": object{
				a: str(a, b, c), b: object{"type": "array", "items": object{"type": "object", "properties": object{c: str(a)}}},
				c: object{"const": b}, a + b: object{"$ref": "#/components/schemas/S"},
			},
			"additionalProperties": object{"type": "array", "items": object{"type": "string", "format": "byte"}},
		}
	}
	if parts&hostileList != 0 {
		messages["o"] = object{"contentType": c, "payload": str(a)}
		schemas["T"] = object{"type": "array", "items": object{"type": "object", "properties": object{a: str(b)}}}
	}
	if parts&hostileRules != 0 {
		schemas["R"] = object{
			"type": "object", "patternProperties": object{a: str(b)}, "propertyNames": object{"enum": []string{a, b, c}},
			"dependencies": object{a: []string{b}, c: object{"required": []string{a}}}, "not": object{"const": a},
			"if": object{"properties": object{a: object{"const": b}}}, "then": object{"required": []string{c}},
			"properties": object{
				a: object{"type": "string", "format": b, "contentEncoding": a, "contentMediaType": c},
				b: object{"type": "array", "items": []object{{"const": a}, {"enum": []any{b, c, object{a: b}, 1}}}, "contains": object{"const": object{c: a}}},
				c: object{"const": object{a: []string{b, c}}},
			},
		}
	}
	if parts&hostileUnion != 0 {
		branch := func(title, kind string) object {
			return object{"title": title, "type": "object", "required": []string{c}, "properties": object{c: object{"const": kind}, title: str(kind)}}
		}
		schemas["U"] = object{"oneOf": []object{branch(a, a), branch(b, b), {"type": "string", "title": c, "pattern": a}, {"$ref": "#/components/schemas/V"}}, "discriminator": c}
		schemas["V"] = object{"title": a, "anyOf": []object{{"required": []string{a}}, {"required": []string{b}}}, "properties": object{a: str(c), b: str(a)}}
	}
	if parts&hostileGo != 0 {
		schemas["G"] = hostileExtensions(a, b, c)
		messages["g"] = object{"payload": object{"$ref": "#/components/schemas/G"}}
	}
	return readHostile(t, a, b, c, object{
		"asyncapi": "3.0.0", "info": object{"title": a, "version": b, "description": c},
		"channels": object{"c": channel}, "operations": operations, "components": object{"schemas": schemas},
	})
}

// hostileExtensions is a schema with what the document may say of its Go code.
func hostileExtensions(a, b, c string) object {
	return object{
		"type": "object", "x-go-name": c, "deprecated": true, "description": "Deprecated: " + a,
		"properties": object{
			a:   object{"type": "string", "x-go-name": a, "x-go-tags": object{a: b, "db": c, "yaml": a}, "default": a},
			b:   object{"type": "string", "x-go-name": a, "default": b},
			c:   object{"type": "object", "x-go-name": b, "properties": object{b: object{"type": "number", "default": 1, "title": b}}},
			"l": object{"type": "array", "items": object{"type": "string"}, "default": []string{a, b, c}},
			"o": object{"type": "object", "properties": object{a: object{"type": "string", "default": c}}, "default": object{a: b}},
			"d": object{"type": "string", "format": "date-time", "default": a},
			"e": object{"enum": []any{a, 1, object{a: b}, nil}, "default": object{a: b}},
			"f": object{"type": "string", "format": a}, "g": object{"type": "string", "description": "DEPRECATED. " + b},
		},
	}
}

// readHostile reads the document and names what stands in it after the texts,
// those too that its reader would refuse.
func readHostile(t testing.TB, a, b, c string, document object) *spec.Document {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := parse.LoadFile(t.Context(), loader, source.NewFile(a, text))
	if doc == nil {
		return nil
	}
	for i, o := range doc.Operations {
		o.Key.Value = []string{a, b}[i]
	}
	for _, c := range doc.Components.Schemas {
		if c.Value.Schema != nil {
			c.Value.Schema.Name = b
		}
	}
	doc.Version.Value = c
	return doc
}

// FuzzHostile: whatever the texts of a document are, the output declares what
// was planned, holds no directive, and compiles.
func FuzzHostile(f *testing.F) {
	for _, s := range [][3]string{
		{"*/ func init() {}", "`\"\n//go:build ignore", "\x00\u2028\ufeff\u202e"},
		{"", "-", "_"},
		{"a-b", "a_b", "A-B"},
		{"+build ignore\n\n+build x", "\n\n    +build ignore", "- +build x\n\n      +build y"},
		{"```\n*/", "# //go:generate x", "| a |\n|--|"},
		{"type", "Valid", "MarshalJSON"},
		{"name: Status. Code generated by x. DO NOT EDIT.", "Deprecated: no", "[a]: http://example.com"},
		{"{p}", "{", "}"},
		{"日本", "\xff\xfe", "😀"},
	} {
		for part := range uint8(hostileParts) {
			f.Add(part, s[0], s[1], s[2])
		}
	}
	check := syntaxChecker(f)
	debug.SetGCPercent(400) // a run leaves little behind, and a fifth of its time was collecting that
	f.Fuzz(func(t *testing.T, part uint8, a, b, c string) {
		if len(a)+len(b)+len(c) > longestHostile {
			t.Skip("long texts are TestInjections' part")
		}
		doc := hostile(t, 1<<(part%hostileParts), a, b, c)
		if doc == nil {
			t.Skip("not a document")
		}
		if _, err := check(checkDeclarations(t, doc)); err != nil {
			t.Error(err)
		}
	})
}

// longestHostile bounds the texts of a fuzzed document, so that there are many.
const longestHostile = 600

// fragments are what hostile texts are mixed from.
var fragments = []string{
	"*/", "/*", "`", "\"", "'", "\\", "\n", "\r", "\t", "\x00", "\u0085", "\u2028", "\ufeff", "\u202e", "\u200d", "\xff", "😀", "日", "É", "ß", "ǅ", "\u0301",
	"//go:build x", "+build x", "//line x.go:1", "#", "- ", "1. ", "```", "|", "    ", "> ", "===", "---", "func init() {}", "package x", "import \"C\"",
	"a", "A", "1", "-", "_", ".", " ", "/", "{", "}", "{p}", "%s", "%d", "json", "id", "ID", "string", "type", "Valid", "MarshalJSON", "Envelope", "Message",
	"Producer", "Consume", "read", "Validate", "UnmarshalJSON", "CodeJSON", "SetDefaults", "rules", "Rules", "Unknown", "` + \"", "${", "(?=", "\\1", "[", "^(", "\\u{", "Deprecated:", "[x]: y", "[a](b)", "This field ", "The x field is ", "Whether ", "DO NOT EDIT.", "$ref", "~1", "%2F",
}

// TestHostileMixtures tries mixtures of fragments that are worse than chance.
func TestHostileMixtures(t *testing.T) {
	check := checker(t)
	random := rand.New(rand.NewPCG(1, 2))
	mixture := func() string {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteString(fragments[random.IntN(len(fragments))])
		}
		return b.String()
	}
	for range randomRuns(150) {
		a, b, c := mixture(), mixture(), mixture()
		doc := hostile(t, hostileAll, a, b, c)
		checkDeclarations(t, doc)
		if _, err := check(generate(t, doc)); err != nil {
			t.Errorf("%q, %q, %q: %v", a, b, c, err)
		}
		if _, err := templates.RenderExercise(plan(doc), "example.com/api"); err != nil {
			t.Errorf("%q, %q, %q: %v", a, b, c, err)
		}
	}
}

// BenchmarkHostile is one run of FuzzHostile.
func BenchmarkHostile(b *testing.B) {
	check := syntaxChecker(b)
	part := 0
	for b.Loop() {
		part++
		if _, err := check(checkDeclarations(b, hostile(b, 1<<(part%hostileParts), "*/ func init() {}", "`\"\n//go:build ignore", "+build ignore\n\n+build x"))); err != nil {
			b.Fatal(err)
		}
	}
}
