package check

import "unsafe"

// anyArray are the rules of a node that has none for arrays.
var anyArray = &arrayRules{rest: anyNode, max: unlimited, contains: none}

// tuple is plan for the elements of an array.
func (b *planner) tuple(n *node, l *Layout) *Plan {
	key, of := planKey{n, l}, b.narrow(n, facts{types: Array})
	if !of.plain(Array) {
		return nil
	}
	f := &Plan{of: b.v, node: n, tuple: of.array, other: l.Other}
	if f.tuple == nil {
		f.tuple = anyArray
	}
	if f.tuple.wanted != 0 {
		return nil
	}
	b.made.plans[key] = f
	f.steps = make([]placing, len(l.Places))
	for i := range f.steps {
		p := &l.Places[i]
		f.steps[i] = placing{to: b.element(f.tuple, i), offset: p.At, there: p.There, kind: p.Kind, place: p}
		b.within(&f.steps[i])
	}
	if l.Extra != nil {
		f.extra = &entries{place: l.Extra, rest: b.entry(&b.v.prog[f.tuple.rest], l.Extra)}
		for i := len(f.steps); i < len(f.tuple.tuple); i++ {
			f.extra.known = append(f.extra.known, b.entry(b.element(f.tuple, i), l.Extra))
		}
	}
	return f
}

// element returns what judges an element of an array.
func (b *planner) element(a *arrayRules, i int) *node {
	if i < len(a.tuple) {
		return &b.v.prog[a.tuple[i]]
	}
	return &b.v.prog[a.rest]
}

// fillTuple is list for a struct that is read.
func (w *walker) fillTuple(f *Plan, p unsafe.Pointer, start int) int {
	if byteAt(w.data, start) != '[' {
		return w.fillAside(f, p, start, '[')
	}
	pos, count := w.openList(start)
	for pos >= 0 && count >= 0 {
		switch {
		case f.tuple.closed && count >= len(f.tuple.tuple):
			return stop
		case count < len(f.steps):
			pos = w.fillValue(&f.steps[count], p, pos)
		case f.extra != nil:
			pos = w.fillMore(f, p, count, pos)
		default:
			pos = w.item(f.node, f.tuple, count, pos)
		}
		pos, count = w.nextItem(pos, count)
	}
	if w.depth--; pos < 0 || !w.listRules(f.node, f.tuple, start, pos, ^count, 0) {
		return stop
	}
	return pos
}

// fillMore judges the element at pos and puts it behind those of a list.
func (w *walker) fillMore(f *Plan, p unsafe.Pointer, count, pos int) int {
	place, item := f.extra.place, f.extra.rest
	if at := count - len(f.steps); at < len(f.extra.known) {
		item = f.extra.known[at]
	}
	list := (*slice)(unsafe.Add(p, place.At))
	if list.len == list.cap {
		place.Grow(hidden(unsafe.Pointer(list)), max(fewElements, list.len))
	}
	list.len++
	return w.fillValue(item, unsafe.Add(list.data, uintptr(list.len-1)*place.Size), pos)
}
