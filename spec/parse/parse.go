// Package parse reads AsyncAPI documents of every supported version into the
// one model of package spec.
//
// Two thin readers, v2.go and v3.go, hold what the major versions write
// differently; objects.go holds what they share; tables.go says which members
// an object may have in which version. Each object is read once, however often
// it is referenced, and each fault is reported once, at the smallest text that
// is wrong.
//
// It imports source, diag, syntax, resolve, spec, schema and its languages: avro,
// openapi and protobuf.
//
//	loader, err := resolve.NewFiles(".")
//	…
//	doc, found := parse.Load(ctx, loader, "orders.yaml")
//	if !found.HasErrors() {
//		fmt.Println(doc.Info.Title.Value)
//	}
package parse

import (
	"context"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Load reads the document at path and, through l, what it references. The
// document is not nil whenever the text is an AsyncAPI document of a supported
// version, whatever was found in it; objects and fields that are wrong are left
// out. The findings are sorted.
func Load(ctx context.Context, l resolve.Loader, path string) (*spec.Document, diag.List) {
	f, err := resolve.ReadFile(path)
	if err != nil {
		var found diag.List
		found.Errorf(nil, "unreadable", "cannot read %s: %v", path, err)
		return nil, found
	}
	return LoadFile(ctx, l, f)
}

// LoadFile reads the document in f as Load does.
func LoadFile(ctx context.Context, l resolve.Loader, f *source.File) (*spec.Document, diag.List) {
	refs := resolve.New(ctx, l)
	root := refs.Add(f)
	if root.Node == nil {
		return nil, refs.Findings().Sorted()
	}
	var found diag.List
	release, ok := identify(root, &found)
	if !ok {
		found.Add(refs.Findings()...)
		return nil, found.Sorted()
	}
	r := newReader(refs, root, release)
	r.found = found
	doc := r.document()
	r.found.Add(refs.Findings()...)
	r.found.Add(r.schemas.Findings()...)
	return doc, r.found.Sorted()
}

func newReader(refs *resolve.Resolver, root resolve.Place, release *release) *reader {
	r := &reader{
		release:   *release,
		version:   release.number,
		root:      root,
		refs:      refs,
		schemas:   schema.NewReader(refs, Languages()...),
		objects:   map[identity]any{},
		shapes:    map[*table]map[string]*row{},
		merged:    map[layered]*syntax.Node{},
		payloads:  map[payloadIdentity]*schema.Payload{},
		oneOfs:    map[*syntax.Node]*oneOf{},
		strays:    map[any][]stray{},
		checked:   map[checkedRecord]*spec.BindingObject{},
		scopeSets: map[*spec.SecurityScheme]*scopeSet{},
		entries: entries{
			servers:  map[*syntax.Node]*spec.Server{},
			channels: map[*syntax.Node]*spec.Channel{},
			messages: map[*spec.ChannelMessage]map[*syntax.Node]*spec.ChannelMessage{},
		},
	}
	r.edition = release.edition(r)
	r.schemas.OnReference(r.checkSchemaTarget)
	return r
}

// reader holds what is known while one document is read.
type reader struct {
	release release
	version version // of the release
	edition edition
	root    resolve.Place
	refs    *resolve.Resolver
	schemas *schema.Reader
	found   diag.List
	doc     *spec.Document

	objects   map[identity]any
	shapes    map[*table]map[string]*row
	merged    map[layered]*syntax.Node
	payloads  map[payloadIdentity]*schema.Payload
	oneOfs    map[*syntax.Node]*oneOf // by the object that has the oneOf
	strays    map[any][]stray         // by the object that holds the reference
	checked   map[checkedRecord]*spec.BindingObject
	scopeSets map[*spec.SecurityScheme]*scopeSet
	hints     diag.Hints
	entries   entries
}

// identity is what makes an object the same object: its text and what the text
// is read as.
type identity struct {
	node  *syntax.Node
	table *table
}

// entries are the values of the maps that references must stay within, by the
// node that a reference meets first: two entries may lead to one object.
type entries struct {
	servers  map[*syntax.Node]*spec.Server
	channels map[*syntax.Node]*spec.Channel
	// messages are by the first message of their channel: copies of a channel
	// share their messages.
	messages map[*spec.ChannelMessage]map[*syntax.Node]*spec.ChannelMessage
}

// edition is what the major versions of AsyncAPI write differently.
type edition interface {
	// document reads channels and operations, after the servers.
	document(f *fields, d *spec.Document)
	// address reads where a server is, after its variables.
	address(f *fields, s *spec.Server)
	// parameter reads what values a parameter takes.
	parameter(f *fields, p *spec.Parameter)
	// requirement reads one of the alternatives under "security".
	requirement(p resolve.Place) (spec.SecurityRequirement, bool)
	// payload reads a schema that is written in a format.
	payload(p resolve.Place, format spec.Text) *schema.Payload
	// ranked orders an object and its traits: the text of the first that has a
	// member is the one that counts.
	ranked(own resolve.Place, traits []resolve.Place) []resolve.Place
	// components reads the reusable objects that only this edition knows how to.
	components(f *fields, c *spec.Components)
}

// read returns the object at p, reading it with fill the first time. A
// reference is followed. The result is nil where p is absent or no such object.
func read[T any](r *reader, p resolve.Place, t *table, fill func(*fields, *T)) *T {
	trail, ok := r.follow(p, t)
	if !ok {
		return nil
	}
	own := trail[len(trail)-1]
	id := identity{own.Node, t}
	if object, ok := r.objects[id]; ok {
		return object.(*T)
	}
	f, ok := r.open(own, t)
	if !ok {
		r.objects[id] = (*T)(nil)
		return nil
	}
	object := new(T)
	r.objects[id] = object
	f.key = componentKey(trail)
	fill(f, object)
	return object
}
