package schema

import (
	_ "embed" // the meta-schema
	"net/url"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// metaURI is the URI of draft-07's meta-schema, which is built in.
const metaURI = "http://json-schema.org/draft-07/schema"

//go:embed draft07.json
var metaText []byte

// scope is what references are relative to: a base URI and the schema that it
// names, which JSON Pointers start from (draft-07 core §8.2).
type scope struct {
	base string
	root resolve.Place
	// embedded tells that a $id, not the file, set the base.
	embedded bool
}

// reference is a $ref that waits for its target.
type reference struct {
	schema *Schema
	node   *syntax.Node // the text under $ref
	file   *source.File
	scope  scope
}

// references is what the reader knows about where references lead.
type references struct {
	pending   []reference
	waiting   []reference              // for a $id that has not been met yet
	resources map[string]resolve.Place // by absolute URI without fragment
	anchors   map[string]resolve.Place // by absolute URI with the plain name
	scopes    map[*syntax.Node]scope   // of schemas with $id
	files     map[*source.File]resolve.Place
	searched  map[*syntax.Node]bool // roots read in search of a plain name
	walked    map[*Schema]bool      // references known to end
}

func newReferences() references {
	return references{
		resources: map[string]resolve.Place{},
		anchors:   map[string]resolve.Place{},
		scopes:    map[*syntax.Node]scope{},
		files:     map[*source.File]resolve.Place{},
		searched:  map[*syntax.Node]bool{},
		walked:    map[*Schema]bool{},
	}
}

// enter is the scope inside of the schema at p, whose $id is id.
func (r *references) enter(sc scope, id string, p resolve.Place) scope {
	uri, name, _ := strings.Cut(id, "#")
	if uri != "" {
		sc = scope{base: join(sc.base, uri), root: p, embedded: true}
		if _, taken := r.resources[sc.base]; !taken {
			r.resources[sc.base] = p
		}
		r.scopes[p.Node] = sc
	}
	if name != "" && name[0] != '/' {
		key := sc.base + "#" + name
		if _, taken := r.anchors[key]; !taken {
			r.anchors[key] = p
		}
	}
	return sc
}

// scopeOf is the scope around p, which the $ids on the way to it set.
func (r *Reader) scopeOf(p resolve.Place) scope {
	if p.File == nil {
		return scope{}
	}
	at := r.fileOf(p.File, p.Span())
	sc := scope{base: p.File.URI(), root: at}
	tokens := strings.Split(p.Pointer, "/")
	for _, token := range tokens[1:] {
		if at.Node == nil {
			break
		}
		if id := at.Node.Get("$id"); id != nil && id.Kind == syntax.String && at.Ref() == nil {
			sc = r.refs.enter(sc, id.Text, at)
		}
		at = resolve.Walk(at, "/"+token)
	}
	return sc
}

// settle follows all queued references, and those in what they lead to. Those
// that need a $id nobody has met yet wait until nothing else is left.
func (r *Reader) settle() {
	var done []*Schema
	for {
		last := len(r.refs.pending) == 0
		queue := &r.refs.pending
		if last {
			queue = &r.refs.waiting
		}
		if len(*queue) == 0 {
			break
		}
		ref := (*queue)[0]
		*queue = (*queue)[1:]
		target, found := r.target(ref, last)
		switch {
		case found == notYet:
			r.refs.waiting = append(r.refs.waiting, ref)
		case found == nowhere:
			ref.schema.Broken = true
		default:
			ref.schema.Ref = r.readTarget(target)
			done = append(done, ref.schema)
		}
	}
	for _, s := range done {
		r.cutCycle(s)
	}
}

func (r *Reader) readTarget(p resolve.Place) *Schema {
	if s, ok := r.known[p.Node]; ok {
		return s
	}
	return r.read(p, r.scopeOf(p))
}

// cutCycle reports references that lead back to themselves with no schema
// between, and breaks them.
func (r *Reader) cutCycle(s *Schema) {
	var chain []*Schema
	on := map[*Schema]bool{}
	for at := s; at.Ref != nil && !r.refs.walked[at]; at = at.Ref {
		if on[at] {
			r.found.Errorf(at.KeyAt("$ref"), "ref-cycle", "reference %q leads back to itself", at.ref).
				WithHelp("a reference must end at a schema that is not a reference")
			for _, member := range chain {
				member.Ref, member.Broken = nil, true
			}
			return
		}
		on[at] = true
		chain = append(chain, at)
	}
	for _, member := range chain {
		r.refs.walked[member] = true
	}
}

// outcome is how the search for a reference's target ended.
type outcome uint8

const (
	here outcome = iota
	notYet
	nowhere
)

// target finds what a reference points at. With last set it no longer waits for
// a $id but loads files and reports failures.
func (r *Reader) target(ref reference, last bool) (resolve.Place, outcome) {
	uri, fragment, _ := strings.Cut(ref.node.Text, "#")
	root := ref.scope.root
	base := ref.scope.base
	if uri != "" {
		base = join(base, uri)
		known, ok := r.resources(base)
		switch {
		case ok:
			root = known
		case !last:
			return resolve.Place{}, notYet
		default:
			return r.load(ref, uri, base, fragment)
		}
	} else if !ref.scope.embedded && (fragment == "" || fragment[0] == '/') {
		return r.follow(ref.file, ref.node)
	}
	return r.within(ref, root, base, fragment, last)
}

// within finds a fragment in the schema that base names.
func (r *Reader) within(ref reference, root resolve.Place, base, fragment string, last bool) (resolve.Place, outcome) {
	if fragment != "" && fragment[0] != '/' {
		return r.anchor(ref, root, base, fragment, last)
	}
	pointer, err := url.PathUnescape(fragment)
	if err == nil {
		if p := resolve.Walk(root, pointer); p.Node != nil {
			return p, here
		}
	}
	r.notFound(ref)
	return resolve.Place{}, nowhere
}

// anchor finds a plain name, at first among those met, then by reading the
// whole schema that base names.
func (r *Reader) anchor(ref reference, root resolve.Place, base, name string, last bool) (resolve.Place, outcome) {
	if p, ok := r.refs.anchors[base+"#"+name]; ok {
		return p, here
	}
	if !last {
		return resolve.Place{}, notYet
	}
	if root.Node != nil && !r.refs.searched[root.Node] && root.Node.Get("asyncapi") == nil {
		r.refs.searched[root.Node] = true
		r.readTarget(root)
		return resolve.Place{}, notYet
	}
	r.notFound(ref)
	return resolve.Place{}, nowhere
}

func (r *Reader) notFound(ref reference) {
	r.found.Errorf(ref.node, "ref-not-found", "reference %q points at nothing", ref.node.Text)
}

// resources finds the schema that an absolute URI names among those with a $id
// and those built in.
func (r *Reader) resources(uri string) (resolve.Place, bool) {
	if p, ok := r.refs.resources[uri]; ok {
		return p, true
	}
	if uri != metaURI {
		return resolve.Place{}, false
	}
	root := r.res.Add(source.NewFile(metaURI, metaText))
	r.refs.resources[uri] = root
	return root, root.Node != nil
}

// load finds a target in another file. A document that was read from disk finds
// its relatives on disk, whatever URI its schemas claim with $id.
func (r *Reader) load(ref reference, uri, base, fragment string) (resolve.Place, outcome) {
	node := ref.node
	plain := fragment != "" && fragment[0] != '/'
	onDisk := strings.Contains(base, "://") && !strings.Contains(uri, "://") && !strings.Contains(ref.file.URI(), "://")
	if plain || (ref.scope.embedded && !onDisk) {
		at := *ref.node
		at.Text = base
		if onDisk || !ref.scope.embedded {
			at.Text = uri
		}
		if !plain {
			at.Text += "#" + fragment
		}
		node = &at
	}
	p, found := r.follow(ref.file, node)
	if found != here || !plain {
		return p, found
	}
	sc := scope{base: p.File.URI(), root: p}
	if id := p.Node.Get("$id"); id != nil && id.Kind == syntax.String {
		sc = r.refs.enter(sc, id.Text, p)
	}
	return r.within(ref, p, sc.base, fragment, true)
}

func (r *Reader) follow(f *source.File, node *syntax.Node) (resolve.Place, outcome) {
	p, ok := r.res.Follow(f, node)
	if !ok {
		return p, nowhere
	}
	return p, here
}

// join resolves a reference without fragment against a base (RFC 3986 §5). A
// base without a scheme is a file's path.
func join(base, ref string) string {
	to, err := url.Parse(ref)
	if err != nil || to.IsAbs() {
		return strings.TrimSuffix(ref, "#")
	}
	from := &url.URL{Path: filepath.ToSlash(base)}
	if u, err := url.Parse(base); err == nil && u.IsAbs() {
		from = u
	}
	return from.ResolveReference(to).String()
}
