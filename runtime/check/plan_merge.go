package check

import (
	"math/bits"
	"slices"
)

// whole is what an object is asked for beside its members: by counts, by names that need
// others, and by rules that need all of it, as "not" does, which judge it once more when it
// was read.
type whole struct {
	min, max int // of members
	needs    []need
	after    []later
}

// need is the known properties that an object has to have beside one, and a node that
// judges it then.
type need struct {
	trigger, names uint64
	node           nodeID // or none
}

// later is what judges an object when it was read: a node, or the combinators of one but
// allOf.
type later struct {
	node    *node
	combine *combineRules // nil for all of the node
}

// merger puts together what the nodes say that an object keeps all of: those of allOf, of
// which each has properties of its own. A plan accepts, and says nothing of what is wrong, so
// that it does not matter which of them asks for what.
type merger struct {
	*planner
	met   map[*node]bool
	parts []*node // with rules for objects, one of which may be special
	extra *node   // the special part: it judges members that it does not name
	after []later
	known facts // of the object
	// prefer picks the alternative to read by out of several that an object can be of; nil
	// where they are left to judge it once it was read.
	prefer func([]nodeID) nodeID
	names  []string
	index  map[string]int
}

// merge returns the rules for objects of a node that is not lean, or whose properties are not
// those that there are places for, and what is asked for beside them. It returns nil where no
// plan is of use.
func (m *merger) merge(n *node, l *Layout) (*objectRules, *whole, []*node) {
	if !m.collect(n) {
		return nil, nil, nil
	}
	m.single()
	o, nodes := m.objects(l)
	if o == nil && m.extra != nil {
		m.putOff(m.extra)
		o, nodes = m.objects(l)
	}
	if o == nil {
		return nil, nil, nil
	}
	return o, m.whole(o), nodes
}

// collect lists the nodes that judge the same value as n.
func (m *merger) collect(n *node) bool {
	if m.met[n] {
		return true
	}
	m.met[n] = true
	if !m.step() || n.types&Object == 0 {
		return false
	}
	if n.values != nil {
		m.after = append(m.after, later{node: &node{id: m.made.next(), types: n.types, values: n.values}})
	}
	if n.object != nil {
		m.parts = append(m.parts, n)
	}
	c := n.combine
	if c == nil {
		return true
	}
	chosen, denied, rest := m.choose(c, m.known, m.prefer)
	if rest != nil {
		m.after = append(m.after, later{n, rest})
	}
	for _, id := range denied {
		not := noCombine
		not.not = id
		m.after = append(m.after, later{n, &not})
	}
	for _, id := range append(c.each(), chosen...) {
		if !m.collect(&m.v.prog[id]) {
			return false
		}
	}
	return true
}

// each are the nodes that judge a value because of allOf.
func (c *combineRules) each() []nodeID {
	if c.first == none {
		return slices.Clip(c.all)
	}
	return append([]nodeID{c.first}, c.all...)
}

// special tells whether the rules judge members that they do not name.
func (o *objectRules) special() bool { return !o.simple || o.closed || o.additional != anyNode }

// single leaves one special part, and has the others judge when the object was read.
func (m *merger) single() {
	var more []*node
	for _, n := range m.parts {
		if !n.object.special() {
			continue
		}
		if m.extra == nil {
			m.extra = n
		} else {
			more = append(more, n)
		}
	}
	for _, n := range more {
		m.putOff(n)
	}
}

// putOff has a part judge when the object was read.
func (m *merger) putOff(n *node) {
	m.parts = slices.DeleteFunc(m.parts, func(p *node) bool { return p == n })
	m.after = append(m.after, later{node: n})
	if m.extra == n {
		m.extra = nil
	}
}

// mention adds a name.
func (m *merger) mention(name string) {
	if _, met := m.index[name]; !met {
		m.index[name] = len(m.names)
		m.names = append(m.names, name)
	}
}

