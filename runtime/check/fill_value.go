package check

import (
	"encoding/binary"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// Strings of up to mostShared bytes share pieces of sharedRoom bytes.
const (
	mostShared = 64
	sharedRoom = 256
)

// fillString is str for a string that is read. It is copied as it is looked at, word by
// word, so that what was written last of it lies in what is not used.
func (w *walker) fillString(n *node, start int, v *string) int {
	text, room := w.data[start+1:], w.piece[w.used:]
	w.fuel--
	k := 0
	for ; k+8 <= len(text) && k+8 <= len(room) && k < mostShared; k += 8 {
		x := escape.Word(text, k)
		binary.LittleEndian.PutUint64(room[k:k+8], x)
		marked := escape.Special(x)
		if marked == 0 {
			continue
		}
		if k += bits.TrailingZeros64(marked) >> 3; text[k] != '"' {
			break
		}
		end := start + k + 2
		if t := n.text; n.values != nil || t != nil && (t.reads || k > t.max || k < t.min) {
			if !w.ruled(n, start, end, 0) {
				return stop
			}
		}
		w.used += k
		w.fuel -= (k + 2) >> 6
		*v = unsafe.String(unsafe.SliceData(room), k)
		return end
	}
	return w.fillText(n, start, start+1+k, v)
}

// fillText is fillString for what is long, not plain, or ends the text, or the piece. What
// stands of it before a place is plain.
func (w *walker) fillText(n *node, start, plain int, v *string) int {
	end, kind := w.scanned(start, plain)
	if end < 0 || (n.text != nil || n.values != nil) && !w.ruled(n, start, end, kind) {
		return stop
	}
	text := w.data[start+1 : end-1]
	if kind&hasEscape != 0 {
		w.scratch = unescape(w.scratch[:0], text)
		text = w.scratch
	}
	switch {
	case len(text) <= mostShared:
		if len(w.piece)-w.used < len(text) {
			w.piece, w.used = make([]byte, sharedRoom), 0
		}
		room := w.piece[w.used:]
		w.used += copy(room, text)
		*v = unsafe.String(unsafe.SliceData(room), len(text))
	case w.lasting > 0 && len(text) >= w.lasting && kind&hasEscape == 0:
		*v = view(text)
	default:
		*v = string(text)
	}
	return end
}

// powers are the powers of ten that a float64 holds exactly, up to those that a short number may
// be divided by.
var powers = [maxShort + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// fillNumber is num for a number that is read.
func (w *walker) fillNumber(s *placing, p unsafe.Pointer, pos int) int {
	at := unsafe.Add(p, s.offset)
	if w.fuel--; w.fuel < 0 || kinds[byteAt(w.data, pos)] != numeric {
		return stop
	}
	end, fixed, scale := 0, int64(0), 0
	if r := s.to.number; r != nil && r.simple && r.multiple == nil {
		end, fixed, scale = w.usualNumber(r, pos)
	}
	if end == 0 {
		end, fixed, scale = w.num(s.to, pos)
	}
	if end < 0 {
		return stop
	}
	switch s.kind {
	case PlaceInt64:
		if scale == 0 {
			*(*int64)(at) = fixed
			return end
		}
	case PlaceInt32:
		if scale == 0 && fixed == int64(int32(fixed)) {
			*(*int32)(at) = int32(fixed)
			return end
		}
	default:
		const exact = 1 << 53
		if scale >= 0 && -exact <= fixed && fixed <= exact && (fixed != 0 || w.data[pos] != '-') {
			*(*float64)(at) = float64(fixed) / powers[scale]
			return end
		}
	}
	if !w.others.Other(hidden(p), s.place, pos, end) {
		return stop
	}
	return end
}

// slice is a slice of a type that is not known here.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// nothing is what slices without room point to.
var nothing struct{}

// fillList is list for a slice of structs, or of interfaces, that is read.
func (w *walker) fillList(s *placing, v unsafe.Pointer, start int) int {
	pos, count := w.openList(start)
	list := slice{data: unsafe.Pointer(&nothing)}
	for pos >= 0 && count >= 0 {
		if count == list.cap {
			list.len = count
			grown := reflect.NewAt(s.place.Type, hidden(unsafe.Pointer(&list))).Elem()
			grown.Grow(max(w.room(s), count))
		}
		at := unsafe.Add(list.data, uintptr(count)*s.place.Size)
		if s.plan != nil {
			pos = w.fill(s.plan, at, pos)
		} else {
			list.len = count + 1
			pos = w.fillUnion(s, s.to.array.each, at, pos)
		}
		pos, count = w.nextItem(pos, count)
	}
	if pos < 0 {
		return stop
	}
	count = ^count
	list.len = count
	*(*slice)(v) = list
	return w.closeList(s, start, pos, count)
}

// fillStrings is list for a list of texts that is read.
func (w *walker) fillStrings(s *placing, v *[]string, start int) int {
	pos, count := w.openList(start)
	var list []string
	each := s.to.array.each
	for pos >= 0 && count >= 0 {
		if byteAt(w.data, pos) != '"' {
			return stop
		}
		if count == 0 {
			list = make([]string, 0, w.room(s))
		}
		list = append(list, "")
		pos = w.fillString(each, pos, &list[count])
		pos, count = w.nextItem(pos, count)
	}
	if pos < 0 {
		return stop
	}
	if list == nil {
		list = []string{}
	}
	*v = list
	return w.closeList(s, start, pos, ^count)
}

// openList goes to the first item of an array. The count is of items before it, or ^0 where
// there is none.
func (w *walker) openList(start int) (pos, count int) {
	if w.fuel--; w.fuel < 0 || byteAt(w.data, start) != '[' || !w.enter(start) {
		return stop, 0
	}
	if pos = w.space(start + 1); byteAt(w.data, pos) == ']' {
		return pos + 1, ^0
	}
	return pos, 0
}

// nextItem goes to the next item, or behind the array, where the count of all is ^count.
func (w *walker) nextItem(pos, count int) (next, counted int) {
	count++
	if pos >= 0 && pos+1 < len(w.data) && w.data[pos] == ',' && w.data[pos+1] > ' ' {
		return pos + 1, count
	}
	if pos < 0 {
		return stop, count
	}
	next, more := w.next(pos, ']', "")
	if !more {
		count = ^count
	}
	return next, count
}

// closeList judges the list from start to end.
func (w *walker) closeList(s *placing, start, end, count int) int {
	w.depth--
	w.rooms[s.room] = uint8(min(count, mostElements))
	if !w.listRules(s.to, s.to.array, start, end, count, 0) {
		return stop
	}
	return end
}

// How much room a list of unknown length begins with: a few elements, or as many as the
// last that stood in a place like its own, up to a bound.
const (
	fewElements  = 4
	mostElements = 16
)

func (w *walker) room(s *placing) int { return max(fewElements, int(w.rooms[s.room])) }
