package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// MaxDepth is how deep schemas may nest in the text; what lies deeper is
// reported and not read.
const MaxDepth = 1000

// Reader turns places of documents into schemas. Each is read in the dialect
// that the nearest "$schema" above it names, else in that of the reference that
// leads to it, else in that which the caller names: AsyncAPI's, which is
// draft-07 and a few keywords more, by default. It is not safe for concurrent
// use.
type Reader struct {
	res      *resolve.Resolver
	keywords keywordSets
	known    map[*syntax.Node]*Schema
	slab     []Schema
	found    diag.List
	depth    int
	refs     references
	follows  func(ref *syntax.Node, target resolve.Place)
	// languages are those of the formats that are not JSON Schema.
	languages map[FormatKind]Language
	memo      map[any]any
	// objects are for the judge among the languages, and judged is what it said
	// about the first of them.
	objects []Object
	judged  diag.List
	judges  int
}

// NewReader returns a reader that follows references through r and reads, beside
// JSON Schema, the given languages.
func NewReader(r *resolve.Resolver, languages ...Language) *Reader {
	plugged := map[FormatKind]Language{}
	for _, l := range languages {
		plugged[l.Kind()] = l
	}
	return &Reader{
		languages: plugged,
		memo:      map[any]any{},
		res:       r,
		keywords:  keywordSets{},
		known:     map[*syntax.Node]*Schema{},
		refs:      newReferences(),
		follows:   func(*syntax.Node, resolve.Place) {},
	}
}

// OnReference makes the reader tell what each reference of a schema leads to,
// once. Nothing changes by it: whoever listens may have something to say about
// the place.
func (r *Reader) OnReference(listen func(ref *syntax.Node, target resolve.Place)) { r.follows = listen }

// Findings are those of all schemas read so far.
func (r *Reader) Findings() diag.List {
	judge, ok := r.languages[FormatOpenAPI].(Judge)
	if !ok || len(r.objects) == 0 {
		return r.found
	}
	known := append(slices.Clone(r.found), r.res.Findings()...)
	if r.judges != len(r.objects) {
		r.judged, r.judges = judge.Judge(r.res, r.objects, known), len(r.objects)
	}
	return append(slices.Clone(r.found), r.judged...)
}

// Read returns the schema written at p, which may be a $ref, with everything it
// refers to. The same node always gives the same *Schema, so that recursion is
// a cycle of pointers. It never returns nil: what is wrong becomes findings and
// is left out of the schema.
func (r *Reader) Read(p resolve.Place) *Schema { return r.ReadAs(p, AsyncAPI) }

// ReadAs is Read for a schema that is in the given dialect where no "$schema"
// says otherwise. A schema that has been read before stays as it is.
func (r *Reader) ReadAs(p resolve.Place, d Dialect) *Schema {
	s := r.readTarget(p, d)
	r.settle()
	return s
}

// Resolver is the one that the reader follows references through.
func (r *Reader) Resolver() *resolve.Resolver { return r.res }

// Memo returns what build made of a key the first time that the reader was asked
// for it: a Language keeps no state, but what several schemas share, such as a
// file of its own, need not be read for each of them. Keys are of types of their
// own, as those of a context.
func (r *Reader) Memo(key any, build func() any) any {
	if _, known := r.memo[key]; !known {
		r.memo[key] = build()
	}
	return r.memo[key]
}

// Language is the one that reads a family of formats, or nil.
func (r *Reader) Language(kind FormatKind) Language { return r.languages[kind] }

// ReadPayload reads the schema at p, which is written in the given format: the
// media type in schemaFormat, or "". A schema in a format that nobody reads is
// kept as its text alone.
func (r *Reader) ReadPayload(p resolve.Place, format string) *Payload {
	out := &Payload{Origin: p.Origin(), Format: format, Raw: p.Node}
	kind, version := ParseFormat(format)
	switch language := r.languages[kind]; {
	case kind == FormatJSONSchema:
		out.Schema = r.ReadAs(p, formatDialect(format))
	case language != nil && p.Node != nil:
		r.found.Add(language.Read(r, p, version, out)...)
	}
	return out
}

