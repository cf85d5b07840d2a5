package check

// entries are how the members of an object are judged and read that are put into a map, by what
// their names lead to; or the elements of an array behind those of a tuple.
type entries struct {
	node     *node
	object   *objectRules
	place    *Place     // of the map, or of the list
	known    []*placing // nil for a property that lies elsewhere
	patterns []*placing // where one alone matches
	several  *placing   // where more do: it asks for nothing
	rest     *placing
}

// entries is within for what a map has. All its values lie in the same place.
func (b *planner) entries(s *placing) bool {
	o := s.to.object
	switch {
	case o == nil:
		return b.item(s, &b.v.prog[anyNode])
	case o.simple && !o.closed && len(o.known) == 0:
		return b.item(s, &b.v.prog[o.additional])
	case len(o.known) > maxQuick:
		return false
	}
	m, nodes := merger{planner: b, parts: []*node{s.to}}, make([]*node, len(o.known))
	for i := range nodes {
		if nodes[i] = m.judging(o.known[i].name); nodes[i] == nil {
			return false
		}
	}
	s.entries = b.named(s.to, o, nodes, s.place)
	return true
}

// named returns how members are read that are put into a map, with the nodes that judge its
// known properties.
func (b *planner) named(n *node, o *objectRules, nodes []*node, p *Place) *entries {
	e := &entries{node: n, object: o, place: p, rest: b.entry(&b.v.prog[o.additional], p), known: make([]*placing, len(nodes))}
	for i, to := range nodes {
		if to != nil {
			e.known[i] = b.entry(to, p)
		}
	}
	for _, pattern := range o.patterns {
		e.patterns = append(e.patterns, b.entry(&b.v.prog[pattern.node], p))
	}
	if len(o.patterns) > 1 {
		e.several = b.entry(&b.v.prog[anyNode], p)
	}
	return e
}

// entry returns how a value of a map or a list is read that a node judges.
func (b *planner) entry(to *node, p *Place) *placing {
	key := itemKey{to, p.Item}
	s := b.made.items[key]
	if s == nil {
		s = &placing{to: to, there: p.Item.There, kind: p.Item.Kind, place: p.Item}
		b.made.items[key] = s // before those within, which may lead back here
		b.within(s)
	}
	return s
}

type itemKey struct {
	node *node
	item *Place
}

// all are the ways to read a value, some of which may be nil.
func (e *entries) all() []*placing {
	if e == nil {
		return nil
	}
	return append(append(e.known[:len(e.known):len(e.known)], e.patterns...), e.several, e.rest)
}
