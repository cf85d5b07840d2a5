// Package resolve loads documents and follows references between them: local
// and relative-file $ref, JSON Pointers (RFC 6901), chains and cycles. Policy,
// that is what may be loaded at all, is the Loader's.
//
// It imports source, diag and syntax.
//
//	loader, _ := resolve.NewFiles(".")
//	r := resolve.New(ctx, loader)
//	root := r.Add(file)
//	target, ok := r.Deref(root.Child("info"))
//	findings := r.Findings()
package resolve

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Limits of one Resolver.
const (
	MaxChain = 100  // references that lead to references, one after another
	MaxFiles = 1000 // files behind one document
)

// Place is a node with the way to it: its file and its JSON Pointer there.
type Place struct {
	Node    *syntax.Node
	File    *source.File
	Pointer string
}

// Origin is the place as the models keep it.
func (p Place) Origin() source.Origin {
	o := source.Origin{Pointer: p.Pointer}
	if p.Node != nil {
		o.At = p.Node.At
	}
	return o
}

// Span makes a Place a source.Spanner.
func (p Place) Span() source.Span { return p.Origin().At }

// Child is the place of a mapping's member. Its Node is nil when there is none.
func (p Place) Child(key string) Place {
	return Place{Node: p.Node.Get(key), File: p.File, Pointer: p.Pointer + "/" + EscapePointer(key)}
}

// Item is the place of a sequence's item, which must exist.
func (p Place) Item(i int) Place {
	return Place{Node: p.Node.Items[i], File: p.File, Pointer: p.Pointer + "/" + strconv.Itoa(i)}
}

// Ref returns the node under $ref when the place holds a reference.
func (p Place) Ref() *syntax.Node {
	if p.Node == nil || p.Node.Kind != syntax.Mapping {
		return nil
	}
	if ref := p.Node.Get("$ref"); ref != nil && ref.Kind == syntax.String {
		return ref
	}
	return nil
}

