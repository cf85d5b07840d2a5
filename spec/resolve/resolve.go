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
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Limits of one Resolver.
const (
	MaxChain = 100       // references that lead to references, one after another
	MaxFiles = 1000      // files behind one document
	MaxText  = 256 << 20 // bytes in them

	maxHints = 1 << 20 // names compared in search of what was meant
)

// Place is a node with the way to it: its file and its JSON Pointer there.
type Place struct {
	Node    *syntax.Node
	File    *source.File
	Pointer string
	Key     source.Span // of the member whose value the node is; nowhere for roots and items
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

// Child is the place of a mapping's member, the zero Place when there is none.
func (p Place) Child(key string) Place {
	m := p.Node.Member(key)
	if m == nil {
		return Place{}
	}
	return Place{Node: m.Value, File: p.File, Pointer: p.Pointer + "/" + source.EscapeToken(key), Key: m.Key.At}
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

// Resolver loads each file once and follows each reference once. It is not safe
// for concurrent use.
type Resolver struct {
	ctx     context.Context
	loader  Loader
	roots   map[string]Place // by URI; Node is nil for what could not be read
	targets map[*syntax.Node]Place
	busy    map[*syntax.Node]bool // references being looked up, for those that need themselves
	aliases map[alias]string
	files   map[string]*source.File // by URI; nil for what could not be read
	tried   map[string]error        // by URI, what could not be read without a finding
	texts   map[*source.File]*syntax.Node
	size    int // of their texts
	hints   int // names compared so far
	found   diag.List
	ends    map[*diag.Diagnostic]*syntax.Node // where the way of a reference ended early
	excused map[*syntax.Node]bool
}

// alias is a key as a reference spells it, in one mapping.
type alias struct {
	mapping *syntax.Node
	key     string
}

// New returns a resolver that loads through loader until ctx ends. Without a
// loader there is nothing but the files that are added.
func New(ctx context.Context, loader Loader) *Resolver {
	if loader == nil {
		loader = &Files{}
	}
	return &Resolver{
		ctx:     ctx,
		loader:  loader,
		roots:   map[string]Place{},
		files:   map[string]*source.File{},
		tried:   map[string]error{},
		texts:   map[*source.File]*syntax.Node{},
		targets: map[*syntax.Node]Place{},
		busy:    map[*syntax.Node]bool{},
		aliases: map[alias]string{},
		ends:    map[*diag.Diagnostic]*syntax.Node{},
		excused: map[*syntax.Node]bool{},
	}
}

// Findings are those of all files read and references followed so far.
func (r *Resolver) Findings() diag.List {
	return slices.DeleteFunc(slices.Clone(r.found), func(d *diag.Diagnostic) bool {
		end, early := r.ends[d]
		return early && r.excused[end]
	})
}

// Excuse takes back the findings about references whose way ends at n, and lets
// none come: n has been reported already as not what it must be.
func (r *Resolver) Excuse(n *syntax.Node) { r.excused[n] = true }

// Add parses a file that is at hand already and returns its root, whose Node is
// nil when nothing could be made of the text.
func (r *Resolver) Add(f *source.File) Place {
	node, found := syntax.Parse(f)
	r.found.Add(found...)
	root := Place{Node: node, File: f}
	r.roots[f.URI()] = root
	return root
}

// Alias makes references find a mapping's member under another key too, for a
// key that has been reported as misspelt already: references that spell it
// right are not at fault.
func (r *Resolver) Alias(mapping *syntax.Node, key, written string) {
	r.aliases[alias{mapping, key}] = written
}

// Deref follows the reference at p, and the references it leads to, to the
// first node that is none. It reports false when the way is broken, after
// adding a finding; each broken reference is reported once. A place that holds
// no reference is returned as it is.
func (r *Resolver) Deref(p Place) (Place, bool) {
	at := p
	for steps := 0; ; steps++ {
		ref := at.Ref()
		if ref == nil {
			return at, at.Node != nil
		}
		if steps >= MaxChain {
			r.endless(p.Ref())
			return Place{}, false
		}
		next, ok := r.Follow(at.File, ref)
		if !ok {
			return Place{}, false
		}
		at = next
	}
}

// Text returns the whole file that the reference at p names as one string node,
// for files that are neither YAML nor JSON. It is the same node for all
// references to a file. It reports false when the file cannot be read, after
// adding a finding. A fragment is left to the caller.
func (r *Resolver) Text(p Place) (Place, bool) {
	ref := p.Ref()
	if known, ok := r.targets[ref]; ok {
		return known, known.Node != nil
	}
	f, ok := r.textOf(ref)
	if ok {
		if r.texts[f] == nil {
			r.texts[f] = &syntax.Node{Kind: syntax.String, Text: string(f.Text()), At: source.Span{File: f, End: len(f.Text())}}
		}
		r.targets[ref] = Place{Node: r.texts[f], File: f}
	} else {
		r.targets[ref] = Place{}
	}
	return r.targets[ref], ok
}

// textOf loads the file that ref names.
func (r *Resolver) textOf(ref *syntax.Node) (*source.File, bool) {
	uri, _, _ := strings.Cut(ref.Text, "#")
	abs, err := locate(ref.At.File.URI(), uri)
	if err != nil {
		r.unreadable(ref, err)
		return nil, false
	}
	return r.read(abs, ref)
}

// endless reports a reference that never ends at an object.
func (r *Resolver) endless(ref *syntax.Node) {
	if p, ok := r.targets[ref]; ok && p.Node == nil {
		return // reported before
	}
	back := r.leadsBack(ref)
	if back {
		r.Cycle(ref)
		return
	}
	r.targets[ref] = Place{}
	r.found.Errorf(ref, "ref-too-deep", "reference %q leads over more than %d others", Shown(ref.Text), MaxChain).
		WithHelp("reference the object itself")
}

// leadsBack tells whether a reference that was followed leads to itself or into
// a circle.
func (r *Resolver) leadsBack(ref *syntax.Node) bool {
	seen := map[*syntax.Node]bool{}
	for ref != nil && !seen[ref] {
		seen[ref] = true
		ref = r.targets[ref].Ref()
	}
	return ref != nil
}

// Cycle reports that a reference leads back to itself, once, and has it lead nowhere.
func (r *Resolver) Cycle(ref *syntax.Node) {
	if p, ok := r.targets[ref]; ok && p.Node == nil {
		return // reported before
	}
	r.targets[ref] = Place{}
	r.found.Errorf(ref, "ref-cycle", "reference %q leads back to itself", Shown(ref.Text)).
		WithHelp("a reference must end at an object that is not a reference")
}

// Follow takes one step: it returns the place that a reference points at.
// References are read from the file that they were written in; file matters
// only for a node that was made and not parsed.
func (r *Resolver) Follow(file *source.File, ref *syntax.Node) (Place, bool) {
	if p, ok := r.targets[ref]; ok {
		return p, p.Node != nil
	}
	if r.busy[ref] {
		r.Cycle(ref)
		return Place{}, false
	}
	if ref.At.File != nil {
		file = ref.At.File
	}
	r.busy[ref] = true
	p := r.lookup(file, ref)
	delete(r.busy, ref)
	if _, reported := r.targets[ref]; !reported {
		r.targets[ref] = p
	}
	p = r.targets[ref]
	return p, p.Node != nil
}

func (r *Resolver) lookup(file *source.File, ref *syntax.Node) Place {
	if ref.Text == "" {
		r.found.Errorf(ref, codeInvalid, "the reference is empty").WithHelp("write # for the whole file, or say what is meant")
		return Place{}
	}
	uri, fragment, _ := strings.Cut(ref.Text, "#")
	pointer, err := url.PathUnescape(fragment)
	if err != nil || (pointer != "" && pointer[0] != '/') {
		r.found.Errorf(ref, codeInvalid, "the fragment of %q is not a JSON Pointer", Shown(ref.Text)).
			WithHelp("%s", pointerHelp(uri, fragment))
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
	return r.walk(root, pointer, ref)
}

// pointerHelp says how to write a fragment that is no JSON Pointer.
func pointerHelp(uri, fragment string) string {
	if uri == "" && strings.HasPrefix(fragment, "components/") {
		return "did you mean \"#/" + fragment + "\"?"
	}
	return "write it as #/path/to/object, with ~1 for / and ~0 for ~ inside a name"
}

// walk goes along a pointer, through references where the way leads over them,
// and reports where it ends early.
func (r *Resolver) walk(root Place, pointer string, ref *syntax.Node) Place {
	at, tokens := root, Tokens(pointer)
	for i, token := range tokens {
		next := r.step(at, token)
		if next.Node == nil && at.Ref() != nil {
			if len(r.busy) > MaxChain {
				r.endless(ref)
				return Place{}
			}
			through, ok := r.Deref(at)
			if !ok {
				return Place{} // the reference on the way has been reported
			}
			at, next = through, r.step(through, token)
		}
		if next.Node == nil {
			r.missing(ref, at, tokens[i:])
			return Place{}
		}
		at = next
	}
	return at
}

func (r *Resolver) step(p Place, token string) Place {
	next := step(p, token)
	if next.Node == nil && p.Node != nil {
		if written, ok := r.aliases[alias{p.Node, token}]; ok {
			return p.Child(written)
		}
	}
	return next
}

// missing reports a reference whose pointer ends at at: the next of the tokens
// that are left is not in it.
func (r *Resolver) missing(ref *syntax.Node, at Place, left []string) {
	d := r.found.Errorf(ref, "ref-not-found", "reference %q points at nothing", Shown(ref.Text))
	r.ends[d] = at.Node
	d.Note(source.Span{}, "there is no %q in %s", left[0], title(at))
	if at.Node.Kind != syntax.Mapping {
		return
	}
	if name := strings.Join(left, "/"); len(left) > 1 && at.Node.Get(name) != nil {
		d.WithHelp("write / inside a name as ~1: #%s/%s", at.Pointer, source.EscapeToken(name))
		return
	}
	if near := r.Nearest(left[0], at.Node); near != "" {
		d.WithHelp("did you mean %q?", near)
	}
}

// Nearest returns the key of a mapping that name is most likely a slip of, or
// "". It gives up after very many comparisons: a document may consist of slips.
func (r *Resolver) Nearest(name string, mapping *syntax.Node) string {
	if mapping == nil || mapping.Kind != syntax.Mapping || r.hints > maxHints {
		return ""
	}
	r.hints += len(mapping.Members)
	names := make([]string, 0, len(mapping.Members))
	for _, m := range mapping.Members {
		names = append(names, m.Key.Text)
	}
	return diag.Nearest(name, names)
}

// title is what a place is called in a message.
func title(p Place) string {
	if p.Pointer == "" {
		return p.File.Name()
	}
	return "#" + p.Pointer
}

// Walk goes from root along a JSON Pointer and follows no reference; the Node is
// nil where the way ends early.
func Walk(root Place, pointer string) Place {
	at := root
	for _, token := range Tokens(pointer) {
		if at = step(at, token); at.Node == nil {
			return at
		}
	}
	return at
}

// Tokens are the unescaped parts of a JSON Pointer, which must be empty or begin
// with a slash.
func Tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = source.UnescapeToken(parts[i])
	}
	return parts
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
