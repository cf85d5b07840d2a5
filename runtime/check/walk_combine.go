package check

// memoKey names a branch at a place in the text.
type memoKey struct {
	id      nodeID
	pos     int
	trusted bool
}

// combined judges the value at pos by a node with combinators.
func (w *walker) combined(n *node, pos int) int {
	c := n.combine
	if c.choice && (w.cover == nil || len(c.one) > 0) {
		if end := w.choose(n, c, pos); end >= 0 || w.report == nil {
			return end
		}
	}
	var end int
	if c.first != none {
		end = w.value(c.first, pos)
	} else {
		end = w.plainValue(n, kinds[w.data[pos]], pos)
	}
	if end < 0 {
		return stop
	}
	before := w.trusted
	w.trusted = true
	ok := w.combine(n, c, pos, end)
	w.trusted = before
	if !ok {
		return stop
	}
	return end
}

// combine judges a value that has been scanned.
func (w *walker) combine(n *node, c *combineRules, pos, end int) bool {
	w.laborious()
	for _, id := range c.all {
		if w.value(id, pos) < 0 {
			return false
		}
	}
	switch {
	case c.named != nil:
		if !w.alternatives(n, c, pos, end) {
			return false
		}
	case len(c.any) > 0 && !w.someHold(n, c.any, pos) && !w.noBranch(n, ruleAnyOf, c.any, pos, end),
		len(c.one) > 0 && !w.oneOf(n, c, pos, end):
		return false
	}
	if c.not != none && w.holds(c.not, pos) && !w.fail(n, ruleNot, pos, end) {
		return false
	}
	return c.cond == none && c.leftovers == nil || w.combineLast(n, c, pos)
}

// combineLast judges by a condition, and what the rules before have left over.
func (w *walker) combineLast(n *node, c *combineRules, pos int) bool {
	if c.cond != none {
		id, held := c.other, w.holds(c.cond, pos)
		if held {
			id = c.then
		}
		if w.cover != nil {
			w.touchCondition(n, held)
		}
		if id != none && w.value(id, pos) < 0 {
			return false
		}
	}
	return c.leftovers == nil || w.unevaluated(n, pos)
}

func (w *walker) someHold(n *node, ids []nodeID, pos int) bool {
	if w.cover != nil {
		return w.touchBranches(ids, w.cover.nodes[n.id].any, pos)
	}
	for _, id := range ids {
		if w.holds(id, pos) {
			return true
		}
	}
	return false
}

func (w *walker) oneOf(n *node, c *combineRules, pos, end int) bool {
	first := -1
	for i, id := range c.one {
		switch {
		case !w.holds(id, pos):
		case first < 0:
			first = i
		default:
			return w.failWith(n, ruleOneOf, pos, end, func() string { return severalWords(w, c.one, first, i) })
		}
	}
	if first >= 0 && w.cover != nil {
		w.touch(w.cover.nodes[n.id].one + int32(first))
	}
	return first >= 0 || w.noBranch(n, ruleOneOf, c.one, pos, end)
}

// choose judges a value, which need not have been scanned, by the branches of one
// anyOf or oneOf alone: the first that holds has scanned it.
func (w *walker) choose(n *node, c *combineRules, pos int) int {
	branches := c.any
	if len(c.one) > 0 {
		branches = c.one
	}
	for i, id := range branches {
		end := w.attempt(id, pos)
		if end < 0 {
			continue
		}
		if len(c.one) == 0 {
			return end
		}
		for _, other := range branches[i+1:] {
			if w.holds(other, pos) {
				return stop
			}
		}
		if w.cover != nil {
			w.touch(w.cover.nodes[n.id].one + int32(i))
		}
		return end
	}
	return stop
}

// holds tells whether the value at pos, which has been scanned, keeps a node's
// rules.
func (w *walker) holds(id nodeID, pos int) bool {
	before := w.trusted
	w.trusted = true
	end := w.attempt(id, pos)
	w.trusted = before
	return end >= 0
}

// attempt judges the value at pos for its verdict alone and leaves the walker
// as it was, whatever the outcome. Once a text has proved to be laborious the
// outcomes are remembered, so that branches within branches do not double the
// work at every level.
func (w *walker) attempt(id nodeID, pos int) int {
	if !w.laborious() {
		return w.try(id, pos)
	}
	key := memoKey{id, pos, w.trusted}
	if end, ok := w.memo[key]; ok {
		return end
	}
	end := w.try(id, pos)
	if len(w.memo) < maxMemo && !w.costly {
		w.memo[key] = end
	}
	return end
}

func (w *walker) try(id nodeID, pos int) int {
	report, depth, keys, words, touched := w.report, w.depth, len(w.keys), len(w.words), len(w.touched)
	w.report = nil
	end := w.value(id, pos)
	w.report, w.depth, w.keys, w.words = report, depth, w.keys[:keys], w.words[:words]
	if w.costly || end < 0 {
		w.touched = w.touched[:touched]
		return stop
	}
	return end
}
