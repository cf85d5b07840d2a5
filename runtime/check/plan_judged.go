package check

import "unsafe"

// judged has a value judged as a whole before it is read, by a plan that asks for nothing
// any more: for rules that do not say how a value is read by what stands in it, such as a choice
// between texts, or that need the whole of it. What lies within is not judged again, so
// that no value is walked more than once more for it, however deep it lies.
func (b *planner) judged(s *placing) bool {
	return s.to.id != anyNode && b.judgedAs(s, s.to)
}

// judgedAs is judged by any node.
func (b *planner) judgedAs(s *placing, n *node) bool {
	item := &placing{to: &b.v.prog[anyNode], kind: s.place.Kind, offset: s.offset, there: s.there, place: s.place}
	if !b.atOnce(item) {
		return false
	}
	s.kind, s.to, s.item = placeJudged, n, item
	return true
}

// fillJudged judges the value at pos, and puts it into its place then.
func (w *walker) fillJudged(s *placing, p unsafe.Pointer, pos int) int {
	end := w.judge(s.to, pos)
	if end < 0 {
		return stop
	}
	before := w.trusted
	w.trusted = true
	if w.fillValue(s.item, p, pos) != end {
		end = stop
	}
	w.trusted = before
	return end
}
