package schema

import (
	"embed"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// metaSchemas are the meta-schemas of all drafts, by the path of their URI.
//
//go:embed meta
var metaSchemas embed.FS

// metaSchema returns the text of a meta-schema that is built in.
func metaSchema(uri string) (text []byte, ok bool) {
	_, path, ok := strings.Cut(uri, "://json-schema.org/")
	if !ok {
		return nil, false
	}
	text, err := metaSchemas.ReadFile("meta/" + path + ".json")
	return text, err == nil
}

// scope is what references are relative to: a base URI and the schema that it
// names, which JSON Pointers start from (draft-07 core §8.2), and the dialect
// that is in force.
type scope struct {
	base     string
	root     resolve.Place
	resource *Resource // of root
	dialect  Dialect
	// vocabularies are those that a meta-schema chose of the dialect's.
	vocabularies vocabularies
	// embedded tells that a $id, not the file, set the base.
	embedded bool
	// hosted tells that the file is a document of another standard that says in
	// which dialect its schemas are.
	hosted bool
}

// reference is a $ref that waits for its target.
type reference struct {
	schema *Schema
	node   *syntax.Node // the text under $ref
	file   *source.File
	scope  scope
	// dynamic tells $dynamicRef and $recursiveRef from $ref.
	dynamic bool
}

// references is what the reader knows about where references lead.
type references struct {
	pending    []reference
	waiting    []reference              // for a $id that has not been met yet
	resources  map[string]resolve.Place // by absolute URI without fragment
	anchors    map[string]resolve.Place // by absolute URI with the plain name
	dynamic    map[*syntax.Node]string  // of schemas with $dynamicAnchor
	owners     map[*syntax.Node]*Resource
	files      map[*source.File]resolve.Place
	unsearched []resolve.Place             // roots of the files that identify has not seen
	searched   map[*syntax.Node]bool       // roots read in search of a plain name
	walked     map[*Schema]bool            // references known to end
	hosts      map[*source.File]bool       // of another standard, remarked upon
	rules      map[string]*metaSchemaRules // of meta-schemas, by absolute URI
}

func newReferences() references {
	return references{
		resources: map[string]resolve.Place{},
		anchors:   map[string]resolve.Place{},
		dynamic:   map[*syntax.Node]string{},
		owners:    map[*syntax.Node]*Resource{},
		files:     map[*source.File]resolve.Place{},
		searched:  map[*syntax.Node]bool{},
		walked:    map[*Schema]bool{},
		hosts:     map[*source.File]bool{},
		rules:     map[string]*metaSchemaRules{},
	}
}

// resource returns the schema resource whose root is the given node.
func (r *references) resource(root *syntax.Node) *Resource {
	if r.owners[root] == nil {
		r.owners[root] = &Resource{}
	}
	return r.owners[root]
}

// enter is the scope inside of the object at p, which stands in sc: its $schema
// sets the dialect, its $id the base, and its anchors become known.
func (r *Reader) enter(sc scope, p resolve.Place) scope {
	if sc.dialect != OpenAPI30 || p.Pointer == "" && !sc.hosted {
		sc = r.switched(sc, p)
	}
	if sc.dialect == OpenAPI30 {
		return sc // it has none of the other keywords
	}
	if sc.dialect&since2019 == 0 && p.Ref() != nil {
		return sc // what stands beside $ref is ignored
	}
	if id := textOf(p.Node, sc.dialect.idKey()); id != "" {
		sc = r.refs.identified(sc, id, p)
	}
	if sc.dialect&since2019 != 0 {
		r.refs.named(sc.base, textOf(p.Node, "$anchor"), p)
	}
	if sc.dialect == Draft202012 {
		if anchor := textOf(p.Node, "$dynamicAnchor"); r.refs.named(sc.base, anchor, p) {
			r.refs.dynamic[p.Node] = anchor
		}
	}
	return sc
}

// textOf is the string under a key, or "".
func textOf(object *syntax.Node, key string) string {
	if n := object.Get(key); n != nil && n.Kind == syntax.String {
		return n.Text
	}
	return ""
}

// identified is the scope inside of the schema at p, whose $id is id.
func (r *references) identified(sc scope, id string, p resolve.Place) scope {
	uri, name, _ := strings.Cut(id, "#")
	if uri != "" {
		sc.base, sc.root, sc.embedded = join(sc.base, uri), p, true
		sc.resource = r.resource(p.Node)
		if _, taken := r.resources[sc.base]; !taken {
			r.resources[sc.base] = p
		}
	}
	if sc.dialect&since2019 == 0 && !strings.HasPrefix(name, "/") {
		r.named(sc.base, name, p)
	}
	return sc
}

// named makes an anchor known and tells whether it leads to p.
func (r *references) named(base, name string, p resolve.Place) bool {
	if name == "" {
		return false
	}
	key := base + "#" + name
	if known, taken := r.anchors[key]; taken {
		return known.Node == p.Node
	}
	r.anchors[key] = p
	return true
}

// scopeOf is the scope around p, which the $ids, the $schemas and the formats of
// schema objects on the way to it set, else the given dialect.
func (r *Reader) scopeOf(p resolve.Place, d Dialect) scope {
	if p.File == nil {
		return scope{dialect: d, resource: &Resource{}}
	}
	at := r.fileOf(p.File, p.Span())
	sc := scope{base: p.File.URI(), root: at, resource: r.refs.resource(at.Node), dialect: d}
	if h, ok := hostOf(at.Node); ok {
		sc.dialect, sc.hosted = h.dialect, true
	}
	tokens := strings.Split(p.Pointer, "/")
	for _, token := range tokens[1:] {
		if at.Node == nil {
			break
		}
		sc = r.enter(sc, at)
		if token == "schema" {
			_, sc.dialect = r.unwrapped(at, sc.dialect)
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
		case !r.arrive(ref, target):
			ref.schema.Broken = true
		default:
			r.follows(ref.node, target)
			ref.schema.Ref = r.readTarget(r.unwrapped(target, ref.scope.dialect))
			if ref.dynamic {
				ref.schema.Dynamic = r.dynamicAnchor(ref, target)
			}
			done = append(done, ref.schema)
		}
	}
	for _, s := range done {
		r.cutCycle(s)
	}
}

// readTarget reads the schema at p, in dialect d unless it says otherwise. Since
// 2019-09 the whole resource that it belongs to is read: anchors anywhere in it
// count for dynamic references.
func (r *Reader) readTarget(p resolve.Place, d Dialect) *Schema {
	if s, ok := r.known[p.Node]; ok {
		return s
	}
	sc := r.scopeOf(p, d)
	s := r.read(p, sc)
	if root := sc.root.Node; sc.dialect&since2019 != 0 && root != nil && root != p.Node && !holdsSchemas(root) {
		r.readTarget(sc.root, d)
	}
	return s
}

// dynamicAnchor is the anchor by which a dynamic reference, whose target at
// first is p, may be led elsewhere, "" when it is an ordinary reference
// (2019-09 core §8.2.4.2.1, 2020-12 core §8.2.3.2).
func (r *Reader) dynamicAnchor(ref reference, p resolve.Place) string {
	if ref.scope.dialect == Draft201909 {
		if anchor := p.Node.Get("$recursiveAnchor"); anchor != nil && anchor.Text == "true" {
			return RecursiveAnchor
		}
		return ""
	}
	_, fragment, _ := strings.Cut(ref.node.Text, "#")
	if name := r.refs.dynamic[p.Node]; name == fragment {
		return name
	}
	return ""
}

// cutCycle reports references that lead back to themselves with no schema
// between, and breaks them.
func (r *Reader) cutCycle(s *Schema) {
	var chain []*Schema
	on := map[*Schema]bool{}
	for at := s; at.Ref != nil && !r.refs.walked[at]; at = at.Ref {
		if on[at] {
			r.res.Cycle(at.ref)
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
		case !last || r.identify():
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
	if !last || r.identify() {
		return resolve.Place{}, notYet
	}
	if root.Node != nil && !r.refs.searched[root.Node] && !holdsSchemas(root.Node) {
		r.refs.searched[root.Node] = true
		r.readTarget(root, ref.scope.dialect)
		return resolve.Place{}, notYet
	}
	r.notFound(ref)
	return resolve.Place{}, nowhere
}

func (r *Reader) notFound(ref reference) {
	d := r.found.Errorf(ref.node, "ref-not-found", "reference %q points at nothing", resolve.Shown(ref.node.Text))
	if place, ok := strings.CutPrefix(ref.node.Text, "#components/"); ok {
		d.WithHelp("did you mean \"#/components/%s\"?", place)
	}
}

// resources finds the schema that an absolute URI names among those with a $id
// and those built in.
func (r *Reader) resources(uri string) (resolve.Place, bool) {
	if p, ok := r.refs.resources[uri]; ok {
		return p, true
	}
	text, ok := metaSchema(uri)
	if !ok {
		return resolve.Place{}, false
	}
	root := r.res.Add(source.NewFile(uri, text))
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
	sc := scope{base: p.File.URI(), root: p, resource: r.refs.resource(p.Node), dialect: ref.scope.dialect}
	return r.within(ref, p, r.enter(sc, p).base, fragment, true)
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
