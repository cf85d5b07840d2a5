package generator_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// twins are pairs of documents that say the same in 2.x and in 3.x.
func twins(t *testing.T) map[string][2]string {
	t.Helper()
	out := map[string][2]string{}
	olds, err := filepath.Glob("testdata/twins/*.v2.yaml")
	if err != nil || len(olds) == 0 {
		t.Fatalf("no twins: %v", err)
	}
	for _, old := range olds {
		name := strings.TrimSuffix(filepath.Base(old), ".v2.yaml")
		out[name] = [2]string{old, strings.TrimSuffix(old, ".v2.yaml") + ".v3.yaml"}
	}
	return out
}

// TestTwins: a document in both major versions gives the same Go, byte by byte,
// but for the first line of each file.
func TestTwins(t *testing.T) {
	all := twins(t)
	shop := filepath.Join(corpus.Module(t), "examples", "shop")
	all["shop"] = [2]string{filepath.Join(shop, "asyncapi.v2.yaml"), filepath.Join(shop, "asyncapi.yaml")}
	for name, pair := range all {
		t.Run(name, func(t *testing.T) { checkTwins(t, pair) })
	}
	t.Run("streetlights", func(t *testing.T) {
		checkTwins(t, [2]string{
			corpus.Dir(t, "asyncapi-examples", "v2.6.0", "streetlights-kafka.yml"),
			corpus.Dir(t, "asyncapi-examples", "v3.0.0", "streetlights-kafka-asyncapi.yml"),
		})
	})
}

func checkTwins(t *testing.T, pair [2]string) {
	t.Helper()
	var outputs [2][]templates.File
	for i, file := range pair {
		doc, found := read(t, file)
		if doc == nil || found.HasErrors() {
			t.Fatalf("%s: %v", file, found)
		}
		outputs[i] = generate(t, doc)
	}
	compare(t, outputs[0], outputs[1])
}

// compare demands the same files, first lines aside.
func compare(t testing.TB, want, got []templates.File) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d files and %d files", len(want), len(got))
	}
	for i := range want {
		_, w, _ := bytes.Cut(want[i].Content, []byte("\n"))
		_, g, _ := bytes.Cut(got[i].Content, []byte("\n"))
		if want[i].Name != got[i].Name || !bytes.Equal(w, g) {
			t.Errorf("%s and %s differ:\n%s", want[i].Name, got[i].Name, firstDifference(string(w), string(g)))
		}
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "- " + w[i] + "\n+ " + g[i]
		}
	}
	return "one is longer"
}

// reorder turns the maps of a document around.
func reorder(doc *spec.Document) *spec.Document {
	out := *doc
	out.Channels = reversed(doc.Channels)
	out.Operations = reversed(doc.Operations)
	out.Components.Schemas = reversed(doc.Components.Schemas)
	out.Components.Messages = reversed(doc.Components.Messages)
	return &out
}

func reversed[T any](list []T) []T {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// TestOrder: where things stand in the document changes nothing in the output.
func TestOrder(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			doc := c.read(t)
			compare(t, generate(t, doc), generate(t, reorder(doc)))
		})
	}
}

// TestStability: what is added to a document leaves what was there before as it
// was, byte by byte.
func TestStability(t *testing.T) {
	const extra = `asyncapi: 3.0.0
info: {title: Extra, version: 1.0.0}
channels:
  zzExtra: {address: 'zz/{zzParameter}', parameters: {zzParameter: {}}, messages: {zzMessage: {payload: {$ref: '#/components/schemas/AaExtra'}}}}
  aaExtra: {address: aa, messages: {aaMessage: {payload: {type: object, title: Unrelated, properties: {a: {enum: [x]}}}}}}
operations:
  aaOperation: {action: send, channel: {$ref: '#/channels/zzExtra'}}
  zzOperation: {action: receive, channel: {$ref: '#/channels/aaExtra'}}
components:
  schemas:
    AaExtra: {type: object, properties: {zz: {$ref: '#/components/schemas/ZzExtra'}}}
    ZzExtra: {type: object, properties: {inline: {type: object, properties: {a: {type: string}}}}}
`
	added := readText(t, "extra.yaml", extra)
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			doc := c.read(t)
			before := declared(t, generate(t, doc))
			after := declared(t, generate(t, merge(doc, added)))
			for name, text := range before {
				if after[name] != text {
					t.Errorf("%s was\n%s\nis\n%s", name, text, after[name])
				}
			}
		})
	}
}

