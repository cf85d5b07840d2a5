package openapi

import (
	"cmp"
	"slices"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// faults are the places of findings, to say nothing twice: in each file, in the
// order of the text.
type faults map[*source.File][]source.Span

func newFaults(found diag.List) faults {
	f := faults{}
	f.add(found)
	return f
}

func (f faults) add(found diag.List) {
	for _, d := range found {
		if d.At.File != nil {
			f[d.At.File] = append(f[d.At.File], d.At)
		}
	}
	for _, places := range f {
		slices.SortFunc(places, func(a, b source.Span) int { return cmp.Compare(a.Start, b.Start) })
	}
}

// within tells whether a finding begins in a stretch of text, its end included.
func (f faults) within(at source.Span) bool {
	places := f.from(at)
	return len(places) > 0 && places[0].Start <= at.End
}

// at tells whether there is a finding about exactly this text.
func (f faults) at(at source.Span) bool {
	for _, place := range f.from(at) {
		if place.Start != at.Start || place.End == at.End {
			return place.Start == at.Start
		}
	}
	return false
}

// from are the places that begin at the same place or behind it.
func (f faults) from(at source.Span) []source.Span {
	places := f[at.File]
	i, _ := slices.BinarySearchFunc(places, at.Start, func(s source.Span, start int) int { return cmp.Compare(s.Start, start) })
	return places[i:]
}

// about tells whether a member of a schema has been reported, the schemas in it
// aside.
func (f faults) about(m *syntax.Member, holdsSchemas bool) bool {
	if holdsSchemas {
		return f.at(m.Key.At) || f.at(m.Value.At)
	}
	whole := m.Key.At
	whole.End = max(whole.End, m.Value.At.End)
	return f.within(whole)
}
