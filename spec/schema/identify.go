package schema

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// identify makes the $ids and anchors known of all files met so far, wherever
// they stand in them, and tells whether there were files left to search. It is
// the last resort before a reference is taken for one to a file: schemas are read
// when something leads to them, and what has a name may lie behind what asks for
// it.
func (r *Reader) identify() bool {
	files := r.refs.unsearched
	r.refs.unsearched = nil
	for _, root := range files {
		r.search(root, r.scopeOf(root, AsyncAPI), map[*syntax.Node]bool{}, 0)
	}
	return len(files) > 0
}

// search enters all objects below p that may be schemas, each once.
func (r *Reader) search(p resolve.Place, sc scope, seen map[*syntax.Node]bool, depth int) {
	if seen[p.Node] || depth > MaxDepth {
		return
	}
	switch p.Node.Kind {
	case syntax.Mapping:
		seen[p.Node] = true
		sc = r.enter(sc, p)
		for i := range p.Node.Members {
			if m := &p.Node.Members[i]; !holdsValues(m.Key.Text) {
				r.search(member(p, *m), sc, seen, depth+1)
			}
		}
	case syntax.Sequence:
		seen[p.Node] = true
		for i := range p.Node.Items {
			r.search(p.Item(i), sc, seen, depth+1)
		}
	}
}

// holdsValues tells whether a member holds values and no schemas.
func holdsValues(key string) bool {
	return slices.Contains([]string{"default", "enum", "const", "example", "examples"}, key) || strings.HasPrefix(key, "x-")
}
