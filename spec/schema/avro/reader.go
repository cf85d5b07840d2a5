package avro

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of findings.
const (
	codeValue   diag.Code = "avro-invalid-value"
	codeMissing diag.Code = "avro-missing-key"
	codeKey     diag.Code = "avro-unknown-key"
	codeType    diag.Code = "avro-unknown-type"
	codeName    diag.Code = "avro-invalid-name"
	codeRepeat  diag.Code = "avro-repeated-name"
	codeUnion   diag.Code = "avro-invalid-union"
	codeDefault diag.Code = "avro-invalid-default"
	codeLogical diag.Code = "avro-ignored-logical-type"
	codeDepth   diag.Code = "avro-too-deep"
	codeEndless diag.Code = "avro-endless"
)

// maxDepth is how deep schemas may nest, references to other files followed.
const maxDepth = 1000

// release is a minor version of Avro 1: 9 for all of 1.9.
type release int

// The releases that are known. The newest is meant where none is named.
const (
	oldest release = 8
	newest release = 12
)

func releaseOf(version string) release {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 || parts[0] != "1" {
		return newest
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || release(n) > newest {
		return newest
	}
	return max(release(n), oldest)
}

// reader holds what is known while one schema, with all in it, is read.
type reader struct {
	refs     *resolve.Resolver
	release  release
	found    diag.List
	depth    int
	root     *syntax.Node
	inlined  *syntax.Embedded   // that root is the root of, or nil
	names    map[string]*Schema // the definitions so far, by full name
	defined  map[*Schema]source.Span
	later    map[string]source.Span // all definitions of the text, once needed
	unsound  map[*Schema]bool       // values cannot be judged by them
	known    map[visit]*Schema
	busy     map[visit]bool
	defaults []givenDefault
	fits     map[trial]*misfit
	hints    int // names compared so far
}

// visit is a node read within a namespace.
type visit struct {
	node      *syntax.Node
	namespace string
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// document reads the schema at p, be it written as a string that holds it.
func (r *reader) document(p resolve.Place) *Schema {
	if n := p.Node; n.Kind == syntax.String && !plainName.MatchString(n.Text) {
		inner, found := syntax.ParseText(n)
		if r.found.Add(found...); inner.Root == nil {
			return &Schema{Origin: p.Origin()}
		}
		p.Node, r.inlined = inner.Root, inner
	}
	r.root = p.Node
	s := r.read(p, "")
	for i := 0; i < len(r.defaults); i++ {
		r.checkDefault(r.defaults[i])
	}
	return s
}

// read reads the schema at p, where a namespace encloses it. It never returns
// nil.
func (r *reader) read(p resolve.Place, namespace string) *Schema {
	written := p
	if p.Ref() != nil {
		var ok bool
		if p, ok = r.follow(p); !ok {
			return &Schema{Origin: written.Origin()}
		}
	}
	at := visit{p.Node, namespace}
	if s, ok := r.known[at]; ok {
		if r.busy[at] && !s.Type.named() {
			r.found.Errorf(written, codeEndless, "a type without a name cannot contain itself").
				WithHelp("make the type that contains itself a record")
			return &Schema{Origin: written.Origin()}
		}
		return s
	}
	if r.depth >= maxDepth {
		r.found.Errorf(head(p), codeDepth, "schemas nest deeper than %d levels", maxDepth)
		return &Schema{Origin: p.Origin()}
	}
	s := &Schema{Origin: p.Origin()}
	r.known[at], r.busy[at] = s, true
	r.depth++
	if meant := r.fill(s, p, namespace); meant != s {
		r.known[at] = meant
		s = meant
	}
	r.depth--
	delete(r.busy, at)
	return s
}

// follow goes where a reference of AsyncAPI leads, which may be a schema that is
// wrapped with its format.
func (r *reader) follow(p resolve.Place) (resolve.Place, bool) {
	target, ok := r.refs.Deref(p)
	if !ok {
		return target, false
	}
	inner, format := schema.Unwrap(target)
	if inner.Node == nil {
		return inner, false
	}
	if kind, _ := schema.ParseFormat(format); format != "" && kind != schema.FormatAvro {
		schema.OtherFormat(&r.found, p.Ref(), schema.FormatAvro, format)
		return inner, false
	}
	return inner, true
}

// fill reads the schema at p into s, or returns the one that p names.
func (r *reader) fill(s *Schema, p resolve.Place, namespace string) *Schema {
	switch p.Node.Kind {
	case syntax.String:
		return r.named(s, p.Node, namespace)
	case syntax.Sequence:
		r.union(s, p, namespace)
	case syntax.Mapping:
		return r.object(s, p, namespace)
	case syntax.Null:
		r.found.Errorf(p, codeValue, "a type must be a name, an object or an array, is null").
			WithHelp(`put the name of the type in quotes: "null"`)
		s.Type = Null
	default:
		r.found.Errorf(p, codeValue, "a type must be a name, an object or an array, is a %s", p.Node.Kind)
	}
	return s
}

// object reads a schema that is written as an object.
func (r *reader) object(s *Schema, p resolve.Place, namespace string) *Schema {
	word, key := r.typeOf(p)
	if word == nil {
		return s
	}
	switch word.Kind {
	case syntax.String:
	case syntax.Mapping, syntax.Sequence:
		r.found.Errorf(head(p.Child(key)), codeValue, `the "type" of a schema must be a name`).
			WithHelp("write what stands here in the place of the object around it")
		return r.read(p.Child(key), namespace)
	default:
		return r.fill(s, p.Child(key), namespace)
	}
	t, ok := declared[word.Text]
	if !ok {
		if meant := r.named(s, word, namespace); meant.Type != Unknown {
			return meant
		}
		if t = guess(p.Node); t == Unknown {
			return s
		}
	}
	s.Type, s.Error = t, word.Text == "error"
	r.declaration(s, p, namespace)
	return s
}

// typeOf is what an object has as its "type". One that has none is reported, and
// taken for what its other keys make of it.
func (r *reader) typeOf(p resolve.Place) (word *syntax.Node, key string) {
	if t := p.Node.Get("type"); t != nil {
		return t, "type"
	}
	for _, m := range p.Node.Members {
		if diag.Nearest(m.Key.Text, []string{"type"}) != "" {
			r.found.Errorf(m.Key, codeKey, `a schema has no key %q`, m.Key.Text).WithHelp(`did you mean "type"?`)
			return m.Value, m.Key.Text
		}
	}
	r.found.Errorf(head(p), codeMissing, `the schema lacks "type"`)
	if t := guess(p.Node); t != Unknown {
		return &syntax.Node{Kind: syntax.String, Text: t.String(), At: p.Node.At}, ""
	}
	return nil, ""
}

// guess is the type that an object's keys speak for.
func guess(object *syntax.Node) Type {
	for key, t := range map[string]Type{"fields": Record, "symbols": Enum, "items": Array, "values": Map, "size": Fixed} {
		if object.Get(key) != nil {
			return t
		}
	}
	return Unknown
}

// declaration reads the attributes of a schema whose type is known.
func (r *reader) declaration(s *Schema, p resolve.Place, namespace string) {
	o := r.open(p, schemaKeys[s.Type], "schema")
	s.Properties = o.rest
	if s.Type.named() {
		r.define(s, o, namespace)
		namespace = s.Namespace
	}
	switch s.Type {
	case Record:
		r.fields(s, o, namespace)
	case Enum:
		r.enum(s, o)
	case Fixed:
		r.fixed(s, o)
	case Array:
		s.Items = r.inner(o, "items", namespace)
	case Map:
		s.Values = r.inner(o, "values", namespace)
	}
	s.Doc = r.doc(o)
	r.logical(s, o)
}

// inner reads the schema under a key.
func (r *reader) inner(o *object, key, namespace string) *Schema {
	if p := r.need(o, key); p.Node != nil {
		return r.read(p, namespace)
	}
	return &Schema{}
}

// head is where a finding about a whole object points at: its key, its bracket or
// its first key.
func head(p resolve.Place) source.Span {
	at := p.Span()
	switch {
	case !p.Key.IsZero():
		return p.Key
	case p.Node == nil || p.Node.Kind != syntax.Mapping && p.Node.Kind != syntax.Sequence:
	case strings.HasPrefix(at.Text(), "{") || strings.HasPrefix(at.Text(), "["):
		at.End = at.Start + 1
	case len(p.Node.Members) > 0:
		return p.Node.Members[0].Key.At
	}
	return at
}
