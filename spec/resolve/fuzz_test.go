package resolve_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fuzzNames are the files that FuzzResolve makes of its input.
var fuzzNames = []string{"/main.yaml", "/a.yaml", "/d/b.json", "https://h/c.yaml", "https://h/d/e.yaml"}

// fuzzFiles is a loader of those files that counts its work.
type fuzzFiles struct {
	t     *testing.T
	texts map[string]string
	loads map[string]int
}

func (f *fuzzFiles) Load(_ context.Context, uri string) (*source.File, error) {
	if f.loads[uri]++; f.loads[uri] > 1 {
		f.t.Errorf("%s is loaded again", uri)
	}
	text, ok := f.texts[uri]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source.NewFile(uri, []byte(text)), nil
}

// FuzzResolve follows every reference of several files, which the input holds one
// after another with lines of "---8<---" between. It must end, load each file
// once, never lead from the network to a file, keep its promise that a target
// either is there or has a finding, and point at the text with all it says.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{
		"a: {$ref: '#/b'}\nb: {$ref: a.yaml}---8<---\nx: {$ref: 'd/b.json#/y'}---8<---\n{\"y\": {\"$ref\": \"../main.yaml#/a\"}}",
		"a: {$ref: 'https://h/c.yaml#/x'}---8<------8<------8<---\nx: {$ref: d/e.yaml}---8<---\n{$ref: 'file:///a.yaml'}",
		"a: &a {$ref: '#/a/b'}\nb: *a\nc: [{$ref: '#/c/0'}, {$ref: '#/c/1/x~1y%25'}, {$ref: ''}, {$ref: '#x'}]",
		"a: {$ref: '#/b/x'}\nb: {$ref: '#/c/x'}\nc: {$ref: '#/a/x', x: {$ref: '//h/c.yaml'}}---8<---x: [",
		"a: {$ref: 'HTTPS://me:pw@h/c.yaml'}\nb: {$ref: 'urn:x:y'}\nc: {$ref: 'C:\\x'}\nd: {$ref: '%zz#/%zz'}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		if len(input) > 16<<10 {
			t.Skip("too long to be interesting")
		}
		loader := &fuzzFiles{t, map[string]string{}, map[string]int{}}
		for i, text := range strings.SplitN(input, "---8<---", len(fuzzNames)) {
			loader.texts[fuzzNames[i]] = text
		}
		r := resolve.New(t.Context(), loader)
		main := r.Add(source.NewFile(fuzzNames[0], []byte(loader.texts[fuzzNames[0]])))
		followAll(t, r, main)
		spansHold(t, r.Findings())
	})
}

// followAll follows the references below p and below what they lead to, each
// node once.
func followAll(t *testing.T, r *resolve.Resolver, p resolve.Place) {
	seen := map[*syntax.Node]bool{}
	queue := []resolve.Place{p}
	for len(queue) > 0 {
		p, queue = queue[0], queue[1:]
		if p.Node == nil || seen[p.Node] {
			continue
		}
		seen[p.Node] = true
		if p.Ref() != nil {
			queue = append(queue, target(t, r, p))
		}
		for i := range p.Node.Members {
			queue = append(queue, p.Child(p.Node.Members[i].Key.Text))
		}
		for i := range p.Node.Items {
			queue = append(queue, p.Item(i))
		}
	}
}

// target follows a reference to its end and holds the resolver to its promises.
func target(t *testing.T, r *resolve.Resolver, p resolve.Place) resolve.Place {
	to, ok := r.Deref(p)
	again, still := r.Deref(p)
	switch {
	case again != to || still != ok:
		t.Errorf("%q leads elsewhere the second time", p.Ref().Text)
	case !ok && len(r.Findings()) == 0:
		t.Errorf("%q leads nowhere, and nobody says so", p.Ref().Text)
	case ok && to.Ref() != nil:
		t.Errorf("%q ends at another reference", p.Ref().Text)
	case ok && strings.HasPrefix(p.File.URI(), "https:") && !strings.HasPrefix(to.File.URI(), "https:"):
		t.Errorf("%q leads from the network to %s", p.Ref().Text, to.File.URI())
	}
	return to
}

// spansHold demands that findings point into the text of their file and say
// something.
func spansHold(t *testing.T, found diag.List) {
	for _, d := range found {
		f := d.At.File
		if f == nil || d.At.Start < 0 || d.At.End < d.At.Start || d.At.End > len(f.Text()) {
			t.Errorf("%s: no place in its file: %d to %d", d.Message, d.At.Start, d.At.End)
		}
		if d.Code == "" || d.Message == "" {
			t.Errorf("a finding says nothing: %v", d)
		}
	}
}
