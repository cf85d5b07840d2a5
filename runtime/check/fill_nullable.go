package check

import "unsafe"

// What the byte is at the There of a PlaceNullable.
const (
	nullThere  = 1
	valueThere = 2
)

// fillNullable judges the value at pos and puts it into the place of the struct at p, unless it is
// null.
func (w *walker) fillNullable(s *placing, p unsafe.Pointer, pos int) int {
	state, end := uint8(nullThere), stop
	if byteAt(w.data, pos) == 'n' {
		end = w.judge(s.to, pos)
	} else {
		state, end = valueThere, w.fillValue(s.item, unsafe.Add(p, s.offset), pos)
	}
	if s.kind == PlaceNullable {
		*(*uint8)(unsafe.Add(p, s.there)) = state
	}
	return end
}
