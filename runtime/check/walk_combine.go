package check

// memoKey names a branch at a place in the text.
type memoKey struct {
	id      nodeID
	pos     int
	trusted bool
}

// shown is what an attempt has shown.
type shown struct {
	end    int
	beyond bool
}

// combined judges the value at pos by a node with combinators.
func (w *walker) combined(n *node, pos int) int {
	if w.repeats() {
		return w.again(n, pos)
	}
	return w.anew(n, pos)
}

// repeats tells whether so much work has been done that some must have been done
// several times.
func (w *walker) repeats() bool {
	return w.memo != nil && w.full-w.fuel > len(w.data) && w.cover == nil
}

// again is value for a text that takes more steps than it has bytes: its schemas
// lead to the same value on several ways, as one of allOf does that leads back to the
// whole within each of its parts, and at each level there are twice as many. So what
// a node has shown of a value is remembered, and reported once.
func (w *walker) again(n *node, pos int) int {
	key := memoKey{n.id, pos, w.trusted}
	if w.report != nil {
		return w.reportAgain(n, key)
	}
	known, ok := w.memo[key]
	if !ok {
		outer := w.beyond
		w.beyond = false
		known = shown{end: w.afresh(n, pos)}
		known.beyond, w.beyond = w.beyond, outer
		if len(w.memo) < maxMemo && !w.costly && (known.end >= 0 || w.trying > 0) {
			w.memo[key] = known
		}
	}
	switch {
	case known.end < 0, known.beyond && w.trying == 0:
		return stop
	case known.beyond:
		w.beyond = true
	}
	return known.end
}

// reportAgain is again where somebody wants to know what is wrong: what holds is
// walked for a verdict alone, and of what does not each fault is told once.
func (w *walker) reportAgain(n *node, key memoKey) int {
	if end, ok := w.report.told[key]; ok {
		return end
	}
	if end, beyond := w.attempt(n.id, key.pos); end >= 0 && (!beyond || w.trying > 0) {
		return end
	}
	end := w.afresh(n, key.pos)
	if w.report.told == nil {
		w.report.told = map[memoKey]int{}
	}
	if len(w.report.told) < maxMemo {
		w.report.told[key] = end
	}
	return end
}

// afresh judges a value without looking at what is known of it.
func (w *walker) afresh(n *node, pos int) int {
	if n.combine != nil {
		return w.anew(n, pos)
	}
	return w.judge(n, pos)
}

// anew is combined without looking at what is known of the value.
func (w *walker) anew(n *node, pos int) int {
	c := n.combine
	if c.choice && (w.cover == nil || len(c.one) > 0) {
		if end := w.choose(n, c, pos); end >= 0 || w.report == nil {
			return end
		}
	}
	var end int
	wrong := w.faults()
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
	ok := w.combine(n, c, pos, end) && (c.fits == nil || w.fitsIn(c, pos, wrong))
	w.trusted = before
	if !ok {
		return stop
	}
	return end
}

// faults is how many are reported.
func (w *walker) faults() int {
	if w.report == nil {
		return 0
	}
	return len(w.report.found)
}

