package check

import (
	"slices"
	"unsafe"
)

// tryPlan is how a value is judged and read of which only the rules of the branches tell what
// it is: they are tried by reading, in their order.
type tryPlan struct {
	items    []*placing
	branches []*Branch
	nodes    []nodeID // that judge the branches
	others   []nodeID // that such a value can be of, and no branch is for
	one      bool     // no other may hold
}

// tries returns how branches are tried, nil where it is not certain which alternative of the
// node a branch is, or one of them is not judged and read at once.
func (b *planner) tries(n *node, sum *Sum, tries []Try, known facts) *tryPlan {
	if !n.choice() || n.combine.named != nil || sum.Rules == nil || len(tries) == 0 {
		return nil
	}
	t := &tryPlan{others: b.left(n.combine, known), one: len(n.combine.one) > 0}
	for _, try := range tries {
		if len(t.others) == 0 {
			return nil
		}
		id := t.others[0]
		if try.Rules != "" {
			v := (*sum.Rules).Of(try.Rules)
			if id = v.root; len(v.prog) != len(b.v.prog) || &v.prog[0] != &b.v.prog[0] {
				return nil // it was compiled before
			}
		} else if len(t.others) != 1 {
			return nil
		}
		at := slices.Index(t.others, id)
		if at < 0 {
			return nil
		}
		t.others = slices.Delete(t.others, at, at+1)
		branch := &sum.Branches[try.Branch]
		item := &placing{to: &b.v.prog[id], kind: branch.Place.Kind, place: &branch.Place}
		if !b.reads(item) {
			return nil
		}
		t.items, t.branches, t.nodes = append(t.items, item), append(t.branches, branch), append(t.nodes, id)
	}
	return t
}

// mostTries is within how many trials others are made by reading: each may take twice as
// long as those within it, of which a judge remembers what they have shown.
const mostTries = 2

// fillTried is fillSum for what only a trial tells.
func (w *walker) fillTried(t *tryPlan, p unsafe.Pointer, pos int) int {
	if w.tries == mostTries {
		return unplanned
	}
	w.tries++
	end := w.firstTried(t, p, pos)
	w.tries--
	return end
}

func (w *walker) firstTried(t *tryPlan, p unsafe.Pointer, pos int) int {
	keys, spans, words, depth := len(w.keys), len(w.spans), len(w.words), w.depth
	for i := range t.items {
		end := w.fillBranch(t.items[i], t.branches[i], p, pos)
		if end >= 0 {
			if t.one && (w.anyHolds(t.nodes[i+1:], pos) || w.anyHolds(t.others, pos)) {
				return stop
			}
			return end
		}
		w.keys, w.spans, w.words, w.depth = w.keys[:keys], w.spans[:spans], w.words[:words], depth
		if i+1 == len(t.items) {
			break
		}
		if end, _ := w.try(t.nodes[i], pos); end >= 0 || w.costly {
			break // it is valid, and beyond what a Go type holds
		}
	}
	return stop
}

// anyHolds tells whether the value at pos, which has been judged, keeps the rules of a node.
func (w *walker) anyHolds(nodes []nodeID, pos int) bool {
	return slices.ContainsFunc(nodes, func(id nodeID) bool { return w.holds(id, pos) })
}
