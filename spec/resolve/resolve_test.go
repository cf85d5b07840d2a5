package resolve_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// texts are files in memory by URI; it counts how often each is loaded.
type texts struct {
	files  map[string]string
	loaded map[string]int
}

func (f texts) Load(_ context.Context, uri string) (*source.File, error) {
	f.loaded[uri]++
	text, ok := f.files[uri]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source.NewFile(uri, []byte(text)), nil
}

// open returns a resolver over files in memory and the root of /main.yaml.
func open(t testing.TB, files map[string]string) (*resolve.Resolver, resolve.Place, texts) {
	t.Helper()
	loader := texts{files, map[string]int{}}
	r := resolve.New(t.Context(), loader)
	return r, r.Add(source.NewFile("/main.yaml", []byte(files["/main.yaml"]))), loader
}

func ExampleResolver_Deref() {
	r := resolve.New(context.Background(), nil)
	root := r.Add(source.NewFile("main.yaml", []byte("a: {$ref: '#/b'}\nb: {$ref: '#/c~1d'}\nc/d: found\n")))
	target, ok := r.Deref(root.Child("a"))
	fmt.Println(target.Node.Text, target.Pointer, ok)
	// Output: found /c~1d true
}

func TestDeref(t *testing.T) {
	files := map[string]string{
		"/main.yaml": `
here: {value: 1}
list: [{value: 2}, {$ref: '#/list/0'}]
a/b: {c~d: {value: 3}}
100%: {value: 4}
"": {"": {value: 5}}
ü: {value: 6}
refs:
  plain: {value: 7}
  local: {$ref: '#/here'}
  item: {$ref: '#/list/0'}
  chain: {$ref: '#/list/1'}
  escaped: {$ref: '#/a~1b/c~0d'}
  percent: {$ref: '#/100%25'}
  percentSlash: {$ref: '#/a%7E1b/c~0d'}
  empty: {$ref: '#//'}
  unicode: {$ref: '#/%C3%BC'}
  file: {$ref: 'dir/other.yaml#/x'}
  dotted: {$ref: './dir/../dir/other.yaml#/x'}
  spaced: {$ref: 'dir/with%20space.yaml#/x'}
  uri: {$ref: 'file:///dir/other.yaml#/x'}
  whole: {$ref: 'dir/whole.json'}
  wholeHash: {$ref: 'dir/whole.json#'}
  back: {$ref: 'dir/other.yaml#/back'}
  through: {$ref: '#/refs/local/value'}
  throughFile: {$ref: 'dir/other.yaml#/back/value'}
`,
		"/dir/other.yaml":      "x: {value: 8}\nback: {$ref: '../main.yaml#/here'}\n",
		"/dir/with space.yaml": "x: {value: 9}\n",
		"/dir/whole.json":      `{"value": 10}`,
	}
	want := map[string]string{
		"plain": "7", "local": "1", "item": "2", "chain": "2", "escaped": "3", "percent": "4", "percentSlash": "3",
		"empty": "5", "unicode": "6", "file": "8", "dotted": "8", "spaced": "9", "uri": "8", "whole": "10",
		"wholeHash": "10", "back": "1", "through": "1", "throughFile": "1",
	}
	r, root, loader := open(t, files)
	refs := root.Child("refs")
	for _, m := range refs.Node.Members {
		target, ok := r.Deref(refs.Child(m.Key.Text))
		if !ok {
			t.Errorf("%s leads nowhere", m.Key.Text)
			continue
		}
		value := target.Node
		if value.Kind == syntax.Mapping {
			value = value.Get("value")
		}
		if value == nil || value.Text != want[m.Key.Text] {
			t.Errorf("%s leads to %s in %s", m.Key.Text, target.Pointer, target.File.URI())
		}
		if again := resolve.Walk(resolve.Place{Node: rootOf(r, root, target), File: target.File}, target.Pointer); again.Node != target.Node {
			t.Errorf("%s: the pointer %q does not lead to where the reference does", m.Key.Text, target.Pointer)
		}
	}
	for _, d := range r.Findings() {
		t.Errorf("%v", d)
	}
	for uri, n := range loader.loaded {
		if n != 1 {
			t.Errorf("%s was loaded %d times", uri, n)
		}
	}
	if loader.loaded["/main.yaml"] != 0 {
		t.Error("the document itself was loaded again")
	}
}

