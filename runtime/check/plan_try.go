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
	// judge judges the value before branches are tried by their rules, and one of them is
	// read; nil where they are tried by reading.
	judge *node
	rules []*Validator
}

// tries returns how branches are tried, nil where it is not certain which alternative of the
// node a branch is, or one of them is not judged and read at once.
func (b *planner) tries(n *node, sum *Sum, tries []Try, known facts) *tryPlan {
	if !n.choice() || n.combine.named != nil || sum.Rules == nil || len(tries) == 0 {
		return nil
	}
	t := &tryPlan{others: b.left(append(n.combine.one, n.combine.any...), known), one: len(n.combine.one) > 0}
	for _, try := range tries {
		if len(t.others) == 0 {
			return nil
		}
		id := t.others[0]
		if try.Rules != "" {
			v := (*sum.Rules).Of(try.Rules)
			if id = v.root; len(v.prog) != len(b.v.prog) || &v.prog[0] != &b.v.prog[0] {
				return nil // it was compiled by itself
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
		item := branch.placing(&b.v.prog[id])
		if !b.reads(item) {
			return nil
		}
		t.items, t.branches, t.nodes = append(t.items, item), append(t.branches, branch), append(t.nodes, id)
	}
	return t
}

// placing is what is done with a value of the branch that a node judges.
func (b *Branch) placing(to *node) *placing {
	return &placing{to: to, kind: b.Place.Kind, place: &b.Place}
}

// choice tells whether a node asks for nothing but types and one anyOf or oneOf.
func (n *node) choice() bool {
	c := n.combine
	return c != nil && !n.rules(everyType) && (len(c.any) == 0) != (len(c.one) == 0) && len(c.each()) == 0 &&
		c.not == none && c.cond == none && c.leftovers == nil && c.fits == nil
}

// judgedTries returns how branches are tried by their rules, after the value was judged, nil where
// one of them cannot be read then.
func (b *planner) judgedTries(n *node, sum *Sum, tries []Try) *tryPlan {
	t := &tryPlan{judge: n}
	for _, try := range tries {
		var rules *Validator
		if try.Rules != "" {
			if sum.Rules == nil {
				return nil
			}
			rules = (*sum.Rules).Of(try.Rules)
		}
		branch := &sum.Branches[try.Branch]
		item := branch.placing(&b.v.prog[anyNode])
		if !b.atOnce(item) {
			return nil
		}
		t.items, t.branches, t.rules = append(t.items, item), append(t.branches, branch), append(t.rules, rules)
	}
	return t
}

// mostTries is within how many trials others are made by reading: each may take twice as
// long as those within it, of which a judge remembers what they have shown.
const mostTries = 2

// fillTried is fillSum for what only a trial tells.
func (w *walker) fillTried(t *tryPlan, p unsafe.Pointer, pos int) int {
	if t.judge != nil {
		return w.fillHeld(t, p, pos)
	}
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

// fillHeld is fillTried for a value that is judged before.
func (w *walker) fillHeld(t *tryPlan, p unsafe.Pointer, pos int) int {
	before := w.trusted
	if (!before || t.judge.id != anyNode) && w.judge(t.judge, pos) < 0 { // else it was judged with what it is in
		return stop
	}
	w.trusted = true
	end := stop
	for i, v := range t.rules {
		if w.keeps(v, pos) {
			end = w.fillBranch(t.items[i], t.branches[i], p, pos)
			break
		}
	}
	w.trusted = before
	return end
}

// keeps tells whether the value at pos, which has been judged, is valid by a schema, which may
// have been compiled by itself. All are by none.
func (w *walker) keeps(v *Validator, pos int) bool {
	if v == nil {
		return true
	}
	if len(v.prog) == len(w.prog) && &v.prog[0] == &w.prog[0] {
		held, beyond := w.attempt(v.root, pos)
		return held >= 0 && !beyond
	}
	held, spent := w.parts.Valid(v, w.data, pos)
	w.costly = w.costly || spent
	return held
}
