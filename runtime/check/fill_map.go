package check

import (
	"net/netip"
	"reflect"
	"time"
	"unsafe"
)

// held is where the values of a map lie until they are put there: as what they are, so that the
// collector knows what they lead to. It is zero between two of them.
type held struct {
	text    string
	list    slice
	time    time.Time
	addr    netip.Addr
	words   words
	pointer unsafe.Pointer
	bits    [8]uint64
	own     unsafe.Pointer // to one that has memory of its own
}

// at returns where a value lies.
func (e *held) at(p *Place) unsafe.Pointer {
	switch k := p.Kind; {
	case k == PlaceString, k == PlaceDecimal, k == PlaceCanonical:
		return unsafe.Pointer(&e.text)
	case k == PlaceBytes, k == PlaceRaw, k == PlaceList:
		return unsafe.Pointer(&e.list)
	case k == PlaceTime:
		return unsafe.Pointer(&e.time)
	case k == PlaceAddr:
		return unsafe.Pointer(&e.addr)
	case k == PlaceSum:
		return unsafe.Pointer(&e.words)
	case k == PlacePointer, k == PlaceMap, k == PlaceURL:
		return unsafe.Pointer(&e.pointer)
	case k == PlaceNil:
		return e.at(p.Item)
	case k == PlaceStruct, k == PlaceTuple, k == PlaceNullable, k == PlaceOther, k == PlaceExternal:
		if e.own == nil || p.Kept {
			e.own = reflect.New(p.Type).UnsafePointer()
		}
		return e.own
	}
	return unsafe.Pointer(&e.bits)
}

// fillMap judges the object at start and reads it into the map at a place.
func (w *walker) fillMap(s *placing, at unsafe.Pointer, start int) int {
	if w.fuel--; byteAt(w.data, start) != '{' || w.fuel < 0 || !w.enter(start) {
		return stop
	}
	m := members{keys: len(w.keys)}
	s.place.Put(hidden(at), "", nil)
	var e held
	pos := w.space(start + 1)
	more := byteAt(w.data, pos) != '}'
	if !more {
		pos++
	}
	for ; more; m.count++ {
		if pos = w.fillEntry(s, at, &e, &m, pos); pos < 0 {
			return stop
		}
		if pos, more = w.next(pos, '}', ""); pos < 0 {
			return stop
		}
	}
	w.depth--
	o := s.to.object
	if o == nil {
		o = noObject
	}
	if !w.objectRules(s.to, o, &m, start, pos) {
		return stop
	}
	w.keys = w.keys[:m.keys]
	return pos
}

// fillEntry judges the member at pos and puts it into the map.
func (w *walker) fillEntry(s *placing, at unsafe.Pointer, e *held, m *members, pos int) int {
	if byteAt(w.data, pos) != '"' {
		return stop
	}
	end, kind := w.scanString(pos)
	if end < 0 {
		return stop
	}
	w.fuel -= (end - pos) >> 6
	key, i := w.share(w.unescaped(w.data[pos+1:end-1], kind)), -1
	if s.entries != nil {
		i = s.to.object.index.find(s.to.object.known, key)
	}
	value := w.space(end)
	if byteAt(w.data, value) != ':' || !w.once(m, i, pos, end, kind) {
		return stop
	}
	value = w.space(value + 1)
	if s.entries == nil {
		return w.putEntry(s.item, s.place, at, e, key, value)
	}
	if names := s.to.object.names; i < 0 && names != none && !w.holds(names, pos) {
		return stop
	}
	return w.fillNamed(s.entries, at, e, i, key, span{pos, end, value, 0}, kind)
}

// fillNamed judges the value of a member, which may be known property i, by what its name leads to,
// and puts it into the map of a place.
func (w *walker) fillNamed(by *entries, at unsafe.Pointer, e *held, i int, name string, m span, kind textKind) int {
	o, item, matched := by.object, by.rest, 0
	if i >= 0 {
		return w.putEntry(by.known[i], by.place, at, e, name, m.value)
	}
	for k := range o.patterns {
		if w.matches(o.patterns[k].pattern, name, m.name) {
			item = by.patterns[k]
			matched++
		}
	}
	if matched == 0 && o.closed {
		return stop
	}
	if matched < 2 {
		return w.putEntry(item, by.place, at, e, name, m.value)
	}
	if w.memberValue(by.node, o, -1, m.name, m.nameEnd, m.value, kind) < 0 {
		return stop
	}
	before := w.trusted
	w.trusted = true
	end := w.putEntry(by.several, by.place, at, e, name, m.value)
	w.trusted = before
	return end
}

// fillExtra is fillNamed for the map of a struct.
func (w *walker) fillExtra(by *entries, p unsafe.Pointer, i int, name string, m span, kind textKind) int {
	var e held
	return w.fillNamed(by, unsafe.Add(p, by.place.At), &e, i, name, m, kind)
}

// putEntry judges the value at pos and puts it into the map of a place.
func (w *walker) putEntry(item *placing, place *Place, at unsafe.Pointer, e *held, key string, pos int) int {
	p := e.at(place.Item)
	end := w.fillValue(item, p, pos)
	if end >= 0 {
		place.Put(hidden(at), key, hidden(p))
	}
	return end
}
