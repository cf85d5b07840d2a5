package check

import "unsafe"

// filler is what a walker has beside for texts that are read.
type filler struct {
	others  Others
	lasting int
	piece   []byte // for short strings; see codec.Reader.String
	used    int    // of it
	spans   []span // of the objects being read, the members that no place is for
	rooms   [rooms]uint8
	tries   int   // that are being made; see fillTried
	parts   Parts // for schemas that were compiled by themselves
}

// span is where the name of a member, with its quotes, and its value begin and end.
type span struct{ name, nameEnd, value, valueEnd int }

// rooms is how many lists have a length of their own that is expected, a power of two.
const rooms = 16

// Read judges data and reads it into the struct at p, which is zero, and tells whether
// it did so. If not, data may be valid all the same: it is to be judged and read anew, into
// a struct that was cleared. Strings of at least so many bytes may be parts of
// data, unless that is 0.
func (f *Plan) Read(data []byte, p unsafe.Pointer, lasting int, others Others) bool {
	w := f.of.walker(data)
	w.others, w.lasting = others, lasting
	ok := len(data) <= w.laws.maxSize && w.fillAll(f, p)
	w.others, w.spans = nil, w.spans[:0]
	w.parts.End()
	f.of.release(w)
	return ok
}

func (w *walker) fillAll(f *Plan, p unsafe.Pointer) bool {
	end := w.space(0)
	switch {
	case f.sum != nil:
		end = w.fillSum(f.sum, p, end)
	case f.single != nil:
		end = w.fillValue(f.single, p, end)
	default:
		end = w.fillAlone(f, p, end)
	}
	return end >= 0 && w.space(end) == len(w.data) && w.fuel >= 0 && !w.costly
}

// fillAlone is fill, or fillTuple.
func (w *walker) fillAlone(f *Plan, p unsafe.Pointer, start int) int {
	if f.tuple != nil {
		return w.fillTuple(f, p, start)
	}
	return w.fill(f, p, start)
}

// fill judges the object at start and reads it into the struct at p: it is leanObject with
// places for the values.
func (w *walker) fill(f *Plan, p unsafe.Pointer, start int) int {
	if w.fuel--; byteAt(w.data, start) != '{' || w.fuel < 0 || !w.enter(start) {
		return w.fillAside(f, p, start, '{')
	}
	m, spans := members{keys: len(w.keys)}, len(w.spans)
	pos := start + 1
	c := byteAt(w.data, pos)
	if c <= ' ' {
		pos = w.space(pos)
		c = byteAt(w.data, pos)
	}
	if c == '}' {
		pos++
	} else if pos = w.fillMembers(f, p, &m, pos); pos < 0 {
		return stop
	}
	w.depth--
	if f.object.wanted&^m.seen != 0 {
		return stop
	}
	keys := len(w.keys) - m.keys
	if keys > 0 {
		if keys > manyKeys && !w.sortedOnce(&m) {
			return stop
		}
		w.keys = w.keys[:m.keys]
	}
	if f.whole != nil && !w.keepsWhole(f, &m, keys, start, pos) {
		return stop
	}
	if len(w.spans) > spans {
		*(*string)(unsafe.Add(p, f.unknown)) = w.keep(w.spans[spans:])
		w.spans = w.spans[:spans]
	}
	return pos
}

// fillAside judges the value at start and keeps it as it is, if it is no object, or no array, and
// the struct at p has a place for it.
func (w *walker) fillAside(f *Plan, p unsafe.Pointer, start int, unless byte) int {
	if f.other < 0 || byteAt(w.data, start) == unless {
		return stop
	}
	end := w.judge(f.node, start)
	if end >= 0 {
		*(*[]byte)(unsafe.Add(p, f.other)) = append([]byte(nil), w.data[start:end]...)
	}
	return end
}

// fillMembers is quickMembers with places for the values.
func (w *walker) fillMembers(f *Plan, p unsafe.Pointer, m *members, pos int) int {
	data, steps, base, next := w.data, f.steps, f.object.base, 0
	for {
		i := next
		if guess := w.order[uint(base+next)%orderPlaces]; guess != 0 {
			i = int(guess) - 1
		}
		if uint(i) >= uint(len(steps)) || !steps[i].quickKey.at(data, pos) {
			i = w.otherwise(f.object, next, pos)
		}
		if i >= 0 && m.seen>>(i&63)&1 == 0 {
			s := &steps[i]
			m.seen |= 1 << (i & 63)
			next = i + 1
			pos += int(s.size)
			c := byteAt(data, pos)
			if c <= ' ' {
				pos = w.space(pos)
				c = byteAt(data, pos)
			}
			if number := s.kind.isNumber(); number || c == '"' && s.kind == PlaceString {
				if number {
					pos = w.fillNumber(s, p, pos)
				} else {
					pos = w.fillString(s.to, pos, (*string)(unsafe.Add(p, s.offset)))
				}
				if s.there != 0 {
					*(*bool)(unsafe.Add(p, s.there)) = true
				}
			} else {
				pos = w.fillValue(s, p, pos)
			}
		} else {
			m.next = next
			pos = w.fillAny(f, p, m, pos)
			if m.next != next {
				w.expect(f.object, next, m.next-1)
				next = m.next
			}
		}
		c := byteAt(data, pos)
		if c == ',' {
			if pos++; byteAt(data, pos) <= ' ' {
				pos = w.space(pos)
			}
			continue
		}
		if c <= ' ' && pos >= 0 {
			pos = w.space(pos)
			if c = byteAt(data, pos); c == ',' {
				pos = w.space(pos + 1)
				continue
			}
		}
		if c != '}' {
			return stop
		}
		return pos + 1
	}
}

// fillAny is fillMembers for any key in any place.
func (w *walker) fillAny(f *Plan, p unsafe.Pointer, m *members, pos int) int {
	if byteAt(w.data, pos) != '"' {
		return stop
	}
	o := f.object
	i, end, kind := w.known(o, m, pos)
	if end < 0 {
		return stop
	}
	at := w.space(end)
	if byteAt(w.data, at) != ':' || !w.once(m, i, pos, end, kind) {
		return stop
	}
	at = w.space(at + 1)
	valueEnd := stop
	switch {
	case i >= 0 && f.steps[i].place != nil:
		return w.fillValue(&f.steps[i], p, at)
	case i < 0 && o.names != none && !w.holds(o.names, pos):
	case f.extra != nil:
		name := w.share(w.unescaped(w.data[pos+1:end-1], kind))
		return w.fillExtra(f.extra, p, i, name, span{pos, end, at, 0}, kind)
	case i >= 0:
		valueEnd = w.judge(f.steps[i].to, at)
	default:
		valueEnd = w.memberValue(f.node, o, -1, pos, end, at, kind)
	}
	if valueEnd >= 0 && f.unknown >= 0 {
		w.spans = append(w.spans, span{pos, end, at, valueEnd})
	}
	return valueEnd
}

// keep returns members as they are written, with commas between.
func (w *walker) keep(spans []span) string {
	size := -1
	for _, s := range spans {
		size += s.nameEnd - s.name + s.valueEnd - s.value + len(`:,`)
	}
	text := make([]byte, 0, size)
	for i, s := range spans {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, w.data[s.name:s.nameEnd]...), ':')
		text = append(text, w.data[s.value:s.valueEnd]...)
	}
	return view(text)
}