// read reads the schema at p, whose references are relative to sc. References
// are queued, not followed.
func (r *Reader) read(p resolve.Place, sc scope) *Schema {
	if s, ok := r.known[p.Node]; ok {
		return s
	}
	s := r.newSchema()
	s.Origin, s.Name = p.Origin(), nameOf(p.Pointer)
	if p.Node == nil {
		return s
	}
	if r.depth >= MaxDepth {
		r.found.Errorf(p, codeDepth, "schemas nest deeper than %d levels", MaxDepth)
		s.Broken = true
		return s
	}
	r.known[p.Node] = s
	r.depth++
	defer func() { r.depth-- }()
	switch p.Node.Kind {
	case syntax.Bool:
		r.readBool(s, p, sc)
	case syntax.Mapping:
		r.readObject(s, p, sc)
	default:
		found := r.found.Errorf(p, codeValue, "a schema must be an object or a boolean, is %s", describe(p.Node))
		if near := nearestType(p.Node.Text); p.Node.Kind == syntax.String && near != "" {
			found.WithHelp("write it as {type: %s}", near)
		}
		if isLeftOut(p.Node) {
			found.WithHelp("write {} for a schema that every value is valid to")
		}
	}
	return s
}

// newSchema returns an empty schema. Several are allocated at a time.
func (r *Reader) newSchema() *Schema {
	if len(r.slab) == 0 {
		r.slab = make([]Schema, 16)
	}
	s := &r.slab[0]
	r.slab = r.slab[1:]
	return s
}

// readBool reads a schema that takes every value, or none.
func (r *Reader) readBool(s *Schema, p resolve.Place, sc scope) {
	value := p.Node.Text == "true"
	s.Bool = &value
	if sc.dialect == OpenAPI30 && !isAdditionalProperties(p.Pointer) {
		r.found.Errorf(p.Node, codeValue, "a schema of OpenAPI 3.0 must be an object, is %t", value).
			WithHelp("write %s", map[bool]string{true: "{}", false: "not: {}"}[value])
	}
}

func (r *Reader) readObject(s *Schema, p resolve.Place, sc scope) {
	s.object = p.Node
	sc = r.enter(sc, p)
	s.Dialect, s.Resource, s.formats = sc.dialect, sc.resource, sc.vocabularies&asserts != 0
	if sc.dialect == OpenAPI30 || sc.hosted {
		r.objects = append(r.objects, Object{Place: p, Schema: s})
	}
	m := p.Node.Member("$ref")
	if m != nil && sc.dialect&since2019 == 0 {
		r.readReference(s, p, m, sc)
		return
	}
	rows := r.keywordSet(sc)
	d := &decoding{Reader: r, s: s, scope: sc, alone: rows.oneReference(p.Node)}
	d.register(p.Node)
	for i := range p.Node.Members {
		m := &p.Node.Members[i]
		row := rows.rows[m.Key.Text]
		switch {
		case row != nil:
			row.decode(d, row.name, member(p, *m))
		case strings.HasPrefix(m.Key.Text, "x-"):
			s.Extensions = append(s.Extensions, *m)
		default:
			s.Unknown = append(s.Unknown, *m)
			r.unknown(p.Node, m, rows, sc.dialect)
		}
	}
	for _, then := range d.then {
		then(s)
	}
	if s.Dialect == Draft202012 && s.TupleItems != nil {
		s.Items, s.AdditionalItems = nil, s.Items
	}
}