// rootOf is the root node of the file a place is in.
func rootOf(r *resolve.Resolver, main, p resolve.Place) *syntax.Node {
	if p.File == main.File {
		return main.Node
	}
	ref := &syntax.Node{Kind: syntax.String, Text: p.File.URI()}
	root, _ := r.Follow(main.File, ref)
	return root.Node
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		ref  string
		code diag.Code
		help string
	}{
		{"#/absent", "ref-not-found", ""},
		{"#/nmae/x", "ref-not-found", `did you mean "name"?`},
		{"#/name/x/y", "ref-not-found", ""},
		{"#/with/slash", "ref-not-found", "write / inside a name as ~1: #/with~1slash"},
		{"#/list/2", "ref-not-found", ""},
		{"#/list/-1", "ref-not-found", ""},
		{"#/list/01", "ref-not-found", ""},
		{"#/list/x", "ref-not-found", ""},
		{"#name", "ref-invalid", "write it as #/path/to/object, with ~1 for / and ~0 for ~ inside a name"},
		{"#/a%zz", "ref-invalid", "write it as #/path/to/object, with ~1 for / and ~0 for ~ inside a name"},
		{"absent.yaml", "ref-unreadable", ""},
		{"broken.yaml#/x", "yaml-syntax", ""},
		{"#/r", "ref-cycle", "a reference must end at an object that is not a reference"},
		{"#/r/x", "ref-cycle", "a reference must end at an object that is not a reference"},
		{"#/loop", "ref-cycle", "a reference must end at an object that is not a reference"},
		{"two.yaml#/a", "ref-cycle", "a reference must end at an object that is not a reference"},
		{"#/long0", "ref-too-deep", "reference the object itself"},
	} {
		main := "name: {x: 1}\nwith/slash: {}\nlist: [a, b]\nloop: {$ref: '#/pool'}\npool: {$ref: '#/loop'}\nr: {$ref: '" + c.ref + "'}\n"
		for i := range resolve.MaxChain + 1 {
			main += fmt.Sprintf("long%d: {$ref: '#/long%d'}\n", i, i+1)
		}
		r, root, _ := open(t, map[string]string{
			"/main.yaml":   main + fmt.Sprintf("long%d: end\n", resolve.MaxChain+1),
			"/broken.yaml": "a: [",
			"/two.yaml":    "a: {$ref: 'main.yaml#/r'}\n",
		})
		for range 3 { // asking again reports nothing again
			if p, ok := r.Deref(root.Child("r")); ok {
				t.Errorf("%s leads to %v", c.ref, p.Pointer)
			}
		}
		found := r.Findings()
		if len(found) != 1 || found[0].Code != c.code || c.help != "" && found[0].Help != c.help {
			t.Errorf("%s: %v", c.ref, found)
		}
	}
}

// TestNotAtAll demands silence about what is no reference.
func TestNotAtAll(t *testing.T) {
	r, root, _ := open(t, map[string]string{"/main.yaml": "a: {$ref: {}}\nb: [1]\nc: text\nd: {$ref: 7}\n"})
	for _, m := range root.Node.Members {
		if p, ok := r.Deref(root.Child(m.Key.Text)); !ok || p.Node != m.Value {
			t.Errorf("%s is taken for a reference", m.Key.Text)
		}
	}
	if p, ok := r.Deref(root.Child("absent")); ok || p.Node != nil {
		t.Error("an absent member is there")
	}
	if len(r.Findings()) > 0 {
		t.Errorf("%v", r.Findings())
	}
}

// TestAlias demands that a misspelt key is found under its right name, and by
// nobody else.
func TestAlias(t *testing.T) {
	r, root, _ := open(t, map[string]string{"/main.yaml": "chanels: {a: {x: 1}}\nother: {}\nr: {$ref: '#/channels/a/x'}\ns: {$ref: '#/other/channels'}\n"})
	r.Alias(root.Node, "channels", "chanels")
	if p, ok := r.Deref(root.Child("r")); !ok || p.Node.Text != "1" {
		t.Error("the alias is not followed")
	}
	if _, ok := r.Deref(root.Child("s")); ok {
		t.Error("the alias holds in another object")
	}
}

// TestExcuse demands that references which end at what is reported already are
// no findings, and others stay some.
func TestExcuse(t *testing.T) {
	r, root, _ := open(t, map[string]string{"/main.yaml": "a: []\nb: {}\nr: {$ref: '#/a/x/y'}\ns: {$ref: '#/b/x'}\nt: {$ref: '#/a/z'}\n"})
	r.Deref(root.Child("r"))
	r.Excuse(root.Child("a").Node)
	r.Deref(root.Child("s"))
	r.Deref(root.Child("t"))
	found := r.Findings()
	if len(found) != 1 || found[0].At.Text() != "'#/b/x'" {
		t.Errorf("got %v, want one finding, about #/b/x", found)
	}
}

