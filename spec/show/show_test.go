package show_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/show"
)

// load reads a document, whatever is wrong with it. It may be nil.
func load(t testing.TB, path string) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := parse.Load(t.Context(), loader, path)
	return doc
}

func tree(t testing.TB, d *spec.Document, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := show.Tree(&b, d, width); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTrees holds the trees to those that lie beside the documents.
func TestTrees(t *testing.T) {
	golden.Each(t, "testdata", "*.yaml", func(t *testing.T, input string) {
		golden.Check(t, strings.TrimSuffix(input, ".yaml")+".tree", tree(t, load(t, input), 0))
	})
	shop := filepath.Join(corpus.Module(t), "examples", "shop")
	golden.Check(t, filepath.Join("testdata", "shop.tree"), tree(t, load(t, filepath.Join(shop, "asyncapi.yaml")), 0))
	golden.Check(t, filepath.Join("testdata", "shop.v2.tree"), tree(t, load(t, filepath.Join(shop, "asyncapi.v2.yaml")), 0))
}

// TestTreeOfNothing demands a line even for a document that says nothing.
func TestTreeOfNothing(t *testing.T) {
	if got := string(tree(t, &spec.Document{}, 0)); got != "an application without a title (AsyncAPI )\n" {
		t.Errorf("%q", got)
	}
}

// TestWidth demands that no line is wider than the terminal and that only lines
// which are wider are cut.
func TestWidth(t *testing.T) {
	doc := load(t, "testdata/replies.yaml")
	whole := strings.Split(string(tree(t, doc, 0)), "\n")
	for width := 1; width < 90; width++ {
		for i, line := range strings.Split(string(tree(t, doc, width)), "\n") {
			cells := render.Cells(line)
			if cells > width || render.Cells(whole[i]) <= width && line != whole[i] {
				t.Fatalf("width %d: %q", width, line)
			}
		}
	}
}

// broken is a writer that cannot write.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrors(t *testing.T) {
	doc := load(t, "testdata/replies.yaml")
	for _, write := range []func() error{
		func() error { return show.Tree(broken{}, doc, 0) },
		func() error { return spec.Dump(broken{}, doc) },
		func() error { return spec.DumpPlaces(broken{}, doc) },
	} {
		if err := write(); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("error %v", err)
		}
	}
}

func TestOnly(t *testing.T) {
	doc := load(t, "testdata/replies.yaml")
	names := func(d *spec.Document) string {
		var out []string
		for _, c := range d.Channels {
			out = append(out, c.Key.Value)
		}
		for _, o := range d.Operations {
			out = append(out, o.Key.Value)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		channels, operations []string
		want, unknown        string
	}{
		{[]string{"rpc.{service}.{shard}"}, nil, "asked answers ask serve", ""},
		{nil, []string{"serve"}, "asked answers serve", ""},
		{[]string{"idle"}, nil, "idle", ""},
		{[]string{"idle"}, []string{"ask"}, "asked answers idle ask", ""},
		{[]string{"none"}, []string{"asked"}, "", "none asked"},
	} {
		part, unknown := show.Only(doc, c.channels, c.operations)
		if got := names(part); got != c.want || strings.Join(unknown, " ") != c.unknown {
			t.Errorf("%v %v: %q, unknown %v", c.channels, c.operations, got, unknown)
		}
		checkModel(t, modelValidator(t), "part", part)
	}
	if len(doc.Components.Schemas) != 1 || names(doc) != "asked answers idle ask serve" {
		t.Error("the document itself was changed")
	}
}

// TestCorpus shows every document of the corpora and of the repository: the tree
// is safe on a terminal, and the JSON is as docs/model.schema.json says, with
// references that lead somewhere.
func TestCorpus(t *testing.T) {
	validator := modelValidator(t)
	module := corpus.Module(t)
	shown := 0
	for _, dir := range []string{
		corpus.Dir(t, "asyncapi-examples"), corpus.Dir(t, "realworld"), corpus.Dir(t, "tck"),
		filepath.Join(module, "spec"), filepath.Join(module, "examples"), "testdata",
	} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)) {
				return err
			}
			doc := load(t, path)
			if doc == nil {
				return nil
			}
			shown++
			if bad := bytes.IndexFunc(tree(t, doc, 0), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); bad >= 0 {
				t.Errorf("%s: a control character in the tree", path)
			}
			checkModel(t, validator, path, doc)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if shown < 500 {
		t.Errorf("only %d documents were shown", shown)
	}
}