// unknown reports a keyword that looks like a slip, or that another dialect
// would obey.
func (r *Reader) unknown(in *syntax.Node, m *syntax.Member, rows *keywordSet, d Dialect) {
	if row := rows.others[m.Key.Text]; row != nil {
		switch {
		case row.effect == annotates:
		case row.dialects&d != 0:
			r.leftOut(m.Key)
		default:
			r.found.Warningf(m.Key, codeIgnored, "%q is a keyword of %s and restricts nothing here", m.Key.Text, row.dialects).
				WithHelp("%s", insteadOf(m.Key.Text, d))
		}
		return
	}
	if near := diag.Nearest(m.Key.Text, rows.names); near != "" {
		d := r.found.Warningf(m.Key, codeUnknown, "%q is not a keyword and restricts nothing", m.Key.Text)
		if d.Suggest(m.Key, m.Key.Text, rows.names); in.Get(near) != nil {
			d.Fix = nil // it would be there twice
		}
	}
}

// insteadOf says how a dialect expresses a keyword of another one.
func insteadOf(key string, d Dialect) string {
	switch {
	case d == OpenAPI30:
		return insteadInOpenAPI(key)
	case key == "nullable":
		return `name "null" among the types: type: [string, "null"]`
	case strings.HasPrefix(key, "dependent") && d&until07 != 0:
		return `write it as "dependencies"`
	case key == "prefixItems":
		return `write it as "items" with an array of schemas`
	case key == "additionalItems":
		return `write it as "items", beside "prefixItems"`
	}
	if d == AsyncAPI {
		d = Draft07
	}
	return fmt.Sprintf("schemas are read as JSON Schema %s, which has no such keyword", strings.TrimPrefix(d.String(), "draft "))
}

// besideReference are the keywords that are kept where "$ref" stands for the whole
// schema; the last of them not every dialect knows.
var besideReference = []string{"$ref", "title", "description", "$comment"}

// readReference queues the reference that is the member m of p. Of what stands
// beside it only words for people are kept; the rest is ignored, which is one
// finding.
func (r *Reader) readReference(s *Schema, p resolve.Place, m *syntax.Member, sc scope) {
	s.only = besideReference[:1]
	if m.Value.Kind != syntax.String {
		found := r.found.Errorf(m.Value, codeValue, "%q must be a string, is %s", "$ref", describe(m.Value))
		if lost := resolve.LostInComment(p.Child("$ref")); lost != "" {
			found.At = m.Key.At
			found.WithHelp("put it in quotes, for # begins a comment: '%s'", lost)
		}
		s.Broken = true
		return
	}
	s.ref = m.Value
	rows := r.keywordSet(sc)
	if s.only = besideReference; rows.rows["$comment"] == nil {
		s.only = besideReference[:len(besideReference)-1]
	}
	d := &decoding{Reader: r, s: s, scope: sc}
	var ignored []string
	var first *syntax.Member // that would restrict values, if any does
	restricting := false
	for i := range p.Node.Members {
		beside := &p.Node.Members[i]
		row := rows.rows[beside.Key.Text]
		switch beside.Key.Text {
		case "$ref", "$schema", "definitions", "$defs":
			continue // they have their use beside it
		case "title", "description", "$comment":
			if row != nil {
				row.decode(d, row.name, member(p, *beside))
			}
			continue
		}
		if row == nil {
			row = rows.others[beside.Key.Text]
		}
		ignored = append(ignored, beside.Key.Text)
		if counts := row != nil && row.effect == restricts; first == nil || counts && !restricting {
			first, restricting = beside, restricting || counts
		}
	}
	r.reportSiblings(m, first, ignored, restricting)
	r.refs.pending = append(r.refs.pending, reference{schema: s, node: m.Value, file: p.File, scope: sc})
}

