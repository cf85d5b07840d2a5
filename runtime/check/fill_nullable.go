package check

import "unsafe"

// What the byte is at the There of a PlaceNullable.
const (
	nullThere  = 1
	valueThere = 2
)

// nullable is within for a value that may be null.
func (b *planner) nullable(s *placing) bool {
	s.item = &placing{to: s.to, offset: s.offset, kind: s.place.Item.Kind, place: s.place.Item}
	return b.reads(s.item)
}

// fillNullable judges the value at pos and puts it into its place, unless it is null.
func (w *walker) fillNullable(s *placing, p unsafe.Pointer, pos int) int {
	state, end := uint8(nullThere), stop
	if byteAt(w.data, pos) == 'n' {
		end = w.judge(s.to, pos)
	} else {
		state, end = valueThere, w.fillValue(s.item, p, pos)
	}
	if s.there != 0 {
		*(*uint8)(unsafe.Add(p, s.there)) = state
	}
	return end
}