// modelValidator is docs/model.schema.json, compiled.
func modelValidator(t *testing.T) *validate.Validator {
	t.Helper()
	path := filepath.Join(corpus.Module(t), "docs", "model.schema.json")
	file, err := resolve.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	loader, err := resolve.NewFiles(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	refs := resolve.New(t.Context(), loader)
	reader := schema.NewReader(refs)
	s := reader.ReadAs(refs.Add(file), schema.Draft202012)
	v, found := validate.Compile(s, nil)
	found.Add(refs.Findings()...)
	found.Add(reader.Findings()...)
	if v == nil || len(found) > 0 {
		t.Fatalf("%v", found)
	}
	return v
}

// checkModel holds the JSON of a document, with places and without, to the
// schema and its references to itself.
func checkModel(t *testing.T, v *validate.Validator, name string, doc *spec.Document) {
	t.Helper()
	for _, dump := range []func(io.Writer, *spec.Document) error{spec.Dump, spec.DumpPlaces} {
		var b bytes.Buffer
		if err := dump(&b, doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var model any
		numbers := json.NewDecoder(bytes.NewReader(b.Bytes()))
		numbers.UseNumber() // documents may hold numbers that no machine type does
		if err := numbers.Decode(&model); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, violation := range v.Validate(b.Bytes()).Violations {
			if i == 3 {
				break
			}
			t.Errorf("%s: at %s: %s", name, violation.Pointer, violation.Message)
		}
		checkReferences(t, name, model, model)
	}
}

func checkReferences(t *testing.T, name string, model, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			checkReferences(t, name, model, item)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && len(v) == 1 && strings.HasPrefix(ref, "#/") && !leads(model, ref) {
			t.Errorf("%s: %s leads nowhere", name, ref)
		}
		for key, member := range v {
			if !slices.Contains([]string{"examples", "default", "enum", "const", "source", "x-unknown"}, key) {
				checkReferences(t, name, model, member)
			}
		}
	}
}

func leads(v any, ref string) bool {
	for _, token := range resolve.Tokens(strings.TrimPrefix(ref, "#")) {
		switch o := v.(type) {
		case map[string]any:
			if v = o[token]; v == nil {
				return false
			}
		case []any:
			i := 0
			for _, c := range token {
				i = 10*i + int(c-'0')
			}
			if i >= len(o) {
				return false
			}
			v = o[i]
		default:
			return false
		}
	}
	return true
}

// heapAt notes how much memory is in use when it has taken so many bytes.
type heapAt struct {
	left int
	heap int
}

func (w *heapAt) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left <= 0 && w.heap == 0 {
		w.heap = heap.InUse()
	}
	return len(p), nil
}

// TestTreeMemory demands that a tree is written while it is made: operations that
// each have all messages of a channel describe far more than they write.
func TestTreeMemory(t *testing.T) {
	channel := &spec.Channel{}
	for range 1000 {
		channel.Messages = append(channel.Messages, &spec.ChannelMessage{Message: &spec.Message{}})
	}
	d := &spec.Document{Channels: []*spec.Channel{channel}}
	for range 500 {
		d.Operations = append(d.Operations, &spec.Operation{Channel: channel, Messages: channel.Messages})
	}
	before, w := heap.InUse(), &heapAt{left: 5_000_000}
	if err := show.Tree(w, d, 0); err != nil {
		t.Fatal(err)
	}
	if w.heap == 0 || w.heap > before+8<<20 {
		t.Errorf("%d bytes are in use, %d before", w.heap, before)
	}
}