// reportSiblings reports what is ignored beside the reference ref: as a mistake
// when some of it, at first, would restrict values.
func (r *Reader) reportSiblings(ref, first *syntax.Member, ignored []string, restricting bool) {
	are := "is"
	if len(ignored) > 1 {
		are = "are"
	}
	switch {
	case first == nil:
	case restricting:
		r.found.Warningf(first.Key, codeIgnored, "%s %s ignored beside \"$ref\"", quoted(ignored), are).
			Note(ref.Key, "the reference stands for the whole schema").
			WithHelp("move both into allOf: allOf: [{$ref: …}, {%s: …}]", first.Key.Text)
	default:
		r.found.Infof(first.Key, codeIgnored, "%s %s ignored beside \"$ref\"", quoted(ignored), are).
			Note(ref.Key, "the reference stands for the whole schema").
			WithHelp("write it in the schema that is referenced, or put the reference alone into allOf: allOf: [{$ref: …}], %s: …", first.Key.Text)
	}
}

// oneReference tells whether an object refers to one schema and restricts
// nothing itself.
func (set *keywordSet) oneReference(object *syntax.Node) bool {
	references := 0
	for i := range object.Members {
		switch row := set.rows[object.Members[i].Key.Text]; {
		case row == nil || row.effect == annotates:
		case row.effect == restricts:
			return false
		default:
			references++
		}
	}
	return references == 1
}

// decodeReference queues a reference since 2019-09: it is the schema itself
// when nothing beside it restricts values, else one of the schemas under allOf.
func decodeReference(d *decoding, key string, p resolve.Place) {
	if p.Node.Kind != syntax.String {
		d.wrong(key, p.Node, "a string")
		d.s.Broken = true
		return
	}
	s := d.s
	if !d.alone {
		s = &Schema{Origin: p.Origin(), Dialect: s.Dialect, Resource: s.Resource, object: s.object, only: []string{key}}
		d.s.AllOf = append(d.s.AllOf, s)
	}
	s.ref = p.Node
	d.refs.pending = append(d.refs.pending, reference{schema: s, node: p.Node, file: p.File, scope: d.scope, dynamic: key != "$ref"})
}

// register makes the schema at hand known to its resource as a target of
// dynamic references.
func (d *decoding) register(object *syntax.Node) {
	if d.scope.dialect == Draft202012 {
		if anchor := object.Get("$dynamicAnchor"); anchor != nil && anchor.Kind == syntax.String {
			d.scope.resource.add(anchor.Text, d.s)
		}
	}
	if d.scope.dialect == Draft201909 && d.scope.root.Node == object {
		if anchor := object.Get("$recursiveAnchor"); anchor != nil && anchor.Kind == syntax.Bool && anchor.Text == "true" {
			d.scope.resource.add(RecursiveAnchor, d.s)
		}
	}
}

func (r *Resource) add(anchor string, s *Schema) {
	if r.Dynamic == nil {
		r.Dynamic = map[string]*Schema{}
	}
	if r.Dynamic[anchor] == nil {
		r.Dynamic[anchor] = s
	}
}

// nameOf is the name that a JSON Pointer gives a schema: its key where it is a
// component or a definition.
func nameOf(pointer string) string {
	dir, name := cutLast(pointer)
	if name == "schema" { // the schema within a multi-format schema object
		if outer, key := cutLast(dir); strings.HasSuffix(outer, "/components/schemas") {
			return source.UnescapeToken(key)
		}
	}
	if strings.HasSuffix(dir, "/components/schemas") || strings.HasSuffix(dir, "/definitions") || strings.HasSuffix(dir, "/$defs") {
		return source.UnescapeToken(name)
	}
	return ""
}

func cutLast(pointer string) (dir, name string) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return "", pointer
	}
	return pointer[:i], pointer[i+1:]
}

// quoted lists names for a sentence.
func quoted(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	return b.String()
}

// fileOf is the root of the file that p lies in.
func (r *Reader) fileOf(f *source.File, at source.Span) resolve.Place {
	if root, ok := r.refs.files[f]; ok {
		return root
	}
	root, _ := r.res.Follow(f, &syntax.Node{Kind: syntax.String, Text: "#", At: at})
	r.refs.files[f] = root
	if root.Node != nil {
		r.refs.unsearched = append(r.refs.unsearched, root)
	}
	return root
}
