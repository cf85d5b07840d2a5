package check

import "unsafe"

// extraPlan is how the members are judged and read that no place is for, where they are put
// into a map.
type extraPlan struct {
	place    *Place // of the map
	rest     *placing
	patterns []*placing // of members that one pattern matches
	known    []*placing // of properties that no place is for
}

// extra returns how members are read that no place is for.
func (b *planner) extra(o *objectRules, nodes []*node, steps []placing, p *Place) *extraPlan {
	x := &extraPlan{place: p, rest: b.entry(&b.v.prog[o.additional], p), known: make([]*placing, len(nodes))}
	for _, pattern := range o.patterns {
		x.patterns = append(x.patterns, b.entry(&b.v.prog[pattern.node], p))
	}
	for i, to := range nodes {
		if steps[i].place == nil {
			x.known[i] = b.entry(to, p)
		}
	}
	return x
}

// entry returns how a value of a map is read that a node judges.
func (b *planner) entry(to *node, p *Place) *placing {
	s := &placing{to: to, there: p.Item.There, kind: p.Item.Kind, place: p.Item}
	b.within(s)
	return s
}

// fillExtra judges the value at pos of a member that no place is for, which may be a known
// property, and puts it into the map: its key stands from key to keyEnd.
func (w *walker) fillExtra(f *Plan, p unsafe.Pointer, i, key, keyEnd, pos int, kind textKind) int {
	o, x, item, matched := f.object, f.extra, f.extra.rest, 0
	if i >= 0 {
		item = x.known[i]
	} else {
		for k := range o.patterns {
			if w.matches(o.patterns[k].pattern, w.text(key, keyEnd, kind), key) {
				item = x.patterns[k]
				matched++
			}
		}
		if matched == 0 && o.closed {
			return stop
		}
	}
	at, name := unsafe.Add(p, x.place.At), w.share(w.unescaped(w.data[key+1:keyEnd-1], kind))
	if matched < 2 {
		return w.putEntry(item, x.place, at, name, pos)
	}
	end := w.memberValue(f.node, o, -1, key, keyEnd, pos, kind)
	if end < 0 {
		return stop
	}
	var e held
	value := e.at(x.place.Item)
	if !w.others.Other(hidden(value), x.place.Item, pos, end) {
		return stop
	}
	x.place.Put(hidden(at), name, hidden(value))
	return end
}
