package parse

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
)

// follow returns the places from p to the object it stands for, references
// between them. It reports false where there is nothing: what is wrong has been
// said then.
func (r *reader) follow(p resolve.Place, t *table) ([]resolve.Place, bool) {
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
	for _, m := range p.Node.Members {
		if m.Key.Text != "$ref" {
			r.found.Warningf(m.Key, "ref-siblings", "%q beside a reference is ignored", m.Key.Text).
				Note(p.Node.Member("$ref").Key, "the reference").
				WithHelp("write it in the object that is referenced, or write out the object here")
			return
		}
	}
}

// needRef reports false, with a finding, where something else than a reference
// stands.
func (r *reader) needRef(p resolve.Place, what, example string) bool {
	if p.Ref() != nil {
		return true
	}
	r.found.Errorf(head(p), "ref-required", "%s must be a reference, is %s", what, article(p.Node.Kind)).
		WithHelp("write $ref: '%s'", example)
	return false
}