// EscapePointer escapes one token of a JSON Pointer.
func EscapePointer(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

func unescapePointer(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// Resolver loads each file once and follows each reference once. It is not safe
// for concurrent use.
type Resolver struct {
	ctx     context.Context
	loader  Loader
	roots   map[string]Place // by URI; Node is nil for what could not be read
	targets map[*syntax.Node]Place
	found   diag.List
}

// New returns a resolver that loads through loader until ctx ends.
func New(ctx context.Context, loader Loader) *Resolver {
	return &Resolver{ctx: ctx, loader: loader, roots: map[string]Place{}, targets: map[*syntax.Node]Place{}}
}

// Findings are those of all files read and references followed so far.
func (r *Resolver) Findings() diag.List { return r.found }

// Add parses a file that is at hand already and returns its root, whose Node is
// nil when nothing could be made of the text.
func (r *Resolver) Add(f *source.File) Place {
	node, found := syntax.Parse(f)
	r.found.Add(found...)
	root := Place{Node: node, File: f}
	r.roots[f.URI()] = root
	return root
}

// Deref follows the reference at p, and the references it leads to, to the
// first node that is none. It reports false when the way is broken, after
// adding a finding; each broken reference is reported once. A place that holds
// no reference is returned as it is.
func (r *Resolver) Deref(p Place) (Place, bool) {
	seen := map[*syntax.Node]bool{}
	at := p
	for ref := at.Ref(); ref != nil; ref = at.Ref() {
		if seen[ref] || len(seen) >= MaxChain {
			r.reportOnce(ref, func() {
				r.found.Errorf(ref, "ref-cycle", "reference %q leads back to itself", ref.Text).
					WithHelp("a reference must end at an object that is not a reference")
			})
			return Place{}, false
		}
		seen[ref] = true
		next, ok := r.Follow(at.File, ref)
		if !ok {
			return Place{}, false
		}
		at = next
	}
	return at, at.Node != nil
}

// Follow takes one step: it returns the place that the reference, written in
// file, points at.
func (r *Resolver) Follow(file *source.File, ref *syntax.Node) (Place, bool) {
	if p, ok := r.targets[ref]; ok {
		return p, p.Node != nil
	}
	p := r.lookup(file, ref)
	r.targets[ref] = p
	return p, p.Node != nil
}

func (r *Resolver) reportOnce(ref *syntax.Node, report func()) {
	if p, ok := r.targets[ref]; ok && p.Node == nil {
		return
	}
	r.targets[ref] = Place{}
	report()
}

func (r *Resolver) lookup(file *source.File, ref *syntax.Node) Place {
	uri, fragment, _ := strings.Cut(ref.Text, "#")
	pointer, err := url.PathUnescape(fragment)
	if err != nil || (pointer != "" && pointer[0] != '/') {
		r.found.Errorf(ref, "ref-invalid", "the fragment of %q is not a JSON Pointer", ref.Text).
			WithHelp("write it as #/path/to/object, with ~1 for / and ~0 for ~ inside a name")
		return Place{}
	}
	root := r.roots[file.URI()]
	if uri != "" {
		var ok bool
		if root, ok = r.load(file, uri, ref); !ok {
			return Place{}
		}
	}
	if root.Node == nil {
		return Place{} // what is wrong with the file has been said
	}
	target := Walk(root, pointer)
	if target.Node == nil {
		d := r.found.Errorf(ref, "ref-not-found", "reference %q points at nothing", ref.Text)
		explainMissing(d, root, pointer)
	}
	return target
}

// explainMissing names the part of the pointer that exists and what is there.
func explainMissing(d *diag.Diagnostic, root Place, pointer string) {
	at, tokens := root, strings.Split(pointer, "/")
	for _, token := range tokens[1:] {
		next := step(at, unescapePointer(token))
		if next.Node != nil {
			at = next
			continue
		}
		d.Note(source.Span{}, "there is no %q in %s", unescapePointer(token), place(at))
		if at.Node.Kind == syntax.Mapping {
			names := make([]string, 0, len(at.Node.Members))
			for _, m := range at.Node.Members {
				names = append(names, m.Key.Text)
			}
			if near := diag.Nearest(unescapePointer(token), names); near != "" {
				d.WithHelp("did you mean %q?", near)
			}
		}
		return
	}
}

func place(p Place) string {
	if p.Pointer == "" {
		return p.File.Name()
	}
	return "#" + p.Pointer
}

// Walk goes from root along a JSON Pointer; the Node is nil where it ends early.
func Walk(root Place, pointer string) Place {
	at := root
	for i, token := range strings.Split(pointer, "/") {
		if i == 0 {
			continue
		}
		if at = step(at, unescapePointer(token)); at.Node == nil {
			return at
		}
	}
	return at
}

func step(p Place, token string) Place {
	switch {
	case p.Node == nil:
		return Place{}
	case p.Node.Kind == syntax.Mapping:
		return p.Child(token)
	case p.Node.Kind == syntax.Sequence:
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(p.Node.Items) || strconv.Itoa(i) != token {
			return Place{}
		}
		return p.Item(i)
	}
	return Place{}
}

func (r *Resolver) load(from *source.File, uri string, ref *syntax.Node) (Place, bool) {
	abs := absolute(from.URI(), uri)
	if root, ok := r.roots[abs]; ok {
		return root, root.Node != nil
	}
	if len(r.roots) >= MaxFiles {
		r.found.Errorf(ref, "ref-too-many-files", "the document reaches more than %d files", MaxFiles)
		return Place{}, false
	}
	f, err := r.loader.Load(r.ctx, abs)
	if err != nil {
		r.roots[abs] = Place{}
		d := r.found.Errorf(ref, "ref-unreadable", "cannot read %q: %v", uri, err)
		switch {
		case errors.Is(err, ErrNotAllowed) && strings.Contains(abs, "://"):
			d.WithHelp("copy the file beside the document and reference it there")
		case errors.Is(err, ErrNotAllowed):
			d.WithHelp("allow it with --allow-file %s", filepath.ToSlash(filepath.Dir(uri)))
		}
		return Place{}, false
	}
	root := r.Add(f)
	r.roots[abs] = root
	return root, root.Node != nil
}

// absolute resolves a reference against the URI of the file it is written in.
func absolute(base, ref string) string {
	if strings.Contains(ref, "://") || strings.HasPrefix(ref, "file:") {
		return ref
	}
	if unescaped, err := url.PathUnescape(ref); err == nil {
		ref = unescaped
	}
	if strings.Contains(base, "://") {
		b, err := url.Parse(base)
		if err != nil {
			return ref
		}
		return b.ResolveReference(&url.URL{Path: ref}).String()
	}
	if filepath.IsAbs(ref) {
		return filepath.Clean(ref)
	}
	return filepath.Join(filepath.Dir(base), filepath.FromSlash(ref))
}