// objects returns the properties of all parts, and the nodes that judge them: nil where the
// special part may forbid one that others name, and where there are too many.
func (m *merger) objects(l *Layout) (*objectRules, []*node) {
	m.names, m.index = nil, map[string]int{}
	o := &objectRules{additional: anyNode, names: none, max: unlimited, simple: true}
	for _, n := range m.parts {
		for _, p := range n.object.known {
			m.mention(p.name)
		}
	}
	for i := range l.Places {
		m.mention(l.Places[i].Name)
	}
	if len(m.names) > maxQuick || m.extra != nil && len(m.extra.object.known) > maxQuick {
		return nil, nil
	}
	if m.extra != nil {
		of := m.extra.object
		o.additional, o.closed, o.names, o.patterns, o.simple = of.additional, of.closed, of.names, of.patterns, of.simple
	}
	nodes := make([]*node, len(m.names))
	for i, name := range m.names {
		p := property{name: name, raw: rawKey(name), node: anyNode}
		if nodes[i] = m.judging(name); nodes[i] == nil {
			return nil, nil
		}
		quick := quickProperty{quickKey: noKey, to: nodes[i]}
		if p.raw != "" {
			quick.quickKey = newQuickKey(p.raw)
		}
		o.known, o.quick = append(o.known, p), append(o.quick, quick)
	}
	if len(m.parts) > 0 {
		o.base = m.parts[0].object.base
	}
	o.index = newNameIndex(o.known)
	return o, nodes
}

// judging returns the node that judges a property as all parts do, nil where one may forbid it.
func (m *merger) judging(name string) *node {
	var ids []nodeID
	for _, n := range m.parts {
		if !m.step() {
			return nil
		}
		own, ok := m.within(n.object, name)
		if !ok && n.object.closed && n.object.simple {
			return m.typed(&m.v.prog[anyNode], 0)
		}
		if !ok {
			return nil
		}
		ids = append(ids, own...)
	}
	return m.both(ids)
}

// within are the nodes by which one part judges a property, and whether it may be there.
func (m *merger) within(o *objectRules, name string) (ids []nodeID, ok bool) {
	if i := o.index.find(o.known, name); i >= 0 && o.known[i].node != none {
		ids = append(ids, o.known[i].node)
	}
	if !o.simple {
		if rawKey(name) == "" {
			return nil, false
		}
		w := m.v.walker([]byte(`"` + name + `"`))
		for _, p := range o.patterns {
			if w.matches(p.pattern, name, 1) {
				ids = append(ids, p.node)
			}
		}
		fits := (o.names == none || w.value(o.names, 0) >= 0) && w.fuel >= 0 && !w.costly
		m.v.release(w)
		if !fits {
			return nil, false
		}
	}
	if len(ids) > 0 {
		return ids, true
	}
	return append(ids, o.additional), !o.closed
}

// whole returns what the parts ask for beside members, nil if that is that some are present.
func (m *merger) whole(o *objectRules) *whole {
	w := &whole{max: unlimited, after: m.after}
	for _, n := range m.parts {
		of := n.object
		w.min, w.max = max(w.min, of.min), min(w.max, of.max)
		for i := range of.known {
			if of.required.has(i) {
				o.wanted |= m.bit(of, i)
			}
		}
		for _, d := range of.depends {
			names := uint64(0)
			for _, i := range d.names {
				names |= m.bit(of, i)
			}
			w.needs = append(w.needs, need{m.bit(of, d.trigger), names, d.node})
		}
	}
	if w.min == 0 && w.max == unlimited && w.needs == nil && w.after == nil {
		return nil
	}
	return w
}

// bit is that of members.seen for a property that a part knows.
func (m *merger) bit(of *objectRules, i int) uint64 { return 1 << m.index[of.known[i].name] }

// keepsWhole judges the object from start to end by what it is asked for beside members.
func (w *walker) keepsWhole(f *Plan, m *members, keys, start, end int) bool {
	o := f.whole
	if count := bits.OnesCount64(m.seen) + keys; count < o.min || count > o.max {
		return false
	}
	before := w.trusted
	w.trusted = true
	ok := w.keepsNeeds(o.needs, m.seen, start) && w.keepsLater(o.after, start, end)
	w.trusted = before
	return ok
}

func (w *walker) keepsNeeds(needs []need, seen uint64, start int) bool {
	for i := range needs {
		d := &needs[i]
		if d.trigger&seen != 0 && (d.names&^seen != 0 || d.node != none && w.value(d.node, start) < 0) {
			return false
		}
	}
	return true
}

func (w *walker) keepsLater(after []later, start, end int) bool {
	for _, r := range after {
		c := r.combine
		if c == nil {
			if w.judge(r.node, start) < 0 {
				return false
			}
		} else if !w.combine(r.node, c, start, end) || c.fits != nil && !w.fitsIn(c, start, 0) {
			return false
		}
	}
	return true
}
