package parse

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Traits are merged by JSON Merge Patch (RFC 7386) at the level of the text:
// the member of the strongest layer counts, objects are merged member by
// member, null takes a member away. What only one layer has stays the node it
// is, so that a schema in a shared trait is one schema for all that use it.
// Merged objects have the members of the object first and then those of its
// traits, whoever wins. Which layer is the strongest differs between the
// versions: see ranked. A null within an object that only one layer has stays:
// there it may be a value, such as a default.

// traitPlaces are the texts of the traits under key, in the order of the
// document.
func (f *fields) traitPlaces(key string, t *table) []resolve.Place {
	var out []resolve.Place
	for _, item := range f.items(key) {
		trail, ok := f.r.follow(item, t)
		if last := trail[len(trail)-1]; ok && last.Node.Kind == syntax.Mapping {
			out = append(out, last)
		}
	}
	return out
}

// merger is a member as several layers write it, the strongest first.
type merger struct {
	layers   []resolve.Place
	ownOnTop bool // the strongest is that of the object itself
}

// mergeDepth bounds how deep objects are merged: text that circles through
// references has no end. Deeper down the stronger object counts as a whole.
const mergeDepth = 32

// merge is the place of the member that counts. There may be none.
func (r *reader) merge(m merger) resolve.Place {
	if len(m.layers) == 0 {
		return resolve.Place{}
	}
	merged := m.layers[len(m.layers)-1]
	for i := len(m.layers) - 2; i >= 0; i-- {
		p := patch{reader: r, overFirst: m.ownOnTop && i == 0}
		merged = p.lay(m.layers[i], merged, 0)
	}
	return merged
}

// patch lays one text upon another.
type patch struct {
	*reader
	overFirst bool // the members of the upper text come first
}

// layered names the merger of two nodes.
type layered struct {
	over, under *syntax.Node
	overFirst   bool
}

func (p patch) lay(over, under resolve.Place, depth int) resolve.Place {
	if over.Node.Kind == syntax.Null {
		return resolve.Place{}
	}
	if under.Node == nil || depth > mergeDepth {
		return over
	}
	top, ok := p.refs.Deref(over)
	bottom, ok2 := p.refs.Deref(under)
	if !ok || !ok2 || top.Node == bottom.Node || top.Node.Kind != syntax.Mapping || bottom.Node.Kind != syntax.Mapping {
		return over
	}
	id := layered{top.Node, bottom.Node, p.overFirst}
	if _, known := p.merged[id]; !known {
		p.merged[id] = top.Node // what counts where the merger needs itself
		p.merged[id] = p.members(top, bottom, depth+1)
	}
	top.Node = p.merged[id]
	return top
}

func (p patch) members(over, under resolve.Place, depth int) *syntax.Node {
	out := &syntax.Node{Kind: syntax.Mapping, At: over.Node.At}
	first, second := under, over
	if p.overFirst {
		first, second = over, under
	}
	for _, m := range first.Node.Members {
		p.add(out, m.Key.Text, over, under, depth)
	}
	for _, m := range second.Node.Members {
		if first.Node.Member(m.Key.Text) == nil {
			p.add(out, m.Key.Text, over, under, depth)
		}
	}
	return out
}

// add appends the member that two texts have under a key, unless one takes it
// away.
func (p patch) add(out *syntax.Node, key string, over, under resolve.Place, depth int) {
	top, bottom := over.Node.Member(key), under.Node.Member(key)
	switch {
	case top == nil:
		out.Members = append(out.Members, *bottom)
	case bottom == nil:
		if top.Value.Kind != syntax.Null {
			out.Members = append(out.Members, *top)
		}
	default:
		if merged := p.lay(over.Child(key), under.Child(key), depth); merged.Node != nil {
			out.Members = append(out.Members, syntax.Member{Key: top.Key, Value: merged.Node})
		}
	}
}
