package check

import "unsafe"

// entries are how the values of a map are read where their names tell what judges them.
type entries struct {
	known    []*placing // of the properties, nil for one that is only asked for
	patterns []*placing
	rest     *placing // of others, nil where there may be none
}

// entries is within for what a map has. All its values lie in the same place.
func (b *planner) entries(s *placing) bool {
	o := s.to.object
	if o == nil {
		return b.item(s, &b.v.prog[anyNode])
	}
	if o.simple && !o.closed && len(o.known) == 0 {
		return b.item(s, &b.v.prog[o.additional])
	}
	if len(o.known) > maxQuick {
		return false
	}
	e := &entries{known: make([]*placing, len(o.known)), patterns: make([]*placing, len(o.patterns))}
	for i := range o.known {
		if id := o.known[i].node; id != none && !b.named(s, &e.known[i], id) {
			return false
		}
	}
	for i := range o.patterns {
		if !b.named(s, &e.patterns[i], o.patterns[i].node) {
			return false
		}
	}
	if !o.closed && !b.named(s, &e.rest, o.additional) {
		return false
	}
	s.entries = e
	return b.item(s, &b.v.prog[anyNode]) // of what several nodes judge
}

// named finds out how values are read that a node judges.
func (b *planner) named(s *placing, to **placing, id nodeID) bool {
	of := placing{place: s.place}
	ok := b.item(&of, &b.v.prog[id])
	*to = of.item
	return ok
}

// all are the ways to read a value.
func (e *entries) all() []*placing {
	if e == nil {
		return nil
	}
	return append(append(e.known[:len(e.known):len(e.known)], e.patterns...), e.rest)
}

// fillNamed judges the value of a member, which may be known property i, by what its name leads to,
// and puts it into its place.
func (w *walker) fillNamed(s *placing, p unsafe.Pointer, i int, name string, at span, kind textKind) int {
	o, e := s.to.object, s.entries
	if o.names != none && !w.holds(o.names, at.name) {
		return stop
	}
	var one *placing
	if i >= 0 {
		one = e.known[i]
	}
	for k := range o.patterns {
		switch {
		case !w.matches(o.patterns[k].pattern, name, at.name):
		case one == nil:
			one = e.patterns[k]
		default: // several judge it
			end := w.memberValue(s.to, o, i, at.name, at.nameEnd, at.value, kind)
			if end < 0 {
				return stop
			}
			return w.fillTrusted(s.item, p, at.value, end)
		}
	}
	if one == nil {
		one = e.rest
	}
	if one == nil {
		return stop
	}
	return w.fillValue(one, p, at.value)
}
