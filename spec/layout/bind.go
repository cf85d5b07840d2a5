package layout

import (
	"fmt"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// mergeKey is the key that merges objects: https://yaml.org/type/merge.html.
const mergeKey = "<<"

// bind lays the nodes of the syntax package beside those of this one, and fails
// where they are not the same.
func bind(n *Node, v *syntax.Node) error {
	n.Value = v
	switch {
	case n.Style == Alias || n.Style == Empty:
		return nil
	case n.Style == BlockSequence || n.Style == FlowSequence:
		return bindItems(n, v)
	case n.Style == BlockMapping || n.Style == FlowMapping || n.Style == FlowPair:
		return bindMembers(n, v)
	case v.Kind == syntax.Mapping || v.Kind == syntax.Sequence || v.At.Start != n.Start:
		return fmt.Errorf("%w at %v", errLayout, v.At)
	case v.At.End != n.End && !n.Style.IsBlockScalar():
		return fmt.Errorf("%w at the end of %v", errLayout, v.At)
	}
	return nil
}

func bindItems(n *Node, v *syntax.Node) error {
	if v.Kind != syntax.Sequence || len(v.Items) != len(n.Entries) {
		return fmt.Errorf("%w at the array %v", errLayout, v.At)
	}
	for i, e := range n.Entries {
		if err := bind(e.Value, v.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// bindMembers finds the member of each entry. Members without an entry are
// those that a merge key brought.
func bindMembers(n *Node, v *syntax.Node) error {
	if v.Kind != syntax.Mapping {
		return fmt.Errorf("%w at the object %v", errLayout, v.At)
	}
	next, merges := 0, 0
	for _, e := range n.Entries {
		i := next
		for i < len(v.Members) && !isKey(e.Key, v.Members[i].Key) {
			i++
		}
		switch {
		case i < len(v.Members) && (i == next || merges > 0):
			e.Name = v.Members[i].Key.Text
			next = i + 1
			if err := bind(e.Value, v.Members[i].Value); err != nil {
				return err
			}
		case e.Key.Style == Plain && merges == 0:
			e.Name, e.Merge = mergeKey, true
			merges++
		default:
			return fmt.Errorf("%w at a key of the object %v", errLayout, v.At)
		}
	}
	if next < len(v.Members) && merges == 0 {
		return fmt.Errorf("%w: members are missing from the object %v", errLayout, v.At)
	}
	return nil
}

// isKey tells whether a key is the one that is written there. Nodes differ in
// where the key is of which nothing is written.
func isKey(written *Node, k syntax.Key) bool {
	return k.At.Start == written.Start || written.Style == Empty && k.Text == ""
}