// merge adds the parts of a document before and behind those of another.
func merge(doc, more *spec.Document) *spec.Document {
	out := *doc
	out.Channels = slices.Insert(slices.Clone(more.Channels), 1, doc.Channels...)
	out.Operations = slices.Insert(slices.Clone(more.Operations), 1, doc.Operations...)
	out.Components.Schemas = slices.Insert(slices.Clone(more.Components.Schemas), 1, doc.Components.Schemas...)
	return &out
}

// declared maps what is declared to its source, comments included. The rules are
// declared one by one: those of a type are what belongs to it.
func declared(t testing.TB, files []templates.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range files {
		file := parseFile(t, f)
		for _, d := range file.Decls {
			start := d.Pos() - file.FileStart
			if doc := docOf(d); doc != nil {
				start = doc.Pos() - file.FileStart
			}
			text := string(f.Content[start : d.End()-file.FileStart])
			if f.Name == "rules.gen.go" {
				for _, rule := range strings.Split(text, "\n\t{Name: ")[1:] {
					name, _, _ := strings.Cut(rule, ",")
					out[f.Name+" "+name] = strings.TrimSuffix(rule, "\n}")
				}
				continue
			}
			for _, name := range declarationNames(d) {
				out[f.Name+" "+name] = text
			}
		}
	}
	return out
}

// TestPackageName lists what a title, or a directory, gives as the package's name.
func TestPackageName(t *testing.T) {
	for directory, want := range map[string]string{
		"orders": "orders", "order-events": "orderevents", "v2": "v2", "main": "mainapi", "internal": "internalapi", "testdata": "testdata",
		"2026": "asyncapi", "go": "goapi", "": "asyncapi", "Orders": "orders", "snake_case": "snake_case",
	} {
		if got := generator.PackageName(directory); got != want {
			t.Errorf("directory %q gives %s, want %s", directory, got, want)
		}
	}
	doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: The Orders API, version: 1.0.0}\nchannels: {}\n")
	for name, want := range map[string]string{"": "orders", "custom": "custom"} {
		if p, _ := generator.Plan(doc, generator.Config{Package: name}); p.Name != want {
			t.Errorf("package %q, want %s", p.Name, want)
		}
	}
	if _, _, err := generator.Generate(doc, generator.Config{Package: "not-go"}); err == nil {
		t.Error("a package name that is no identifier is accepted")
	}
}

// TestRuntimePath: the runtime may live elsewhere.
func TestRuntimePath(t *testing.T) {
	doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: A, version: 1.0.0}\nchannels: {}\n")
	files, _, err := generator.Generate(doc, generator.Config{RuntimePath: "example.com/fork/rt"})
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/runtime-path.go.txt", files[0].Content)
}

// TestDropUnknown: without the fields for unknown members they are passed over.
func TestDropUnknown(t *testing.T) {
	doc := readText(t, "a.yaml", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {properties: {b: {type: string}}}}}\n")
	for drop, want := range map[bool]int{true: 0, false: 1} {
		files := generateWith(t, doc, generator.Config{DropUnknown: drop})
		text := files[1].Content
		if bytes.Count(text, []byte("runtime.Members")) != want || bytes.Count(text, []byte("\t\tunknown\n")) != want {
			t.Errorf("with DropUnknown %v:\n%s", drop, text)
		}
	}
}