// fitsIn holds a value to limits of Go types, unless more is wrong with it than was
// before: those within alternatives are of the one that holds.
func (w *walker) fitsIn(c *combineRules, pos, wrong int) bool {
	if w.faults() > wrong {
		return true
	}
	for _, id := range c.fits {
		if w.value(id, pos) < 0 {
			return false
		}
	}
	return true
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
	case len(c.any) > 0 && !w.anyOf(n, c, pos, end), len(c.one) > 0 && !w.oneOf(n, c, pos, end):
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

func (w *walker) anyOf(n *node, c *combineRules, pos, end int) bool {
	if w.cover != nil {
		return w.touchBranches(c.any, w.cover.nodes[n.id].any, pos) || w.noBranch(n, ruleAnyOf, c.any, pos, end)
	}
	over := none // the first that holds, though its Go type does not hold the value
	for _, id := range c.any {
		switch held, beyond := w.heldBy(id, pos); {
		case held && !beyond:
			return true
		case held && over == none:
			over = id
		}
	}
	if over != none {
		return w.overshoot(over, pos, end) >= 0
	}
	return w.noBranch(n, ruleAnyOf, c.any, pos, end)
}

func (w *walker) oneOf(n *node, c *combineRules, pos, end int) bool {
	first, over := -1, false
	for i, id := range c.one {
		switch held, beyond := w.heldBy(id, pos); {
		case !held:
		case first < 0:
			first, over = i, beyond
		default:
			return w.failWith(n, ruleOneOf, pos, end, func() string { return severalWords(w, c.one, first, i) })
		}
	}
	switch {
	case first < 0:
		return w.noBranch(n, ruleOneOf, c.one, pos, end)
	case w.cover != nil:
		w.touch(w.cover.nodes[n.id].one + int32(first))
	}
	return !over || w.overshoot(c.one[first], pos, end) >= 0
}

// overshoot is for a value that holds under an alternative and goes beyond what the
// Go type of that holds. It returns the end of the value where the walk may go on.
func (w *walker) overshoot(id nodeID, pos, end int) int {
	switch {
	case w.trying > 0:
		w.beyond = true
		return end
	case w.report == nil:
		return stop
	}
	before := w.trusted
	w.trusted = true
	end = w.value(id, pos)
	w.trusted = before
	return end
}

// choose judges a value, which need not have been scanned, by the branches of one
// anyOf or oneOf alone: the first that holds has scanned it.
func (w *walker) choose(n *node, c *combineRules, pos int) int {
	branches := c.any
	if len(c.one) > 0 {
		branches = c.one
	}
	over, overEnd := none, stop // see anyOf
	for i, id := range branches {
		end, beyond := w.attempt(id, pos)
		switch {
		case end < 0:
			continue
		case len(c.one) == 0 && !beyond:
			return end
		case len(c.one) == 0:
			if over == none {
				over, overEnd = id, end
			}
			continue
		}
		for _, other := range branches[i+1:] {
			if w.holds(other, pos) {
				return stop
			}
		}
		if w.cover != nil {
			w.touch(w.cover.nodes[n.id].one + int32(i))
		}
		if beyond {
			return w.overshoot(id, pos, end)
		}
		return end
	}
	if over != none {
		return w.overshoot(over, pos, overEnd)
	}
	return stop
}

// holds tells whether the value at pos, which has been scanned, keeps a node's
// rules, limits of Go types apart.
func (w *walker) holds(id nodeID, pos int) bool {
	held, _ := w.heldBy(id, pos)
	return held
}

// heldBy is holds, and tells whether the value is beyond a limit of Go's types.
func (w *walker) heldBy(id nodeID, pos int) (held, beyond bool) {
	before := w.trusted
	w.trusted = true
	end, beyond := w.attempt(id, pos)
	w.trusted = before
	return end >= 0, beyond
}

// attempt judges the value at pos for its verdict alone and leaves the walker
// as it was, whatever the outcome. Limits of Go's types do not count: that the value
// is beyond one is told apart. Once a text has proved to be laborious the
// outcomes are remembered, so that branches within branches do not double the
// work at every level.
func (w *walker) attempt(id nodeID, pos int) (end int, beyond bool) {
	if !w.laborious() {
		return w.try(id, pos)
	}
	key := memoKey{id, pos, w.trusted}
	if known, ok := w.memo[key]; ok {
		return known.end, known.beyond
	}
	end, beyond = w.try(id, pos)
	if len(w.memo) < maxMemo && !w.costly {
		w.memo[key] = shown{end, beyond}
	}
	return end, beyond
}

func (w *walker) try(id nodeID, pos int) (end int, beyond bool) {
	report, depth, keys, words, touched, outer := w.report, w.depth, len(w.keys), len(w.words), len(w.touched), w.beyond
	w.report, w.beyond = nil, false
	w.trying++
	end = w.value(id, pos)
	w.trying--
	beyond = w.beyond
	w.report, w.depth, w.keys, w.words, w.beyond = report, depth, w.keys[:keys], w.words[:words], outer
	if w.costly || end < 0 {
		w.touched = w.touched[:touched]
		return stop, false
	}
	return end, beyond
}
