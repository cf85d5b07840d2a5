package check

import "slices"

// unevaluated judges the properties or items of a scanned value that no rule of
// the node, nor of the nodes that hold beside it, has evaluated (2020-12 core
// §11).
func (w *walker) unevaluated(n *node, pos int) bool {
	c := n.combine
	isObject := w.data[pos] == '{' && c.properties != none
	if !isObject && (w.data[pos] != '[' || c.items == none) {
		return true
	}
	outer, base := w.activeFrom, len(w.active)
	w.activeFrom = base
	ok := true
	if w.collect(n.id, pos) {
		if isObject {
			ok = w.otherProperties(n, base, pos)
		} else {
			ok = w.otherItems(n, base, pos)
		}
	}
	w.active, w.activeFrom = w.active[:base], outer
	return ok && !w.costly
}

// collect lists the nodes that judge the value at pos and hold, the given one
// among them. It reports false where a choice failed, which is a violation in
// itself.
func (w *walker) collect(id nodeID, pos int) bool {
	n := &w.prog[id]
	active := w.active[w.activeFrom:]
	if w.fuel -= 1 + len(active)>>4; w.fuel < 0 {
		w.tooCostly(pos)
		return false
	}
	if slices.Contains(active, id) {
		return true
	}
	w.active = append(w.active, id)
	if !w.collectDependent(n, pos) {
		return false
	}
	c := n.combine
	if c == nil {
		return true
	}
	if c.first != none && !w.collect(c.first, pos) {
		return false
	}
	for _, branch := range c.all {
		if !w.collect(branch, pos) {
			return false
		}
	}
	return w.collectChosen(c.any, pos) && w.collectChosen(c.one, pos) && w.collectCondition(c, pos)
}

func (w *walker) collectDependent(n *node, pos int) bool {
	if n.object == nil || w.data[pos] != '{' {
		return true
	}
	for i := range n.object.depends {
		d := &n.object.depends[i]
		if d.node != none && w.find(pos, n.object.known[d.trigger].name) >= 0 && !w.collect(d.node, pos) {
			return false
		}
	}
	return true
}

// collectChosen collects every branch that holds, not the first one alone.
func (w *walker) collectChosen(branches []nodeID, pos int) bool {
	chosen := len(branches) == 0
	for _, branch := range branches {
		if !w.holds(branch, pos) {
			continue
		}
		if chosen = true; !w.collect(branch, pos) {
			return false
		}
	}
	return chosen
}

func (w *walker) collectCondition(c *combineRules, pos int) bool {
	if c.cond == none {
		return true
	}
	id := c.other
	if w.holds(c.cond, pos) {
		if id = c.then; !w.collect(c.cond, pos) {
			return false
		}
	}
	return id == none || w.collect(id, pos)
}

// otherProperties judges the properties of the object at pos that no node in
// w.active from base on evaluates.
func (w *walker) otherProperties(n *node, base, pos int) bool {
	c := cursor{data: w.data, pos: pos}
	for c.open(); c.more(); {
		c.blank()
		key := c.pos
		name := c.str()
		keyEnd := c.pos
		c.colon()
		c.blank()
		at := c.pos
		if c.pos = w.skip(at); c.pos < 0 {
			return false
		}
		w.fuel -= (at - key) >> stretch
		if w.evaluatesProperty(n, base, view(name), key) {
			continue
		}
		if w.report == nil {
			if n.combine.leftovers.noProperties || w.value(n.combine.properties, at) < 0 {
				return false
			}
			continue
		}
		w.report.path = append(w.report.path, step{key: w.data[key+1 : keyEnd-1], named: true})
		if n.combine.leftovers.noProperties {
			w.report.add(w, n, ruleUnevaluatedProperties, at, c.pos, w.leftoverWords(base, string(name)))
		} else {
			w.value(n.combine.properties, at)
		}
		w.report.path = w.report.path[:len(w.report.path)-1]
	}
	return true
}

// evaluatesProperty tells whether one of the nodes but n's own unevaluated rule
// says what a property may be.
func (w *walker) evaluatesProperty(n *node, base int, name string, at int) bool {
	for _, id := range w.active[base:] {
		w.fuel--
		other := &w.prog[id]
		if o := other.object; o != nil && w.objectEvaluates(o, name, at) {
			return true
		}
		if other != n && other.combine != nil && other.combine.properties != none {
			return true
		}
	}
	return false
}

func (w *walker) objectEvaluates(o *objectRules, name string, at int) bool {
	if o.whole {
		return true
	}
	if i := o.index.find(o.known, name); i >= 0 && o.known[i].node != none {
		return true
	}
	for p := range o.patterns {
		if w.matches(o.patterns[p].pattern, name, at) {
			return true
		}
	}
	return false
}

// otherItems is otherProperties for the array at pos.
func (w *walker) otherItems(n *node, base, pos int) bool {
	from := w.firstOther(n, base)
	if from < 0 {
		return true
	}
	c := cursor{data: w.data, pos: pos}
	c.open()
	for i := 0; c.more(); i++ {
		before := c.pos
		c.blank()
		at := c.pos
		w.fuel -= (at - before) >> stretch
		if c.pos = w.skip(at); c.pos < 0 {
			return false
		}
		if i < from || w.marked(base, at) {
			continue
		}
		if w.report == nil {
			if n.combine.leftovers.noItems || w.value(n.combine.items, at) < 0 {
				return false
			}
			continue
		}
		w.report.path = append(w.report.path, step{index: i})
		if n.combine.leftovers.noItems {
			w.fail(n, ruleUnevaluatedItems, at, c.pos)
		} else {
			w.value(n.combine.items, at)
		}
		w.report.path = w.report.path[:len(w.report.path)-1]
	}
	return true
}

// firstOther is the index of the first item that no tuple evaluates, -1 when
// all items are evaluated.
func (w *walker) firstOther(n *node, base int) int {
	from := 0
	for _, id := range w.active[base:] {
		other := &w.prog[id]
		if a := other.array; a != nil {
			if a.whole {
				return -1
			}
			from = max(from, len(a.tuple))
		}
		if other != n && other.combine != nil && other.combine.items != none {
			return -1
		}
	}
	return from
}

// marked tells whether contains evaluates the item at pos.
func (w *walker) marked(base, pos int) bool {
	for i := base; i < len(w.active); i++ {
		if a := w.prog[w.active[i]].array; a != nil && a.marks && w.holds(a.contains, pos) {
			return true
		}
	}
	return false
}
