package parse

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// follow returns the places from p to the object it stands for, references
// between them. It reports false where there is nothing, or an object of another
// kind: what is wrong has been said then.
func (r *reader) follow(p resolve.Place, t *table) ([]resolve.Place, bool) {
	trail, ok := r.followAnywhere(p, t)
	return trail, ok && (len(trail) == 1 || r.checkTarget(p, trail[len(trail)-1], t))
}

// followAnywhere is follow for objects that any map may hold.
func (r *reader) followAnywhere(p resolve.Place, t *table) ([]resolve.Place, bool) {
	if p.Ref() == nil {
		return []resolve.Place{p}, p.Node != nil
	}
	if t.refs == 0 || r.version < t.refs {
		r.refNotAllowed(p, t)
	}
	trail, ok := r.trail(p)
	for _, at := range trail {
		r.checkSiblings(at)
	}
	return trail, ok
}

// checkTarget reports false, with a finding, where the reference at p leads to
// an object that is another one by its place in the document. A message may pass
// for a trait.
func (r *reader) checkTarget(p, target resolve.Place, t *table) bool {
	home := r.home(target)
	switch {
	case home == nil, home == t, home == schemaHome && t == multiFormatTable, home == messageTable && t == messageTraitTable:
		return true
	}
	r.found.Errorf(p.Ref(), "ref-wrong-target", "reference %q leads to %s, and not to %s",
		brief(resolve.Shown(p.Ref().Text)), withArticle(home.name), withArticle(t.name))
	return false
}

// checkSchemaTarget warns of a schema's reference that leads to another object.
// It is no error: every object passes for a schema whose keywords nobody knows.
func (r *reader) checkSchemaTarget(ref *syntax.Node, target resolve.Place) {
	home := r.home(target)
	if home == nil || home == schemaHome {
		return
	}
	d := r.found.Warningf(ref, "ref-wrong-target", "reference %q leads to %s, and not to a schema",
		brief(resolve.Shown(ref.Text)), withArticle(home.name))
	if home == messageTable {
		d.WithHelp("a message's schema is its payload: #%s/payload", target.Pointer)
	}
}

// home is the kind of object that a place of the document holds by where it is,
// or nil where that does not say.
func (r *reader) home(p resolve.Place) *table {
	switch {
	case p.File != r.root.File:
		return nil
	case p.Pointer == "":
		return documentTable
	}
	return homes[p.Pointer[:strings.LastIndexByte(p.Pointer, '/')+1]]
}

// schemaHome stands for schemas, which have no table.
var schemaHome = &table{name: "schema"}

// homes are the objects that the maps of a document hold.
var homes = map[string]*table{
	"/servers/":                      serverTable,
	"/channels/":                     channelTable,
	"/operations/":                   operationTable,
	"/components/schemas/":           schemaHome,
	"/components/servers/":           serverTable,
	"/components/channels/":          channelTable,
	"/components/operations/":        operationTable,
	"/components/messages/":          messageTable,
	"/components/securitySchemes/":   securitySchemeTable,
	"/components/serverVariables/":   serverVariableTable,
	"/components/parameters/":        parameterTable,
	"/components/correlationIds/":    correlationIDTable,
	"/components/replies/":           replyTable,
	"/components/replyAddresses/":    replyAddressTable,
	"/components/externalDocs/":      externalDocsTable,
	"/components/tags/":              tagTable,
	"/components/operationTraits/":   operationTraitTable,
	"/components/messageTraits/":     messageTraitTable,
	"/components/serverBindings/":    serverBindings.all,
	"/components/channelBindings/":   channelBindings.all,
	"/components/operationBindings/": operationBindings.all,
	"/components/messageBindings/":   messageBindings.all,
}

// trail is p, the place its reference leads to, and so on to the first that
// holds none.
func (r *reader) trail(p resolve.Place) ([]resolve.Place, bool) {
	trail := []resolve.Place{p}
	if _, ok := r.refs.Deref(p); !ok {
		return trail, false
	}
	for ref := p.Ref(); ref != nil; ref = p.Ref() {
		p, _ = r.refs.Follow(p.File, ref)
		trail = append(trail, p)
	}
	return trail, true
}

// hasBadRef reports a $ref that is not a string.
func (r *reader) hasBadRef(p resolve.Place) bool {
	ref := p.Child("$ref")
	if ref.Node == nil {
		return false
	}
	if lost := resolve.LostInComment(ref); lost != "" {
		r.refs.Excuse(p.Node)
		r.found.Errorf(ref.Key, "wrong-kind", "\"$ref\" must be a string, is empty").
			WithHelp("put it in quotes, for # begins a comment: '%s'", brief(lost))
		return true
	}
	return !r.isKind(ref, quoted("$ref"), syntax.String)
}

func (r *reader) refNotAllowed(p resolve.Place, t *table) {
	key := p.Node.Member("$ref").Key
	d := r.found.Errorf(key, "ref-not-allowed", "a reference cannot stand for the %s", t.name).
		WithHelp("write the object in its place")
	if t.refs != 0 {
		d.WithHelp("write the object in its place: a reference may stand for it since AsyncAPI %s", t.refs)
	}
}

// checkSiblings warns of members beside a $ref, which are ignored (RFC 6901 is
// silent, JSON Reference says so in section 3).
func (r *reader) checkSiblings(p resolve.Place) {
	if p.Ref() == nil || len(p.Node.Members) == 1 {
		return
	}
	var ignored []syntax.Key
	for _, m := range p.Node.Members {
		if m.Key.Text != "$ref" {
			ignored = append(ignored, m.Key)
		}
	}
	what := quoted(ignored[0].Text) + " beside a reference is ignored"
	if more := len(ignored) - 1; more > 0 {
		what = fmt.Sprintf("%q and %d more beside a reference are ignored", ignored[0].Text, more)
	}
	r.found.Warningf(ignored[0], "ref-siblings", "%s", what).
		Note(p.Node.Member("$ref").Key, "the reference").
		WithHelp("write it in the object that is referenced, or write out the object here")
}

// needRef reports false, with a finding, where something else than a reference
// stands.
func (r *reader) needRef(p resolve.Place, what, example string) bool {
	switch {
	case p.Ref() != nil:
		return true
	case r.hasBadRef(p):
		return false
	}
	r.found.Errorf(wrongText(p), "ref-required", "%s must be a reference, is %s", what, p.Node.Kind.Phrase()).
		WithHelp("write $ref: '%s'", example)
	return false
}
