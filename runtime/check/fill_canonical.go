package check

import (
	"bytes"
	"unsafe"
)

// fixed are the values of an enum that are read into a PlaceCanonical: a value is compared with
// them once, to be judged as well as to be read, and its text is there already.
type fixed struct {
	scan  *node    // judges values by all but the enum
	texts []string // by their positions; "" where a value does not say which text was read
}

// constants tells whether a value of a PlaceCanonical is one of an enum that the node has itself, or
// one that Others read, of which no more is asked than what type it is of.
func (b *planner) constants(s *placing) bool {
	s.to = b.narrow(s.to, facts{types: everyType})
	n := s.to
	if n.values == nil {
		return n.combine == nil && !n.rules(everyType)
	}
	if s.fixed = b.made.fixed[n]; s.fixed == nil {
		scan := *n
		scan.values, scan.id = nil, b.made.next()
		s.fixed = &fixed{&scan, n.values[0].canonical(s.place.Canonical)}
		b.made.fixed[n] = s.fixed
	}
	return true
}

// canonical returns the canonical texts of all values.
func (v *valueRules) canonical(of func(value string) string) []string {
	texts := make([]string, len(v.texts))
	for i, text := range v.texts {
		c := cursor{data: []byte(text)}
		if c.hash(); c.vague { // another number is the same to who compares them
			continue
		}
		if texts[i] = of(text); texts[i] == text {
			texts[i] = text // which is there anyway
		}
	}
	return texts
}

// fillCanonical judges the value at pos and puts its canonical text into a place.
func (w *walker) fillCanonical(s *placing, at unsafe.Pointer, pos int) int {
	if s.fixed == nil {
		return w.fillOther(s, at, pos)
	}
	end := w.judge(s.fixed.scan, pos)
	if end < 0 {
		return stop
	}
	first := absent
	for i, v := range s.to.values {
		found := w.position(v, pos, end)
		if found == absent {
			return stop
		}
		if i == 0 {
			first = found
		}
	}
	if text := s.fixed.texts[first]; text != "" {
		*(*string)(at) = text
	} else if !w.others.Other(hidden(at), s.place, pos, end) {
		return stop
	}
	return end
}

// position is among for any value.
func (w *walker) position(v *valueRules, start, end int) int32 {
	if w.data[start] != '"' {
		return w.among(v, start, end)
	}
	kind := textKind(0)
	if bytes.IndexByte(w.data[start:end], '\\') >= 0 {
		kind = hasEscape
	}
	return v.amongStrings(w.text(start, end, kind))
}