// TestDiamond demands that each reference is followed once, however many ways
// lead to it.
func TestDiamond(t *testing.T) {
	const levels = 24
	files := map[string]string{"/main.yaml": "a: {$ref: 'f0.yaml#/a'}\n"}
	for i := range levels {
		files[fmt.Sprintf("/f%d.yaml", i)] = fmt.Sprintf("a: {x: {$ref: 'f%d.yaml#/a'}, y: {$ref: 'f%d.yaml#/a'}}\n", i+1, i+1)
	}
	files[fmt.Sprintf("/f%d.yaml", levels)] = "a: end\n"
	r, root, loader := open(t, files)
	seen := map[*syntax.Node]bool{}
	var visit func(p resolve.Place)
	visit = func(p resolve.Place) {
		p, ok := r.Deref(p)
		if !ok || seen[p.Node] {
			return
		}
		seen[p.Node] = true
		if p.Node.Kind == syntax.Mapping {
			visit(p.Child("x"))
			visit(p.Child("y"))
		}
	}
	visit(root.Child("a"))
	if len(seen) != levels+1 || len(loader.loaded) != levels+1 {
		t.Errorf("%d objects in %d files, want %d", len(seen), len(loader.loaded), levels+1)
	}
}

func TestTooManyFiles(t *testing.T) {
	files := map[string]string{"/main.yaml": "a: {$ref: 'f0.yaml#/a'}\n"}
	for i := range resolve.MaxFiles + 10 {
		files[fmt.Sprintf("/f%d.yaml", i)] = fmt.Sprintf("a: {x: {$ref: 'f%d.yaml#/a'}}\n", i+1)
	}
	r, p, loader := open(t, files)
	p = p.Child("a")
	for ok := true; ok; p = p.Child("x") {
		p, ok = r.Deref(p)
	}
	if found := r.Findings(); len(found) != 1 || found[0].Code != "ref-too-many-files" {
		t.Errorf("%v", found)
	}
	if len(loader.loaded) != resolve.MaxFiles {
		t.Errorf("%d files were loaded", len(loader.loaded))
	}
}

func TestText(t *testing.T) {
	r, root, _ := open(t, map[string]string{
		"/main.yaml": "a: {$ref: 'x.proto'}\nb: {$ref: 'absent.proto'}\n",
		"/x.proto":   "message X {",
	})
	for range 2 {
		if p, ok := r.Text(root.Child("a")); !ok || p.Node.Text != "message X {" {
			t.Errorf("%v %v", p, ok)
		}
		if _, ok := r.Text(root.Child("b")); ok {
			t.Error("an absent file was read")
		}
	}
	if found := r.Findings(); len(found) != 1 || found[0].Code != "ref-unreadable" {
		t.Errorf("%v", found)
	}
}

// FuzzPointer demands that a reference to every place of a document, written as
// its pointer says, leads to that place, and that no pointer makes it panic.
func FuzzPointer(f *testing.F) {
	for _, seed := range []string{"a", "a/b", "~", "~1", "%", "", "0", "-", "ü", "a b", "#", "$ref"} {
		f.Add(seed, "/"+seed)
	}
	f.Fuzz(func(t *testing.T, key, pointer string) {
		leaf := &syntax.Node{Kind: syntax.String, Text: "leaf"}
		list := &syntax.Node{Kind: syntax.Sequence, Items: []*syntax.Node{leaf}}
		node := &syntax.Node{Kind: syntax.Mapping, Members: []syntax.Member{{Key: syntax.Key{Text: key}, Value: list}}}
		root := resolve.Place{Node: node, File: source.NewFile("f", nil)}
		place := root.Child(key).Item(0)
		if got := resolve.Walk(root, place.Pointer); got.Node != leaf || got.Pointer != place.Pointer {
			t.Errorf("%q leads to %q", place.Pointer, got.Pointer)
		}
		if tokens := resolve.Tokens(place.Pointer); len(tokens) != 2 || tokens[0] != key {
			t.Errorf("%q has the parts %q", place.Pointer, tokens)
		}
		r, main, _ := open(t, map[string]string{"/main.yaml": "a: [{$ref: '#/a'}, {b: {$ref: '#/a/0/b'}}]\n"})
		ref := &syntax.Node{Kind: syntax.String, Text: "#" + pointer}
		if p, ok := r.Follow(main.File, ref); ok != (p.Node != nil) || !ok && len(r.Findings()) == 0 {
			t.Errorf("%q: %v without a finding", pointer, ok)
		}
		for _, d := range r.Findings() {
			if strings.TrimSpace(d.Message) == "" {
				t.Errorf("%q: a finding says nothing", pointer)
			}
		}
	})
}
