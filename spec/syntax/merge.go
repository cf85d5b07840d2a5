package syntax

import (
	"slices"
)

// merge is the merge key "<<" of a mapping: https://yaml.org/type/merge.html.
type merge struct {
	key   Key
	value *Node
	at    int // number of the member it stands before
}

// merge adds the members of the merged objects that node has not itself, where
// the merge key stands. Of several objects that have a key the first wins.
func (c *converter) merge(node *Node, m *merge) {
	if m == nil || m.value == nil {
		return
	}
	objects := []*Node{m.value}
	if m.value.Kind == Sequence {
		objects = m.value.Items
	}
	var members []Member
	seen := map[string]bool{}
	for _, o := range objects {
		if o.Kind != Mapping {
			c.found.errorf(o, "merge-not-object", `"<<" merges objects, and this is of type %s`, o.Kind).
				Note(m.key, "merged here")
			continue
		}
		for _, member := range o.Members {
			key := member.Key.Text
			if node.Member(key) == nil && !seen[key] && c.afford(1, m.key.At) {
				seen[key] = true
				members = append(members, member)
			}
		}
	}
	node.Members = slices.Insert(node.Members, m.at, members...)
	node.reindex()
}
